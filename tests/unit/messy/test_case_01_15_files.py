"""Cases 1 to 15: files in every format and state in which offices hand them in."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import pytest

from tests import workbooks
from tests.factories import NOW
from tests.unit.messy.chain import Bureau, Office, finding, run_cases, words

HAS_OFFICE = shutil.which("soffice") is not None
needs_office = pytest.mark.skipif(not HAS_OFFICE, reason="LibreOffice is not on this machine")
TABLE = "<html><body><table><tr><td>措施序号</td><td>进展状态</td></tr><tr><td>1</td><td>已完成</td></tr></table></body></html>"

# One worker builds the share of this file, not each.
pytestmark = pytest.mark.xdist_group("test_case_01_15_files")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return run_cases(tmp_path_factory.mktemp("share"), globals())


def sheet_as(bureau: Bureau, encoding: str, separator: str = ",") -> bytes:
    return workbooks.as_csv(bureau.filled({"套": {"本期累计": 85}}), encoding, separator)


@cache
def in_biff() -> dict[int, bytes]:
    """The workbooks of cases 5 to 7, saved by LibreOffice in Excel's old format in one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case in (5, 6, 7):
            (folder / f"{case}.xlsx").write_bytes(Bureau(case).filled({"套": {"本期累计": 85}}))
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xls"]
        files = [str(folder / f"{case}.xlsx") for case in (5, 6, 7)]
        subprocess.run([*command, "--outdir", name, *files], check=True, capture_output=True, timeout=180)
        return {case: (folder / f"{case}.xls").read_bytes() for case in (5, 6, 7)}


def case_01(office: Office) -> None:
    """A CSV in GBK, which a UTF-8 reader refuses."""
    office.drop(office.bureau(1), sheet_as(Bureau(1), "gb18030"), "10月报表.csv")


def case_02(office: Office) -> None:
    """A CSV in UTF-8 without a byte order mark, whose bytes also decode as GBK without an error."""
    content = sheet_as(Bureau(2), "utf-8")
    assert "鍗曚綅" in content.decode("gb18030", "replace")
    office.drop(office.bureau(2), content, "10月报表.csv")


def case_03(office: Office) -> None:
    """“Unicode 文本”: UTF-16 with tabs."""
    office.drop(office.bureau(3), sheet_as(Bureau(3), "utf-16", "\t"), "10月报表.txt")


def case_04(office: Office) -> None:
    """Tables separated by ; or tab or ，, and one by an unknown separator."""
    office.each(4, [sheet_as(Bureau(4, place), "gb18030", mark) for place, mark in enumerate(";\t^，")], "10月报表.csv")


def case_05(office: Office) -> None:
    """A genuine .xls."""
    if HAS_OFFICE:
        office.drop(office.bureau(5), in_biff()[5], "10月报表.xls")


def case_06(office: Office) -> None:
    """An .xls renamed .xlsx."""
    if HAS_OFFICE:
        office.drop(office.bureau(6), in_biff()[6], "10月报表.xlsx")


def case_07(office: Office) -> None:
    """A workbook of WPS, .et, which is .xls inside."""
    if HAS_OFFICE:
        office.drop(office.bureau(7), in_biff()[7], "10月报表.et")


def case_08(office: Office) -> None:
    """A web page saved as .xls."""
    office.drop(office.bureau(8), TABLE.encode("gb18030"), "10月报表.xls")


def case_09(office: Office) -> None:
    """A workbook with a password to open: in Excel's form, and in that of .ods."""
    manifest = b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    locked = {"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": bytes(range(256)) * 9}
    office.each(9, [workbooks.encrypted(), workbooks.zipped(locked)])


def case_10(office: Office) -> None:
    """Sheet and structure protected, nothing encrypted."""

    def protect(book: workbooks.openpyxl.Workbook) -> None:
        book[workbooks.SHEET].protection.password = "1234"
        book.security = workbooks.openpyxl.workbook.protection.WorkbookProtection("1234", lockStructure=True)

    office.drop(office.bureau(10), Bureau(10).filled({"套": {"本期累计": 85}}, change=protect))


def case_11(office: Office) -> None:
    """Empty, and truncated by an interrupted copy."""
    office.each(11, [b"", Bureau(11, 1).filled()[:7000]])


def case_12(office: Office) -> None:
    """Lock files and system files beside the report."""
    bureau = office.bureau(12)
    for name in ("~$10月报表.xlsx", ".~lock.10月报表.xlsx#", "Thumbs.db", ".DS_Store", "desktop.ini", "10月报表.tmp"):
        office.drop(bureau, b"x", name)
    office.drop(bureau, bureau.filled())


