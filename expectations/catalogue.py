"""The catalogue of findings: one entry a code, in the words a unit reads, and its page for docs/rules.md.

Belongs here: what a finding is called, how grave it is, what to do, and where the rule comes from.
Does not belong here: how a rule is tested (the suites beside this file, `tasks/validate`, `tasks/read`).

Codes are stable for ever: R0xx reading, V1xx single cells, V2xx across columns, V3xx across months,
V4xx against the plan, C5xx contacts. A new rule starts with `trial=True` and then only hints.
`{value}`, `{expected}` and `{measure}` in a title are filled from the finding; nothing else is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Severity = Literal["refuse", "return", "query", "hint"]

SEVERITIES: tuple[Severity, ...] = ("refuse", "return", "query", "hint")
"""From the gravest to the lightest."""

SEVERITY_WORDS: Mapping[Severity, str] = MappingProxyType(
    {"refuse": "不予受理", "return": "退回更正", "query": "须作说明", "hint": "提示"}
)
SEVERITY_MEANING: Mapping[Severity, str] = MappingProxyType(
    {
        "refuse": "无法作为报表读取，原件留存，请按说明重新报送",
        "return": "请更正后重新报送，期间状态为“待更正”",
        "query": "请核对；数据无误的，在该行“情况说明”栏写明原因即可，期间状态为“待说明”",
        "hint": "仅作提示，不影响受理",
    }
)
FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "R0": "文件读取",
        "V1": "单元格填写",
        "V2": "栏目之间",
        "V3": "与上期比较",
        "V4": "与任务清单比较",
        "C5": "联系人名单",
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `title` and `remedy` are templates over {value} {expected} {measure}; `source` says why it exists.

    `declared` is the severity the rule will have for good; a trial rule only hints until it is confirmed.
    """

    code: str
    declared: Severity
    title: str
    remedy: str
    source: str
    trial: bool = False

    @property
    def severity(self) -> Severity:
        """The severity in force: a trial rule only hints."""
        return "hint" if self.trial else self.declared

    def say(self, template: str, *, value: str = "", expected: str = "", measure: str | None = None) -> str:
        """One of this rule's templates, filled. Braces inside the values are left as they are."""
        filled = {"{value}": value, "{expected}": expected, "{measure}": measure or ""}
        pieces = [template]
        for mark, words in filled.items():
            # Values are a unit's own text: splitting first keeps a value that contains "{expected}" literal.
            pieces = [part for piece in pieces for part in _put(piece, mark, words)]
        return "".join(pieces)


class _Said(str):
    """Text that came from a file: never searched for marks again."""

    __slots__ = ()


def _put(piece: str, mark: str, words: str) -> list[str]:
    if isinstance(piece, _Said) or mark not in piece:
        return [piece]
    parts: list[str] = []
    for place, text in enumerate(piece.split(mark)):
        parts += [_Said(words), text] if place else [text]
    return parts


def rules_of(*groups: Iterable[Rule]) -> Mapping[str, Rule]:
    """The rules by code. Raises ValueError when two rules share a code."""
    found: dict[str, Rule] = {}
    for rule in (rule for group in groups for rule in group):
        if rule.code in found:
            raise ValueError(f"findings catalogue: code {rule.code} is used twice")
        found[rule.code] = rule
    return MappingProxyType(found)


def _load() -> Mapping[str, Rule]:
    # The entries lie in two sibling tables to keep each file at a readable length.
    from expectations import rules_cells, rules_reading

    return rules_of(
        rules_reading.rules(Rule),
        rules_cells.rules(Rule),
    )


CATALOGUE: Mapping[str, Rule] = _load()
