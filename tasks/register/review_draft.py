"""What a person should look at before a draft comes into force, each listed once and in plain Chinese.

Belongs here: doubts about a draft. They change nothing in it; a name is suggested, never replaced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from config.county import County
from config.plan import Measure
from tasks.register.draft import WHO, Draft, Uncertainty, UnlistedUnit
from tasks.register.language.grammar import Grammar
from tasks.register.language.unit_names import UnitName
from tasks.register.outline_measures import Outline

# Suggesting takes time for each name; a document with more unknown names has the wrong county.
_MOST_SUGGESTED = 300
_FLAGGED = ("name_misspelt", "repeated_sentence", "window_ended", "soft_target")


def review_draft(
    draft: Draft,
    outline: Outline,
    restored: dict[str, UnitName],
    grammar: Grammar,
    county: County | None,
    asked: County | None,
) -> Draft:
    """The draft with its uncertainties and unknown names.

    `asked` is the county for which the document is registered, `county` the same where the document is its own.
    """
    unknown = _unlisted_units(draft, grammar, county)
    uncertainties = (
        *_county(county, asked),
        *_document(draft),
        *_leads(draft),
        *_restored_levels(restored),
        *_members(draft),
        *_unlisted_names(unknown),
        *_odd_text(draft),
        *_names_in_text(draft, grammar),
        *_days(draft),
        *_soft(draft),
        *_unassigned(outline),
        *_numbers(draft),
    )
    return replace(draft, measures=_flagged(draft, uncertainties), uncertainties=uncertainties, unlisted_units=unknown)


def _flagged(draft: Draft, uncertainties: tuple[Uncertainty, ...]) -> tuple[Measure, ...]:
    """The measures, flagged with the doubts about their own words."""
    found = {(each.measure, each.place, each.code) for each in uncertainties}

    def flags(measure: Measure) -> tuple[str, ...]:
        return (*measure.flags, *(code for code in _FLAGGED if (measure.no, measure.place, code) in found))

    return tuple(measure.model_copy(update={"flags": flags(measure)}) for measure in draft.measures)


def _county(county: County | None, asked: County | None) -> Iterator[Uncertainty]:
    if asked is not None and county is None:
        yield Uncertainty("other_county", "请确认", f"文件没有写明是{asked.name}的，未用{asked.name}单位表的简称")


def _document(draft: Draft) -> Iterator[Uncertainty]:
    document = draft.document
    missing = [
        label
        for label, value in (("文号", document.no), ("标题", document.title), ("印发机关", document.issuer))
        if not value
    ]
    if document.issued_on is None:
        missing.append("印发日期")
    if missing:
        yield Uncertainty("document_incomplete", "请核对", f"没有读到{'、'.join(missing)}，请补上")


def _leads(draft: Draft) -> Iterator[Uncertainty]:
    for measure in draft.measures:
        if measure.lead:
            continue
        how = "唯一的责任单位" if len(measure.responsible) == 1 else "列第一位的责任单位"
        yield Uncertainty(
            "lead_inferred",
            "请确认",
            f"措施{measure.no}没有写牵头单位，暂由{how}“{measure.reporting_unit or '（无）'}”报送",
            measure.place,
            measure.no,
        )


def _restored_levels(restored: dict[str, UnitName]) -> Iterator[Uncertainty]:
    for name in restored.values():
        if name.name != name.written:
            yield Uncertainty("level_inferred", "请核对", f"“{name.written}”原文没有写层级，按全文写作“{name.name}”")


def _members(draft: Draft) -> Iterator[Uncertainty]:
    if not draft.members:
        return
    counts = draft.units()
    leads = [unit for unit, (led, _) in counts.items() if led and unit not in draft.members]
    others = [unit for unit, (led, _) in counts.items() if not led and unit not in draft.members]
    idle = [unit for unit in draft.members if unit not in counts]
    for code, names, text in (
        ("lead_not_member", leads, "牵头单位不在联席会议名单里"),
        ("unit_not_member", others, "有措施的单位不在联席会议名单里"),
        ("member_without_measure", idle, "联席会议成员没有分到措施"),
    ):
        if names:
            yield Uncertainty(code, "请核对", f"{text}：{'、'.join(names)}")


def _unlisted_units(draft: Draft, grammar: Grammar, county: County | None) -> tuple[UnlistedUnit, ...]:
    """Names that the county's table lacks; none where no county is given."""
    if county is None:
        return ()
    where: dict[str, list[str]] = {}
    for measure in draft.measures:
        for unit in (*measure.lead, *measure.responsible):
            where.setdefault(unit, []).append(measure.no)
    for unit in draft.members:
        where.setdefault(unit, [])
    where = {unit: measures for unit, measures in where.items() if county.resolve(unit) is None}
    known = [unit.name for unit in county.units]
    return tuple(
        UnlistedUnit(name, tuple(measures), closest_units(name, known, grammar) if index < _MOST_SUGGESTED else ())
        for index, (name, measures) in enumerate(where.items())
    )


def closest_units(name: str, known: list[str], grammar: Grammar) -> tuple[str, ...]:
    """Up to three known names like this one: suggestions for a person, never used to decide."""
    from rapidfuzz import fuzz, process

    near = process.extract(name, known, scorer=fuzz.ratio, limit=3, score_cutoff=grammar.vocabulary.checks.suggest_from)
    return tuple(text for text, _, _ in near)


