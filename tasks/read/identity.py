"""Identify a file's unit, period and kind: by the signed sheet, else by the sheet's cells, the folder, the file name.

Belongs here: weighing this evidence, findings for contradictions, and the rule that nobody can report for another unit
through the public folder.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from posixpath import basename, splitext
from typing import NamedTuple, cast, get_args

from config.calendar import Period
from config.county import County, Unit
from config.plan import Plan
from config.workbook import WorkbookLayout
from tasks.model.finding import make_finding
from tasks.model.submission import Finding, Original
from tasks.model.words import FORMER_KIND_TITLES, KIND_TITLES, Kind
from tasks.read.formats.sheet_grid import SheetGrid
from tasks.storage.signature import WorkbookIdentity, verify_identity

# Words in a title or file name that distinguish the kinds that share one table.
_KIND_WORDS: Mapping[str, Kind] = {
    "联系人": "roster",
    **FORMER_KIND_TITLES,
    **{KIND_TITLES[kind]: kind for kind in ("annual", "deliverable", "progress")},
}
_PERIODS = re.compile(
    r"20\d{2}(?:[-./_年]\d{1,2}月?|\d{2}(?!\d)|[-年]?(?:Q[1-4]|第?[一二三四1-4]季度)|年度?)", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")
_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
# A month alone; followed by a day, it is the date on which somebody saved the file.
_MONTH = re.compile(
    r"(?<![\d年])(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?!\d{1,2}[日号]?|[一二三四五六七八九十]{1,3}[日号])份?"
)
_BETWEEN_WORDS = re.compile(r"[\s_\-()\[\],、.—]+")
_SEAL = re.compile(r"[(（]?(?:盖章|公章|签章)[)）]?$")


class Identification(NamedTuple):
    """Unit, period and kind of a file, as far as known. `by`: signature, content, folder or filename."""

    unit: str | None = None
    period: str | None = None
    kind: Kind | None = None
    template: str | None = None
    by: str = ""
    findings: tuple[Finding, ...] = ()


class SignedSheet(NamedTuple):
    """The content of the hidden signed sheet, and whether this installation made its signature."""

    identity: WorkbookIdentity
    is_valid: bool


def read_signed_sheet(grids: tuple[SheetGrid, ...], layout: WorkbookLayout, secret: bytes) -> SignedSheet | None:
    """The content of the hidden signed sheet, None where there is none."""
    for grid in grids:
        if grid.name == layout.signed_sheet:
            values = {grid.text(row, 0).strip(): grid.text(row, 1).strip() for row in range(min(grid.height, 50))}
            identity = WorkbookIdentity(
                *(values.get(key, "") for key in ("plan", "unit", "kind", "period", "template"))
            )
            return SignedSheet(identity, verify_identity(identity, values.get("signature", ""), secret))
    return None


def identify_by_name(original: Original, county: County, layout: WorkbookLayout, inside: str = "") -> Identification:
    """Identify a file by folder and file name: the weakest evidence, and the only one for a file that cannot be read.

    `inside` is the file's name within an archive; it takes precedence over the archive's name. In the public folder
    anybody may put any unit's name on a file: it has no unit until a person assigns one (R014).
    """
    unit, period, kind = parse_file_name(original, county, inside)
    if original.folder_unit:
        return Identification(original.folder_unit, period, kind, by="folder")
    doubt = (make_finding("R014", expected=unit),) if unit else ()
    return Identification(None, period, kind, by="filename" if period else "", findings=doubt)


def parse_file_name(original: Original, county: County, inside: str = "") -> tuple[str | None, str | None, Kind | None]:
    """Unit, period and kind named in the file name, after NFKC; a month without a year is the latest one."""
    paths = (each for each in (inside, original.path) if each)
    names = [unicodedata.normalize("NFKC", splitext(basename(path))[0]) for path in paths]
    parsed = [_parse_one_name(name, original, county) for name in names]
    unit, period, kind = (next((value for value in values if value), None) for values in zip(*parsed, strict=True))
    return cast("tuple[str | None, str | None, Kind | None]", (unit, period, kind))


def _parse_one_name(name: str, original: Original, county: County) -> tuple[str | None, str | None, Kind | None]:
    kind = kind_in(name)
    # A year alone is a period for the annual summary only.
    period = _period_in(name) or _month_in(name, original) or (_period_in(name, _YEAR) if kind == "annual" else None)
    parts = _BETWEEN_WORDS.split(_MONTH.sub("_", _PERIODS.sub("_", name)))
    unit = next((unit.name for part in parts if part and (unit := county.resolve(part))), None)
    return unit, period, kind


def _month_in(name: str, original: Original) -> str | None:
    """The month that a name gives without its year: the latest such month that had begun when the file arrived."""
    match = _MONTH.search(name)
    if match is None:
        return None
    month = int(match[1]) if match[1].isdigit() else _MONTHS.index(match[1]) + 1
    arrived = original.received_at
    return f"{arrived.year - (month > arrived.month)}-{month:02}"


def kind_in(text: str) -> Kind | None:
    """The kind that a title or file name mentions."""
    return next((kind for word, kind in _KIND_WORDS.items() if word in text), None)


def _period_in(text: str, pattern: re.Pattern[str] = _PERIODS) -> str | None:
    match = pattern.search(text)
    return parse_period(match[0].replace("_", "-")) if match else None


def parse_period(value: object) -> str | None:
    """The key of a period in any spelling; None when it is no period. A date stands for its month."""
    if hasattr(value, "year") and hasattr(value, "month"):
        return f"{value.year}-{value.month:02}"
    try:
        return Period.parse(str(value)).text
    except ValueError:
        return None


class Evidence(NamedTuple):
    """What identifies a readable sheet: the signed sheet, the labelled cells above the table, its kind, and names."""

    original: Original
    signed: SignedSheet | None
    heading: Mapping[str, tuple[object, str]]
    kind: Kind
    sheet: str
    inside: str = ""


def identify(evidence: Evidence, plan: Plan, county: County, layout: WorkbookLayout) -> Identification:
    """Unit, period and kind of a readable sheet, with a finding for every contradiction."""
    signed = evidence.signed
    if signed is not None and signed.is_valid and signed.identity.kind in get_args(Kind):
        result = _by_signature(signed.identity, evidence, plan, county, layout)
    else:
        result = _by_content(evidence, county, layout)
    hints = tuple(_hints(evidence, result, county))
    return result._replace(findings=(*result.findings, *hints)) if hints else result


def _by_content(evidence: Evidence, county: County, layout: WorkbookLayout) -> Identification:
    original, heading, sheet = evidence.original, evidence.heading, evidence.sheet
    named, period, _ = parse_file_name(original, county, evidence.inside)
    stated = _stated(heading, county, original.folder_unit)
    by = "content" if stated.unit else "folder" if original.folder_unit else "filename" if named or period else ""
    unit = stated.unit or original.folder_unit or named
    result = Identification(unit, stated.period or period, evidence.kind, by=by)
    findings: list[Finding] = []
    if evidence.signed is not None:
        written = evidence.signed.identity.unit
        findings.append(make_finding("R008", sheet=layout.signed_sheet, value=written, expected=unit or ""))
    if original.folder_unit is None and unit:
        findings.append(make_finding("R014", sheet=sheet, expected=unit))
    if original.folder_unit and stated.unit and stated.unit != original.folder_unit:
        # Only the folder's unit can write there, so only that unit gets the answer.
        findings.append(
            make_finding(
                "R013", sheet=sheet, cells=(heading["unit"][1],), value=original.folder_unit, expected=stated.unit
            )
        )
        result = result._replace(unit=original.folder_unit, by="folder")
    if result.unit is None or result.period is None:
        written = _quoted(heading, "unit" if result.unit is None else "period")
        findings.append(make_finding("R007", sheet=sheet, value=written))
    elif not findings:
        # Folder and sheet agree, but without a signature a person should still look at the file.
        findings.append(make_finding("R021", sheet=sheet, expected=f"{result.unit}{_label(result.period)}"))
    # Anybody may put a file into the public folder: the unit it names is not taken from it, a person assigns it.
    return result._replace(unit=result.unit if original.folder_unit else None, findings=tuple(findings))


def _by_signature(
    identity: WorkbookIdentity, evidence: Evidence, plan: Plan, county: County, layout: WorkbookLayout
) -> Identification:
    folder, heading, sheet = evidence.original.folder_unit, evidence.heading, evidence.sheet
    stated = _stated(heading, county, identity.unit)
    kind = cast(Kind, identity.kind)
    result = Identification(identity.unit, identity.period, kind, identity.template, by="signature")
    findings: list[Finding] = []
    if identity.plan != plan.id:
        findings.append(make_finding("R015", sheet=layout.signed_sheet, value=identity.plan, expected=plan.id))
    if identity.template not in layout.accepts:
        findings.append(
            make_finding("R012", sheet=layout.signed_sheet, value=identity.template, expected=layout.template)
        )
    if folder and folder != identity.unit:
        findings.append(make_finding("R009", sheet=sheet, value=folder, expected=identity.unit))
    if stated.unit and stated.unit != identity.unit:
        findings.append(
            make_finding("R008", sheet=sheet, cells=(heading["unit"][1],), value=stated.unit, expected=identity.unit)
        )
    if stated.period and stated.period != identity.period:
        written = str(heading["period"][0])
        findings.append(
            make_finding(
                "R010", sheet=sheet, cells=(heading["period"][1],), value=written, expected=_label(identity.period)
            )
        )
        # The clerk meant the period in the heading. The file is returned, and the duty of that period shows it as
        # received.
        result = result._replace(period=stated.period, by="content")
    return result._replace(findings=tuple(findings)) if findings else result


def _stated(heading: Mapping[str, tuple[object, str]], county: County, member: str | None) -> Identification:
    """Unit and period in the cells above the table. A group's name stands for `member` where that is in the group."""
    written, period = (heading.get(field, (None, ""))[0] for field in ("unit", "period"))
    unit = _resolved(written, county)
    name = unit.name if unit else None
    if unit is not None and unit.kind == "group":
        # From a unit outside the group, the group's name contradicts the other evidence.
        name = member if member in {each.name for each in county.members(unit.name)} else member and unit.name
    return Identification(name, parse_period(period) if period is not None else None, by="content")


