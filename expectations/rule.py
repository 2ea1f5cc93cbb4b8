"""A rule: a stable code, a severity and its texts.

Does not belong here: the entries (`catalogue.toml`), and the tests of data (the suites).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Severity = Literal["refuse", "return", "query", "hint"]

SEVERITIES: tuple[Severity, ...] = ("refuse", "return", "query", "hint")
"""From the gravest to the lightest."""

SEVERITY_WORDS: Mapping[Severity, str] = MappingProxyType(
    {"refuse": "不予受理", "return": "退回更正", "query": "须作说明", "hint": "提示"}
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `title` and `remedy` are templates over {value} {expected} {measure}; `source` is its justification.

    `declared` is the intended severity; while `trial` is True the rule is only a hint.
    """

    code: str
    declared: Severity
    title: str
    remedy: str
    source: str
    trial: bool = False

    @property
    def severity(self) -> Severity:
        """The severity in force: a rule on trial is a hint."""
        return "hint" if self.trial else self.declared

    def text(self, *, value: str = "", expected: str = "", measure: str | None = None) -> str:
        """The title with its values. Braces inside the values stay as they are."""
        return self.title.format(value=value, expected=expected, measure=measure or "")

    def advice(self, *, value: str = "", expected: str = "", measure: str | None = None) -> str:
        """The remedy with its values."""
        return self.remedy.format(value=value, expected=expected, measure=measure or "")
