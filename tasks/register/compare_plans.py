"""What a new plan changes in the plan in force, by measure, for a person to read before confirming.

Belongs here: two plans -> differences in plain Chinese. Measures are paired by their text, else by their number, so
that a renumbered document does not look wholly new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from config.plan import DutyRule, Measure, Plan, Target

ChangeKind = Literal["新增", "删除", "修改"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: to which measure (or 文件, 报送要求, 联席会议), in which field, from what to what."""

    subject: str
    change: ChangeKind
    field: str
    before: str
    after: str

    def __str__(self) -> str:
        if self.change == "修改":
            return f"{self.subject} {self.field}：由“{self.before or '（无）'}”改为“{self.after or '（无）'}”"
        return f"{self.subject} {self.change}：{self.after or self.before}"


def differences(old: Plan, new: Plan) -> tuple[Difference, ...]:
    """Every change from `old` to `new`, in the order of the new plan; empty where they are alike."""
    return (*_document(old, new), *_measures(old, new), *_duties(old, new), *_members(old, new))


def _document(old: Plan, new: Plan) -> Iterator[Difference]:
    pairs = (
        ("文号", old.document.no, new.document.no),
        ("标题", old.document.title, new.document.title),
        ("印发日期", str(old.document.issued_on or ""), str(new.document.issued_on or "")),
        ("印发机关", old.document.issuer, new.document.issuer),
    )
    yield from (Difference("文件", "修改", field, a, b) for field, a, b in pairs if a != b)


def _measures(old: Plan, new: Plan) -> Iterator[Difference]:
    pairs = _paired(old, new)
    titles = {section.no: section.title for section in new.sections}
    old_titles = {section.no: section.title for section in old.sections}
    for measure in new.measures:
        before = pairs.get(measure.no)
        if before is None:
            yield Difference(f"措施{measure.no}", "新增", "措施", "", _short(measure))
            continue
        values = _shown(measure, titles)
        yield from (
            Difference(f"措施{measure.no}", "修改", field, was, values[field])
            for field, was in _shown(before, old_titles).items()
            if was != values[field]
        )
    kept = {measure.no for measure in pairs.values()}
    for measure in old.measures:
        if measure.no not in kept:
            yield Difference(f"措施{measure.no}", "删除", "措施", _short(measure), "")


def _paired(old: Plan, new: Plan) -> dict[str, Measure]:
    """New number -> the old measure it continues."""
    by_text: dict[str, list[Measure]] = {}
    for measure in old.measures:
        by_text.setdefault(measure.text, []).append(measure)
    numbers = {measure.no: measure for measure in old.measures}
    pairs: dict[str, Measure] = {}
    taken: set[str] = set()
    for measure in new.measures:
        alike = [each for each in by_text.get(measure.text, []) if each.no not in taken]
        if alike:
            best = next((each for each in alike if each.no == measure.no), alike[0])
            pairs[measure.no] = best
            taken.add(best.no)
    for measure in new.measures:
        same = numbers.get(measure.no)
        if measure.no not in pairs and same is not None and same.no not in taken:
            pairs[measure.no] = same
            taken.add(same.no)
    return pairs


def _shown(measure: Measure, titles: dict[str, str]) -> dict[str, str]:
    return {
        "序号": measure.no,
        "所属部分": titles.get(measure.section, measure.section),
        "内容": measure.text,
        "牵头单位": "、".join(measure.lead),
        "责任单位": "、".join(measure.responsible),
        "量化指标": "；".join(_target(target) for target in measure.targets),
        "时限": "、".join(measure.deadlines),
        "政策到期日": "、".join(expiry.on.isoformat() for expiry in measure.expires),
    }


def _target(target: Target) -> str:
    top = f"—{target.value_max:g}" if target.value_max is not None else ""
    due = f"，{target.due.isoformat()}前" if target.due else ""
    return f"{target.metric}{target.operator}{target.value:g}{top}{target.unit}{due}"


def _duties(old: Plan, new: Plan) -> Iterator[Difference]:
    def shown(duty: DutyRule) -> str:
        when = duty.due.isoformat() if duty.due else "每月" if duty.every_month else "未写日期"
        return f"{duty.text}（{when}）"

    before, after = [shown(duty) for duty in old.duties], [shown(duty) for duty in new.duties]
    yield from (Difference("报送要求", "新增", "报送要求", "", text) for text in after if text not in before)
    yield from (Difference("报送要求", "删除", "报送要求", text, "") for text in before if text not in after)


def _members(old: Plan, new: Plan) -> Iterator[Difference]:
    added = [unit for unit in new.members if unit not in old.members]
    removed = [unit for unit in old.members if unit not in new.members]
    if added:
        yield Difference("联席会议", "新增", "成员", "", "、".join(added))
    if removed:
        yield Difference("联席会议", "删除", "成员", "、".join(removed), "")


def _short(measure: Measure) -> str:
    text = measure.text if len(measure.text) <= 60 else f"{measure.text[:59]}…"
    units = "、".join(measure.lead or measure.responsible)
    return f"{text}（{units}）" if units else text
