"""The tables of the ledger, their column types, and the migrations."""
