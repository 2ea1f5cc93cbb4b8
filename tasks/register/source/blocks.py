"""What a document of any format is read into: numbered lines, and tables of cells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line or paragraph as printed; `no` counts the lines of a text, the paragraphs of a Word file."""

    no: int
    text: str


@dataclass(frozen=True, slots=True)
class SourceTable:
    """One table: rows of cells as printed, and the line it begins on. `lines` numbers each row."""

    no: int
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


SourceBlock = SourceLine | SourceTable
