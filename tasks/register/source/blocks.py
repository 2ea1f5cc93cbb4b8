"""What any document is before it means anything: numbered lines, and tables of cells.

Belongs here: those values. Reading a document into them is `source`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line or paragraph as printed; `no` counts lines of a text, paragraphs of a Word file."""

    no: int
    text: str


@dataclass(frozen=True, slots=True)
class SourceTable:
    """One table: rows of cells as printed, and the line it begins on. `lines` numbers each row."""

    no: int
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


SourceBlock = SourceLine | SourceTable
