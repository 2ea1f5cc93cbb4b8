"""Running an installation without Prefect: backup and restore, erasing a person, a new county, doctor, the audit log."""
