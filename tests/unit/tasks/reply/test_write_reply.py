"""The reply to a unit: its own file with marks and the list of findings first, an issued workbook, or a receipt."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from config.workbook_file import load_layout
from tasks.errors import RetryableError
from tasks.model.finding import make_finding
from tasks.model.submission import Submission, WrittenFile
from tasks.reply.annotate import AUTHOR, MARKS_SHEET
from tasks.reply.findings_sheet import FINDINGS_SHEET
from tasks.reply.sheet_styles import MARKS
from tasks.reply.write_reply import write_reply
from tests import factories

LAYOUT, PLAN = load_layout(), factories.plan()
TABLE = "月度报送"
FALL = make_finding("V301", sheet=TABLE, cells=("H8",), measure="3", value="50", expected="60")
BLANK = make_finding("V101", sheet=TABLE, cells=("J8", "J9"), measure="3", expected="进展情况")
HINT = make_finding("V303", sheet=TABLE, cells=("J8",), measure="3")


class ReplyFolders:
    """A share, data/ and one original, as in a flow."""

    def __init__(self, root: Path) -> None:
        self.share, self.data = root / "share", root / "data"
        self.originals, self.returned = self.data / "originals", self.data / "returned"
        places = {"data": self.data, "share": self.share}
        self.context = factories.context(settings=factories.context().settings.model_copy(update=places))
        self.originals.mkdir(parents=True)
        (self.share / "公共上报").mkdir(parents=True)

    def store(self, content: bytes) -> str:
        name = hashlib.sha256(content).hexdigest()
        (self.originals / name).write_bytes(content)
        return name

    def reply(self, submission: Submission) -> WrittenFile:
        written = write_reply(submission, self.context)
        assert written is not None
        return written

    def book(self, submission: Submission) -> Any:
        return load_workbook(self.data / self.reply(submission).path)


@pytest.fixture
def folders(tmp_path: Path) -> ReplyFolders:
    return ReplyFolders(tmp_path / "带 空格的文件夹")


def own_file(**cells: object) -> bytes:
    """The unit's workbook: a table, a comment, a hidden sheet, and a formula."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = TABLE
    for address, value in {"A8": "3", "H8": 50, "J8": "同上", "A20": "=1+1", **cells}.items():
        sheet[address] = value
    sheet["H8"].fill = PatternFill("solid", fgColor="FFF9DB")
    sheet["J8"].comment = Comment("请李主任过目", "李四")
    sheet.merge_cells("J8:K8")
    book.create_sheet("_lianxi").sheet_state = "veryHidden"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def returned(folders: ReplyFolders, *findings: Any, content: bytes | None = None, **changes: Any) -> Submission:
    stored = folders.store(own_file() if content is None else content)
    return factories.submission("returned", stored=stored, findings=findings or (BLANK, FALL), **changes)


def unknown(path: str, *findings: Any) -> Submission:
    """A refused file that names neither unit nor period."""
    return factories.submission("refused", unit=None, kind=None, period=None, path=path, findings=findings)


def words(book: Any, sheet: str = FINDINGS_SHEET) -> list[str]:
    return [str(cell) for row in book[sheet].iter_rows(values_only=True) for cell in row if cell is not None]


def test_the_list_comes_first_with_measure_fault_remedy_and_a_link_to_each_cell(folders: ReplyFolders) -> None:
    book = folders.book(returned(folders))
    assert book.sheetnames[0] == FINDINGS_SHEET
    said = words(book)
    assert all(text in said for text in (BLANK.text, BLANK.remedy, FALL.text, "J8", "J9", "H8"))
    assert any(text.startswith("第3项　2023年实施公租房") for text in said)
    links = [cell.hyperlink.location for row in book[FINDINGS_SHEET] for cell in row if cell.hyperlink]
    assert links == [f"'{TABLE}'!J8", f"'{TABLE}'!J9", f"'{TABLE}'!H8"]


def test_the_gravest_finding_heads_the_list_and_the_conclusion_counts_them(folders: ReplyFolders) -> None:
    said = words(folders.book(returned(folders, HINT, FALL, BLANK)))
    assert "退回更正：须更正1项，须说明1项，提示1项。" in said
    assert said.index(BLANK.text) < said.index(FALL.text) < said.index(HINT.text)


def test_cells_are_coloured_by_severity_with_a_comment_that_says_what_to_do(folders: ReplyFolders) -> None:
    sheet = folders.book(returned(folders))[TABLE]
    assert sheet["H8"].fill.fgColor.rgb.endswith(MARKS["query"])
    assert sheet["J9"].fill.fgColor.rgb.endswith(MARKS["return"])
    assert FALL.text in sheet["H8"].comment.text
    assert FALL.remedy in sheet["H8"].comment.text


