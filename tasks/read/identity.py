"""Whose file it is and for when: signed sheet, then what the sheet says, then the folder, then the file's name.

Belongs here: naming unit, period and kind, and what becomes of contradictions. The rule that nobody reports for
another unit through the public folder is kept here.
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
from tasks.caching import cached
from tasks.model.finding import make_finding
from tasks.model.submission import Finding, Original
from tasks.model.words import FORMER_KIND_TITLES, KIND_TITLES, Kind
from tasks.read.formats.grid import SheetGrid
from tasks.storage.signature import WorkbookIdentity, verify_identity

# Words of a title or file name that tell the kinds apart which share one table.
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
# A month by itself; with a day behind it, it is the day on which someone saved the file.
_MONTH = re.compile(
    r"(?<![\d年])(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?!\d{1,2}[日号]?|[一二三四五六七八九十]{1,3}[日号])份?"
)
_BETWEEN_WORDS = re.compile(r"[\s_\-()\[\],、.—]+")
_SEAL = re.compile(r"[(（]?(?:盖章|公章|签章)[)）]?$")


class Claim(NamedTuple):
    """What a file says of itself, as far as it does. `by`: signature, content, folder or filename."""

    unit: str | None = None
    period: str | None = None
    kind: Kind | None = None
    template: str | None = None
    by: str = ""
    findings: tuple[Finding, ...] = ()


class Signed(NamedTuple):
    """The signed sheet as found, and whether its signature holds for this installation."""

    identity: WorkbookIdentity
    holds: bool


def find_signed(grids: tuple[SheetGrid, ...], layout: WorkbookLayout, secret: bytes) -> Signed | None:
    """The signed sheet's content, if there is such a sheet."""
    for grid in grids:
        if grid.name == layout.signed_sheet:
            values = {grid.text(row, 0).strip(): grid.text(row, 1).strip() for row in range(min(grid.height, 50))}
            identity = WorkbookIdentity(
                *(values.get(key, "") for key in ("plan", "unit", "kind", "period", "template"))
            )
            return Signed(identity, verify_identity(identity, values.get("signature", ""), secret))
    return None


def from_name(original: Original, county: County, layout: WorkbookLayout, inside: str = "") -> Claim:
    """What folder and file name say: the least evidence, and all there is for a file that cannot be read.

    `inside` is the name of a file within the archive; it says more than the archive's own. In the public folder anybody
    may write any unit's name on a file: it is nobody's until a person has said whose (R014).
    """
    unit, period, kind = in_name(original, county, inside)
    if original.folder_unit:
        return Claim(original.folder_unit, period, kind, by="folder")
    doubt = (make_finding("R014", expected=unit),) if unit else ()
    return Claim(None, period, kind, by="filename" if period else "", findings=doubt)


def in_name(original: Original, county: County, inside: str = "") -> tuple[str | None, str | None, Kind | None]:
    """Unit, period and kind that the file's name speaks of, after NFKC; a month without a year is the latest one."""
    paths = (each for each in (inside, original.path) if each)
    names = [unicodedata.normalize("NFKC", splitext(basename(path))[0]) for path in paths]
    said = [_in_one_name(name, original, county) for name in names]
    unit, period, kind = (next((value for value in values if value), None) for values in zip(*said, strict=True))
    return cast("tuple[str | None, str | None, Kind | None]", (unit, period, kind))


def _in_one_name(name: str, original: Original, county: County) -> tuple[str | None, str | None, Kind | None]:
    kind = kind_in(name)
    # A bare year is no month: it counts for the yearly summary only.
    period = _period_in(name) or _month_in(name, original) or (_period_in(name, _YEAR) if kind == "annual" else None)
    parts = _BETWEEN_WORDS.split(_MONTH.sub("_", _PERIODS.sub("_", name)))
    unit = next((unit.name for part in parts if part and (unit := county.resolve(part))), None)
    return unit, period, kind


def _month_in(name: str, original: Original) -> str | None:
    """The month a name speaks of without its year: the last such month that had begun when the file arrived."""
    found = _MONTH.search(name)
    if found is None:
        return None
    month = int(found[1]) if found[1].isdigit() else _MONTHS.index(found[1]) + 1
    arrived = original.received_at
    return f"{arrived.year - (month > arrived.month)}-{month:02}"


def kind_in(text: str) -> Kind | None:
    """The kind a title or file name speaks of."""
    return next((kind for word, kind in _KIND_WORDS.items() if word in text), None)


def _period_in(text: str, pattern: re.Pattern[str] = _PERIODS) -> str | None:
    found = pattern.search(text)
    return parse_period(found[0].replace("_", "-")) if found else None


def parse_period(value: object) -> str | None:
    """A period's key from however it is written; None when it is no period. A date stands for its month."""
    if hasattr(value, "year") and hasattr(value, "month"):
        return f"{value.year}-{value.month:02}"
    return _period_of(str(value))


@cached(1024, 64)
def _period_of(text: str) -> str | None:
    try:
        return Period.parse(text).text
    except ValueError:
        return None


class Evidence(NamedTuple):
    """All that speaks for whose file it is: the signed sheet, the cells above the table, the kind, and names."""

    original: Original
    signed: Signed | None
    heading: Mapping[str, tuple[object, str]]
    kind: Kind
    sheet: str
    inside: str = ""


