"""The brief as one value: every writer renders it, and approval freezes it as JSON.

Belongs here: headings, paragraphs, tables, charts, ledger rows, corrections, the source of each figure.
Does not belong here: the JSON form (`brief_json`), the sentences (`compose`, `parts`), how they look (`writers`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from tasks.model.meeting import Matter
from tasks.model.words import Light

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class FigureSource:
    """Where a figure or text comes from: unit, submission and version in the database, sheet, A1 cell.

    `file` is the path of the original's copy below data/, '' where none is known.
    """

    unit: str
    submission: int | None
    version: int | None
    sheet: str
    cell: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Text with one format. `source` is an index into `Brief.sources`; `light` marks the name of a light."""

    text: str
    source: int | None = None
    light: Light | None = None
    quote: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 is 一、, level 2 is （一）, level 0 the title of a separate paper; the number is part of the text."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. `style` is `body`, or `note` for the small print under a table or chart."""

    runs: tuple[Run, ...]
    style: Literal["body", "note"] = "body"


def text_paragraph(text: str, style: Literal["body", "note"] = "body") -> Paragraph:
    """A paragraph of one plain run."""
    return Paragraph((Run(text),), style)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table: heading, width in mm on the 156 mm page, alignment of its cells."""

    title: str
    width_mm: float
    align: Align = "center"


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table with a repeated heading row; every row has one Run per column."""

    caption: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: work done and time elapsed in whole percent, the light, and the text at the bar's end."""

    label: str
    done_pct: int
    elapsed_pct: int
    light: Light
    text: str
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of work done, each with a mark at the share of time elapsed."""

    caption: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Annex:
    """The title of an attachment, which starts a new page. A separate file has `file` set and no page."""

    no: int
    title: str
    file: str = ""


Block = Heading | Paragraph | Table | Chart | Annex


@dataclass(frozen=True, slots=True)
class PastValue:
    """One earlier month of a ledger row: figure, share in whole percent, light, status, index of the source."""

    period: str
    cumulative: float | None
    share_pct: int | None
    light: Light
    status: str
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure or status printed in an earlier issue that the database now holds differently, as printed text.

    `before` is — where the issue printed nothing (补报). `issue` is the number of the issue that printed it.
    """

    period: str
    issue: int
    measure: str
    metric: str
    unit: str
    before: str
    after: str
    source: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One measure and metric of the 措施台账, in the unit's own words; percentages are whole numbers."""

    measure: str
    section: str
    text: str
    unit: str
    responsible: str
    metric: str
    metric_unit: str
    target: str
    due: dt.date | None
    cumulative: float | None
    share_pct: int | None
    elapsed_pct: int | None
    light: Light
    change: float | None
    status: str
    progress: str
    problems: str
    coordination: str
    coordination_unit: str
    next_steps: str
    highlights: str
    supporting: str
    source: int | None
    past: tuple[PastValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """One issue. `to_report`, `to_send`, `to_issue` are the 报, 送, 发 lists at its foot.

    Stored with the printed text: the `checks` shown to the coordinator before approval, the `corrections` of earlier
    issues, the meeting's `matters` as of this issue, and the agenda paper (`agenda`). The first `note_lines` blocks are
    the 按语; `remarks` are the reasons for which earlier drafts were sent back.
    """

    plan: str
    period: str
    name: str
    issue_no: int
    year: int
    office: str
    date: dt.date
    title: str
    blocks: tuple[Block, ...]
    sources: tuple[FigureSource, ...] = ()
    ledger: tuple[LedgerRow, ...] = ()
    to_report: tuple[str, ...] = ()
    to_send: tuple[str, ...] = ()
    to_issue: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    matters: tuple[Matter, ...] = ()
    agenda: tuple[Block, ...] = ()
    note_lines: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def distribution(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The lists at the foot that name anybody: (报, names), (送, names), (发, names)."""
        lists = (("报", self.to_report), ("送", self.to_send), ("发", self.to_issue))
        return tuple((mark, names) for mark, names in lists if names)


BLOCK_TYPES: dict[str, type[Block]] = {
    "heading": Heading,
    "paragraph": Paragraph,
    "table": Table,
    "chart": Chart,
    "attachment": Annex,
}
_KINDS = {cls: kind for kind, cls in BLOCK_TYPES.items()}


def block_kind(block: Block) -> str:
    """heading, paragraph, table, chart or attachment."""
    return _KINDS[type(block)]
