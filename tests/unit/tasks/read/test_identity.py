"""Identify a file: the order of evidence, and the findings of contradictions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.settings_file import load_settings
from config.workbook_file import load_layout
from tasks.model.submission import Reading
from tasks.read.identity import parse_file_name, parse_period
from tasks.read.read_originals import read_originals
from tests import factories, workbooks
from tests.factories import COMMERCE, HOUSING, SECRET

LIMITS = load_settings(env={}).limits
LAYOUT = load_layout()
GOOD = workbooks.filled(workbooks.issued())
UNSIGNED = workbooks.without_signature(GOOD)


def read(tmp_path: Path, content: bytes, path: str, secret: bytes = SECRET) -> Reading:
    context = factories.context_with(LIMITS, tmp_path, secret=secret)
    (context.originals / "a").write_bytes(content)
    original = factories.original(path, stored="a")
    (reading,) = read_originals([original], context)
    return reading


def heading(content: bytes, label: str, value: object) -> bytes:
    return workbooks.edited(
        content, lambda book: setattr(workbooks.heading_cell(book[workbooks.SHEET], label), "value", value)
    )


OWN, OTHER, PUBLIC = f"{HOUSING}/上报/表.xlsx", f"{COMMERCE}/上报/表.xlsx", "公共上报/表.xlsx"
CASES: dict[str, tuple[bytes, str, str, str, list[str]]] = {
    "signed, in its own folder": (GOOD, OWN, HOUSING, "signature", []),
    "signed, in the public drop": (GOOD, PUBLIC, HOUSING, "signature", []),
    "signed, in another unit's folder": (GOOD, OTHER, HOUSING, "signature", ["R009"]),
    "forged unit, in its own folder": (workbooks.forged(GOOD), OWN, HOUSING, "content", ["R008"]),
    "forged unit, in the public drop": (workbooks.forged(GOOD), PUBLIC, "", "content", ["R008", "R014"]),
    "unsigned, in its own folder": (UNSIGNED, OWN, HOUSING, "content", ["R021"]),
    "unsigned, in the public drop": (UNSIGNED, PUBLIC, "", "content", ["R014"]),
    "unsigned, in another unit's folder": (UNSIGNED, OTHER, COMMERCE, "folder", ["R013"]),
    "unsigned, named by an alias": (
        heading(UNSIGNED, "填报单位", "住房和城乡建设局 "),
        OWN,
        HOUSING,
        "content",
        ["R021"],
    ),
    "unsigned, named by nobody's name": (
        heading(UNSIGNED, "填报单位", "县建设局"),
        OWN,
        HOUSING,
        "folder",
        ["R021", "R020"],
    ),
    "signed, the unit overwritten": (heading(GOOD, "填报单位", COMMERCE), OWN, HOUSING, "signature", ["R008"]),
    "unsigned and unnamed, in the public drop": (heading(UNSIGNED, "填报单位", None), PUBLIC, "", "", ["R007"]),
}


@pytest.mark.parametrize(("content", "path", "unit", "by", "codes"), CASES.values(), ids=CASES)
def test_the_unit_is_named_by_the_best_evidence_and_contradictions_are_findings(
    tmp_path: Path, content: bytes, path: str, unit: str, by: str, codes: list[str]
) -> None:
    reading = read(tmp_path, content, path)
    assert (reading.unit or "", reading.identified_by) == (unit, by)
    assert [found.code for found in reading.findings] == codes
    assert reading.period == "2023-10"


def test_a_workbook_of_another_installation_is_not_trusted(tmp_path: Path) -> None:
    foreign = workbooks.filled(workbooks.issued(secret=b"the secret of some other office"))
    assert [found.code for found in read(tmp_path, foreign, PUBLIC).findings] == ["R008", "R014"]


def test_nobody_reports_for_another_through_the_public_drop_without_a_signature(tmp_path: Path) -> None:
    for content in (UNSIGNED, workbooks.forged(GOOD), workbooks.as_csv(GOOD), b"%PDF-1.7", b""):
        reading = read(tmp_path, content, f"公共上报/{HOUSING}2023年10月.xlsx")
        assert (reading.unit, [found.expected for found in reading.findings if found.code == "R014"]) == (
            None, [HOUSING],
        )  # fmt: skip


def test_last_months_workbook_with_the_month_overwritten_goes_back_and_counts_as_received(tmp_path: Path) -> None:
    old = workbooks.filled(workbooks.issued(factories.duty(period="2023-09")), heading={"报送期间": "2023年10月"})
    reading = read(tmp_path, old, OWN)
    assert (reading.period, [found.code for found in reading.findings]) == ("2023-10", ["R010"])
    assert reading.findings[0].expected == "2023年9月"
    assert reading.findings[0].cells == (reading.heading["period"][1],)


def test_a_workbook_of_another_plan_goes_back(tmp_path: Path) -> None:
    other = workbooks.filled(workbooks.issued(factories.duty(plan="another-2023")))
    assert [found.code for found in read(tmp_path, other, OWN).findings] == ["R015"]


def test_a_workbook_of_a_layout_no_longer_read_goes_back(tmp_path: Path) -> None:
    old = workbooks.filled(workbooks.issued(layout=LAYOUT.model_copy(update={"template": "2019.1"})))
    reading = read(tmp_path, old, OWN)
    assert (reading.template, [found.code for found in reading.findings]) == ("2019.1", ["R012"])


def test_a_period_missing_in_the_sheet_is_taken_from_the_file_name_and_never_guessed(tmp_path: Path) -> None:
    bare = heading(UNSIGNED, "报送期间", None)
    assert read(tmp_path, bare, f"{HOUSING}/上报/住建局2023年10月报表.xlsx").period == "2023-10"
    assert [found.code for found in read(tmp_path, bare, OWN).findings] == ["R007"]


@pytest.mark.parametrize(
    ("name", "unit", "period", "kind"),
    [
        ("县住建局_2023-10_月度报送", HOUSING, "2023-10", "progress"),
        ("住建局 2023年10月 报表(最终版)(1)", HOUSING, "2023-10", None),
        ("２０２３１０－商工局－联系人名单", COMMERCE, "2023-10", "roster"),
        ("商工局10月报表", COMMERCE, "2023-10", None),
        ("商工局十二月份", COMMERCE, "2022-12", None),
        ("商工局 10月18日", COMMERCE, None, None),
        ("县住建局_2023_全年总结", HOUSING, "2023", "annual"),
        ("", None, None, None),
    ],
)
def test_a_file_name_is_read_after_normalising_and_never_guessed(name: str, unit: Any, period: Any, kind: Any) -> None:
    assert parse_file_name(factories.original(f"公共上报/{name}.xlsx"), factories.county()) == (unit, period, kind)


@pytest.mark.parametrize(
    ("written", "period"),
    [("2023年10月", "2023-10"), ("2023-Q4", "2023-Q4"), ("10月", None), (factories.NOW.date(), "2023-10")],
)
def test_a_period_is_read_however_it_is_written(written: object, period: str | None) -> None:
    assert parse_period(written) == period
