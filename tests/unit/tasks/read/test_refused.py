"""Files that are no submission: each gets a finding with the reason, in bounded memory, and stops no other."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from config.settings_file import load_settings
from config.workbook_file import load_layout
from tasks.model.submission import Reading
from tasks.read.formats.detect_format import detect_format
from tasks.read.formats.format_errors import BrokenError
from tasks.read.formats.safety_checks import check_declarations
from tasks.read.read_originals import read_originals
from tests import factories, workbooks
from tests.factories import HOUSING

# A lower limit than an office's makes the bombs smaller and the tests faster.
LIMITS = load_settings(env={}).limits.model_copy(update={"unpacked_bytes": 8 * 2**20})
LAYOUT = load_layout()
NAME = f"{HOUSING}/上报/县住建局_2023-10_月度报送.xlsx"
GOOD = workbooks.filled(workbooks.issued())


def read_all(tmp_path: Path, *contents: bytes, limits: Any = LIMITS) -> tuple[Reading, ...]:
    originals, context = [], factories.context_with(limits, tmp_path)
    for index, content in enumerate(contents):
        (context.originals / str(index)).write_bytes(content)
        originals.append(factories.original(NAME, stored=str(index), size_bytes=len(content)))
    return read_originals(originals, context)


REFUSED = {
    "empty": (b"", "R003", ""),
    "only blanks": (b" \r\n\0\0", "R003", ""),
    "cut short": (GOOD[: len(GOOD) // 2], "R003", ""),
    "a password": (workbooks.encrypted(), "R002", ""),
    "pdf": (b"%PDF-1.7\n...", "R005", "PDF 文件"),
    "photo": (b"\xff\xd8\xff\xe0photo", "R005", "图片"),
    "docx": (workbooks.zipped({"word/document.xml": b"<w/>"}), "R005", "Word 文档"),
    "doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "R005", "Word 文档"),
    "web page": (b"<html><table><tr><td>1</td></tr></table></html>", "R005", "网页"),
    "link": (b"[InternetShortcut]\nURL=https://docs.example/", "R005", "网址链接"),
    "rar": (b"Rar!\x1a\x07\x00", "R005", "rar 压缩包"),
    "ofd": (workbooks.zipped({"OFD.xml": b"<ofd/>"}), "R005", "OFD 版式文件"),
    "noise": (b"\x01\x02\0\x03" * 100, "R001", ""),
    "broken ole": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0\1" * 600, "R003", ""),
    "text without a table": ("各位领导：本月工作已完成。".encode("gb18030"), "R006", ""),
    "stray cell": (workbooks.stray_cell(GOOD), "R004", "用到第1048576行"),
    "stray column": (workbooks.stray_cell(GOOD, "ZZZ20"), "R004", "用到第18278列"),
    "entity bomb": (workbooks.entity_bomb(GOOD), "R003", ""),
    "zip bomb": (workbooks.zip_bomb(), "R004", "解开后超过 8 MB"),
    "empty zip": (workbooks.zipped({}), "R003", ""),
    "zip in a zip": (workbooks.zipped({"b.zip": workbooks.zipped({"a.xlsx": GOOD})}), "R005", "压缩包里的压缩包"),
    "zip of zip bombs": (workbooks.zipped({"a.xlsx": workbooks.zip_bomb()}), "R004", "解开后超过 8 MB"),
}


@pytest.mark.parametrize(("content", "code", "value"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_no_submission_is_refused_with_its_reason_and_attributed(
    tmp_path: Path, content: bytes, code: str, value: str
) -> None:
    (reading,) = read_all(tmp_path, content)
    assert [(found.code, found.value) for found in reading.findings] == [(code, value)]
    assert (reading.unit, reading.period, reading.kind, reading.rows) == (HOUSING, "2023-10", "progress", ())


@pytest.mark.parametrize("name", ["zip bomb", "zip of zip bombs", "entity bomb", "stray cell"])
def test_a_bomb_is_refused_without_being_unpacked(tmp_path: Path, name: str) -> None:
    """Each would take hundreds of megabytes if it were unpacked."""
    tracemalloc.start()
    try:
        (reading,) = read_all(tmp_path, REFUSED[name][0])
        assert [found.code for found in reading.findings] == [REFUSED[name][1]]
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()


def test_a_bad_file_stops_no_other(tmp_path: Path) -> None:
    readings = read_all(tmp_path, *(content for content, _, _ in REFUSED.values()), GOOD)
    assert readings[-1].findings == ()


def test_an_oversize_file_that_was_not_copied_is_refused_with_both_sizes(tmp_path: Path) -> None:
    original = factories.original(NAME, stored="", size_bytes=209_715_200)
    (reading,) = read_originals([original], factories.context(tmp_path))
    assert (reading.findings[0].value, reading.findings[0].expected) == ("200 MB", "50 MB")


def test_a_column_formatted_to_the_end_of_the_sheet_is_no_reason_to_refuse(tmp_path: Path) -> None:
    (reading,) = read_all(tmp_path, workbooks.phantom_rows(GOOD))
    assert (reading.findings, len(reading.rows)) == ((), 2)


def test_cells_without_addresses_count_towards_the_limits(tmp_path: Path) -> None:
    row = b"<row>" + b"<c><v>1</v></c>" * 300 + b"</row></sheetData>"
    wide = workbooks.with_part(GOOD, "xl/worksheets/sheet1.xml", lambda data: data.replace(b"</sheetData>", row))
    hidden = b'<row a=">" r="900000"><c a=">" r="XFD900000"><v>1</v></c></row></sheetData>'
    hiding = workbooks.with_part(GOOD, "xl/worksheets/sheet1.xml", lambda data: data.replace(b"</sheetData>", hidden))
    assert [reading.findings[0].code for reading in read_all(tmp_path, wide, hiding)] == ["R004", "R003"]


@pytest.mark.parametrize(
    ("ref", "refused"), [("A5000", False), ("A5001", True), ("GR20", False), ("GS20", True), ("A" + "9" * 5000, True)]
)
def test_the_last_row_and_column_within_the_limits_are_still_read(tmp_path: Path, ref: str, refused: bool) -> None:
    (reading,) = read_all(tmp_path, workbooks.stray_cell(GOOD, ref))
    assert bool(reading.findings) is refused


def test_a_csv_beyond_the_limits_is_refused(tmp_path: Path) -> None:
    long = workbooks.as_csv(GOOD) + b"x\n" * LIMITS.rows
    wide = b"a," * (LIMITS.columns + 1)
    assert [reading.findings[0].code for reading in read_all(tmp_path, long, wide)] == ["R004", "R004"]


@pytest.mark.parametrize(
    ("content", "form"),
    [(GOOD, "xlsx"), (b"a,b\n", "text"), ("中文".encode("utf-16"), "text"), (b"PK\x03\x04", "broken"),
     (b"<?xml version='1.0'?>", "other:XML 文件"), (b"a\0b\n" * 9, "unknown"),
     (workbooks.zipped({"xl/workbook.bin": b""}), "xlsb"), (workbooks.zipped({"xl/vbaProject.bin": b""}), "xlsm"),
     (workbooks.zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "ods"),
     (workbooks.zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), "other:文字材料")],
)  # fmt: skip
def test_the_format_is_told_by_content_alone(content: bytes, form: str) -> None:
    assert detect_format(content) == form


def test_damaged_workbooks_never_stop_the_pass(tmp_path: Path) -> None:
    rng = random.Random(20231020)
    damaged = []
    for _ in range(60):
        content = bytearray(GOOD)
        for _ in range(rng.randint(1, 20)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        damaged.append(bytes(content))
    assert len(read_all(tmp_path, *damaged)) >= len(damaged)


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0"?><!DOCTYPE a>',
        b'<!ENTITY a "b">',
        b"\xff\xfe<\0?\0x\0m\0l\0",
        b"<\0?\0x\0m\0l\0",
        b'<?xml version="1.0" \0?>',
    ],
)
def test_a_part_that_declares_anything_or_could_hide_it_is_refused(data: bytes) -> None:
    for name in ("xl/a.xml", "_rels/.RELS"):
        with pytest.raises(BrokenError):
            check_declarations({name: data})
    check_declarations({"xl/a.bin": data, "xl/b.xml": b'<?xml version="1.0"?><a>!</a>'})
