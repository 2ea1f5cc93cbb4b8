"""Cases 16 to 30: scans, links, names, versions, wrong months and wrong folders, late and large files."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tasks.collect.content_store import StillChangingError, read_stable
from tasks.collect.list_share import list_share
from tasks.model.seen_files import SeenFiles
from tasks.model.submission import Verdict
from tasks.rollup.standing import decide_standings_at
from tests import workbooks
from tests.factories import NOW
from tests.unit.messy.chain import LAST, LAYOUT, PUBLIC, Bureau, Office, finding, run_cases, words

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# One worker builds the share of this file, not each.
pytestmark = pytest.mark.xdist_group("test_case_16_30_files")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return run_cases(tmp_path_factory.mktemp("share"), globals())


def case_16(office: Office) -> None:
    """A scan with the stamp: as PDF, as photograph, and with a name without the month."""
    office.drop(office.bureau(16), b"%PDF-1.7\n...", "盖章件.pdf")
    office.drop(office.bureau(16, 1), b"\xff\xd8\xff\xe0photo", "IMG_2043.jpg")


def case_17(office: Office) -> None:
    """A text of WPS or Word in the old format, and an .ofd."""
    text = OLE + "WordDocument".encode("utf-16-le").ljust(600, b"\0")
    office.drop(office.bureau(17), text, "10月报表.wps")
    office.drop(office.bureau(17, 1), text, "10月报表.doc")
    office.drop(office.bureau(17, 2), workbooks.zipped({"OFD.xml": b"<ofd/>"}), "10月报表.ofd")


def case_18(office: Office) -> None:
    """A workbook with macros."""
    content = Bureau(18).filled({"套": {"本期累计": 85}})
    members = {**workbooks.parts(content), "xl/vbaProject.bin": b"Attribute VB_Name"}
    office.drop(office.bureau(18), workbooks.zipped(members), "10月报表.xlsm")


def case_19(office: Office) -> None:
    """A link to an online document: a web shortcut, a Windows shortcut, a text file with the address."""
    office.drop(office.bureau(19), b"[InternetShortcut]\r\nURL=https://kdocs.example/l/1", "10月报表.url")
    office.drop(office.bureau(19, 1), b"L\0\0\0\x01\x14\x02\0" + b"\0" * 60, "10月报表.xlsx.lnk")
    office.drop(office.bureau(19, 2), "10月报表：https://docs.example/sheet/2".encode("gb18030"), "10月报表.txt")


def case_20(office: Office) -> None:
    """(最终版)(1), 副本 and V3 of one report: a day apart, a minute apart, and the newest one not valid."""
    for variant, seconds in ((0, 86_400), (1, 60), (2, 86_400)):
        bureau = office.bureau(20, variant)
        newest: dict[str, object] = {"本期累计": 85} if variant < 2 else {"本期累计": "#REF!"}
        office.drop(
            bureau, bureau.filled({"套": {"本期累计": 80}}), f"{bureau.name}10月报表(最终版)(1).xlsx", age_s=90_000
        )
        office.drop(bureau, bureau.filled({"套": newest}), f"副本{bureau.name}10月报表V3.xlsx", age_s=90_000 - seconds)
    bureau = office.bureau(20, 3)
    for name in ("10月报表.xlsx", "10月报表 - 副本.xlsx"):
        office.drop(bureau, bureau.filled(), name)


def case_21(office: Office) -> None:
    """A name without unit and month; names with another month, another unit and another year."""
    office.drop(office.bureau(21), Bureau(21).filled(), "新建 Microsoft Excel 工作表.xlsx")
    office.drop(office.bureau(21, 1), Bureau(21, 1).filled(), "9月报表.xlsx")
    office.drop(office.bureau(21, 2), Bureau(21, 2).filled(), f"{Bureau(21).name}_10月.xlsx")


def case_22(office: Office) -> None:
    """The month only in the file name: in full-width brackets, as 十月, 10月份 and 202310, and a name in NFD."""
    names = [
        "报表（２０２３年１０月）.xlsx",
        "十月 报表.xlsx",
        "10月份报表.xlsx",
        "报表202310.xlsx",
        "2023年10月 Résumé.xlsx",
    ]
    for variant, name in enumerate(names):
        bureau = office.bureau(22, variant)
        unsigned = workbooks.without_signature(bureau.filled(heading={"报送期间": None}))
        office.drop(bureau, unsigned, unicodedata.normalize("NFD", name))


def case_23(office: Office) -> None:
    """Put into another unit's folder: with and without a signature; and into the folder of another month."""
    other = office.bureau(23, 3)
    signed, unsigned = office.bureau(23), office.bureau(23, 1)
    office.drop(signed, signed.filled(), f"{signed.name}.xlsx", folder=f"{other.name}/上报")
    bare = workbooks.without_signature(unsigned.filled())
    office.drop(unsigned, bare, f"{unsigned.name}.xlsx", folder=f"{other.name}/上报")
    month = office.bureau(23, 2)
    office.drop(month, month.filled(), folder=f"{month.name}/上报/9月")