def case_13(office: Office) -> None:
    """A zip with GBK names and a path that climbs; with a password; a zip in a zip; a rar and a 7z."""
    good, again = Bureau(13).filled(), Bureau(13, 2).filled()
    members = {"报表/10月报表.xlsx": good, "../../越界.pdf": b"%PDF-1.4", "__MACOSX/._10月报表.xlsx": b"x"}
    nested = workbooks.zipped({"里面.zip": workbooks.zipped({"10月报表.xlsx": again}), "10月报表.xlsx": again})
    files = [
        in_gbk(members),
        locked(members),
        nested,
        b"Rar!\x1a\x07\x00" + b"r" * 99,
        b"7z\xbc\xaf\x27\x1c" + b"7" * 99,
    ]
    office.each(13, files, "报表.zip")


def case_14(office: Office) -> None:
    """A zip with two versions: an hour apart, and two minutes apart; and a folder with two, an hour apart."""
    for variant, minutes in ((0, 60), (1, 2)):
        bureau = office.bureau(14, variant)
        one, two = (bureau.filled({"套": {"本期累计": figure}}) for figure in (80, 85))
        # The newer one first: the order in the archive has no meaning.
        office.drop(bureau, dated({"最终版.xlsx": (two, 2 * 60), "初稿.xlsx": (one, 2 * 60 + minutes)}), "报表.zip")
    bureau = office.bureau(14, 2)
    office.drop(bureau, bureau.filled({"套": {"本期累计": 85}}), "a最终版.xlsx")
    office.drop(bureau, bureau.filled({"套": {"本期累计": 80}}), "z初稿.xlsx", age_s=7200)


def case_15(office: Office) -> None:
    """A Word document with the table in it."""
    bureau = office.bureau(15)
    issued = office.share / bureau.name / "发放" / "10月报表.xlsx"
    issued.parent.mkdir()
    issued.write_bytes(bureau.issued())
    office.drop(
        bureau, workbooks.zipped({"[Content_Types].xml": b"", "word/document.xml": TABLE.encode()}), "报表.docx"
    )


def in_gbk(members: dict[str, bytes]) -> bytes:
    """A zip as Windows writes it: names in GBK, without a flag for the encoding."""
    raw = {name: name.encode("gbk") for name in members}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            # A placeholder of the same length in ASCII, so that no flag is set; its bytes are replaced below.
            archive.writestr("".join(chr(33 + place) for place in range(len(raw[name]))), content)
    content = target.getvalue()
    for name in sorted(members, key=lambda each: -len(raw[each])):
        content = content.replace(bytes(33 + place for place in range(len(raw[name]))), raw[name])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(info.filename.startswith("报表") for info in archive.infolist())
    return content


