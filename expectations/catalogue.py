"""The catalogue of findings: the rules by code, and their page for docs/rules.md.

Belongs here: reading `catalogue.toml`, lookup and rendering. The tests of the rules are in the suites of this folder, in
`tasks/validate` and in `tasks/read`.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from expectations.rule import SEVERITIES, SEVERITY_WORDS, Rule, Severity

SEVERITY_MEANING: Mapping[Severity, str] = MappingProxyType(
    {
        "refuse": "无法作为报表读取；原件留存，按说明重新报送",
        "return": "更正后重新报送，其间状态为“待更正”",
        "query": "核对；数据无误的，在该行“情况说明”栏写明原因，其间状态为“待说明”",
        "hint": "不影响受理",
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
_MARKS = {"value": "〔所填〕", "expected": "〔应为〕", "measure": "〔序号〕"}


_KEYS = frozenset({"severity", "title", "remedy", "source", "trial"})


def read_catalogue(path: Path) -> Mapping[str, Rule]:
    """The rules of a file by code, in its order. Raises ValueError with the code and the fault of the first bad entry."""
    entries: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return MappingProxyType({code: _rule(code, entry) for code, entry in entries.items()})


def _rule(code: str, entry: dict[str, Any]) -> Rule:
    if unknown := entry.keys() - _KEYS:
        raise ValueError(f"规则{code}有不认识的项：{'、'.join(sorted(unknown))}")
    if missing := _KEYS - entry.keys() - {"trial"}:
        raise ValueError(f"规则{code}缺少：{'、'.join(sorted(missing))}")
    if entry["severity"] not in SEVERITIES:
        raise ValueError(f"规则{code}的级别“{entry['severity']}”不在 {'、'.join(SEVERITIES)} 之中")
    rule = Rule(code, entry["severity"], entry["title"], entry["remedy"], entry["source"], entry.get("trial", False))
    try:
        rule.text()
        rule.advice()
    except (KeyError, IndexError, ValueError):
        raise ValueError(f"规则{code}的文字里只能用 {{value}}、{{expected}}、{{measure}}") from None
    return rule


CATALOGUE: Mapping[str, Rule] = read_catalogue(Path(__file__).with_suffix(".toml"))


_IN_ENGLISH = (
    "*In English: every rule a report is checked by, with its code, what is wrong, what the unit is to do, and where the rule",
    "comes from. Four severities: 不予受理 cannot be read as a report; 退回更正 sent back to be corrected; 须作说明 accepted once it",
    "is explained; 提示 a hint. The page is made from the catalogue itself; the first letter of a code names its family.*",
)


def catalogue_markdown() -> str:
    """The whole catalogue as a Markdown page (docs/rules.md), in plain Chinese."""
    lines = [
        "# 报送数据规则",
        "",
        "本页由规则目录自动生成，请勿手工修改。单位收到的“问题清单”用的就是这里的代码和文字。",
        "“〔所填〕”是表内读到的值，“〔应为〕”是应当填写的值，“〔序号〕”是措施序号。",
        "",
        "| 级别 | 单位要做什么 |",
        "|---|---|",
        *(f"| {SEVERITY_WORDS[severity]} | {SEVERITY_MEANING[severity]} |" for severity in SEVERITIES),
    ]
    for prefix, name in FAMILIES.items():
        lines += ["", f"## {name}（{prefix}）", "", "| 代码 | 级别 | 问题 | 怎么改 | 依据 |", "|---|---|---|---|---|"]
        lines += [_line(rule) for rule in CATALOGUE.values() if rule.code.startswith(prefix)]
    lines += ["", "---", "", *_IN_ENGLISH]
    return "\n".join(lines) + "\n"


def general_text(text: str) -> str:
    """A rule's text with placeholders in place of a case: 〔所填〕 stands for the value read."""
    return text.format(**_MARKS)


def _line(rule: Rule) -> str:
    severity = SEVERITY_WORDS[rule.severity]
    if rule.trial:
        severity += f"（试行，拟为{SEVERITY_WORDS[rule.declared]}）"
    cells = (rule.code, severity, general_text(rule.title), general_text(rule.remedy), rule.source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(catalogue_markdown())