def _resolved(written: object, county: County) -> Unit | None:
    """The unit or group that a heading names; words for a seal after the name are ignored."""
    return county.resolve(_SEAL.sub("", str(written).strip())) if written is not None else None


def _hints(evidence: Evidence, result: Identification, county: County) -> Iterator[Finding]:
    """Findings that decide nothing: an unknown unit name in the heading, a file name that contradicts the result."""
    if result.unit is None or result.period is None:
        return
    written, cell = evidence.heading.get("unit", (None, ""))
    if written is not None and _resolved(written, county) is None:
        yield make_finding(
            "R020", sheet=evidence.sheet, cells=(cell,), value=str(written).strip(), expected=result.unit
        )
    unit, period, _ = parse_file_name(evidence.original, county, evidence.inside)
    if unit and unit != result.unit and result.unit not in {each.name for each in county.members(unit)}:
        yield make_finding("R019", sheet=evidence.sheet, value=unit, expected=result.unit)
    if period and not period.startswith(result.period) and not result.period.startswith(period):
        yield make_finding("R019", sheet=evidence.sheet, value=_label(period), expected=_label(result.period))


def _label(period: str) -> str:
    try:
        return Period.parse(period).label
    except ValueError:
        return period


def _quoted(heading: Mapping[str, tuple[object, str]], field: str) -> str:
    value = heading.get(field, (None, ""))[0]
    return f"：“{value}”" if value is not None else ""
