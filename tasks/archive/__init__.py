"""Backup archives: write, read and restore them; and find the files that mention a person.

Does not belong here: the copy of the database (`store`), the audit log.
"""
