"""Work, one folder per stage, in the order of the data's path:

register  official document -> Plan
issue     Plan and last month -> duties, and each unit's workbook
collect   shared folder -> byte-exact originals, claimed once
read      original -> rows with cell addresses
validate  rows and suites -> findings and a verdict
reply     findings -> the unit's own workbook, annotated; receipts
store     the ledger: the only stage that knows the database
rollup    ledger -> standing of units, progress of measures, lights
brief     roll-up -> Brief value -> Word, HTML, Excel
mail      standing -> letters -> outbox -> yagmail
archive   everything kept -> one archive, and back

Stages never import one another: values travel through the flow, in the types of `tasks.model`.
Stages hold plain functions. `task.py` makes Prefect tasks of them; a stage's own `task.py` lists the ones it offers.

Beside the stages:

model       the frozen values that pass between stages, and the one table of kinds, states and lights
storage     files written whole or not at all, the share, signatures
demo_units  the units' side of a month, played for the demo and the tests
"""
