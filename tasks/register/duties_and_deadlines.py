"""Duties and days in the text: reports, rosters, deliverables, deadlines, and the last days of policies.

Belongs here: sentence -> DutyRule, deadline or Expiry. Which day a phrase names is `text_dates`; the caller knows the
units of a measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from config.plan import DutyRule, Expiry
from tasks.model.words import Kind
from tasks.register.language.grammar import Grammar, any_of
from tasks.register.language.text_dates import TextDate, TextDateReader
from tasks.register.language.unit_lists import UnitListReader

_ORDER = {"roster": 0, "progress": 1, "annual": 2, "deliverable": 3}
_TRIM = " ，,；;。、"
_ONWARD = re.compile("[，,、](?:并|且|同时)?[于在]?$")
_ADDRESS = re.compile(
    "^(?:请|要)?(?:各|有关|相关)[^，。；]{0,14}?(?:部门|单位)(?:要|应|须|需)?(?=指定|报送|上报|将|于)"
)


@dataclass(frozen=True, slots=True)
class MeasureDates:
    """The days of one measure: last days of policies, deadlines, deliverables to hand in."""

    expires: tuple[Expiry, ...]
    deadlines: tuple[str, ...]
    duties: tuple[DutyRule, ...]


class DutyReader:
    """Reads what sentences ask units to hand in, and by when."""

    def __init__(self, grammar: Grammar, dates: TextDateReader, units: UnitListReader) -> None:
        cue = grammar.vocabulary.dates
        self._grammar, self._dates, self._units, self._cue = grammar, dates, units, cue
        self._report = re.compile(any_of(cue.report_verbs))
        objects = any_of(cue.deliver_object)
        self._deliver = re.compile(
            f"(?:{any_of(cue.deliver)})[^，。；]{{0,28}}(?:{objects})|报备|备案|(?:{objects})(?:{any_of(cue.report_verbs)})"
        )
        self._recurring = re.compile(f"(?P<month>{any_of(cue.monthly)})|(?P<quarter>{any_of(cue.quarterly)})")
        self._window, self._permit = re.compile(any_of(cue.window)), re.compile(any_of(cue.permit))
        self._subject = re.compile("^(?:请|由)?([^，。；]{2,20}?)(?=要|应|须|需|于|在|负责|每)")

    def read_paragraphs(self, paragraphs: tuple[tuple[str, str, int], ...]) -> tuple[DutyRule, ...]:
        """Duties that (path, text, line) of paragraphs outside the measures ask of units in general."""
        found = [rule for path, text, line in paragraphs for rule in self._paragraph(path, text, line)]
        return tuple(dict.fromkeys(found))

    def _paragraph(self, path: str, text: str, line: int) -> Iterator[DutyRule]:
        for sentence in re.split("[。；;！]", text):
            folded = self._grammar.fold(sentence)
            if not self._report.search(folded):
                continue
            place = f"{path}，第{line}行".strip("，")
            for before, day, after in self._split_at_days(sentence, folded):
                kind, wording = self._kind(before, after)
                if kind is None:
                    continue
                period = f"{day.on:%Y-%m}" if kind == "progress" else f"{day.on:%Y}" if kind == "annual" else None
                opening = before if wording != after else before[max(before.rfind(mark) for mark in "，,、") + 1 :]
                yield DutyRule(
                    id="",
                    kind=kind,
                    who=self._who(folded),
                    text=_ADDRESS.sub("", wording),
                    due=day.on,
                    period=period,
                    words=_ONWARD.sub("", f"{opening}{day.words}{after}".strip(_TRIM)).strip(_TRIM),
                    flags=("year_inferred",) if day.inferred else (),
                    place=place,
                )
            yield from self._recurring_report(sentence, folded, place)

    def _recurring_report(self, sentence: str, folded: str, place: str) -> Iterator[DutyRule]:
        """A recurring report (建立月度报送机制): it has no day of its own, and one is due each month."""
        found = self._recurring.search(folded)
        if not found:
            return
        start = folded.rfind("，", 0, found.start()) + 1
        stop = folded.find("，", found.end())
        wording = re.sub("^[并且]", "", sentence[start : stop if stop >= 0 else len(sentence)].strip(_TRIM))
        if not self._report.search(self._grammar.fold(wording)):
            wording = sentence[start:].strip(_TRIM)
        monthly = bool(found["month"])
        yield DutyRule(
            id="",
            kind="progress",
            who=("reporting_units",),
            text=wording,
            every_month=monthly,
            words=sentence.strip(_TRIM),
            flags=() if monthly else ("quarterly",),
            place=place,
        )

    def _split_at_days(self, text: str, folded: str) -> Iterator[tuple[str, TextDate, str]]:
        """Each exact day with the words since the day before it and up to the next."""
        days = [day for day in self._dates.find(folded) if day.exact]
        for index, day in enumerate(days):
            start = days[index - 1].end if index else 0
            stop = days[index + 1].start if index + 1 < len(days) else len(text)
            yield text[start : day.start], day, _ONWARD.sub("", text[day.end : stop].strip(_TRIM))

    def _kind(self, before: str, after: str) -> tuple[Kind | None, str]:
        """The kind and the wording, by what follows the day, else by the whole sentence."""
        whole = re.sub("[于在]$", "", before.rstrip()) + after
        for wording in (after, whole):
            folded = self._grammar.fold(wording)
            if not self._report.search(folded) and not self._deliver.search(folded):
                continue
            if any(word in folded for word in self._cue.roster) and self._report.search(folded):
                return "roster", wording.strip(_TRIM)
            if any(word in folded for word in self._cue.annual) and any(
                word in folded for word in self._cue.annual_object
            ):
                return "annual", wording.strip(_TRIM)
            if any(word in folded for word in self._cue.progress) and self._report.search(folded):
                return "progress", wording.strip(_TRIM)
            if self._deliver.search(folded):
                return "deliverable", wording.strip(_TRIM)
        return None, ""

    def _who(self, folded: str) -> tuple[str, ...]:
        """The units that the sentence begins with, else the keyword for all of them."""
        if subject := self._subject.match(folded):
            names, _ = self._units.read(subject[1])
            recogniser = self._units.names
            single = all(recogniser.is_unit(each.written) and not recogniser.is_group(each.name) for each in names)
            if names and single and not any(re.search("(?:牵头|责任)单位", each.name) for each in names):
                return tuple(each.name for each in names)
        return ("reporting_units",) if re.search("[各由]牵头(?:单位|部门)", folded) else ("measure_units",)

    def read_measure(
        self, text: str, no: str, reporting: str | None, printed_apart: tuple[str, ...], place: str
    ) -> MeasureDates:
        """The days of one measure. `printed_apart` are deadlines with a label or column of their own."""
        expires: list[Expiry] = []
        deadlines: dict[str, None] = {}
        duties: list[DutyRule] = []
        for sentence in re.split("(?<=[。；;！])", text):
            folded = self._grammar.fold(sentence)
            for before, day, after in self._split_at_days(sentence, folded):
                if self._is_window(folded, day):
                    phrase = sentence[_part_start(folded, day.start) : _part_end(folded, day.end)].strip(_TRIM)
                    expires.append(Expiry(on=day.on, words=phrase))
                elif _begins_window(folded, day):
                    continue
                else:
                    deadlines.setdefault(day.on.isoformat())
                    wording = re.split("[。；;]", after)[0].strip(_TRIM)
                    if day.before and self._deliver.search(self._grammar.fold(wording)[:60]) and reporting:
                        duties.append(self._deliverable(before, day, wording, no, reporting, place))
        for value in printed_apart:
            days = list(self._dates.find(self._grammar.fold(value)))
            deadlines.setdefault(days[-1].on.isoformat() if days else value)
        return MeasureDates(tuple(expires), tuple(deadlines), tuple(duties))

    def _deliverable(self, before: str, day: TextDate, wording: str, no: str, unit: str, place: str) -> DutyRule:
        opening = re.split("[，,。；;]", before)[-1]
        return DutyRule(
            id="",
            kind="deliverable",
            who=(unit,),
            text=wording,
            due=day.on,
            period=f"{day.on:%Y-%m}",
            measure=no,
            words=f"{opening}{day.words}{wording}".strip(_TRIM),
            flags=("year_inferred",) if day.inferred else (),
            place=place,
        )

    def _is_window(self, folded: str, day: TextDate) -> bool:
        """至某日 of a policy, the end of 某日至某日, or a day until which something is allowed."""
        before = folded[: day.start].rstrip()
        part = folded[_part_start(folded, day.start) : _part_end(folded, day.end)]
        if re.search("(?:日|月|年) *起? *[至到—]$", before):
            return True
        if before.endswith(("至", "止于")) and self._window.search(part):
            return not before.endswith(self._cue.not_window)
        return day.before and self._permit.search(part) is not None


def numbered_duties(duties: tuple[DutyRule, ...]) -> tuple[DutyRule, ...]:
    """Duties in a fixed order (rosters, reports, summaries, deliverables; dated ones first) with ids R1, R2 …"""
    ordered = sorted(duties, key=lambda rule: (_ORDER[rule.kind], rule.due is None, str(rule.due or "")))
    return tuple(rule.model_copy(update={"id": f"R{index}"}) for index, rule in enumerate(ordered, start=1))


def _begins_window(folded: str, day: TextDate) -> bool:
    return re.match(" *(?:至|到|—|起)", folded[day.end :]) is not None


def _part_start(folded: str, at: int) -> int:
    return max(folded.rfind(mark, 0, at) + 1 for mark in "，：。；")


def _part_end(folded: str, at: int) -> int:
    found = [place for place in (folded.find(mark, at) for mark in "，。；") if place >= 0]
    return min(found, default=len(folded))
