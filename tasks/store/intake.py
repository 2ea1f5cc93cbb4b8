"""The door of the intake's part of the ledger: known files, originals, verdicts, submissions, rows, contacts.

Belongs here: the list of what flows may call. The functions live in the modules named below.
"""

from __future__ import annotations

from tasks.store.claims import known_files
from tasks.store.rows import accepted_rows, contacts, previous_rows
from tasks.store.submissions import (
    record_replies,
    record_reply,
    sightings,
    submissions,
    submissions_with,
    unanswered,
)
from tasks.store.verdicts import record_verdicts
from tasks.store.waiting import claim_originals

__all__ = [
    "accepted_rows",
    "claim_originals",
    "contacts",
    "known_files",
    "previous_rows",
    "record_replies",
    "record_reply",
    "record_verdicts",
    "sightings",
    "submissions",
    "submissions_with",
    "unanswered",
]
