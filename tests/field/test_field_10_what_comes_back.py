"""Field cases 10 and 11, and the case on the way: what the unit gets back of its own file, and what it is told of it."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tasks.model.submission import Verdict
from tests import workbooks
from tests.unit.messy.chain import Office, finding, run_cases, words

pytestmark = pytest.mark.xdist_group("test_field_10_what_comes_back")
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return run_cases(tmp_path_factory.mktemp("share"), globals())


def strict(content: bytes) -> bytes:
    """The workbook in the strict form of the standard: other addresses for the same names."""
    old = "http://schemas.openxmlformats.org/"
    new = "http://purl.oclc.org/ooxml/"
    changes = (
        (f"{old}officeDocument/2006/relationships/metadata/core", "kept-1"),
        (f"{old}package/2006", "kept-2"),
        (f"{old}officeDocument/2006/", f"{new}officeDocument/"),
        (f"{old}spreadsheetml/2006/main", f"{new}spreadsheetml/main"),
        (f"{old}drawingml/2006/", f"{new}drawingml/"),
        ("kept-1", f"{old}officeDocument/2006/relationships/metadata/core"),
        ("kept-2", f"{old}package/2006"),
    )

    def changed(data: bytes) -> bytes:
        for before, after in changes:
            data = data.replace(before.encode(), after.encode())
        return data

    return workbooks.zipped({name: changed(data) for name, data in workbooks.parts(content).items()})


def opened(office: Office, verdict: Verdict) -> Any:
    return office.reply(verdict)


def case_10(office: Office) -> None:
    """Strict workbooks: one fault, none, a query; the same in UTF-16; and one whose sheets no library here shows."""
    fault: dict[str, object] = {"本期累计": "#REF!"}
    office.drop(office.bureau(10), strict(office.bureau(10).filled({"套": fault})))
    office.drop(office.bureau(10, 1), strict(office.bureau(10, 1).filled({"套": {"本期累计": 85}})))
    office.drop(office.bureau(10, 2), strict(office.bureau(10, 2).filled({"套": {"本期累计": "若干"}})))
    sheetless = office.bureau(10, 3)
    unknown = b"http://schemas.example/relationships"
    known = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    name = "xl/workbook.xml"
    hidden = workbooks.with_part(sheetless.filled({"套": fault}), name, lambda data: data.replace(known, unknown))
    office.drop(sheetless, hidden)


@pytest.mark.parametrize("variant", [0, 2])
def test_field_10_a_strict_workbook_comes_back_as_the_units_own(office: Office, variant: int) -> None:
    verdict = office.one(10, variant)
    book = office.reply(verdict)
    (cell,) = next(each for each in verdict.findings if each.code in ("V104", "V103")).cells
    assert workbooks.SHEET in book.sheetnames
    assert book[workbooks.SHEET][cell].comment is not None
    assert any(
        row[0].value and "按计划推进" in str([each.value for each in row]) for row in book[workbooks.SHEET].iter_rows()
    )
    assert "本文件" in words(book)


def test_field_10_it_is_accepted_where_nothing_is_wrong(office: Office) -> None:
    assert (office.one(10, 1).state, office.figure(10, 1)) == ("accepted", 85)


def test_field_10_where_no_sheet_opens_the_answer_says_that_it_only_lists(office: Office) -> None:
    verdict = office.one(10, 3)
    assert verdict.state == "returned"
    text = words(office.reply(verdict))
    assert "请在本文件中改正标色的单元格" not in text
    assert "原文件不能直接标注" in text
    assert "不含原文件里已填的内容" in text


def with_formula(content: bytes, kind: str, result: bytes, formula: bytes = b"40+45") -> bytes:
    """A formula with its result in place of the text FORMULA, as spreadsheet programs write it."""
    cell = f"{kind}><f>".encode() + formula + b"</f><v>" + result + b"</v>"

    def change(data: bytes) -> bytes:
        changed = data.replace(b't="inlineStr"><is><t>FORMULA</t></is>', cell)
        assert changed != data
        return changed

    return workbooks.with_part(content, SHEET, change)


FORMULAS: tuple[tuple[str, bytes, bytes], ...] = (
    ("", b"85", b"40+45"),
    ("", b"84.5", b"SUM(40,44.5)"),
    ("", b"85", b'IF("a"&lt;"b",85,0)'),
)


def case_11(office: Office) -> None:
    """Figures by formula beside a fault elsewhere; texts, days and truth values by formula."""
    fault: dict[str, object] = {"存在问题": "#N/A"}
    for variant, (kind, result, formula) in enumerate(FORMULAS):
        bureau = office.bureau(11, variant)
        filled = bureau.filled({"套": {"本期累计": "FORMULA"}, "": fault})
        office.drop(bureau, with_formula(filled, kind, result, formula))
    text = office.bureau(11, 3)
    filled = text.filled({"": {"进展情况": "FORMULA", **fault}})
    office.drop(text, with_formula(filled, 't="str"', "已开工 <3> 处。".encode().replace(b"<", b"&lt;"), b'"a"&amp;B2'))


def test_field_11_results_of_formulas_stay_in_what_comes_back(office: Office) -> None:
    for variant, value in enumerate((85, 84.5, 85)):
        assert office.one(11, variant).state == "returned"
        assert _shown(office, variant, "本期累计") == value
    assert _shown(office, 3, "进展情况", row=13) == "已开工 <3> 处。"


def _shown(office: Office, variant: int, title: str, row: int = 9) -> object:
    """A cell of the reply as a program shows it that does not calculate; its formula is still there."""
    name = next((office.root / "data").rglob(f"returned/*/{office.bureau(11, variant).name}/*.xlsx"), None)
    book = office.reply(office.one(11, variant))
    path = name or next((office.root / "data").rglob(f"returned/*/{office.bureau(11, variant).name}/*.xlsx"))
    column = workbooks.columns_of(book[workbooks.SHEET])[title]
    assert book[workbooks.SHEET].cell(row, column).data_type == "f"
    values = openpyxl.load_workbook(path, data_only=True)
    return values[workbooks.SHEET].cell(row, column).value


def test_field_11_mended_without_recalculation_the_report_is_accepted(office: Office, tmp_path: Path) -> None:
    bureau = office.bureau(11)
    office.reply(office.one(11))
    path = next((office.root / "data").rglob(f"returned/*/{bureau.name}/*.xlsx"))
    parts = workbooks.parts(path.read_bytes())
    (cell,) = finding(office.one(11), "V104").cells
    name = next(each for each, data in parts.items() if each.startswith("xl/worksheets/") and b"<v>#N/A</v>" in data)
    old = re.compile(rb'(<c r="%b"[^>]*?)( t="[a-zA-Z]+")?>.*?</c>' % cell.encode(), re.DOTALL)
    parts[name] = old.sub(rb'\1 t="inlineStr"><is><t>' + "无".encode() + rb"</t></is></c>", parts[name], count=1)
    again = Office(tmp_path)
    again.drop(again.bureau(11), workbooks.zipped(parts))
    again.run()
    assert (again.one(11).state, again.figure(11)) == ("accepted", 85)


def case_90(office: Office) -> None:
    """On the way: files that cannot be annotated (text, .ods as text), with and without an issued workbook at hand."""
    for variant in (0, 1):
        bureau = office.bureau(90, variant)
        listed = workbooks.as_csv(bureau.filled({"套": {"本期累计": "若干"}}))
        office.drop(bureau, listed, f"{bureau.name}2023年10月.csv")
    place = office.share / office.bureau(90).name / "发放" / "10月报表.xlsx"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(office.bureau(90).issued())


@pytest.mark.parametrize("variant", [0, 1])
def test_field_10_on_the_way_a_fresh_workbook_says_that_it_lacks_what_the_unit_wrote(
    office: Office, variant: int
) -> None:
    text = words(office.reply(office.one(90, variant)))
    assert ("没有带过来" if variant == 0 else "不含原文件里已填的内容") in text
    assert "原文件已留存" in text
    assert "从原文件把内容粘贴" in text


def test_field_10_what_declares_entities_or_is_too_large_is_never_opened(tmp_path: Path) -> None:
    from tasks.reply.unit_workbook import openable

    good = workbooks.issued()
    assert openable(good) == good
    assert openable(workbooks.entity_bomb(good)) is None
    assert openable(workbooks.with_part(good, SHEET, lambda data: data + b" " * (33 << 20))) is None
    beside = {**workbooks.parts(good), "customXml/item1.xml": b"<!DOCTYPE a>"}
    assert openable(workbooks.zipped(beside)) is not None
    with zipfile.ZipFile(io.BytesIO(openable(strict(good)) or b"")) as archive:
        assert b"purl.oclc.org" not in archive.read(SHEET)
