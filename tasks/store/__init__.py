"""The ledger: what is expected, what came, what was decided, what was written to whom, what was published.

The only stage that knows the database. Its doors are `database` (migrations), `duties`, `intake`, `outbox` and
`briefs`: plain functions that take a database URL and values and return values. SQLite (WAL) and PostgreSQL alike.
Does not belong here: any decision about standing, lights or letters.
"""
