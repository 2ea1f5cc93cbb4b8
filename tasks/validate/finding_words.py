"""Failed rules -> findings with cells and values; findings that only repeat another are left out.

Belongs here: from "row 12 failed V301" to a `Finding` on H12, and which findings repeat another one. Does not belong here:
the words (`expectations/catalogue.toml`), merging equal findings (`merge_findings`), answered queries (`answered_queries`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tasks.model.finding import make_finding
from tasks.model.submission import Finding, Reading
from tasks.personal_numbers import find_personal_numbers
from tasks.validate.cell_text import cell_text_of
from tasks.validate.checkpoint import MissedRow
from tasks.validate.quoted_cells import Quotes

# The row is kept out of the roll-up, so no other finding on it matters.
_ASIDE = frozenset({"V401", "V402"})
# code -> codes that make it redundant in the same row.
_SECONDARY: Mapping[str, frozenset[str]] = {
    "V206": frozenset({"V207"}),
    "V303": frozenset({"V113"}),
    "V405": frozenset({"V409", "V410"}),
    "V406": frozenset({"V410"}),
}
_BROKEN = frozenset({"V104", "V105"})
_PROSE = ("progress", "problems", "coordination", "next_steps", "highlights")


class RowFinding(NamedTuple):
    """A finding and the sheet row it is about, so that an explanation in that row can settle it."""

    row: int
    finding: Finding


def worded_findings(
    reading: Reading, missed: Iterable[tuple[int, MissedRow]], quotes: Mapping[int, Quotes]
) -> tuple[RowFinding, ...]:
    """The findings of one reading, in sheet order.

    `missed` are (sheet row, miss) pairs, `quotes` the quotable cells of each row, by sheet row.
    """
    # A cell with an error value has one finding already; others on it would only follow from that.
    broken = {cell for each in reading.findings if each.code in _BROKEN for cell in each.cells}
    by_row: dict[int, list[MissedRow]] = {}
    for row, miss in missed:
        by_row.setdefault(row, []).append(miss)
    return tuple(
        RowFinding(row, _finding(reading, row, miss, quotes[row]))
        for row in sorted(by_row)
        for miss in _primary(reading, by_row[row])
        if not broken or not broken.issuperset(cell_addresses(reading, row, miss.fields) or ("",))
    )


def _primary(reading: Reading, misses: Sequence[MissedRow]) -> Sequence[MissedRow]:
    """The misses without the redundant ones: other rules on a row kept aside, missing columns, and `_SECONDARY`."""
    if len(misses) == 1 and misses[0].code != "V101":
        return misses
    codes = {miss.code for miss in misses}
    if codes & _ASIDE:
        return [miss for miss in misses if miss.code in _ASIDE]
    return [
        miss
        for miss in misses
        if not _SECONDARY.get(miss.code, frozenset()) & codes and not (miss.code == "V101" and _absent(reading, miss))
    ]


def _absent(reading: Reading, miss: MissedRow) -> bool:
    """Whether the sheet has no such column; R011 reports that once."""
    return not any(field in reading.columns for field in miss.fields)


def _finding(reading: Reading, row: int, miss: MissedRow, quotes: Quotes) -> Finding:
    if miss.code == "V117":
        return _personal(reading, row, quotes)
    return make_finding(
        miss.code,
        sheet=reading.sheet,
        cells=cell_addresses(reading, row, miss.fields),
        measure=quotes("measure") or None,
        value=_quoted(miss.value, quotes),
        expected=_quoted(miss.expected, quotes),
    )


def cell_addresses(reading: Reading, row: int, fields: Sequence[str]) -> tuple[str, ...]:
    """The A1 addresses of these fields in a row; fields whose column the sheet does not have are left out."""
    return tuple(f"{reading.columns[field]}{row}" for field in fields if field in reading.columns)


def _quoted(source: str, quotes: Quotes) -> str:
    """The words after `=`, else the quotable cell of that name."""
    if source.startswith("="):
        return source[1:]
    return (quotes(source) or "") if source else ""


def _personal(reading: Reading, row: int, quotes: Quotes) -> Finding:
    """V117 names the cells and masks the number: findings are sent by mail."""
    values = next((each.values for each in reading.rows if each.number == row), {})
    found = {field: find_personal_numbers(cell_text_of(values.get(field))) for field in _PROSE}
    return make_finding(
        "V117",
        sheet=reading.sheet,
        cells=cell_addresses(reading, row, [field for field, numbers in found.items() if numbers]),
        measure=quotes("measure") or None,
        value="、".join(number.masked for numbers in found.values() for number in numbers),
    )
