"""The brief as one value: what every writer walks and what is frozen on approval.

Belongs here: headings, paragraphs, quotes, tables, charts, the ledger's rows, each figure's source, and JSON both ways.
Does not belong here: where the sentences come from (content), how they look (word, html, excel).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Literal

from tasks.brief.past_values import Correction, PastValue
from tasks.model.meeting import Matter
from tasks.model.words import Light

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class FigureSource:
    """Where something comes from: submission and version in the ledger, unit, sheet, A1 cell, original under data/."""

    unit: str
    submission: int | None
    version: int | None
    sheet: str
    cell: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one kind. `source` is an index into `Brief.sources`; `light` marks the name of a light."""

    text: str
    source: int | None = None
    light: Light | None = None
    quote: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 is 一、, level 2 is （一）, 0 the title of a paper; the number is part of the text."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. `style` body, or note for the small print under a table or chart."""

    runs: tuple[Run, ...]
    style: Literal["body", "note"] = "body"


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
    """One bar: work done and time gone in whole percent, the light, and what stands at its end."""

    label: str
    done_pct: int
    elapsed_pct: int
    light: Light
    text: str
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of work done, each with a mark where time stands."""

    caption: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Annex:
    """Starts an attachment on a page of its own; one that is a separate file has `file` and no page."""

    no: int
    title: str
    file: str = ""


Block = Heading | Paragraph | Table | Chart | Annex


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

    Beside what is printed: `checks` the coordinator saw before approving, `corrections` of earlier issues, the
    meeting's `matters` as this issue leaves them, and the meeting's own paper (`agenda`). `note_lines` of the first
    blocks are the 按语; `remarks` are why earlier drafts were sent back.
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


_BLOCKS: dict[str, type[Block]] = {
    "heading": Heading,
    "paragraph": Paragraph,
    "table": Table,
    "chart": Chart,
    "attachment": Annex,
}
_BLOCK_FIELDS = ("blocks", "agenda")
_KINDS = {cls: kind for kind, cls in _BLOCKS.items()}


def block_kind(block: Block) -> str:
    """heading, paragraph, table, chart or attachment."""
    return _KINDS[type(block)]


def to_json(brief: Brief) -> str:
    """The whole brief as JSON text, the same text for the same brief; `from_json` gives it back."""
    data = dataclasses.asdict(brief)
    for field in _BLOCK_FIELDS:
        data[field] = [{"kind": block_kind(block), **dataclasses.asdict(block)} for block in getattr(brief, field)]
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, default=_iso)


def from_json(text: str) -> Brief:
    """The brief that `to_json` wrote, now or by an earlier version. Raises ValueError for text that is no brief."""
    try:
        data = json.loads(text)
        # An issue frozen by an earlier version has no paper of the meeting.
        data.setdefault("agenda", ())
        for field in _BLOCK_FIELDS:
            data[field] = tuple(_block(block) for block in data[field])
        data["sources"] = tuple(FigureSource(**source) for source in data["sources"])
        data["ledger"] = tuple(_ledger_row(row) for row in data["ledger"])
        data["corrections"] = tuple(Correction(**one) for one in data.get("corrections", ()))
        data["matters"] = tuple(
            Matter(**{**one, "due": _day(one["due"]), "closed_on": _day(one["closed_on"])})
            for one in data.get("matters", ())
        )
        data["date"] = dt.date.fromisoformat(data["date"])
        for field in ("to_report", "to_send", "to_issue", "checks", "remarks"):
            data[field] = tuple(data.get(field, ()))
        return Brief(**data)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"stored brief cannot be read: {error}") from error


def _ledger_row(row: dict[str, Any]) -> LedgerRow:
    past = tuple(PastValue(**one) for one in row.get("past", ()))
    return LedgerRow(**{**row, "due": _day(row["due"]), "past": past})


def _iso(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _block(data: dict[str, Any]) -> Block:
    cls = _BLOCKS[str(data.pop("kind"))]
    fields = dict(data)
    if cls is Paragraph:
        fields["runs"] = _runs(data["runs"])
    elif cls is Table:
        fields["columns"] = tuple(TableColumn(**column) for column in _list(data["columns"]))
        fields["rows"] = tuple(_runs(row) for row in _list(data["rows"]))
    elif cls is Chart:
        fields["bars"] = tuple(Bar(**bar) for bar in _list(data["bars"]))
    return cls(**fields)


def _runs(data: object) -> tuple[Run, ...]:
    return tuple(Run(**run) for run in _list(data))


def _list(data: object) -> list[Any]:
    if not isinstance(data, list):
        raise TypeError("a list was expected")
    return data