def case_24(office: Office) -> None:
    """Last month's workbook with the month overwritten; an old layout; last month's workbook unchanged."""
    changed = office.bureau(24)
    office.drop(changed, changed.filled(content=changed.issued(period="2023-09"), heading={"报送期间": "2023年10月"}))
    old = office.bureau(24, 1)
    layout = LAYOUT.model_copy(update={"template": "2019.1"})
    plan, county = workbooks.factories.plan(measures=old.measures()), workbooks.factories.county()
    office.drop(old, old.filled(content=workbooks.issued(old.duty(), plan, county, layout=layout)))
    last = office.bureau(24, 2)
    office.drop(last, last.filled(content=last.issued(period="2023-09")), "报表.xlsx")


def case_25(office: Office) -> None:
    """The workbook untouched; last month's texts and figures again; the same bytes as last month."""
    blank, same, bytes_ = (office.bureau(25, variant) for variant in range(3))
    office.drop(blank, blank.issued())
    office.previous += same.last()
    again = {unit: {"本期累计": figure} for unit, figure in LAST.items() if unit} | {"%": {"本期累计": 0.34}}
    office.drop(same, same.filled(again, 进展情况="九月进展。", 下一步计划="加快施工。"))
    office.duties.append(bytes_.duty(period="2023-09", due=dt.date(2023, 9, 20), closes=dt.date(2023, 9, 28)))
    office.drop(bytes_, bytes_.filled(content=bytes_.issued(period="2023-09")), "报表.xlsx")


def case_26(office: Office) -> None:
    """One book with a sheet for September and one for October: signed, and without the signature."""
    for variant in (0, 1):
        bureau = office.bureau(26, variant)
        content = bureau.filled({"套": {"本期累计": 85}}, change=two_months)
        office.drop(bureau, workbooks.without_signature(content) if variant else content)


def two_months(book: workbooks.openpyxl.Workbook) -> None:
    october = book[workbooks.SHEET]
    september = book.copy_worksheet(october)
    october.title = "10月"
    september.title = workbooks.SHEET
    workbooks.heading_cell(september, "报送期间").value = "2023年9月"
    september["H9"] = 60
    book.move_sheet(september, -5)


def case_27(office: Office) -> None:
    """A row about a measure that another unit leads."""
    bureau, other = office.bureau(27), office.bureau(27, 1)
    office.drop(other, other.filled())

    def add(sheet: workbooks.Worksheet) -> None:
        for column, value in ((1, int(other.no(""))), (9, "已完成"), (10, "代报。")):
            sheet.cell(14, column).value = value

    office.drop(bureau, bureau.edited(add))


def case_28(office: Office) -> None:
    """In order, and after the issue was frozen; see the test."""
    office.drop(office.bureau(28), Bureau(28).filled())


def case_29(office: Office) -> None:
    """Open in a program: there is a lock file beside it, and it changes; see the test."""
    bureau = office.bureau(29)
    office.drop(bureau, bureau.filled())
    office.drop(bureau, b"\x05name", "~$10月报表.xlsx")


def case_30(office: Office) -> None:
    """30 MB with photographs pasted in, and 60 MB."""
    photo = os.urandom(1 << 20) * 30
    members = {**workbooks.parts(Bureau(30).filled({"套": {"本期累计": 85}})), "xl/media/image1.jpeg": photo}
    office.drop(office.bureau(30), workbooks.zipped(members, packed=False))
    office.drop(office.bureau(30, 1), b"PK\x03\x04" + b"\0" * (60 << 20))


