"""Administration without Prefect: restore, erasing a person, a new county, doctor, and read-only views of the ledger."""
