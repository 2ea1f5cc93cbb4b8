"""What identifies a letter: the duty field of its key, its rungs, its Message-ID.

Belongs here: the one place that packs several duties into one letter's key and reads them back, so that the ladder
remembers each duty's rung although a unit gets one mail a morning.
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
class ToldDuties:
    """One rung a duty has had: its name, its workday on the ladder, the day it went out."""

    rung: str
    workdays: int
    day: dt.date


def duty_part(duty: Duty, rung: str, workdays: int) -> str:
    """One duty in a letter's key: `progress/2023-10/蓝+1`."""
    return f"{duty.kind}/{duty.period}/{rung}{workdays:+d}"


def duty_field(parts: Iterable[str]) -> str:
    """The duty field of a letter about several duties, in one order whatever order they came in."""
    return " ".join(sorted(parts))


def duties_told(key: LetterKey) -> tuple[DutyKey, ...]:
    """The duties a letter of the ladder, a return or a receipt is about, read back from its key; else none."""
    parts = (_PART.fullmatch(part) or _VERSION.fullmatch(part) for part in key[2].split())
    return tuple((key[0], key[1], match[1], match[2]) for match in parts if match)


def version_told(key: LetterKey) -> int | None:
    """The version of a file that a return, a query or a receipt is about; None for other letters."""
    match = _VERSION.fullmatch(key[2])
    return int(match[3]) if match else None


def told_by(sent_keys: Iterable[LetterKey]) -> Mapping[DutyKey, tuple[ToldDuties, ...]]:
    """What each duty, by its key, has been told so far, oldest first. Keys of other letters are passed over."""
    found: dict[DutyKey, list[ToldDuties]] = {}
    for plan, unit, duties, _, day in sent_keys:
        for part in duties.split():
            if match := _PART.fullmatch(part):
                entry = ToldDuties(match[3], int(match[4]), dt.date.fromisoformat(day))
                found.setdefault((plan, unit, match[1], match[2]), []).append(entry)
    return {key: tuple(sorted(entries, key=lambda each: (each.day, each.workdays))) for key, entries in found.items()}


def message_id(key: LetterKey) -> str:
    """The Message-ID of the letter with that key: the same whenever it is asked for, without any address in it."""
    digest = hashlib.sha256("\x1f".join(key).encode()).hexdigest()[:32]
    plan = re.sub(r"[^a-z0-9-]+", "-", key[0].lower()).strip("-") or "plan"
    return f"<{digest}@{plan}.lianxi>"
