"""What a unit gets back: its own file, marked, with the list first; or a clean one; or a receipt."""

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
from tasks.reply.annotate import AUTHOR, MEMORY
from tasks.reply.findings_sheet import SHEET
from tasks.reply.sheet_styles import MARKS
from tasks.reply.write_reply import write_reply
from tests import factories

LAYOUT, PLAN = load_layout(), factories.plan()
TABLE = "月度报送"
FALL = make_finding("V301", sheet=TABLE, cells=("H8",), measure="3", value="50", expected="60")
BLANK = make_finding("V101", sheet=TABLE, cells=("J8", "J9"), measure="3", expected="进展情况")
HINT = make_finding("V303", sheet=TABLE, cells=("J8",), measure="3")


class Desk:
    """A share, data/ and one original, as the flow would have them."""

    def __init__(self, root: Path) -> None:
        self.share, self.data = root / "share", root / "data"
        self.originals, self.returned = self.data / "originals", self.data / "returned"
        places = {"data": self.data, "share": self.share}
        self.context = factories.context(settings=factories.context().settings.model_copy(update=places))
        self.originals.mkdir(parents=True)
        (self.share / "公共上报").mkdir(parents=True)

    def keep(self, content: bytes) -> str:
        name = hashlib.sha256(content).hexdigest()
        (self.originals / name).write_bytes(content)
        return name

    def answer(self, submission: Submission) -> WrittenFile:
        written = write_reply(submission, self.context)
        assert written is not None
        return written

    def book(self, submission: Submission) -> Any:
        return load_workbook(self.data / self.answer(submission).path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "带 空格的文件夹")


def own_file(**cells: object) -> bytes:
    """The unit's workbook: a table, a note of its own, a hidden sheet, and a formula."""
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


def returned(desk: Desk, *findings: Any, content: bytes | None = None, **changes: Any) -> Submission:
    stored = desk.keep(own_file() if content is None else content)
    return factories.submission("returned", stored=stored, findings=findings or (BLANK, FALL), **changes)


def unknown(path: str, *findings: Any) -> Submission:
    """A refused file that names neither unit nor period."""
    return factories.submission("refused", unit=None, kind=None, period=None, path=path, findings=findings)


def words(book: Any, sheet: str = SHEET) -> list[str]:
    return [str(cell) for row in book[sheet].iter_rows(values_only=True) for cell in row if cell is not None]


def test_the_list_comes_first_with_measure_fault_remedy_and_a_link_to_each_cell(desk: Desk) -> None:
    book = desk.book(returned(desk))
    assert book.sheetnames[0] == SHEET
    said = words(book)
    assert all(text in said for text in (BLANK.text, BLANK.remedy, FALL.text, "J8", "J9", "H8"))
    assert any(text.startswith("第3项　2023年实施公租房") for text in said)
    links = [cell.hyperlink.location for row in book[SHEET] for cell in row if cell.hyperlink]
    assert links == [f"'{TABLE}'!J8", f"'{TABLE}'!J9", f"'{TABLE}'!H8"]


def test_the_gravest_finding_heads_the_list_and_the_conclusion_counts_them(desk: Desk) -> None:
    said = words(desk.book(returned(desk, HINT, FALL, BLANK)))
    assert "退回更正：须更正1项，须说明1项，提示1项。" in said
    assert said.index(BLANK.text) < said.index(FALL.text) < said.index(HINT.text)


def test_cells_are_coloured_by_severity_with_a_comment_that_says_what_to_do(desk: Desk) -> None:
    sheet = desk.book(returned(desk))[TABLE]
    assert sheet["H8"].fill.fgColor.rgb.endswith(MARKS["query"])
    assert sheet["J9"].fill.fgColor.rgb.endswith(MARKS["return"])
    assert FALL.text in sheet["H8"].comment.text
    assert FALL.remedy in sheet["H8"].comment.text


def test_everything_else_is_as_the_unit_wrote_it(desk: Desk) -> None:
    book = desk.book(returned(desk))
    sheet = book[TABLE]
    assert (sheet["H8"].value, sheet["J8"].value, sheet["A20"].value) == (50, "同上", "=1+1")
    assert "请李主任过目" in sheet["J8"].comment.text
    assert book["_lianxi"].sheet_state == "veryHidden"
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["J8:K8"]