def locked(members: dict[str, bytes]) -> bytes:
    """The same zip with the encryption flag on every member."""
    content = bytearray(workbooks.zipped(members))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def dated(members: dict[str, tuple[bytes, int]]) -> bytes:
    """A zip whose members were saved so many minutes ago."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (content, minutes) in members.items():
            saved = NOW - workbooks.factories.dt.timedelta(minutes=minutes)
            archive.writestr(zipfile.ZipInfo(name, saved.timetuple()[:6]), content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("case", "variant", "state", "codes"),
    [
        (1, 0, "accepted", ("R021",)),
        (2, 0, "accepted", ("R021",)),
        (3, 0, "accepted", ("R021",)),
        (4, 0, "accepted", ("R021",)),
        (4, 1, "accepted", ("R021",)),
        (4, 2, "returned", ("R006",)),
        (4, 3, "accepted", ("R021",)),
        pytest.param(5, 0, "accepted", (), marks=needs_office),
        pytest.param(6, 0, "accepted", (), marks=needs_office),
        pytest.param(7, 0, "accepted", (), marks=needs_office),
        (8, 0, "returned", ("R005",)),
        (9, 0, "refused", ("R002",)),
        (9, 1, "refused", ("R002",)),
        (10, 0, "accepted", ()),
        (11, 0, "refused", ("R003",)),
        (11, 1, "refused", ("R003",)),
        (13, 0, "accepted", ()),
        (13, 1, "refused", ("R002",)),
        (13, 3, "returned", ("R005",)),
        (13, 4, "returned", ("R005",)),
        (15, 0, "returned", ("R005",)),
    ],
)
def test_the_state_and_the_codes(office: Office, case: int, variant: int, state: str, codes: tuple[str, ...]) -> None:
    assert office.state_and_codes(case, variant) == (state, codes)


@pytest.mark.parametrize("case", [1, 2, 3, pytest.param(5, marks=needs_office), pytest.param(6, marks=needs_office),
                                  pytest.param(7, marks=needs_office), 10])  # fmt: skip
def test_the_values_read_are_those_filled_in(office: Office, case: int) -> None:
    reading = office.one(case).reading
    assert (reading.unit, reading.period) == (Bureau(case).name, "2023-10")
    assert (office.figure(case), office.figure(case, unit="户"), office.figure(case, unit="%")) == (85, 302, 42.5)


@needs_office
@pytest.mark.parametrize("case", [5, 6, 7])
def test_05_to_07_the_format_is_recognised_by_content_and_the_signature_survives(office: Office, case: int) -> None:
    reading = office.one(case).reading
    assert (reading.format, reading.identified_by) == ("xls", "signature")


def test_09_the_unit_is_told_to_take_the_password_off(office: Office) -> None:
    assert "请取消密码后重报" in words(office.reply(office.one(9)))


def test_11_a_file_that_is_still_written_waits_and_the_whole_one_counts(tmp_path: Path) -> None:
    office = Office(tmp_path)
    bureau = office.bureau(11)
    whole = bureau.filled()
    path = office.drop(bureau, whole[:7000], age_s=5)
    first = office.collect()
    assert (first.originals, first.waiting) == ((), (path.relative_to(office.share).as_posix(),))
    office.sent.clear()
    office.drop(bureau, whole, age_s=60)
    office.run()
    assert office.state_and_codes(11) == ("accepted", ())


@pytest.mark.parametrize("variant", [0, 1])
def test_11_a_broken_file_counts_as_received(office: Office, variant: int) -> None:
    reading = office.one(11, variant).reading
    assert (reading.unit, reading.period, reading.kind) == (Bureau(11, variant).name, "2023-10", "progress")
    assert (office.originals / reading.original.stored).read_bytes() == (
        office.share / reading.original.path
    ).read_bytes()


def test_12_lock_files_and_system_files_are_ignored(office: Office) -> None:
    assert [verdict.reading.original.path for verdict in office.all(12)] == [f"{Bureau(12).name}/上报/10月报表.xlsx"]
    assert office.collected is not None
    assert (office.collected.ignored, office.collected.troubles) == (6, ())


def test_13_names_in_gbk_are_read_and_nothing_is_written_where_they_point(office: Office) -> None:
    assert office.one(13).reading.unit == Bureau(13).name
    assert not list(office.root.parent.rglob("越界*"))


def test_13_an_archive_in_an_archive_is_reported_and_not_opened(office: Office) -> None:
    states = {(each.state, tuple(found.code for found in each.findings)) for each in office.all(13, 2)}
    assert states == {("accepted", ()), ("returned", ("R005",))}
    assert any(found.value == "压缩包里的压缩包" for each in office.all(13, 2) for found in each.findings)


def test_14_of_two_versions_in_a_zip_the_newer_one_counts(office: Office) -> None:
    verdicts = office.all(14)
    assert [each.state for each in verdicts] == ["accepted", "accepted"]
    assert [each.rows[0].cumulative for each in verdicts] == [80, 85]


def test_14_two_that_differ_and_are_minutes_apart_are_queried(office: Office) -> None:
    for verdict in office.all(14, 1):
        assert (verdict.state, [each.code for each in verdict.findings], verdict.rows) == ("queried", ["R018"], ())


def test_14_of_two_versions_in_a_folder_the_newer_one_counts_whatever_its_name(office: Office) -> None:
    assert [each.state for each in office.all(14, 2)] == ["accepted", "accepted"]
    newest = max(office.all(14, 2), key=lambda each: each.reading.original.mtime_ns)
    assert newest.rows[0].cumulative == 85


def test_15_a_word_document_is_returned_with_the_issued_workbook(office: Office) -> None:
    verdict = office.one(15)
    assert (verdict.rows, finding(verdict, "R005").value) == ((), "Word 文档")
    book = office.reply(verdict)
    assert book.sheetnames[:2] == ["问题清单", workbooks.SHEET]
    assert "须更正1项" in words(book)


def test_the_share_is_unchanged_except_for_the_replies(office: Office) -> None:
    for bureau, paths in office.sent.items():
        assert all((office.share / path).is_file() for path in paths), bureau
    assert not [path for path in office.share.rglob("*") if path.is_file() and os.access(path, os.X_OK)]