@pytest.mark.parametrize(
    ("case", "variant", "state", "codes"),
    [
        (16, 0, "returned", ("R005",)),
        (16, 1, "returned", ("R005",)),
        (17, 0, "returned", ("R005",)),
        (17, 1, "returned", ("R005",)),
        (17, 2, "returned", ("R005",)),
        (18, 0, "accepted", ("R016",)),
        (19, 0, "returned", ("R005",)),
        (19, 1, "returned", ("R005",)),
        (19, 2, "returned", ("R005",)),
        (21, 0, "accepted", ()),
        (21, 1, "accepted", ("R019",)),
        (21, 2, "accepted", ("R019",)),
        *((22, variant, "accepted", ("R021",)) for variant in range(5)),
        (23, 0, "accepted", ("R009",)),
        (23, 1, "returned", ("R013", "R019")),
        (23, 2, "accepted", ()),
        (24, 0, "returned", ("R010",)),
        (24, 1, "returned", ("R012",)),
        (24, 2, "returned", ("V411",)),
        (25, 0, "returned", ("V305",)),
        (25, 1, "returned", ("V303", "V304")),
        (26, 0, "accepted", ()),
        (26, 1, "queried", ("R017", "R021")),
        (27, 0, "accepted", ("V402",)),
        (28, 0, "accepted", ()),
        (29, 0, "accepted", ()),
        (30, 0, "accepted", ("R025",)),
        (30, 1, "refused", ("R004",)),
    ],
)
def test_the_state_and_the_codes(office: Office, case: int, variant: int, state: str, codes: tuple[str, ...]) -> None:
    assert office.state_and_codes(case, variant) == (state, codes)


@pytest.mark.parametrize("variant", [0, 1])
def test_16_a_scan_counts_as_received_for_the_month_even_if_it_names_none(office: Office, variant: int) -> None:
    verdict = office.one(16, variant)
    assert (verdict.reading.period, verdict.reading.kind) == ("2023-10", "progress")
    assert (office.originals / verdict.reading.original.stored).is_file()
    assert "请另报填好的 .xlsx 报表" in words(office.reply(verdict))
    assert standing_of(office, verdict) == "待更正"


def standing_of(office: Office, verdict: Verdict, now: dt.datetime = NOW, **changes: Any) -> str:
    submission = replace(office.submission(verdict), **changes)
    duties = [duty for duty in office.duties if duty.unit == submission.unit]
    (standing,) = decide_standings_at(duties, [submission], replace(office.context, now=now))
    return standing.name


def test_18_a_macro_is_never_run_and_never_sent_back(office: Office) -> None:
    assert (office.figure(18), office.one(18).reading.format) == (85, "xlsm")


def test_20_the_newest_valid_version_counts_whatever_its_name(office: Office) -> None:
    older, newer = office.all(20)
    assert (older.state, newer.state) == ("accepted", "accepted")
    assert older.reading.original.mtime_ns < newer.reading.original.mtime_ns
    assert newer.rows[0].cumulative == 85


def test_20_two_that_differ_and_are_a_minute_apart_are_queried(office: Office) -> None:
    for verdict in office.all(20, 1):
        assert (verdict.state, [each.code for each in verdict.findings]) == ("queried", ["R018"])
        assert "V3.xlsx" in finding(verdict, "R018").value


def test_20_a_newer_invalid_version_does_not_replace_the_older_one(office: Office) -> None:
    assert [verdict.state for verdict in office.all(20, 2)] == ["accepted", "returned"]


def test_20_two_equal_copies_are_not_queried(office: Office) -> None:
    assert [verdict.state for verdict in office.all(20, 3)] == ["accepted", "accepted"]


def test_21_the_content_counts_and_the_file_name_is_reported(office: Office) -> None:
    month, unit = finding(office.one(21, 1), "R019"), finding(office.one(21, 2), "R019")
    assert (month.value, month.expected) == ("2023年9月", "2023年10月")
    assert (unit.value, unit.expected) == (Bureau(21).name, Bureau(21, 2).name)


@pytest.mark.parametrize("variant", range(5))
def test_22_the_month_is_read_from_the_name_in_every_notation(office: Office, variant: int) -> None:
    assert office.one(22, variant).reading.period == "2023-10"


