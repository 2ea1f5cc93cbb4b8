"""Field cases 1, 2, 5, 6, 7, 17 and 18: what a cell is, which parts a sheet needs, pictures, ciphertext, sheets beside.

Real workbooks, saved by a library and then cut as other programs write them; each passes a whole look at the share.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import workbooks
from tests.binarybook import as_xlsb
from tests.unit.messy.chain import Bureau, Office, finding, run_cases
from tests.unit.messy.test_case_31_50_structure import as_ods

pytestmark = pytest.mark.xdist_group("test_field_01_cells_and_parts")
SHEET = "xl/worksheets/sheet1.xml"
ROW = 9
"""The sheet row of the first measure in an issued workbook."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return run_cases(tmp_path_factory.mktemp("share"), globals())


def cut(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with its report sheet changed as bytes."""
    return workbooks.with_part(content, SHEET, change)


def filled_out(data: bytes) -> bytes:
    """Every row from its first column on, so that blank cells count where addresses are missing."""

    def whole(row: re.Match[bytes]) -> bytes:
        cells = {each[1]: each[0] for each in re.finditer(rb'<c r="([A-Z]+)\d+"[^>]*?(?:/>|>.*?</c>)', row[3], re.S)}
        letters = [bytes([65 + index]) for index in range(20)]
        last = max((letters.index(each) for each in cells), default=-1)
        number = row[2]
        blank = [cells.get(each, b'<c r="%b%b"/>' % (each, number)) for each in letters[: last + 1]]
        return row[1] + b"".join(blank) + b"</row>"

    return re.sub(rb'(<row r="(\d+)"[^>]*>)(.*?)</row>', whole, data, flags=re.S)


def bare_row(data: bytes, number: int = ROW) -> bytes:
    """The cells of one row without addresses."""
    start = data.index(b'<row r="%d"' % number)
    end = data.index(b"</row>", start)
    return data[:start] + re.sub(rb'<c r="[A-Z]+\d+"', b"<c", data[start:end]) + data[end:]


def bare_sheet(data: bytes) -> bytes:
    """No address and no row number anywhere; blank rows are written."""
    rows = {int(each[2]): each[0] for each in re.finditer(rb'(<row r="(\d+)"[^>]*?(?:/>|>.*?</row>))', data, re.S)}
    whole = b"".join(rows.get(number, b'<row r="%d"/>' % number) for number in range(1, max(rows) + 1))
    start, end = data.index(b"<sheetData>") + 11, data.index(b"</sheetData>")
    bare = re.sub(rb'<(c|row) r="[A-Z]*\d+"', rb"<\1", whole)
    return data[:start] + bare + data[end:]


def with_error(data: bytes) -> bytes:
    """An error value where the first row says 无 in 存在问题."""
    return data.replace(b"<is><t>OOPS</t></is>", b"<v>#N/A</v>").replace(b't="inlineStr"><v>#N/A', b't="e"><v>#N/A')


def case_01(office: Office) -> None:
    """An error in a row without addresses; 30 % under 0%; mixed addresses; a prefix; rows numbered, cells not."""
    bad = office.bureau(1).filled({"套": {"存在问题": "OOPS"}})
    office.drop(office.bureau(1), cut(bad, lambda data: bare_row(filled_out(with_error(data)))))
    percent = office.bureau(1, 1).filled(
        {"%": {"本期累计": 0.3}}, change=lambda book: _format(book, "%", "本期累计", "0%")
    )
    office.drop(office.bureau(1, 1), cut(percent, lambda data: bare_row(filled_out(data), ROW + 2)))
    mixed = office.bureau(1, 2).filled({"套": {"本期累计": 85}})
    office.drop(office.bureau(1, 2), cut(mixed, lambda data: _every_other(filled_out(data))))
    prefixed = office.bureau(1, 3).filled({"套": {"本期累计": 85, "存在问题": "OOPS"}})
    office.drop(office.bureau(1, 3), cut(prefixed, lambda data: _prefixed(bare_row(filled_out(with_error(data))))))
    hidden = office.bureau(1, 4).filled(change=lambda book: _hide(book, ROW + 1))
    office.drop(office.bureau(1, 4), cut(hidden, lambda data: bare_sheet(filled_out(data))))


def _format(book: Any, unit: str, title: str, code: str) -> None:
    sheet = book[workbooks.SHEET]
    row = {"套": ROW, "%": ROW + 2}[unit]
    sheet.cell(row, workbooks.columns_of(sheet)[title]).number_format = code


def _hide(book: Any, row: int) -> None:
    book[workbooks.SHEET].row_dimensions[row].hidden = True


def _every_other(data: bytes) -> bytes:
    """Every second cell of each row without its address."""
    return re.sub(rb'(<c r="[A-Z]+\d+"[^>]*?(?:/>|>(?:(?!<c ).)*?</c>))<c r="[A-Z]+\d+"', rb"\1<c", data, flags=re.S)


def _prefixed(data: bytes) -> bytes:
    start = data.index(b"<worksheet")
    body = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", data[start:]).replace(b"xmlns=", b"xmlns:x=", 1)
    return data[:start] + body


def test_field_01_a_cell_without_an_address_follows_the_one_before_it(office: Office) -> None:
    assert "V104" in office.state_and_codes(1)[1]
    assert office.figure(1, 1, "%") == 30
    assert office.state_and_codes(1, 1)[0] == "accepted"
    assert (office.figure(1, 2), office.figure(1, 2, "户")) == (85, 302)
    assert finding(office.one(1, 3), "V104").cells == finding(office.one(1), "V104").cells
    assert finding(office.one(1, 4), "R023").cells == (f"A{ROW + 1}",)


def test_field_01_the_mark_of_the_answer_is_on_the_cell_that_was_meant(office: Office) -> None:
    (cell,) = finding(office.one(1), "V104").cells
    book = office.reply(office.one(1))
    assert book[workbooks.SHEET][cell].comment is not None


def case_02(office: Office) -> None:
    """A sheet without any address: plain, with a percentage, with more rows than are on it numbered."""
    office.drop(
        office.bureau(2), cut(office.bureau(2).filled({"套": {"本期累计": 85}}), lambda d: bare_sheet(filled_out(d)))
    )
    percent = office.bureau(2, 1).filled({"%": {"本期累计": 0.3}}, change=lambda b: _format(b, "%", "本期累计", "0%"))
    office.drop(office.bureau(2, 1), cut(percent, lambda d: bare_sheet(filled_out(d))))
    only_rows = office.bureau(2, 2).filled({"套": {"本期累计": 85}})
    office.drop(office.bureau(2, 2), cut(only_rows, lambda d: re.sub(rb'<row r="\d+"', b"<row", _dense(d))))
    mib = office.bureau(2, 3).filled({"套": {"本期累计": 85}})
    spaced = lambda d: bare_sheet(filled_out(d)).replace(b"<row", b"\n  <row").replace(b"<c", b"\n    <c")  # noqa: E731
    office.drop(office.bureau(2, 3), cut(mib, spaced))


def _dense(data: bytes) -> bytes:
    rows = {int(each[2]): each[0] for each in re.finditer(rb'(<row r="(\d+)"[^>]*?(?:/>|>.*?</row>))', data, re.S)}
    whole = b"".join(rows.get(number, b'<row r="%d"/>' % number) for number in range(1, max(rows) + 1))
    start, end = data.index(b"<sheetData>") + 11, data.index(b"</sheetData>")
    return data[:start] + whole + data[end:]


def test_field_02_a_sheet_without_any_address_is_read(office: Office) -> None:
    for variant in (0, 2, 3):
        assert (office.one(2, variant).state, office.figure(2, variant)) == ("accepted", 85)
    assert office.figure(2, 1, "%") == 30


def case_05(office: Office) -> None:
    """Parts beside the sheets: in UTF-16, damaged, declaring entities, no XML; and needed parts in UTF-16 and GB18030."""
    beside = {
        "customXml/item1.xml": '<?xml version="1.0" encoding="utf-16"?><a>数据</a>'.encode("utf-16"),
        "customXml/item2.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "docProps/custom.xml": "<?xml version='1.0' encoding='utf-16'?><Properties/>".encode("utf-16"),
        "xl/queries/query.xml": b"\0\1\2 no xml",
    }
    for variant, (name, data) in enumerate(beside.items()):
        bureau = office.bureau(5, variant)
        members = {**workbooks.parts(bureau.filled({"套": {"本期累计": 85}})), name: data}
        office.drop(bureau, workbooks.zipped(members))
    for variant, (encoding, written) in enumerate(
        (("utf-16", "UTF-16"), ("utf-8", "utf-16"), ("gb18030", "GB2312")), 4
    ):
        bureau = office.bureau(5, variant)
        members = workbooks.parts(bureau.filled({"套": {"本期累计": 85}}))
        for name in (SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"):
            members[name] = _recoded(members[name], encoding, written)
        office.drop(bureau, workbooks.zipped(members))
    damaged = office.bureau(5, 7)
    office.drop(damaged, _with_wrong_checksum(damaged.filled({"套": {"本期累计": 85}}), "docProps/app.xml"))


def _recoded(data: bytes, encoding: str, written: str) -> bytes:
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", data.decode("utf-8"))
    return f'<?xml version="1.0" encoding="{written}"?>{body}'.encode(encoding)


def _with_wrong_checksum(content: bytes, name: str) -> bytes:
    entry = content.rindex(name.encode()) - 46
    return content[: entry + 16] + b"\1\2\3\4" + content[entry + 20 :]


@pytest.mark.parametrize("variant", range(8))
def test_field_05_a_part_that_no_sheet_needs_does_not_stand_in_the_way(office: Office, variant: int) -> None:
    assert (office.one(5, variant).state, office.figure(5, variant)) == ("accepted", 85)


def test_field_05_entities_in_a_part_that_is_read_are_still_refused(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.drop(office.bureau(5), workbooks.entity_bomb(Bureau(5).filled()))
    office.run()
    assert office.state_and_codes(5) == ("refused", ("R003",))


def case_06(office: Office) -> None:
    """Names with backslashes, in capitals, with a slash before them, percent-encoded; parts elsewhere in the package."""
    renames: tuple[Callable[[str], str], ...] = (
        lambda name: name.replace("/", "\\"),
        lambda name: name.upper() if name.startswith("xl/") else name,
        lambda name: "/" + name,
        lambda name: name.replace("/", "\\").lower(),
    )
    for variant, rename in enumerate(renames):
        bureau = office.bureau(6, variant)
        members = workbooks.parts(bureau.filled({"套": {"本期累计": 85}}))
        office.drop(bureau, workbooks.zipped({rename(name): data for name, data in members.items()}))
    elsewhere = office.bureau(6, 4)
    members = {
        name.replace("xl/", "book/"): data
        for name, data in workbooks.parts(elsewhere.filled({"套": {"本期累计": 85}})).items()
    }
    moved = {name: data.replace(b"/xl/", b"/book/").replace(b'"xl/', b'"book/') for name, data in members.items()}
    office.drop(elsewhere, workbooks.zipped(moved))
    faulty = office.bureau(6, 5)
    members = workbooks.parts(faulty.filled({"套": {"本期累计": "#REF!"}}))
    office.drop(faulty, workbooks.zipped({name.replace("/", "\\"): data for name, data in members.items()}))


@pytest.mark.parametrize("variant", range(5))
def test_field_06_parts_are_found_by_the_relations_of_the_package(office: Office, variant: int) -> None:
    assert (office.one(6, variant).state, office.figure(6, variant)) == ("accepted", 85)


def test_field_06_the_units_own_workbook_comes_back_from_such_a_package(office: Office) -> None:
    (cell,) = finding(office.one(6, 5), "V104").cells
    assert office.reply(office.one(6, 5))[workbooks.SHEET][cell].value == "#REF!"


PICTURE = '=DISPIMG("ID_1A2B3C4D5E6F",1)'


def case_07(office: Office) -> None:
    """A picture in 进展情况, in 亮点做法, as the figure, over the table; as a formula that another program broke."""
    office.drop(office.bureau(7), office.bureau(7).filled({"": {"进展情况": "PICTURE"}}, change=_as_picture))
    office.drop(office.bureau(7, 1), office.bureau(7, 1).filled({"": {"亮点做法": "PICTURE"}}, change=_as_picture))
    office.drop(office.bureau(7, 2), office.bureau(7, 2).filled({"套": {"本期累计": "PICTURE"}}, change=_as_picture))
    office.drop(office.bureau(7, 3), office.bureau(7, 3).filled(heading={"审核领导": "PICTURE"}, change=_as_picture))
    broken = office.bureau(7, 4).filled({"": {"亮点做法": "OOPS"}})
    formula = b't="e"><f>_xlfn.DISPIMG("ID_1A2B",1)</f><v>#NAME?</v>'
    office.drop(
        office.bureau(7, 4), cut(broken, lambda data: data.replace(b't="inlineStr"><is><t>OOPS</t></is>', formula))
    )
    local = office.bureau(7, 5).filled({"": {"亮点做法": "OOPS"}})
    office.drop(office.bureau(7, 5), _picture_beside(local))
    text = office.bureau(7, 6)
    listed = workbooks.as_csv(text.filled({"": {"亮点做法": "PICTURE"}}))
    quoted = b'"=DISPIMG(""ID_1A2B"",1)"'
    office.drop(text, listed.replace(b"PICTURE", quoted), f"{text.name}10月.csv")
    prose = office.bureau(7, 7).filled({"": {"亮点做法": "推广“IMAGE(形象)”提升工程。"}})
    office.drop(office.bureau(7, 7), prose)


def _as_picture(book: Any) -> None:
    """What WPS writes for a picture in a cell: the formula, whose result is the same text."""
    for cell in (cell for row in book[workbooks.SHEET].iter_rows() for cell in row):
        if cell.value == "PICTURE":
            cell.value = PICTURE
            cell.data_type = "s" if cell.column % 2 else "f"


def _picture_beside(content: bytes) -> bytes:
    """What Excel writes for a picture placed in a cell: an error whose value stands beside the sheet."""
    members = workbooks.parts(content)
    old = b't="inlineStr"><is><t>OOPS</t></is>'
    members[SHEET] = members[SHEET].replace(old, b't="e" vm="1"><v>#VALUE!</v>')
    members["xl/richData/rdrichvaluestructure.xml"] = b'<rvStructures><s t="_localImage"><k n="x"/></s></rvStructures>'
    kind = b"http://schemas.microsoft.com/office/2017/06/relationships/rdRichValueStructure"
    link = b'<Relationship Id="rId99" Type="%b" Target="richData/rdrichvaluestructure.xml"/></Relationships>' % kind
    name = "xl/_rels/workbook.xml.rels"
    members[name] = members[name].replace(b"</Relationships>", link)
    return workbooks.zipped(members)


def test_field_07_a_picture_is_no_value(office: Office) -> None:
    assert office.state_and_codes(7) == ("returned", ("R027", "V101"))
    assert office.state_and_codes(7, 2) == ("returned", ("R027", "V101"))
    for variant in (1, 3, 4, 5):
        assert office.state_and_codes(7, variant) == ("accepted", ("R027",)), variant
        assert [row.highlights for row in office.one(7, variant).rows] == [""] * 5
    assert "R027" in office.state_and_codes(7, 6)[1]
    (row,) = [row for row in office.one(7, 7).rows if row.metric_unit == ""]
    assert "IMAGE" in row.highlights


def test_field_07_the_unit_is_told_which_cells(office: Office) -> None:
    found = finding(office.one(7), "R027")
    assert found.cells == finding(office.one(7), "V101").cells
    assert "图片" in found.text and "填进单元格" in found.remedy


def case_17(office: Office) -> None:
    """Ciphertext with known signatures, at the start and within; ciphertext without any; in a zip; a rights-managed file."""
    noise = random.Random(17).randbytes(9000)
    known = (b"b\x14#e" + noise, b"%TSD-Header-###%" + noise, b"\0" * 40 + b"E-SafeNet\0\0\0LOCK" + noise, noise)
    for variant, content in enumerate(known):
        office.drop(office.bureau(17, variant), content)
    office.drop(office.bureau(17, 4), workbooks.zipped({"10月报表.xlsx": known[0]}), "10月报表.zip")
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise
    office.drop(office.bureau(17, 5), ole + "DRMEncryptedTransform EncryptedPackage".encode("utf-16-le"))
    office.drop(office.bureau(17, 6), b"\x01\x02\0\x03" * 400)


def test_field_17_ciphertext_is_told_from_a_file_of_unknown_kind(office: Office) -> None:
    for variant in range(6):
        assert office.state_and_codes(17, variant) == ("refused", ("R028",)), variant
    assert finding(office.one(17), "R028").text == "文件被加密软件（亿赛通）加密，内容读不出来"
    assert finding(office.one(17, 3), "R028").text == "文件像是被加密软件加密，内容读不出来"
    assert "解密" in finding(office.one(17), "R028").remedy
    assert office.state_and_codes(17, 6) == ("refused", ("R001",))


def case_18(office: Office) -> None:
    """A long sheet beside the report: visible, hidden, with a stray cell, first in order; and the report itself too long."""
    beside: tuple[Callable[[Any], None], ...] = (
        lambda book: _long(book.create_sheet("明细")),
        lambda book: setattr(_long(book.create_sheet("明细")), "sheet_state", "hidden"),
        lambda book: book.create_sheet("明细").cell(900_000, 300, 1),
        lambda book: _long(book.create_sheet("明细", 0)),
    )
    for variant, change in enumerate(beside):
        bureau = office.bureau(18, variant)
        office.drop(bureau, bureau.filled({"套": {"本期累计": 85}}, change=change))
    binary = office.bureau(18, 4)
    office.drop(binary, as_xlsb(binary.filled({"套": {"本期累计": 85}}, change=beside[0])), "10月报表.xlsb")
    document = office.bureau(18, 5)
    office.drop(document, _with_long_table(as_ods(document.filled({"套": {"本期累计": 85}}), {})), "10月报表.ods")
    own = office.bureau(18, 6)
    office.drop(own, own.filled(change=lambda book: _long(book[workbooks.SHEET])))
    broken = office.bureau(18, 7)
    members = workbooks.parts(
        broken.filled({"套": {"本期累计": 85}}, change=lambda book: book.create_sheet("图表说明"))
    )
    members["xl/worksheets/sheet4.xml"] = b"<worksheet><sheetData><row r='1'><c r='A1'><v>"
    office.drop(broken, workbooks.zipped(members))


def _with_long_table(content: bytes) -> bytes:
    row = b"<table:table-row><table:table-cell office:value-type='string'><text:p>1</text:p></table:table-cell></table:table-row>"
    table = b'<table:table table:name="\xe6\x98\x8e\xe7\xbb\x86">' + row * 6000 + b"</table:table>"
    end = b"</office:spreadsheet>"
    return workbooks.with_part(content, "content.xml", lambda data: data.replace(end, table + end))


def _long(sheet: Any) -> Any:
    for row in range(1, 6001):
        sheet.cell(row, 20 if row < 40 else 1).value = f"第{row}笔"
    return sheet


@pytest.mark.parametrize("variant", [0, 1, 2, 3, 7])
def test_field_18_a_sheet_beside_the_report_does_not_refuse_it(office: Office, variant: int) -> None:
    assert (office.one(18, variant).state, office.figure(18, variant)) == ("accepted", 85)


@pytest.mark.parametrize("variant", [4, 5])
def test_field_18_nor_does_it_in_other_formats(office: Office, variant: int) -> None:
    """The sample writers keep no signature or percentages: the figure is read, and that is what matters here."""
    assert not {"R003", "R004", "R006"} & set(office.state_and_codes(18, variant)[1])
    assert office.one(18, variant).reading.rows[0].values["cumulative"] == 85


def test_field_18_a_report_that_is_too_long_is_refused_by_the_name_of_its_sheet(office: Office) -> None:
    assert office.state_and_codes(18, 6) == ("refused", ("R004",))
    assert "工作表“月度报送”用到第6000行" in finding(office.one(18, 6), "R004").text
