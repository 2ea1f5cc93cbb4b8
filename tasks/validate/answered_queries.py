"""Queries that a unit has answered in 情况说明 -> hints: they stay in the list and no longer hold the report up.

A query that was answered once stays settled as long as the value is the same: it is not asked again in a correction or in a
later month.

Belongs here: which queries of a row are settled, and which of several rows on one measure counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from tasks.model.finding import SETTLES, answered_by
from tasks.model.submission import AnsweredQuery, Finding
from tasks.validate.finding_words import RowFinding
from tasks.validate.plan_lookup import RowKey
from tasks.validate.typed_rows import TypedRow

_SETTLED = "（已在“情况说明”栏说明）"
_SETTLED_BEFORE = "（内容未变，前期已作说明）"


def settle_answered(
    row_findings: Iterable[RowFinding], rows: Sequence[TypedRow], answered: Collection[AnsweredQuery] = ()
) -> tuple[Finding, ...]:
    """The findings; queries in rows with an explanation, and those in `answered`, become hints with a note."""
    row_findings = tuple(row_findings)
    numbers = {each.row for each in row_findings}
    explained = {row.raw.number for row in rows if row.raw.number in numbers and row.explained}
    has_duplicates = any(each.finding.code == "V404" for each in row_findings)
    settled_duplicates = _settled_duplicates(rows) if has_duplicates else frozenset()
    findings = []
    for each in row_findings:
        if each.row in (settled_duplicates if each.finding.code == "V404" else explained):
            findings.append(_settle(each.finding, _SETTLED))
        elif answered and _is_answered(each.finding, answered):
            findings.append(_settle(each.finding, _SETTLED_BEFORE))
        else:
            findings.append(each.finding)
    return tuple(findings)


def settled_by_findings(findings: Iterable[Finding]) -> frozenset[AnsweredQuery]:
    """The queries that a report with these findings settles once it is accepted. The ledger derives the same later."""
    hints = (each for each in findings if each.severity == "hint" and each.code in SETTLES)
    return frozenset(chain.from_iterable(answered_by(each.code, each.measure, each.value) for each in hints))


def _settle(finding: Finding, note: str) -> Finding:
    if finding.severity != "query":
        return finding
    return replace(finding, severity="hint", text=finding.text + note, remedy="已收到说明，不必更正。")


def _is_answered(finding: Finding, answered: Collection[AnsweredQuery]) -> bool:
    """Whether this value was explained before. V404 (which of two rows counts) is asked again for every file."""
    return finding.code != "V404" and AnsweredQuery(finding.code, finding.measure or "", finding.value) in answered


def _duplicates(rows: Sequence[TypedRow]) -> Mapping[RowKey, list[TypedRow]]:
    """The rows that report on one measure and metric more than once, by that key."""
    own = [row for row in rows if row.aside is None]
    if len({row.key for row in own}) == len(own):
        return {}
    by_key: dict[RowKey, list[TypedRow]] = {}
    for row in own:
        by_key.setdefault(row.key, []).append(row)
    return {key: group for key, group in by_key.items() if len(group) > 1}


def _settled_duplicates(rows: Sequence[TypedRow]) -> frozenset[int]:
    """The numbers of duplicate rows among which exactly one is explained: that one counts."""
    return frozenset(
        row.raw.number
        for group in _duplicates(rows).values()
        if sum(row.explained for row in group) == 1
        for row in group
    )


def rows_that_count(rows: Sequence[TypedRow]) -> tuple[TypedRow, ...]:
    """The rows for the ledger: none kept aside, and of duplicates the explained one. Nothing is added up."""
    duplicates = _duplicates(rows)
    return tuple(
        row
        for row in rows
        if row.aside is None and (row.key not in duplicates or row is _explained_or_first(duplicates[row.key]))
    )


def _explained_or_first(rows: Sequence[TypedRow]) -> TypedRow:
    return next((row for row in rows if row.explained), rows[0])
