"""Queries that the unit has answered in 情况说明 -> settled: they stay on the list and hold nothing up.

A query that was answered once stays settled while the value stays: what was settled in the last accepted report, of
last month or of this one, is not asked about again; and since it is on that report's list, nor the month after.

Belongs here: which queries of a row are settled, and which of several rows of one measure counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from tasks.model.finding import SETTLES, answered_by
from tasks.model.submission import AnsweredQuery, Finding
from tasks.validate.finding_words import RowFinding
from tasks.validate.plan_lookup import Key
from tasks.validate.typed_rows import TypedRow

_SETTLED = "（已在“情况说明”栏说明）"
_SETTLED_BEFORE = "（内容未变，前期已作说明）"


def settle_answered(
    found: Iterable[RowFinding], lines: Sequence[TypedRow], answered: Collection[AnsweredQuery] = ()
) -> tuple[Finding, ...]:
    """The findings, queries of explained rows and those that were `answered` before turned into hints that say so."""
    asked = tuple(found)
    rows = {each.row for each in asked}
    explained = {line.row.number for line in lines if line.row.number in rows and line.explained}
    twins = _settled_twins(lines) if any(each.finding.code == "V404" for each in asked) else frozenset()
    said = []
    for each in asked:
        if each.row in (twins if each.finding.code == "V404" else explained):
            said.append(_settle(each.finding, _SETTLED))
        elif answered and _stays(each.finding, answered):
            said.append(_settle(each.finding, _SETTLED_BEFORE))
        else:
            said.append(each.finding)
    return tuple(said)


def is_settled_by(findings: Iterable[Finding]) -> frozenset[AnsweredQuery]:
    """What a report with these findings has answered, once it is in force. The ledger says the same of it later."""
    hints = (each for each in findings if each.severity == "hint" and each.code in SETTLES)
    return frozenset(chain.from_iterable(answered_by(each.code, each.measure, each.value) for each in hints))


def _settle(finding: Finding, words: str) -> Finding:
    if finding.severity != "query":
        return finding
    return replace(finding, severity="hint", text=finding.text + words, remedy="已收到说明，不必更正。")


def _stays(finding: Finding, answered: Collection[AnsweredQuery]) -> bool:
    """Whether the very value asked about was explained before. Which of two rows counts is asked every time."""
    return finding.code != "V404" and AnsweredQuery(finding.code, finding.measure or "", finding.value) in answered


def _twins(lines: Sequence[TypedRow]) -> Mapping[Key, list[TypedRow]]:
    mine = [line for line in lines if line.aside is None]
    if len({line.key for line in mine}) == len(mine):
        return {}
    by_key: dict[Key, list[TypedRow]] = {}
    for line in mine:
        by_key.setdefault(line.key, []).append(line)
    return {key: rows for key, rows in by_key.items() if len(rows) > 1}


def _settled_twins(lines: Sequence[TypedRow]) -> frozenset[int]:
    """Rows of a measure filled in twice where exactly one row is explained: that one counts."""
    return frozenset(
        row.row.number for rows in _twins(lines).values() if sum(row.explained for row in rows) == 1 for row in rows
    )


def counting_findings(lines: Sequence[TypedRow]) -> tuple[TypedRow, ...]:
    """The lines that go into the ledger: not those kept aside, and of twins the explained one. Nothing is added up."""
    twins = _twins(lines)
    return tuple(
        line for line in lines if line.aside is None and (line.key not in twins or line is _elected(twins[line.key]))
    )


def _elected(rows: Sequence[TypedRow]) -> TypedRow:
    return next((row for row in rows if row.explained), rows[0])
