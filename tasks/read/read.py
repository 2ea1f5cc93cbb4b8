"""Originals -> readings: the room's one door.

Belongs here: the course of one file from bytes to a Reading, and that no file stops the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from config.county import County
from config.plan import Plan
from config.settings import LimitSettings
from config.workbook import WorkbookLayout
from tasks.caching import no_cycle_collection
from tasks.errors import PipelineError
from tasks.model.finding import make_finding
from tasks.model.submission import Finding, Original, Reading
from tasks.model.words import Kind
from tasks.read.choose_sheet import choose_table
from tasks.read.formats.grid import SheetGrid, column_letters
from tasks.read.formats.load_sheets import EncryptedError, load_workbook
from tasks.read.formats.size_limits import BrokenError, TooLargeError
from tasks.read.formats.sniff import TEXT, WORKBOOKS, has_macros, sniff
from tasks.read.formats.text_table import read_text
from tasks.read.formats.zip_archive import ZipMember, zip_members
from tasks.read.header import SheetTable, missing_titles, read_headings
from tasks.read.identity import Evidence, find_signed, from_name, identify, kind_in
from tasks.read.sheet_findings import remarks
from tasks.read.table_rows import read_rows

_NO_TABLE = frozenset({"R001", "R005"})
_NESTED = "压缩包里的压缩包"
_TEXTS = ("csv", "tsv")
# Reports are a few dozen kB; what is larger than this has pictures in it.
_LARGE_BYTES = 10 << 20


@dataclass(frozen=True, slots=True)
class ReadingInputs:
    """What reading any file needs to know."""

    plan: Plan
    county: County
    layout: WorkbookLayout
    secret: bytes
    limits: LimitSettings


@no_cycle_collection()
def read_originals(
    originals: Sequence[Original],
    root: Path,
    plan: Plan,
    county: County,
    layout: WorkbookLayout,
    secret: bytes,
    limits: LimitSettings,
) -> tuple[Reading, ...]:
    """Read every original kept under `root`, in order. A zip gives one reading for each table inside.

    Whatever is wrong with a file is a finding of its reading. Raises PipelineError when a kept original is gone.
    """
    desk = ReadingInputs(plan, county, layout, secret, limits)
    return tuple(reading for original in originals for reading in _read_one(original, root, desk))


def _read_one(original: Original, root: Path, desk: ReadingInputs) -> Iterator[Reading]:
    if not original.stored:
        yield refused(original, desk, _too_large(original.size_bytes, desk.limits))
        return
    try:
        with open(f"{root}/{original.stored}", "rb", buffering=0) as kept:
            content = kept.read()
    except OSError as error:
        raise PipelineError(
            f"留存的原件 {original.stored} 读不出来（{error.strerror}）。请从备份恢复后再运行。"
        ) from error
    if (form := sniff(content)) == "zip":
        yield from _read_archive(original, content, desk)
    else:
        yield read_workbook_bytes(original, content, _name(original), desk, form)


def _name(original: Original) -> str:
    return original.path.rpartition("/")[2]


def _too_large(size_bytes: int, limits: LimitSettings) -> Finding:
    return make_finding("R004", value=f"{size_bytes / 2**20:.0f} MB", expected=f"{limits.file_bytes / 2**20:.0f} MB")


def refused(original: Original, desk: ReadingInputs, found: Finding, form: str = "", inside: str = "") -> Reading:
    """A file that is no submission: what can be said of it comes from where it lay and what it is called."""
    claim = from_name(original, desk.county, desk.layout, inside)
    return Reading(
        original,
        desk.plan.id,
        claim.unit,
        claim.period,
        claim.kind or ("progress" if claim.period else None),
        claim.by,
        None,
        "",
        findings=(found, *claim.findings),
        format=form,
    )


def _read_archive(original: Original, content: bytes, desk: ReadingInputs) -> Iterator[Reading]:
    """Every table in a zip, oldest first. Archives inside it are not opened."""
    try:
        inside = zip_members(content, desk.limits, original.received_at.tzinfo)
    except TooLargeError as error:
        yield refused(original, desk, make_finding("R004", value=error.what, expected=error.limit), "zip")
    except EncryptedError:
        yield refused(original, desk, make_finding("R002"), "zip")
    except BrokenError:
        yield refused(original, desk, make_finding("R003"), "zip")
    else:
        if not inside:
            yield refused(original, desk, make_finding("R003"), "zip")
        yield from _tables_first([_read_member(original, member, desk) for member in inside])


def _read_member(original: Original, member: ZipMember, desk: ReadingInputs) -> Reading:
    reading = read_workbook_bytes(original, member.content, member.name, desk, sniff(member.content), within="zip")
    return replace(reading, saved_at=member.saved_at)


def _tables_first(readings: Sequence[Reading]) -> Sequence[Reading]:
    """The readings of a zip that matter: scans and letters beside a table are no submissions of their own.

    Of archives in the archive one stands for all: it says what there is to say.
    """
    tables = [reading for reading in readings if not _is_beside(reading) and not _is_nested(reading)]
    nested = [reading for reading in readings if _is_nested(reading)][:1]
    return [*tables, *nested] or readings[:1]


def _is_beside(reading: Reading) -> bool:
    return any(found.code in _NO_TABLE for found in reading.findings) and not _is_nested(reading)


def _is_nested(reading: Reading) -> bool:
    # An archive in the archive may hold a report: that it was not opened has to be said.
    return any(found.code in _NO_TABLE and found.value == _NESTED for found in reading.findings)


def read_workbook_bytes(
    original: Original, content: bytes, name: str, desk: ReadingInputs, form: str, within: str = ""
) -> Reading:
    """Read one file's bytes, of the form that `sniff` tells, under the name it had. `within` names its archive."""
    inside = name if within else ""
    try:
        if form in WORKBOOKS:
            # Nobody reports on the sheets that explain how to, and what is open.
            beside = (desk.layout.guide_sheet, desk.layout.pending_sheet)
            grids = load_workbook(content, form, desk.limits, beside)
        elif form == TEXT:
            form, grid = read_text(content, PurePosixPath(name).stem, desk.limits)
            grids = (grid,)
        else:
            return refused(original, desk, _reason(form), within or form.partition(":")[0], inside)
        reading = _read_grids(original, grids, within or form, form, inside, desk)
        found = tuple(_of_file(content, form))
        return replace(reading, findings=(*reading.findings, *found)) if found else reading
    except EncryptedError:
        return refused(original, desk, make_finding("R002"), form, inside)
    except TooLargeError as error:
        return refused(original, desk, make_finding("R004", value=error.what, expected=error.limit), form, inside)
    except BrokenError:
        return refused(original, desk, make_finding("R003"), form, inside)