def test_a_mark_inside_a_merged_range_is_shown_at_its_first_cell(desk: Desk) -> None:
    inside = make_finding("V113", sheet=TABLE, cells=("K8",), measure="3", value="同上")
    assert inside.text in desk.book(returned(desk, inside))[TABLE]["J8"].comment.text


def test_the_original_and_the_share_are_otherwise_untouched(desk: Desk) -> None:
    submission = returned(desk)
    before = (desk.originals / submission.stored).read_bytes()
    desk.answer(submission)
    assert (desk.originals / submission.stored).read_bytes() == before
    name = "县住建局_2023-10_月度报送_第1版_退回更正.xlsx"
    assert [path.relative_to(desk.share).as_posix() for path in desk.share.rglob("*.*")] == [f"县住建局/退回/{name}"]


def test_answering_twice_gives_the_same_bytes_and_writes_nothing_new(desk: Desk) -> None:
    submission = returned(desk)
    first = desk.answer(submission)
    path = desk.data / first.path
    stamp, content = path.stat().st_mtime_ns, path.read_bytes()
    assert desk.answer(submission) == first
    assert (path.stat().st_mtime_ns, path.read_bytes()) == (stamp, content)
    assert hashlib.sha256(content).hexdigest() == first.sha256
    (desk.share / "县住建局/退回" / path.name).unlink()
    assert desk.answer(submission) == first
    assert (desk.share / "县住建局/退回" / path.name).read_bytes() == content


def test_the_bytes_hold_no_clock(desk: Desk) -> None:
    own = returned(desk)
    for submission in (own, factories.submission("accepted"), unknown("a.pdf", BLANK)):
        with zipfile.ZipFile(desk.data / desk.answer(submission).path) as archive:
            assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            properties = archive.read("docProps/core.xml")
        assert b"2023-10-20T02:00:00Z</dcterms:modified>" in properties
        # When it was made is the unit's to say; of an answer of our own it is the day of the decision.
        assert (b"2023-10-20T02:00:00Z</dcterms:created>" in properties) == (submission != own) or own is submission


def test_the_marks_of_an_earlier_return_are_gone_from_the_next_version(desk: Desk) -> None:
    first = (desk.data / desk.answer(returned(desk)).path).read_bytes()
    book = desk.book(returned(desk, HINT, content=first, version=2))
    sheet = book[TABLE]
    assert book.sheetnames.count(SHEET) == 1
    assert sheet["H8"].comment is None
    assert sheet["H8"].fill.fgColor.rgb == "00FFF9DB"
    assert sheet["J9"].fill.fill_type is None
    assert sheet["J8"].comment.author == AUTHOR
    assert sheet["J8"].comment.text.count("请李主任过目") == 1
    assert [row[1] for row in book[MEMORY].iter_rows(values_only=True)] == ["J8"]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+86", "-1+1", "@SUM(A1)", "\t=1"])
def test_text_that_looks_like_a_formula_is_written_as_text(desk: Desk, text: str) -> None:
    said = replace(make_finding("V112", value=text), text=text)
    cells = [cell for row in desk.book(returned(desk, said))[SHEET] for cell in row if text.strip() in str(cell.value)]
    assert cells
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)


def test_characters_the_file_format_cannot_hold_do_not_stop_the_answer(desk: Desk) -> None:
    assert any("甲乙" in text for text in words(desk.book(returned(desk, make_finding("V102", value="甲\x00乙\x0b")))))