def identify(evidence: Evidence, plan: Plan, county: County, layout: WorkbookLayout) -> Claim:
    """Unit, period and kind of a readable sheet, with the findings of every contradiction."""
    signed = evidence.signed
    if signed is not None and signed.holds and signed.identity.kind in get_args(Kind):
        claim = _from_signature(signed.identity, evidence, plan, county, layout)
    else:
        claim = _from_content(evidence, county, layout)
    beside = tuple(_beside(evidence, claim, county))
    return claim._replace(findings=(*claim.findings, *beside)) if beside else claim


def _from_content(evidence: Evidence, county: County, layout: WorkbookLayout) -> Claim:
    original, heading, sheet = evidence.original, evidence.heading, evidence.sheet
    named, period, _ = in_name(original, county, evidence.inside)
    said = _said(heading, county, original.folder_unit)
    by = "content" if said.unit else "folder" if original.folder_unit else "filename" if named or period else ""
    claim = Claim(said.unit or original.folder_unit or named, said.period or period, evidence.kind, by=by)
    found: list[Finding] = []
    if evidence.signed is not None:
        written = evidence.signed.identity.unit
        found.append(make_finding("R008", sheet=layout.signed_sheet, value=written, expected=claim.unit or ""))
    if original.folder_unit is None and claim.unit:
        found.append(make_finding("R014", sheet=sheet, expected=claim.unit))
    if original.folder_unit and said.unit and said.unit != original.folder_unit:
        # Only the folder's own unit can write there, so the answer goes to it and to nobody else.
        found.append(
            make_finding(
                "R013", sheet=sheet, cells=(heading["unit"][1],), value=original.folder_unit, expected=said.unit
            )
        )
        claim = claim._replace(unit=original.folder_unit, by="folder")
    if claim.unit is None or claim.period is None:
        written = _quoted(heading, "unit" if claim.unit is None else "period")
        found.append(make_finding("R007", sheet=sheet, value=written))
    elif not found:
        # The unit's own folder and what the sheet says agree; without a signature a person should look all the same.
        found.append(make_finding("R021", sheet=sheet, expected=f"{claim.unit}{_label(claim.period)}"))
    # What anybody may have laid into the public folder says nothing of the unit it names: a person does.
    return claim._replace(unit=claim.unit if original.folder_unit else None, findings=tuple(found))


def _from_signature(
    identity: WorkbookIdentity, evidence: Evidence, plan: Plan, county: County, layout: WorkbookLayout
) -> Claim:
    folder, heading, sheet = evidence.original.folder_unit, evidence.heading, evidence.sheet
    said = _said(heading, county, identity.unit)
    kind = cast(Kind, identity.kind)
    claim = Claim(identity.unit, identity.period, kind, identity.template, by="signature")
    found: list[Finding] = []
    if identity.plan != plan.id:
        found.append(make_finding("R015", sheet=layout.signed_sheet, value=identity.plan, expected=plan.id))
    if identity.template not in layout.accepts:
        found.append(make_finding("R012", sheet=layout.signed_sheet, value=identity.template, expected=layout.template))
    if folder and folder != identity.unit:
        found.append(make_finding("R009", sheet=sheet, value=folder, expected=identity.unit))
    if said.unit and said.unit != identity.unit:
        found.append(
            make_finding("R008", sheet=sheet, cells=(heading["unit"][1],), value=said.unit, expected=identity.unit)
        )
    if said.period and said.period != identity.period:
        written = str(heading["period"][0])
        found.append(
            make_finding(
                "R010", sheet=sheet, cells=(heading["period"][1],), value=written, expected=_label(identity.period)
            )
        )
        # The clerk meant the period in the heading; the file goes back in any case, and that duty shows it as received.
        claim = claim._replace(period=said.period, by="content")
    return claim._replace(findings=tuple(found)) if found else claim


def _said(heading: Mapping[str, tuple[object, str]], county: County, member: str | None) -> Claim:
    """What the cells above the table say. A group's name stands for `member` where that is one of the group."""
    unit, period = (heading.get(field, (None, ""))[0] for field in ("unit", "period"))
    known = _resolved(unit, county)
    name = known.name if known else None
    if known is not None and known.kind == "group":
        # A member answers for itself; from anybody else the group's name is somebody else's.
        name = member if member in {each.name for each in county.members(known.name)} else member and known.name
    return Claim(name, parse_period(period) if period is not None else None, by="content")


def _resolved(written: object, county: County) -> Unit | None:
    """The unit or group that a heading names; the words for a seal behind it are no part of the name."""
    return county.resolve(_SEAL.sub("", str(written).strip())) if written is not None else None


def _beside(evidence: Evidence, claim: Claim, county: County) -> Iterator[Finding]:
    """What does not decide anything and must be said: a unit's name nobody knows, a file name that says otherwise."""
    if claim.unit is None or claim.period is None:
        return
    written, cell = evidence.heading.get("unit", (None, ""))
    if written is not None and _resolved(written, county) is None:
        yield make_finding("R020", sheet=evidence.sheet, cells=(cell,), value=str(written).strip(), expected=claim.unit)
    unit, period, _ = in_name(evidence.original, county, evidence.inside)
    if unit and unit != claim.unit and claim.unit not in {each.name for each in county.members(unit)}:
        yield make_finding("R019", sheet=evidence.sheet, value=unit, expected=claim.unit)
    if period and not period.startswith(claim.period) and not claim.period.startswith(period):
        yield make_finding("R019", sheet=evidence.sheet, value=_label(period), expected=_label(claim.period))


def _label(period: str) -> str:
    try:
        return Period.parse(period).label
    except ValueError:
        return period


def _quoted(heading: Mapping[str, tuple[object, str]], field: str) -> str:
    value = heading.get(field, (None, ""))[0]
    return f"：“{value}”" if value is not None else ""