def test_everything_else_is_as_the_unit_wrote_it(folders: ReplyFolders) -> None:
    book = folders.book(returned(folders))
    sheet = book[TABLE]
    assert (sheet["H8"].value, sheet["J8"].value, sheet["A20"].value) == (50, "同上", "=1+1")
    assert "请李主任过目" in sheet["J8"].comment.text
    assert book["_lianxi"].sheet_state == "veryHidden"
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["J8:K8"]


def test_a_mark_inside_a_merged_range_is_shown_at_its_first_cell(folders: ReplyFolders) -> None:
    inside = make_finding("V113", sheet=TABLE, cells=("K8",), measure="3", value="同上")
    assert inside.text in folders.book(returned(folders, inside))[TABLE]["J8"].comment.text


def test_the_original_and_the_share_are_otherwise_untouched(folders: ReplyFolders) -> None:
    submission = returned(folders)
    before = (folders.originals / submission.stored).read_bytes()
    folders.reply(submission)
    assert (folders.originals / submission.stored).read_bytes() == before
    name = "县住建局_2023-10_月度报送_第1版_退回更正.xlsx"
    assert [path.relative_to(folders.share).as_posix() for path in folders.share.rglob("*.*")] == [
        f"县住建局/退回/{name}"
    ]


def test_a_second_reply_has_the_same_bytes_and_is_not_written(folders: ReplyFolders) -> None:
    submission = returned(folders)
    first = folders.reply(submission)
    path = folders.data / first.path
    stamp, content = path.stat().st_mtime_ns, path.read_bytes()
    assert folders.reply(submission) == first
    assert (path.stat().st_mtime_ns, path.read_bytes()) == (stamp, content)
    assert hashlib.sha256(content).hexdigest() == first.sha256
    (folders.share / "县住建局/退回" / path.name).unlink()
    assert folders.reply(submission) == first
    assert (folders.share / "县住建局/退回" / path.name).read_bytes() == content


def test_the_bytes_do_not_depend_on_the_current_time(folders: ReplyFolders) -> None:
    own = returned(folders)
    for submission in (own, factories.submission("accepted"), unknown("a.pdf", BLANK)):
        with zipfile.ZipFile(folders.data / folders.reply(submission).path) as archive:
            assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            properties = archive.read("docProps/core.xml")
        assert b"2023-10-20T02:00:00Z</dcterms:modified>" in properties
        # The creation time is the unit's; in a workbook of our own it is the time of the decision.
        assert (b"2023-10-20T02:00:00Z</dcterms:created>" in properties) == (submission != own) or own is submission


def test_the_marks_of_an_earlier_reply_are_removed_from_the_next_one(folders: ReplyFolders) -> None:
    first = (folders.data / folders.reply(returned(folders)).path).read_bytes()
    book = folders.book(returned(folders, HINT, content=first, version=2))
    sheet = book[TABLE]
    assert book.sheetnames.count(FINDINGS_SHEET) == 1
    assert sheet["H8"].comment is None
    assert sheet["H8"].fill.fgColor.rgb == "00FFF9DB"
    assert sheet["J9"].fill.fill_type is None
    assert sheet["J8"].comment.author == AUTHOR
    assert sheet["J8"].comment.text.count("请李主任过目") == 1
    assert [row[1] for row in book[MARKS_SHEET].iter_rows(values_only=True)] == ["J8"]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+86", "-1+1", "@SUM(A1)", "\t=1"])
def test_text_that_looks_like_a_formula_is_written_as_text(folders: ReplyFolders, text: str) -> None:
    said = replace(make_finding("V112", value=text), text=text)
    cells = [
        cell
        for row in folders.book(returned(folders, said))[FINDINGS_SHEET]
        for cell in row
        if text.strip() in str(cell.value)
    ]
    assert cells
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)


def test_characters_the_file_format_cannot_hold_do_not_prevent_the_reply(folders: ReplyFolders) -> None:
    assert any(
        "甲乙" in text for text in words(folders.book(returned(folders, make_finding("V102", value="甲\x00乙\x0b"))))
    )


