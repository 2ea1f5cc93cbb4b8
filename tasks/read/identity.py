"""Whose file it is and for when: signed sheet, then what the sheet says, then the folder, then the file's name.

Belongs here: naming unit, period and kind, and what becomes of contradictions. The rule that nobody reports for
another unit through the public folder is kept here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import cast, get_args

from config.calendar import Period
from config.county import County
from config.plan import Plan
from config.workbook import Kind, Layout
from tasks.findings import finding
from tasks.read.grid import Grid
from tasks.shapes import Finding, Original
from tasks.signature import Identity, verify

# Words of a title or file name that tell the kinds apart which share one table.
_KIND_WORDS: Mapping[str, Kind] = {
    "联系人": "roster",
    "专项成果": "deliverable",
    "全年总结": "annual",
    "年度总结": "annual",
    "月度报送": "progress",
}
_PERIODS = re.compile(
    r"20\d{2}(?:[-./_年]\d{1,2}月?|\d{2}(?!\d)|[-年]?(?:Q[1-4]|第?[一二三四1-4]季度)|年度?)", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a file says of itself, as far as it does. `by`: signature, content, folder or filename."""

    unit: str | None = None
    period: str | None = None
    kind: Kind | None = None
    template: str | None = None
    by: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """The signed sheet as found, and whether its signature holds for this installation."""

    identity: Identity
    holds: bool


def find_signed(grids: tuple[Grid, ...], layout: Layout, secret: bytes) -> Signed | None:
    """The signed sheet's content, if there is such a sheet."""
    for grid in grids:
        if grid.name == layout.signed_sheet:
            values = {grid.text(row, 0).strip(): grid.text(row, 1).strip() for row in range(min(grid.height, 50))}
            identity = Identity(*(values.get(key, "") for key in ("plan", "unit", "kind", "period", "template")))
            return Signed(identity, verify(identity, values.get("signature", ""), secret))
    return None


def from_name(original: Original, county: County, layout: Layout) -> Claim:
    """What folder and file name say: the least evidence, and all there is for a file that cannot be read."""
    name = unicodedata.normalize("NFKC", PurePosixPath(original.path).stem)
    named = next(
        (unit.name for part in re.split(r"[\s_\-()\[\],、.—]+", name) if part and (unit := county.resolve(part))), None
    )
    kind = kind_in(name)
    # A bare year is no month: it counts for the yearly summary only.
    period = _period_in(name) or (_period_in(name, _YEAR) if kind == "annual" else None)
    by = "folder" if original.folder_unit else "filename" if named or period else ""
    return Claim(original.folder_unit or named, period, kind, by=by)


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
    try:
        return Period.parse(str(value)).text
    except ValueError:
        return None


def identify(
    original: Original,
    plan: Plan,
    county: County,
    layout: Layout,
    signed: Signed | None,
    heading: Mapping[str, tuple[object, str]],
    kind: Kind,
    sheet: str,
) -> Claim:
    """Unit, period and kind of a readable sheet, with the findings of every contradiction."""
    weak = from_name(original, county, layout)
    said = _said(heading, county)
    if signed is not None and signed.holds and signed.identity.kind in get_args(Kind):
        return _from_signature(signed.identity, said, original, plan, layout, heading, sheet)
    claim = Claim(said.unit or weak.unit, said.period or weak.period, kind, by="content" if said.unit else weak.by)
    found: list[Finding] = []
    if signed is not None:
        found.append(finding("R008", sheet=layout.signed_sheet, value=signed.identity.unit, expected=claim.unit or ""))
    elif original.folder_unit is None and claim.unit:
        found.append(finding("R014", sheet=sheet, expected=claim.unit))
    if original.folder_unit and said.unit and said.unit != original.folder_unit:
        # Only the folder's own unit can write there, so the answer goes to it and to nobody else.
        found.append(
            finding("R013", sheet=sheet, cells=(heading["unit"][1],), value=original.folder_unit, expected=said.unit)
        )
        claim = replace(claim, unit=original.folder_unit, by="folder")
    if claim.unit is None or claim.period is None:
        written = _quoted(heading, "unit" if claim.unit is None else "period")
        found.append(finding("R007", sheet=sheet, value=written))
    return replace(claim, findings=tuple(found))


def _from_signature(
    identity: Identity,
    said: Claim,
    original: Original,
    plan: Plan,
    layout: Layout,
    heading: Mapping[str, tuple[object, str]],
    sheet: str,
) -> Claim:
    kind = cast(Kind, identity.kind)
    claim = Claim(identity.unit, identity.period, kind, identity.template, by="signature")
    found: list[Finding] = []
    if identity.plan != plan.id:
        found.append(finding("R015", sheet=layout.signed_sheet, value=identity.plan, expected=plan.id))
    if identity.template not in layout.accepts:
        found.append(finding("R012", sheet=layout.signed_sheet, value=identity.template, expected=layout.template))
    if original.folder_unit and original.folder_unit != identity.unit:
        found.append(finding("R009", sheet=sheet, value=original.folder_unit, expected=identity.unit))
    if said.unit and said.unit != identity.unit:
        found.append(finding("R008", sheet=sheet, cells=(heading["unit"][1],), value=said.unit, expected=identity.unit))
    if said.period and said.period != identity.period:
        wanted = Period.parse(identity.period).label
        found.append(
            finding(
                "R010", sheet=sheet, cells=(heading["period"][1],), value=str(heading["period"][0]), expected=wanted
            )
        )
        # The clerk meant the period in the heading; the file goes back in any case, and that duty shows it as received.
        claim = replace(claim, period=said.period, by="content")
    return replace(claim, findings=tuple(found))


def _said(heading: Mapping[str, tuple[object, str]], county: County) -> Claim:
    """What the cells above the table say."""
    unit, period = (heading.get(field, (None, ""))[0] for field in ("unit", "period"))
    known = county.resolve(str(unit)) if unit is not None else None
    return Claim(known.name if known else None, parse_period(period) if period is not None else None, by="content")


def _quoted(heading: Mapping[str, tuple[object, str]], field: str) -> str:
    value = heading.get(field, (None, ""))[0]
    return f"：“{value}”" if value is not None else ""
