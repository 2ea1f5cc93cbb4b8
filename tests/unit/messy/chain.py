"""One office for the messy cases: a share with a unit for every case, and the real chain collect -> read -> judge.

Belongs here: units, duties and running the chain once for all cases of a test module. The cases build the files. One unit
per file keeps the cases independent although they are judged in one run.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import openpyxl

from config.county import County
from config.plan import Measure, Plan
from config.settings_file import load_settings
from config.workbook_file import load_layout
from tasks.collect.collect import Collected, collect
from tasks.model.run_context import Context
from tasks.model.seen_files import SeenFiles
from tasks.model.submission import Duty, Finding, ProgressRow, Submission, Verdict
from tasks.read.read_originals import read_originals
from tasks.reply.write_reply import write_reply
from tasks.validate.judge import judge
from tests import factories, workbooks
from tests.factories import NOW

SETTINGS, LAYOUT = load_settings(env={}), load_layout()
PUBLIC = "公共上报"
FIGURES = {"套": ("公租房套数", 110.0), "户": ("改造户数", 604.0), "%": ("激活率", 85.0), "万元": ("完成投资", 110.0)}
LAST: dict[str, float | None] = {"套": 44.0, "户": 242.0, "%": 34.0, "万元": 44.0, "": None}
ROWS = {"套": 9, "户": 10, "%": 11, "万元": 12, "": 13}
"""The sheet row of each unit of measure in an issued workbook; "" is the measure without a figure."""
_LETTERS = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True)
class Bureau:
    """The invented unit of one case and variant: it leads four measures, the first with two figures."""

    case: int
    variant: int = 0

    @property
    def name(self) -> str:
        return f"县{self.case:02}{_LETTERS[self.variant]}局"

    def no(self, unit: str) -> str:
        """The number of the measure whose figure is in this unit."""
        return str(self.case * 40 + self.variant * 4 + {"套": 1, "户": 1, "%": 2, "万元": 3, "": 4}[unit])

    def measures(self) -> tuple[Measure, ...]:
        targets = {unit: factories.target(metric, value=value, unit=unit) for unit, (metric, value) in FIGURES.items()}
        texts = {
            "套": "改善居住条件，实施公租房和老旧小区改造。",
            "%": "推广电子凭证。",
            "万元": "扩大投资。",
            "": "组织活动。",
        }
        figures = {"套": (targets["套"], targets["户"]), "%": (targets["%"],), "万元": (targets["万元"],), "": ()}
        return tuple(
            factories.measure(self.no(unit), text=f"{self.name}：{text}", lead=(self.name,), targets=figures[unit])
            for unit, text in texts.items()
        )

    def duty(self, **changes: Any) -> Duty:
        return factories.duty(self.name, measures=tuple(each.no for each in self.measures()), **changes)

    def last(self) -> tuple[ProgressRow, ...]:
        """The accepted rows of September: the figures of `LAST`, with the same text in each row."""
        fields = {"unit": self.name, "period": "2023-09", "progress": "九月进展。"}
        return tuple(
            factories.progress_row(
                self.no(unit), FIGURES.get(unit, ("",))[0], metric_unit=unit, cumulative=figure,
                target=FIGURES[unit][1] if unit else None, **fields,
            )
            for unit, figure in LAST.items()
        )  # fmt: skip

    def issued(self, previous: Sequence[ProgressRow] = (), **duty: Any) -> bytes:
        plan = factories.plan(measures=self.measures())
        county = factories.county(units=(factories.unit(self.name),))
        return workbooks.issued(self.duty(**duty), plan, county, previous)

    def filled(
        self,
        answers: Mapping[str, Mapping[str, object]] | None = None,
        heading: Mapping[str, object] | None = None,
        content: bytes | None = None,
        change: Callable[[Any], None] = lambda book: None,
        **every: object,
    ) -> bytes:
        """The unit's workbook filled plausibly, then changed.

        `answers` are by unit of measure, "" for the measure without a figure; `change` gets the whole workbook.
        """
        by_key = {
            (self.no(unit), FIGURES.get(unit, ("",))[0]): dict(values) for unit, values in (answers or {}).items()
        }

        def fill(book: Any) -> None:
            workbooks.fill_sheet(book[workbooks.SHEET], by_key, heading or {}, every)
            change(book)

        return workbooks.edited(content or self.issued(), fill)

    def edited(self, change: Callable[[Any], None], answers: Mapping[str, Mapping[str, object]] | None = None) -> bytes:
        """The filled workbook after a change of its table sheet."""
        return self.filled(answers, change=lambda book: change(book[workbooks.SHEET]))


@dataclass
class Office:
    """The share of all cases of a test module. Build the cases, `run` once, then look at the verdict on each."""

    root: Path
    bureaus: dict[Bureau, None] = field(default_factory=dict)
    duties: list[Duty] = field(default_factory=list)
    previous: list[ProgressRow] = field(default_factory=list)
    sent: dict[Bureau, list[str]] = field(default_factory=dict)
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)
    collected: Collected | None = None

    @property
    def share(self) -> Path:
        return self.root / "share"

    @property
    def originals(self) -> Path:
        return self.root / "data" / "originals"

    def bureau(self, case: int, variant: int = 0, **duty: Any) -> Bureau:
        """The unit of a case, with its duty."""
        bureau = Bureau(case, variant)
        if bureau not in self.bureaus:
            self.bureaus[bureau] = None
            self.duties.append(bureau.duty(**duty))
            (self.share / bureau.name / "上报").mkdir(parents=True)
        return bureau

    def drop(
        self, bureau: Bureau, content: bytes, name: str = "10月报表.xlsx", folder: str = "", age_s: float = 3600
    ) -> Path:
        """Put a file into the unit's 上报/ (or another folder of the share) last changed `age_s` seconds ago."""
        path = self.share / (folder or f"{bureau.name}/上报") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        at = NOW.timestamp() - age_s
        os.utime(path, (at, at))
        self.sent.setdefault(bureau, []).append(path.relative_to(self.share).as_posix())
        return path

    def each(self, case: int, files: Sequence[bytes], name: str = "10月报表.xlsx") -> None:
        """One file from each of several units: the variants of a case."""
        for variant, content in enumerate(files):
            self.drop(self.bureau(case, variant), content, name)

    @property
    def county(self) -> County:
        made = factories.county()
        units = (
            # 县70甲局 goes by 70甲局 too; the units of case 71 are townships.
            factories.unit(each.name, aliases=(each.name[1:],), group=factories.TOWNS if each.case == 71 else None)
            for each in self.bureaus
        )
        return made.model_copy(update={"units": (*made.units, *units)})

    @property
    def plan(self) -> Plan:
        made = factories.plan()
        return factories.plan(measures=(*made.measures, *(m for each in self.bureaus for m in each.measures())))

    def collect(self, now: dt.datetime = NOW, known: SeenFiles | None = None) -> Collected:
        return collect(replace(self.context, now=now), known or SeenFiles())

    @property
    def context(self) -> Context:
        places = {"data": self.root / "data", "share": self.share}
        settings = SETTINGS.model_copy(update=places)
        return factories.context(settings=settings, plan=self.plan, county=self.county)

    def run(self, now: dt.datetime = NOW) -> None:
        """One pass over everything dropped so far."""
        context = self.context
        self.collected = self.collect(now)
        readings = read_originals(self.collected.originals, context)
        for verdict in judge(readings, context, self.duties, self.previous):
            self.verdicts.setdefault(verdict.reading.original.path, []).append(verdict)

    def all(self, case: int, variant: int = 0) -> list[Verdict]:
        """The verdicts on what a unit sent, file by file."""
        return [each for path in self.sent[Bureau(case, variant)] for each in self.verdicts.get(path, [])]

    def one(self, case: int, variant: int = 0) -> Verdict:
        (verdict,) = self.all(case, variant)
        return verdict

    def state_and_codes(self, case: int, variant: int = 0) -> tuple[str, tuple[str, ...]]:
        """The state and the findings' codes."""
        verdict = self.one(case, variant)
        return verdict.state, tuple(sorted(each.code for each in verdict.findings))

    def figure(self, case: int, variant: int = 0, unit: str = "套") -> float | None:
        """The figure read in the row of this unit of measure."""
        (row,) = [row for row in self.one(case, variant).rows if row.metric_unit == unit]
        return row.cumulative

    def repaired(self, case: int, variant: int = 0) -> list[tuple[str, str, str]]:
        """(cell, before, after) of every repair."""
        return [(each.cell, each.before, each.after) for each in self.one(case, variant).repairs]

    def submission(self, verdict: Verdict) -> Submission:
        reading = verdict.reading
        return factories.submission(
            verdict.state, unit=reading.unit, kind=reading.kind, period=reading.period, path=reading.original.path,
            stored=reading.original.stored, sha256=reading.original.sha256, findings=verdict.findings, nil=verdict.nil,
        )  # fmt: skip

    def reply(self, verdict: Verdict) -> Any:
        """The workbook that comes back."""
        written = write_reply(self.submission(verdict), self.context)
        assert written is not None
        return openpyxl.load_workbook(self.root / "data" / written.path)


def finding(verdict: Verdict, code: str) -> Finding:
    """The finding of this code."""
    return next(each for each in verdict.findings if each.code == code)


def words(book: Any, sheet: int = 0) -> str:
    """All values of a sheet, one per line."""
    return "\n".join(
        str(value) for row in book.worksheets[sheet].iter_rows(values_only=True) for value in row if value is not None
    )


def run_cases(root: Path, module: Mapping[str, Any]) -> Office:
    """An office after every `case_NN` of a test module was built and one pass has run."""
    office = Office(root)
    for name, build in module.items():
        if name.startswith("case_"):
            build(office)
    office.run()
    return office
