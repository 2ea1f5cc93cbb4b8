"""Imported once by the process that all working processes are forked from, so that each starts with everything loaded.

Belongs here: those imports, and nothing that starts a thread or opens a file.
"""

from __future__ import annotations

import gc

import tasks.read.read_originals
import tasks.store.accepted_rows
import tasks.validate.judge_chunk  # noqa: F401
from expectations.rule_meta import load_expectations

load_expectations()
# What is loaded now stays for good. Frozen, it is not searched, and so not copied, in each of the processes.
gc.freeze()
