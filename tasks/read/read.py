"""Originals -> readings: the room's one door.

Belongs here: the course of one file from bytes to a Reading, and that no file stops the others.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from config.county import County
from config.plan import Plan
from config.settings import Limits
from config.workbook import Kind, Layout
from tasks.errors import PipelineError
from tasks.findings import finding
from tasks.read.grid import Grid, letters
from tasks.read.guard import BrokenError, TooLargeError, read_member
from tasks.read.header import Table, find_table, missing_titles, read_headings
from tasks.read.identity import find_signed, from_name, identify, kind_in
from tasks.read.loading import EncryptedError, load_workbook
from tasks.read.rows import read_rows
from tasks.read.sniff import TEXT, WORKBOOKS, sniff
from tasks.read.text import read_text
from tasks.shapes import Finding, Original, Reading

_MOST_MEMBERS = 200
_SYSTEM = ("__MACOSX/", "~$", ".")
_NO_TABLE = frozenset({"R001", "R005"})


@dataclass(frozen=True, slots=True)
class Desk:
    """What reading any file needs to know."""

    plan: Plan
    county: County
    layout: Layout
    secret: bytes
    limits: Limits


def read_originals(
    originals: Sequence[Original], root: Path, plan: Plan, county: County, layout: Layout, secret: bytes, limits: Limits
) -> tuple[Reading, ...]:
    """Read every original kept under `root`, in order. A zip gives one reading for each table inside.

    Whatever is wrong with a file is a finding of its reading. Raises PipelineError when a kept original is gone.
    """
    desk = Desk(plan, county, layout, secret, limits)
    return tuple(reading for original in originals for reading in _read_one(original, root, desk))


def _read_one(original: Original, root: Path, desk: Desk) -> Iterator[Reading]:
    if not original.stored:
        yield _refused(original, desk, _too_large(original.size_bytes, desk.limits))
        return
    try:
        content = (root / original.stored).read_bytes()
    except OSError as error:
        raise PipelineError(
            f"留存的原件 {original.stored} 读不出来（{error.strerror}）。请从备份恢复后再运行。"
        ) from error
    if sniff(content) == "zip":
        yield from _read_archive(original, content, desk)
    else:
        yield read_bytes(original, content, PurePosixPath(original.path).name, desk)


def _too_large(size_bytes: int, limits: Limits) -> Finding:
    return finding("R004", value=f"{size_bytes / 2**20:.0f} MB", expected=f"{limits.file_bytes / 2**20:.0f} MB")


def _refused(original: Original, desk: Desk, found: Finding, form: str = "") -> Reading:
    """A file that is no submission: what can be said of it comes from where it lay."""
    claim = from_name(original, desk.county, desk.layout)
    return Reading(
        original,
        desk.plan.id,
        claim.unit,
        claim.period,
        claim.kind or ("progress" if claim.period else None),
        claim.by,
        None,
        "",
        findings=(found,),
        format=form,
    )


def _read_archive(original: Original, content: bytes, desk: Desk) -> Iterator[Reading]:
    """Every table in a zip. Archives inside it are not opened; nothing is ever written to a path it names."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir() and not _is_system(info.filename)]
        if len(members) > _MOST_MEMBERS:
            raise TooLargeError(f"压缩包内有{len(members)}个文件", f"{_MOST_MEMBERS}个")
        left, unpacked = desk.limits.unpacked_bytes, []
        for info in members:
            unpacked.append((info.filename, read_member(content, info, left, desk.limits)))
            left -= len(unpacked[-1][1])
    except TooLargeError as error:
        yield _refused(original, desk, finding("R004", value=error.what, expected=error.limit), "zip")
    except (BrokenError, zipfile.BadZipFile, OSError, ValueError):
        yield _refused(original, desk, finding("R003"), "zip")
    else:
        if not unpacked:
            yield _refused(original, desk, finding("R003"), "zip")
        yield from _tables_first(
            [read_bytes(original, inner, PurePosixPath(name).name, desk, within="zip") for name, inner in unpacked]
        )


def _tables_first(readings: Sequence[Reading]) -> Sequence[Reading]:
    """The readings of a zip that matter: scans and letters beside a table are no submissions of their own."""
    tables = [reading for reading in readings if not _NO_TABLE.intersection(found.code for found in reading.findings)]
    return tables or readings[:1]


