"""Read stored originals: from a file's bytes to its Reading.

Belongs here: the order of the steps for one file, and the finding for each way in which a file cannot be read, so that
no file stops the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from config.settings import LimitSettings
from config.workbook import WorkbookLayout
from tasks.errors import PipelineError
from tasks.model.finding import make_finding
from tasks.model.run_context import Context
from tasks.model.submission import Finding, Original, Reading
from tasks.model.words import Kind
from tasks.read.choose_sheet import choose_table
from tasks.read.formats.csv_table import read_csv
from tasks.read.formats.detect_format import TEXT, WORKBOOKS, detect_format, has_macros
from tasks.read.formats.format_errors import BrokenError, EncryptedError, TooLargeError
from tasks.read.formats.load_workbook import load_workbook
from tasks.read.formats.sheet_grid import SheetGrid, column_letters
from tasks.read.formats.zip_archive import ZipMember, zip_members
from tasks.read.header import SheetTable, missing_titles, read_headings
from tasks.read.identity import Evidence, identify, identify_by_name, kind_in, read_signed_sheet
from tasks.read.sheet_findings import sheet_findings
from tasks.read.table_rows import read_rows

# Findings of files that are no table at all: unknown formats, PDF, pictures.
_NO_TABLE = frozenset({"R001", "R005"})
_NESTED = "压缩包里的压缩包"
_TEXTS = ("csv", "tsv")
# Reports have a few dozen kB; a file above this size contains pictures.
_LARGE_BYTES = 10 << 20


def read_originals(originals: Sequence[Original], context: Context) -> tuple[Reading, ...]:
    """Read every kept original, in order. A zip gives one reading for each table inside.

    Whatever is wrong with a file is a finding of its reading. Raises PipelineError when a kept original is gone.
    """
    root = str(context.originals)
    return tuple(reading for original in originals for reading in _read_one(original, root, context))


def _read_one(original: Original, root: str, context: Context) -> Iterator[Reading]:
    if not original.stored:
        yield refused(original, context, _too_large(original.size_bytes, context.settings.limits))
        return
    try:
        with open(f"{root}/{original.stored}", "rb", buffering=0) as kept:
            content = kept.read()
    except OSError as error:
        raise PipelineError(
            f"留存的原件 {original.stored} 读不出来（{error.strerror}）。请从备份恢复后再运行。"
        ) from error
    if (form := detect_format(content)) == "zip":
        yield from _read_archive(original, content, context)
    else:
        yield read_workbook_bytes(original, content, _name(original), context, form)


def _name(original: Original) -> str:
    return original.path.rpartition("/")[2]


def _too_large(size_bytes: int, limits: LimitSettings) -> Finding:
    return make_finding("R004", value=f"{size_bytes / 2**20:.0f} MB", expected=f"{limits.file_bytes / 2**20:.0f} MB")


def refused(original: Original, context: Context, found: Finding, form: str = "", inside: str = "") -> Reading:
    """The reading of a file that cannot be read: folder and file name are the only evidence of its unit and period."""
    claim = identify_by_name(original, context.county, context.layout, inside)
    return Reading(
        original,
        context.plan.id,
        claim.unit,
        claim.period,
        claim.kind or ("progress" if claim.period else None),
        claim.by,
        None,
        "",
        findings=(found, *claim.findings),
        format=form,
    )


def _read_archive(original: Original, content: bytes, context: Context) -> Iterator[Reading]:
    """Every table in a zip, oldest first. Archives inside it are not opened."""
    try:
        inside = zip_members(content, context.settings.limits, original.received_at.tzinfo)
    except TooLargeError as error:
        yield refused(original, context, make_finding("R004", value=error.what, expected=error.limit), "zip")
    except EncryptedError:
        yield refused(original, context, make_finding("R002"), "zip")
    except BrokenError:
        yield refused(original, context, make_finding("R003"), "zip")
    else:
        if not inside:
            yield refused(original, context, make_finding("R003"), "zip")
        yield from _tables_first([_read_member(original, member, context) for member in inside])


def _read_member(original: Original, member: ZipMember, context: Context) -> Reading:
    reading = read_workbook_bytes(
        original, member.content, member.name, context, detect_format(member.content), within="zip"
    )
    return replace(reading, saved_at=member.saved_at)


def _tables_first(readings: Sequence[Reading]) -> Sequence[Reading]:
    """The tables of a zip and one archive inside it; scans and letters beside a table are no submissions.

    Without a table the first reading is returned, so that the sender gets an answer.
    """
    tables = [reading for reading in readings if not _is_beside(reading) and not _is_nested(reading)]
    nested = [reading for reading in readings if _is_nested(reading)][:1]
    return [*tables, *nested] or readings[:1]


def _is_beside(reading: Reading) -> bool:
    return any(found.code in _NO_TABLE for found in reading.findings) and not _is_nested(reading)


def _is_nested(reading: Reading) -> bool:
    # An archive inside the zip may contain a report, so the sender must learn that it was not opened.
    return any(found.code in _NO_TABLE and found.value == _NESTED for found in reading.findings)


def read_workbook_bytes(
    original: Original, content: bytes, name: str, context: Context, form: str, within: str = ""
) -> Reading:
    """Read one file's bytes, of the form that `detect_format` tells, under the name it had. `within` names its archive."""
    inside = name if within else ""
    try:
        if form in WORKBOOKS:
            # The sheets with instructions and open items hold no answers.
            beside = (context.layout.guide_sheet, context.layout.pending_sheet)
            grids = load_workbook(content, form, context.settings.limits, beside)
        elif form == TEXT:
            form, grid = read_csv(content, PurePosixPath(name).stem, context.settings.limits)
            grids = (grid,)
        else:
            return refused(original, context, _reason(form), within or form.partition(":")[0], inside)
        reading = _read_grids(original, grids, within or form, form, inside, context)
        found = tuple(_of_file(content, form))
        return replace(reading, findings=(*reading.findings, *found)) if found else reading
    except EncryptedError:
        return refused(original, context, make_finding("R002"), form, inside)
    except TooLargeError as error:
        return refused(original, context, make_finding("R004", value=error.what, expected=error.limit), form, inside)
    except BrokenError:
        return refused(original, context, make_finding("R003"), form, inside)


