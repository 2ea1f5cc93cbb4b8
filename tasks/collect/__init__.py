"""Shared folder -> byte-exact originals, each claimed once.

Belongs here: listing, waiting for files to settle, copying. The share is only ever read. Does not belong here: what
is in a file (`read`), what the ledger knows (`store`). Imports neither pandas nor Great Expectations.
"""