def _is_system(name: str) -> bool:
    return name.startswith(_SYSTEM[0]) or PurePosixPath(name).name.startswith(_SYSTEM[1:])


def read_bytes(original: Original, content: bytes, name: str, desk: Desk, within: str = "") -> Reading:
    """Read one file's bytes, already at hand, under the name it had."""
    form = sniff(content)
    try:
        if form in WORKBOOKS:
            grids = load_workbook(content, form, desk.limits)
        elif form == TEXT:
            form, grid = read_text(content, PurePosixPath(name).stem, desk.limits)
            grids = (grid,)
        else:
            return _refused(original, desk, _reason(form), within or form.partition(":")[0])
        return _read_grids(original, grids, within or form, form, desk)
    except EncryptedError:
        return _refused(original, desk, finding("R002"), form)
    except TooLargeError as error:
        return _refused(original, desk, finding("R004", value=error.what, expected=error.limit), form)
    except BrokenError:
        return _refused(original, desk, finding("R003"), form)


def _reason(form: str) -> Finding:
    """Why a file of a format that is no table is refused."""
    if form.startswith("other:"):
        return finding("R005", value=form.partition(":")[2])
    if form == "zip":
        return finding("R005", value="压缩包里的压缩包")
    return finding({"encrypted": "R002", "empty": "R003", "broken": "R003"}.get(form, "R001"))


def _read_grids(original: Original, grids: tuple[Grid, ...], shown_form: str, form: str, desk: Desk) -> Reading:
    layout = desk.layout
    signed = find_signed(grids, layout, desk.secret)
    table = choose_table(grids, layout, signed.identity.kind if signed and signed.holds else None)
    if table is None:
        claim = from_name(original, desk.county, layout)
        columns = layout.columns(claim.kind or "progress")
        wanted = "、".join(column.title for column in columns if column.required)
        return _refused(original, desk, finding("R006", expected=wanted), shown_form)
    heading = read_headings(table.grid, table.header, layout, table.kind)
    title = "".join(table.grid.text(row, column) for row in range(min(table.header, 3)) for column in range(3))
    kind = _kind((title, PurePosixPath(original.path).name), table, layout)
    claim = identify(original, desk.plan, desk.county, layout, signed, heading, kind, table.grid.name)
    found = list(claim.findings)
    if missing := missing_titles(table, layout):
        found.append(finding("R011", sheet=table.grid.name, value="、".join(missing)))
    rows, repairs = read_rows(table, layout, desk.plan, form)
    return Reading(
        original=original,
        plan=desk.plan.id,
        unit=claim.unit,
        period=claim.period,
        kind=claim.kind or kind,
        identified_by=claim.by,
        template=claim.template,
        sheet=table.grid.name,
        columns={field: letters(column) for field, column in table.columns.items()},
        heading=heading,
        rows=rows,
        repairs=repairs,
        findings=tuple(found),
        format=shown_form,
    )


def _kind(texts: tuple[str, ...], table: Table, layout: Layout) -> Kind:
    """The kind that title or file name speaks of, if it is reported on this table; else the table's usual one."""
    kinds = layout.sheet(table.kind).kinds
    return next((kind for text in texts if (kind := kind_in(text)) in kinds), None) or table.kind


def choose_table(grids: tuple[Grid, ...], layout: Layout, kind: str | None) -> Table | None:
    """The table to read: on the sheet named in the layout, else by a known other name, else where most titles match.

    Hidden sheets are looked at last; `kind`, where the signature tells it, decides between table and roster.
    """
    candidates: list[tuple[int, int, Table]] = []
    for sheet in layout.sheets:
        if kind is not None and kind not in sheet.kinds:
            continue
        for grid in grids:
            if grid.name in (layout.signed_sheet, layout.guide_sheet):
                continue
            if (table := find_table(grid, layout, sheet.kinds[0])) is not None:
                rank = 4 * grid.visible + (
                    2 if grid.name.strip() == sheet.name else grid.name.strip() in sheet.synonyms
                )
                candidates.append((rank, len(table.columns), table))
    return max(candidates, key=lambda each: each[:2])[2] if candidates else None