def _of_file(content: bytes, form: str) -> Iterator[Finding]:
    """Findings of a file that was read: macros, and a size that only pictures explain."""
    if form in WORKBOOKS and has_macros(content, form):
        yield make_finding("R016")
    if len(content) > _LARGE_BYTES:
        yield make_finding("R025", value=f"{len(content) / 2**20:.0f} MB")


def _reason(form: str) -> Finding:
    """The finding for a file of a format that is no table."""
    if form.startswith("other:"):
        return make_finding("R005", value=form.partition(":")[2])
    if form == "zip":
        return make_finding("R005", value=_NESTED)
    return make_finding({"encrypted": "R002", "empty": "R003", "broken": "R003"}.get(form, "R001"))


def _read_grids(
    original: Original, grids: tuple[SheetGrid, ...], shown_form: str, form: str, inside: str, context: Context
) -> Reading:
    layout = context.layout
    signed = read_signed_sheet(grids, layout, context.secret)
    table, rivals = choose_table(grids, layout, signed)
    if table is None:
        claim = identify_by_name(original, context.county, layout, inside)
        wanted = "、".join(column.title for column in layout.columns(claim.kind or "progress") if column.required)
        return refused(original, context, make_finding("R006", expected=wanted), shown_form, inside)
    heading = read_headings(table.grid, table.header, layout, table.kind)
    title = "".join(
        str(cell) for cells in table.grid.cells[: min(table.header, 3)] for cell in cells[:3] if cell is not None
    )
    kind = _kind((title, inside, _name(original)), table, layout)
    evidence = Evidence(original, signed, heading, kind, table.grid.name, inside)
    claim = identify(evidence, context.plan, context.county, layout)
    rows, repairs = read_rows(table, layout, context.plan, form)
    found = [*claim.findings, *_of_table(table, rivals, layout)]
    return Reading(
        original=original,
        plan=context.plan.id,
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
        findings=(*found, *sheet_findings(table, rows, layout, form in _TEXTS)),
        format=shown_form,
    )


def _of_table(table: SheetTable, rivals: tuple[str, ...], layout: WorkbookLayout) -> Iterator[Finding]:
    if rivals:
        yield make_finding("R017", sheet=table.grid.name, value="、".join(rivals))
    if missing := missing_titles(table, layout):
        yield make_finding("R011", sheet=table.grid.name, value="、".join(missing))


def _kind(texts: tuple[str, ...], table: SheetTable, layout: WorkbookLayout) -> Kind:
    """The kind that title or file name mentions, if it is reported on this table; else the table's usual kind."""
    kinds = layout.sheet(table.kind).kinds
    return next((kind for text in texts if (kind := kind_in(text)) in kinds), None) or table.kind
