"""The ledger: duties, originals, submissions and verdicts, letters, matters, issues of the brief, the audit log.

The only stage that knows the database. Its modules hold plain functions that take a database URL and values and return
values, on SQLite (WAL) and PostgreSQL alike.
Does not belong here: any decision about standing, lights or letters.
"""