@pytest.mark.parametrize("content", [b"\xb4\xeb\xca\xa9,1\r\n", b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0" * 200])
def test_a_format_that_cannot_be_annotated_comes_back_as_a_clean_list(folders: ReplyFolders, content: bytes) -> None:
    book = folders.book(returned(folders, content=content))
    assert book.sheetnames == [FINDINGS_SHEET]
    assert any("“发放”文件夹" in text for text in words(book))
    assert "H8" in words(book)


@pytest.mark.parametrize("memory", [("月度报送", "H8", "", "?"), ("月度报送", "no cell", ""), ("月度报送", "H0", "")])
def test_a_workbook_that_opens_but_cannot_be_saved_still_gets_a_reply(
    folders: ReplyFolders, memory: tuple[str, ...]
) -> None:
    book = load_workbook(io.BytesIO(own_file()))
    # A sheet with our name that we did not write.
    book.create_sheet(MARKS_SHEET).append(memory)
    content = io.BytesIO()
    book.save(content)
    assert folders.book(returned(folders, content=content.getvalue())).sheetnames == [FINDINGS_SHEET]


def test_the_issued_workbook_is_used_if_the_units_own_cannot_be_annotated(folders: ReplyFolders) -> None:
    issued = Workbook()
    issued.worksheets[0].title = TABLE
    signed = issued.create_sheet("_lianxi")
    for row in (("plan", "shili-2023"), ("unit", "县住建局"), ("kind", "progress"), ("period", "2023-10")):
        signed.append(row)
    folder = folders.share / "县住建局/发放"
    folder.mkdir(parents=True)
    issued.save(folder / "县住建局_2023-10_月度报送.xlsx")
    book = folders.book(returned(folders, content=b"a,b"))
    assert book.sheetnames == [FINDINGS_SHEET, TABLE, "_lianxi"]


def test_a_refused_file_without_a_known_unit_is_answered_in_the_folder_it_was_found_in(folders: ReplyFolders) -> None:
    submission = unknown("县住建局/上报/扫描件.pdf", make_finding("R005", value="PDF"))
    assert folders.reply(submission).path == "returned/shili-2023/县住建局/扫描件_00000000_不予受理.xlsx"
    assert any("这不是电子表格：PDF" in text for text in words(folders.book(submission)))


def test_the_reply_to_a_refused_public_drop_is_in_no_unit_folder(folders: ReplyFolders) -> None:
    submission = unknown("公共上报/a\nb.xlsx", make_finding("R007"))
    assert folders.reply(submission).path == "returned/shili-2023/公共上报/a_b_00000000_不予受理.xlsx"
    assert [path.name for path in folders.share.iterdir()] == ["公共上报"]


@pytest.mark.parametrize("path", ["长" * 84 + ".xlsx", "../../a.xlsx", "-rf.xlsx", "\udcff.xlsx", "..xlsx"])
def test_any_file_name_gets_a_reply_inside_the_folder(folders: ReplyFolders, path: str) -> None:
    written = folders.reply(unknown(f"县住建局/上报/{path}", make_finding("R001")))
    target = (folders.data / written.path).resolve()
    assert target.parent == (folders.returned / "shili-2023/县住建局").resolve()
    assert len(target.name.encode()) <= 255


def test_the_reply_to_a_path_that_climbs_is_in_no_unit_folder(folders: ReplyFolders) -> None:
    assert folders.reply(unknown("../县财政局/上报/a.xlsx", make_finding("R001"))).path.startswith(
        "returned/shili-2023/公共上报/"
    )
    assert [path.name for path in folders.share.iterdir()] == ["公共上报"]


def test_an_accepted_file_gets_a_receipt_with_what_counts_version_and_times(folders: ReplyFolders) -> None:
    book = folders.book(factories.submission("accepted", version=2, findings=(HINT,)))
    said = words(book, "受理回执")
    assert book.sheetnames == ["受理回执"]
    assert "县住建局2023年10月月度报送（第2版）已受理" in said
    assert "2023-10-20 10:00:00" in said
    assert any(HINT.text in text for text in said)


def test_the_receipt_of_a_nil_report_names_it_as_such(folders: ReplyFolders) -> None:
    said = words(folders.book(factories.submission("accepted", nil=True)), "受理回执")
    assert any("零报告" in text for text in said)


def test_a_superseded_or_undecided_submission_gets_no_reply(folders: ReplyFolders) -> None:
    for state in ("superseded", "received"):
        assert write_reply(factories.submission(state), folders.context) is None


def test_a_folder_that_cannot_be_written_is_a_retryable_error(folders: ReplyFolders) -> None:
    (folders.share / "县住建局").write_text("a file where a folder should be")
    with pytest.raises(RetryableError, match="写不进去"):
        folders.reply(returned(folders))


def test_the_reply_is_a_regular_file_anyone_may_read(folders: ReplyFolders) -> None:
    path = folders.data / folders.reply(returned(folders)).path
    assert stat.S_ISREG(path.stat().st_mode)
    assert not [*folders.share.rglob(".~*"), *folders.data.rglob(".~*")]