def _unlisted_names(unknown: tuple[UnlistedUnit, ...]) -> Iterator[Uncertainty]:
    for each in unknown:
        hint = f"，相近的有：{'、'.join(each.suggestions)}" if each.suggestions else ""
        where = f"（措施{'、'.join(each.measures[:8])}）" if each.measures else "（联席会议名单）"
        yield Uncertainty("unknown_unit", "请确认", f"单位表里没有“{each.name}”{where}{hint}。请补进单位表或改正")


def _odd_text(draft: Draft) -> Iterator[Uncertainty]:
    for measure in draft.measures:
        sentences = [each.strip() for each in re.split("[。；;]", measure.text) if len(each.strip()) >= 8]
        for sentence in (each for each, times in Counter(sentences).items() if times > 1):
            yield Uncertainty(
                "repeated_sentence", "提示", f"措施{measure.no}里“{sentence[:20]}…”整句重复", measure.place, measure.no
            )
        if "joined_lines" in measure.flags:
            yield Uncertainty(
                "joined_lines", "提示", f"措施{measure.no}的文字有断行，已接上，请核对", measure.place, measure.no
            )
    for line, text in enumerate(draft.text.split("\n"), start=1):
        if found := re.search("[一-鿿] ?([a-z]{2,12}) ?[一-鿿]", text):
            yield Uncertainty(
                "foreign_word",
                "提示",
                f"文中夹有“{found[1]}”：“{text[max(0, found.start() - 6) : found.end() + 6]}”",
                f"第{line}段",
            )


def _names_in_text(draft: Draft, grammar: Grammar) -> Iterator[Uncertainty]:
    """Issuers named before a title (某部、某局《…》) that differ from a state organ's name in one character."""
    known = set(grammar.vocabulary.units.state_organs)
    tails = tuple(grammar.vocabulary.units.suffixes)
    for measure in draft.measures:
        for found in re.finditer("([一-鿿、]{3,40})《", grammar.simplify(measure.text)):
            for name in found[1].split("、"):
                for length in range(min(len(name), 10), 2, -1):
                    tail = name[-length:]
                    if not tail.endswith(tails) or tail in known or any(tail.endswith(organ) for organ in known):
                        continue
                    if near := _one_character_off(tail, known):
                        yield Uncertainty(
                            "name_misspelt",
                            "请核对",
                            f"措施{measure.no}里的“{tail}”疑为{near}之误（原文未改）",
                            measure.place,
                            measure.no,
                        )
                        break


def _one_character_off(name: str, known: set[str]) -> str:
    """Up to two organs whose name differs in one character, those that begin alike first."""
    near = [
        organ
        for organ in sorted(known, key=lambda organ: (organ[0] != name[0], organ))
        if len(organ) == len(name) and sum(a != b for a, b in zip(organ, name, strict=True)) == 1
    ]
    return "或".join(f"“{organ}”" for organ in near[:2])


def _days(draft: Draft) -> Iterator[Uncertainty]:
    issued = draft.document.issued_on
    for measure in draft.measures:
        for expiry in measure.expires:
            if issued and expiry.on < issued:
                yield Uncertainty(
                    "window_ended",
                    "请核对",
                    f"措施{measure.no}的政策期限 {expiry.on.isoformat()} 早于文件印发日期 {issued.isoformat()}",
                    measure.place,
                    measure.no,
                )
    for duty in draft.duties:
        who = "、".join(WHO.get(each, each) for each in duty.who)
        if duty.due is None and (day := re.search(r"每月(?:的)? *(\d{1,2}) *[日号]", duty.words)):
            text = f"“{duty.text}”写明每月{day[1]}日，请在设置中照此定下"
            yield Uncertainty("monthly_day", "请确认", text, duty.place)
        elif duty.due is None:
            yield Uncertainty(
                "no_day", "请确认", f"“{duty.text}”（{who}）没有写每期的截止日，请定下每月几日", duty.place
            )
        elif "year_inferred" in duty.flags:
            yield Uncertainty(
                "year_inferred", "请核对", f"“{duty.text}”的日期没有写年份，按 {duty.due.isoformat()} 计", duty.place
            )


def _soft(draft: Draft) -> Iterator[Uncertainty]:
    for measure in draft.measures:
        for target in measure.targets:
            if target.soft:
                yield Uncertainty(
                    "soft_target",
                    "请核对",
                    f"措施{measure.no}的“{target.words}”说得不硬，已列出、不计入完成率",
                    measure.place,
                    measure.no,
                )


def _unassigned(outline: Outline) -> Iterator[Uncertainty]:
    for path, line, title in outline.unassigned:
        yield Uncertainty(
            "unassigned_item",
            "请核对",
            f"“{path} {title[:24]}”没有写由谁负责，未列为措施；如系漏写请补上",
            f"{path}，第{line}行",
        )


def _numbers(draft: Draft) -> Iterator[Uncertainty]:
    plain = [int(measure.no) for measure in draft.measures if measure.no.isdecimal()]
    if len(plain) != len(draft.measures) or len(plain) < 3:
        return
    for before, after in pairwise(plain):
        if after != 1 and after > before + 1:
            yield Uncertainty("number_gap", "请核对", f"措施编号从{before}跳到{after}，中间的条目请核对是否漏读")
