"""The result of reading a document: everything a plan needs, and everything a person should look at first.

Belongs here: the value and its two renderings, `--json` and Plan. How it is read out of a document is
`parse_document`. Nothing in a draft is in force until a person confirms it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from config.plan import Document, DutyRule, Measure, Plan, Section

WHO = {"measure_units": "各有措施的单位", "reporting_units": "各措施的报送单位"}
Weight = Literal["请确认", "请核对", "提示"]


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """One thing for a person to look at: how much it matters, where it stands, what is wrong in plain Chinese."""

    code: str
    weight: Weight
    text: str
    place: str = ""
    measure: str | None = None


@dataclass(frozen=True, slots=True)
class UnlistedUnit:
    """One name that the county's table lacks, the measures it stands in, and the closest known names."""

    name: str
    measures: tuple[str, ...]
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeasureClause:
    """One clause of a measure: the words before it, who leads, who else is responsible."""

    text: str
    lead: tuple[str, ...]
    responsible: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as read. `measures[i].no` is as printed; `clauses[i]` are the clauses of the same measure.

    `text` is the document as lines, for the person who checks.
    """

    document: Document
    sections: tuple[Section, ...]
    measures: tuple[Measure, ...]
    clauses: tuple[tuple[MeasureClause, ...], ...]
    members: tuple[str, ...]
    duties: tuple[DutyRule, ...]
    uncertainties: tuple[Uncertainty, ...] = ()
    unlisted_units: tuple[UnlistedUnit, ...] = ()
    text: str = ""

    def units(self) -> dict[str, tuple[int, int]]:
        """Measures of each unit: (as lead, otherwise), most first."""
        leads = Counter(unit for measure in self.measures for unit in measure.lead)
        others = Counter(unit for measure in self.measures for unit in measure.responsible)
        names = sorted({*leads, *others}, key=lambda unit: (-leads[unit] - others[unit], unit))
        return {unit: (leads[unit], others[unit]) for unit in names}

    def to_json(self) -> dict[str, Any]:
        """The shape of `lianxi register DOC --json` (architecture); days as ISO text, numbers whole where they are."""
        return {
            "document": {
                "no": self.document.no,
                "title": self.document.title,
                "issued_on": self.document.issued_on.isoformat() if self.document.issued_on else None,
                "issuer": self.document.issuer,
            },
            "sections": [{"no": section.no, "title": section.title} for section in self.sections],
            "measures": [_measure_json(measure) for measure in self.measures],
            "members": list(self.members),
            "duties": [_duty_json(duty) for duty in self.duties],
        }

    def to_plan(self, plan_id: str, county_id: str) -> Plan:
        """The draft as a plan. Numbers that restart in each section get their section in front."""
        numbers = unique_numbers(self.measures)
        measures = tuple(
            measure.model_copy(update={"no": no}) for measure, no in zip(self.measures, numbers, strict=True)
        )
        places = {measure.place: no for measure, no in zip(self.measures, numbers, strict=True)}
        duties = tuple(
            duty.model_copy(update={"measure": places.get(duty.place, duty.measure)}) if duty.measure else duty
            for duty in self.duties
        )
        return Plan(
            id=plan_id,
            county=county_id,
            document=self.document,
            sections=self.sections,
            measures=measures,
            members=self.members,
            duties=duties,
        )


def unique_numbers(measures: tuple[Measure, ...]) -> tuple[str, ...]:
    """The printed numbers; a repeated one gets its section in front, and a count where that is not enough."""
    printed = Counter(measure.no for measure in measures)
    seen: Counter[str] = Counter()
    numbers: list[str] = []
    for measure in measures:
        no = (
            measure.no if printed[measure.no] == 1 else "-".join(part for part in (measure.section, measure.no) if part)
        )
        seen[no] += 1
        numbers.append(no if seen[no] == 1 else f"{no}-{seen[no]}")
    return tuple(numbers)


def _measure_json(measure: Measure) -> dict[str, Any]:
    return {
        "no": measure.no,
        "section": measure.section,
        "text": measure.text,
        "lead": list(measure.lead),
        "responsible": list(measure.responsible),
        "targets": [
            {
                "metric": target.metric,
                "operator": target.operator,
                "value": _number(target.value),
                "unit": target.unit,
                "due": target.due.isoformat() if target.due else None,
                **({"value_max": _number(target.value_max)} if target.value_max is not None else {}),
            }
            for target in measure.targets
        ],
        "deadlines": list(measure.deadlines),
        "flags": list(measure.flags),
    }


def _duty_json(duty: DutyRule) -> dict[str, Any]:
    return {
        "kind": duty.kind,
        "unit": "、".join(WHO.get(who, who) for who in duty.who),
        "due": duty.due.isoformat() if duty.due else None,
        "text": duty.text,
    }


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value