def test_23_a_signed_file_counts_for_its_unit_and_both_get_the_reply(office: Office) -> None:
    verdict, other = office.one(23), Bureau(23, 3)
    assert (verdict.reading.unit, finding(verdict, "R009").value) == (Bureau(23).name, other.name)
    office.reply(verdict)
    told = [path.parent.parent.name for path in office.share.glob("*/退回/*.xlsx") if Bureau(23).name in path.name]
    assert sorted(told) == sorted([Bureau(23).name, other.name])


def test_24_the_month_that_is_due_is_named(office: Office) -> None:
    assert finding(office.one(24), "R010").expected == "2023年9月"


def test_25_a_blank_form_and_a_copy_are_received_but_not_accepted(office: Office) -> None:
    for variant in (0, 1):
        verdict = office.one(25, variant)
        assert (verdict.rows, standing_of(office, verdict)) == ((), "待更正")


def test_25_the_bytes_of_last_month_are_last_months_report_and_not_this_months(office: Office) -> None:
    assert office.one(25, 2).reading.period == "2023-09"


def test_26_the_sheet_of_the_signed_month_is_read_whatever_its_name(office: Office) -> None:
    assert (office.one(26).reading.sheet, office.figure(26)) == ("10月", 85)


def test_26_without_the_signature_the_unit_is_asked_which_sheet_counts(office: Office) -> None:
    assert finding(office.one(26, 1), "R017").value in ("月度报送、10月", "10月、月度报送")


def test_27_the_row_is_left_out_and_the_leading_unit_is_named(office: Office) -> None:
    verdict = office.one(27)
    assert finding(verdict, "V402").expected == Bureau(27, 1).name
    assert {row.measure for row in verdict.rows} == {each.no for each in Bureau(27).measures()}


def test_28_a_report_after_the_issue_was_frozen_is_accepted_as_late(tmp_path: Path) -> None:
    office = Office(tmp_path)
    bureau, now = office.bureau(28), dt.datetime(2023, 11, 2, 9, 0, tzinfo=NOW.tzinfo)
    office.drop(bureau, bureau.filled())
    office.run(now)
    verdict = office.one(28)
    assert (verdict.state, standing_of(office, verdict, now, received_at=now, decided_at=now)) == ("accepted", "迟报")


def test_29_a_file_that_changes_while_it_is_read_waits_for_the_next_pass(tmp_path: Path) -> None:
    office = Office(tmp_path)
    bureau = office.bureau(29)
    path = office.drop(bureau, bureau.filled())
    (found,) = list_share(office.share, office.county).found
    with path.open("ab") as writer:
        writer.write(b"more")
    with pytest.raises(StillChangingError):
        read_stable(found)
    assert not office.originals.exists()


def test_29_a_file_that_cannot_be_opened_is_retried_and_does_not_stop_the_others(open_folder: Path) -> None:
    office = Office(open_folder)
    locked, free = office.bureau(29), office.bureau(29, 1)
    path = office.drop(locked, locked.filled())
    office.drop(free, free.filled())
    with as_somebody_who_may_not_read(path):
        first = office.collect()
    assert [original.folder_unit for original in first.originals] == [free.name]
    assert len(first.troubles) == 1
    assert "下次再试" in first.troubles[0]
    known = SeenFiles((original.path, original.size_bytes, original.mtime_ns) for original in first.originals)
    assert [original.folder_unit for original in office.collect(known=known).originals] == [locked.name]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everyone may use; pytest's own folders are closed to other users."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


@contextmanager
def as_somebody_who_may_not_read(path: Path) -> Iterator[None]:
    """Run as user nobody if the tests run as root, who can read everything."""
    root = os.geteuid() == 0
    path.chmod(0)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        path.chmod(0o600)


def test_30_the_cells_are_read_and_the_pictures_ignored(office: Office) -> None:
    assert (office.figure(30), finding(office.one(30), "R025").value) == (85, "30 MB")


def test_30_a_file_above_the_limit_is_not_copied(office: Office) -> None:
    verdict = office.one(30, 1)
    assert (verdict.reading.original.stored, finding(verdict, "R004").expected) == ("", "50 MB")
    assert PUBLIC not in verdict.reading.original.path
