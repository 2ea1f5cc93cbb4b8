"""What identifies a letter: the duty field of its key, its rungs, its Message-ID.

Belongs here: packing several duties into one letter's key and reading them back. A unit gets one mail a morning, but
the ladder must know each duty's rung.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tasks.model.letter import LetterKey
from tasks.model.submission import Duty, DutyKey

_PART = re.compile(r"(\w+)/([\w-]+)/(\D+?)([+-]\d+)")
_VERSION = re.compile(r"(\w+)/([\w-]+)/v(\d+)")


@dataclass(frozen=True, slots=True)
class SentRung:
    """A rung already sent for a duty: its name, its workday on the ladder, the day it was sent."""

    rung: str
    workdays: int
    day: dt.date


def duty_part(duty: Duty, rung: str, workdays: int) -> str:
    """One duty in a letter's key: `progress/2023-10/蓝+1`."""
    return f"{duty.kind}/{duty.period}/{rung}{workdays:+d}"


def duty_field(parts: Iterable[str]) -> str:
    """The duty field of a letter about several duties, sorted: the same duties always give the same key."""
    return " ".join(sorted(parts))


def duties_in_key(key: LetterKey) -> tuple[DutyKey, ...]:
    """The duties that a letter of the ladder, a return, a query or a receipt is about; empty for other letters."""
    parts = (_PART.fullmatch(part) or _VERSION.fullmatch(part) for part in key[2].split())
    return tuple((key[0], key[1], match[1], match[2]) for match in parts if match)


def version_in_key(key: LetterKey) -> int | None:
    """The version of the file that a return, a query or a receipt is about; None for other letters."""
    match = _VERSION.fullmatch(key[2])
    return int(match[3]) if match else None


def sent_rungs(sent_keys: Iterable[LetterKey]) -> Mapping[DutyKey, tuple[SentRung, ...]]:
    """The rungs already sent for each duty, oldest first. Keys of letters that are not the ladder's are ignored."""
    rungs: dict[DutyKey, list[SentRung]] = {}
    for plan, unit, duties, _, day in sent_keys:
        for part in duties.split():
            if match := _PART.fullmatch(part):
                entry = SentRung(match[3], int(match[4]), dt.date.fromisoformat(day))
                rungs.setdefault((plan, unit, match[1], match[2]), []).append(entry)
    return {key: tuple(sorted(entries, key=lambda each: (each.day, each.workdays))) for key, entries in rungs.items()}


def message_id(key: LetterKey) -> str:
    """The Message-ID of the letter with that key: always the same for a key, and without any address in it."""
    digest = hashlib.sha256("\x1f".join(key).encode()).hexdigest()[:32]
    plan = re.sub(r"[^a-z0-9-]+", "-", key[0].lower()).strip("-") or "plan"
    return f"<{digest}@{plan}.lianxi>"
