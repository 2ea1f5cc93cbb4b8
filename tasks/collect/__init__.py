"""Shared folder -> byte-exact copies of new files.

Belongs here: listing, waiting until files are no longer written, copying. The share is only read. Does not belong here:
what a file contains (`read`), the ledger (`store`). Imports neither pandas nor Great Expectations.
"""