def _of_file(content: bytes, form: str) -> Iterator[Finding]:
    """What is to be said of a file that was read: macros, and a size that only pictures explain."""
    if form in WORKBOOKS and has_macros(content, form):
        yield make_finding("R016")
    if len(content) > _LARGE_BYTES:
        yield make_finding("R025", value=f"{len(content) / 2**20:.0f} MB")


def _reason(form: str) -> Finding:
    """Why a file of a format that is no table is refused."""
    if form.startswith("other:"):
        return make_finding("R005", value=form.partition(":")[2])
    if form == "zip":
        return make_finding("R005", value=_NESTED)
    return make_finding({"encrypted": "R002", "empty": "R003", "broken": "R003"}.get(form, "R001"))


def _read_grids(
    original: Original, grids: tuple[SheetGrid, ...], shown_form: str, form: str, inside: str, desk: ReadingInputs
) -> Reading:
    layout = desk.layout
    signed = find_signed(grids, layout, desk.secret)
    table, rivals = choose_table(grids, layout, signed)
    if table is None:
        claim = from_name(original, desk.county, layout, inside)
        wanted = "、".join(column.title for column in layout.columns(claim.kind or "progress") if column.required)
        return refused(original, desk, make_finding("R006", expected=wanted), shown_form, inside)
    heading = read_headings(table.grid, table.header, layout, table.kind)
    title = "".join(
        str(cell) for cells in table.grid.cells[: min(table.header, 3)] for cell in cells[:3] if cell is not None
    )
    kind = _kind((title, inside, _name(original)), table, layout)
    evidence = Evidence(original, signed, heading, kind, table.grid.name, inside)
    claim = identify(evidence, desk.plan, desk.county, layout)
    rows, repairs = read_rows(table, layout, desk.plan, form)
    found = [*claim.findings, *_of_table(table, rivals, layout)]
    return Reading(
        original=original,
        plan=desk.plan.id,
        unit=claim.unit,
        period=claim.period,
        kind=claim.kind or kind,
        identified_by=claim.by,
        template=claim.template,
        sheet=table.grid.name,
        columns={field: column_letters(column) for field, column in table.columns.items()},
        heading=heading,
        rows=rows,
        repairs=repairs,
        findings=(*found, *remarks(table, rows, layout, form in _TEXTS)),
        format=shown_form,
    )


def _of_table(table: SheetTable, rivals: tuple[str, ...], layout: WorkbookLayout) -> Iterator[Finding]:
    if rivals:
        yield make_finding("R017", sheet=table.grid.name, value="、".join(rivals))
    if missing := missing_titles(table, layout):
        yield make_finding("R011", sheet=table.grid.name, value="、".join(missing))


def _kind(texts: tuple[str, ...], table: SheetTable, layout: WorkbookLayout) -> Kind:
    """The kind that title or file name speaks of, if it is reported on this table; else the table's usual one."""
    kinds = layout.sheet(table.kind).kinds
    return next((kind for text in texts if (kind := kind_in(text)) in kinds), None) or table.kind