@pytest.mark.parametrize("content", [b"\xb4\xeb\xca\xa9,1\r\n", b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0" * 200])
def test_a_format_that_cannot_be_annotated_comes_back_as_a_clean_list(desk: Desk, content: bytes) -> None:
    book = desk.book(returned(desk, content=content))
    assert book.sheetnames == [SHEET]
    assert any("“发放”文件夹" in text for text in words(book))
    assert "H8" in words(book)


@pytest.mark.parametrize("memory", [("月度报送", "H8", "", "?"), ("月度报送", "no cell", ""), ("月度报送", "H0", "")])
def test_a_workbook_that_opens_but_cannot_be_marked_costs_the_marks_and_not_the_answer(
    desk: Desk, memory: tuple[str, ...]
) -> None:
    book = load_workbook(io.BytesIO(own_file()))
    # What only we write, written by somebody else.
    book.create_sheet(MEMORY).append(memory)
    content = io.BytesIO()
    book.save(content)
    assert desk.book(returned(desk, content=content.getvalue())).sheetnames == [SHEET]


def test_the_issued_workbook_comes_along_where_the_units_own_cannot_be_annotated(desk: Desk) -> None:
    issued = Workbook()
    issued.worksheets[0].title = TABLE
    signed = issued.create_sheet("_lianxi")
    for row in (("plan", "shili-2023"), ("unit", "县住建局"), ("kind", "progress"), ("period", "2023-10")):
        signed.append(row)
    folder = desk.share / "县住建局/发放"
    folder.mkdir(parents=True)
    issued.save(folder / "县住建局_2023-10_月度报送.xlsx")
    book = desk.book(returned(desk, content=b"a,b"))
    assert book.sheetnames == [SHEET, TABLE, "_lianxi"]


def test_a_refused_file_from_nobody_knows_whom_is_answered_where_it_lay(desk: Desk) -> None:
    submission = unknown("县住建局/上报/扫描件.pdf", make_finding("R005", value="PDF"))
    assert desk.answer(submission).path == "returned/shili-2023/县住建局/扫描件_00000000_不予受理.xlsx"
    assert any("这不是电子表格：PDF" in text for text in words(desk.book(submission)))


def test_a_refused_public_drop_is_kept_and_goes_to_nobodys_folder(desk: Desk) -> None:
    submission = unknown("公共上报/a\nb.xlsx", make_finding("R007"))
    assert desk.answer(submission).path == "returned/shili-2023/公共上报/a_b_00000000_不予受理.xlsx"
    assert [path.name for path in desk.share.iterdir()] == ["公共上报"]


@pytest.mark.parametrize("path", ["长" * 84 + ".xlsx", "../../a.xlsx", "-rf.xlsx", "\udcff.xlsx", "..xlsx"])
def test_any_name_a_file_system_allows_gets_an_answer_inside_the_folder(desk: Desk, path: str) -> None:
    written = desk.answer(unknown(f"县住建局/上报/{path}", make_finding("R001")))
    target = (desk.data / written.path).resolve()
    assert target.parent == (desk.returned / "shili-2023/县住建局").resolve()
    assert len(target.name.encode()) <= 255


def test_a_path_that_climbs_is_answered_in_nobodys_folder(desk: Desk) -> None:
    assert desk.answer(unknown("../县财政局/上报/a.xlsx", make_finding("R001"))).path.startswith(
        "returned/shili-2023/公共上报/"
    )
    assert [path.name for path in desk.share.iterdir()] == ["公共上报"]


def test_an_accepted_file_gets_a_receipt_that_says_what_counts_which_version_and_when(desk: Desk) -> None:
    book = desk.book(factories.submission("accepted", version=2, findings=(HINT,)))
    said = words(book, "受理回执")
    assert book.sheetnames == ["受理回执"]
    assert "县住建局2023年10月月度报送（第2版）已受理" in said
    assert "2023-10-20 10:00:00" in said
    assert any(HINT.text in text for text in said)


def test_a_nil_report_is_receipted_as_such(desk: Desk) -> None:
    said = words(desk.book(factories.submission("accepted", nil=True)), "受理回执")
    assert any("零报告" in text for text in said)


def test_what_was_superseded_or_is_undecided_gets_no_answer(desk: Desk) -> None:
    for state in ("superseded", "received"):
        assert write_reply(factories.submission(state), desk.context) is None


def test_a_folder_that_cannot_be_written_is_worth_another_try(desk: Desk) -> None:
    (desk.share / "县住建局").write_text("a file where a folder should be")
    with pytest.raises(RetryableError, match="写不进去"):
        desk.answer(returned(desk))


def test_the_answer_is_a_plain_file_anyone_may_read(desk: Desk) -> None:
    path = desk.data / desk.answer(returned(desk)).path
    assert stat.S_ISREG(path.stat().st_mode)
    assert not [*desk.share.rglob(".~*"), *desk.data.rglob(".~*")]
