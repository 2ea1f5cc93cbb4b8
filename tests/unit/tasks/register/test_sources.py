"""What kind of file a document may be, and the plain words for one that cannot be read."""

from __future__ import annotations

import tracemalloc

import pytest

from config.document_vocabulary import load_vocabulary
from tasks.errors import InputError
from tasks.register.draft import Draft
from tasks.register.parse_document import parse_document
from tests.unit.tasks.register import documents

LINES = [
    "某县工作方案",
    "一、主要任务",
    "1. 修路，建设农村公路120公里。",
    "牵头单位：县交通局",
    "责任单位：县财政局、公安局，各乡镇人民政府",
    "2. 植树。（县林草局牵头，县水利局配合）",
]
EXPECTED = [
    ("1", ("县交通局",), ("县财政局", "县公安局", "各乡镇人民政府")),
    ("2", ("县林草局",), ("县水利局",)),
]


def read(content: bytes, name: str = "方案.docx") -> Draft:
    return parse_document(content, name, load_vocabulary(), None)


def units(draft: Draft) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(each.no, each.lead, each.responsible) for each in draft.measures]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(LINES).encode(),
        "\n".join(LINES).encode("utf-8-sig"),
        "\n".join(LINES).encode("gb18030"),
        "\n".join(LINES).encode("utf-16"),
        "\n".join(LINES).encode("utf-16-be"),
        documents.word(LINES),
        documents.pdf([LINES]),
        documents.pdf([LINES[:3], ["— 2 —", *LINES[3:]]]),
    ],
    ids=["UTF-8", "UTF-8 with mark", "GB18030", "UTF-16", "UTF-16 without mark", "Word", "PDF", "PDF of two pages"],
)
def test_every_kind_of_file_gives_the_same_register(content: bytes) -> None:
    draft = read(content)
    assert units(draft) == EXPECTED
    assert [(t.value, t.unit) for each in draft.measures for t in each.targets] == [(120, "公里")]


def test_the_format_follows_from_content_not_from_the_name() -> None:
    assert units(read(documents.word(LINES), "方案.txt")) == EXPECTED


def test_a_word_table_is_a_register() -> None:
    rows = [
        ["序号", "重点任务", "牵头单位", "责任单位", "完成时限"],
        ["1", "修路", "县交通局", "县财政局\n县公安局", "2024年9月底"],
        ["2", "植树", "县林草局", "县水利局", "长期坚持"],
    ]
    draft = read(documents.word(["任务分解表"], [rows]))
    assert units(draft) == [
        ("1", ("县交通局",), ("县财政局", "县公安局")),
        ("2", ("县林草局",), ("县水利局",)),
    ]
    assert [each.deadlines for each in draft.measures] == [("2024-09-30",), ("长期坚持",)]


def test_merged_cells_are_one_measure_with_its_clauses_as_parts() -> None:
    draft = read(documents.word_with_merged_cells())
    assert units(draft) == [("1", ("县交通局", "县住建局"), ("县财政局", "县审计局"))]
    assert [(clause.lead, clause.responsible) for clause in draft.clauses[0]] == [
        (("县交通局",), ("县财政局",)),
        (("县住建局",), ("县审计局",)),
    ]
    assert [section.title for section in draft.sections] == ["一、基础设施"]


def test_numbers_that_word_keeps_apart_are_put_back() -> None:
    draft = read(documents.word_with_automatic_numbers())
    assert [(each.no, each.section, each.lead) for each in draft.measures] == [
        ("1", "一", ("县交通局",)),
        ("2", "一", ("县住建局",)),
        ("1", "二", ("县教育局",)),
    ]
    assert [each.no for each in draft.to_plan("p", "c").measures] == ["一-1", "2", "二-1"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空文件"),
        (b" \n\n", "空文件"),
        (b"x" * (31 * 1024 * 1024), "上限"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"PK\x03\x04broken", "损坏"),
        (documents.archive({"xl/workbook.xml": b"<a/>"}), "Excel"),
        (documents.archive({"readme.txt": b"a"}), "压缩包"),
        (documents.archive({"word/document.xml": b"<broken"}), "打不开"),
        (documents.with_entities(), "实体"),
        (documents.word([]), "没有文字"),
        (b"%PDF-1.4 broken", "打不开"),
        (documents.pdf([[]]), "扫描件"),
        (bytes(range(256)) * 40, "文字"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00\x01" * 500, "文字文件"),
        ("今天天气很好，我们去公园。".encode(), "没有找到责任分工"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(content, "来件")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    content = documents.bomb()
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="过大"):
            read(content)
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    finally:
        tracemalloc.stop()


def test_the_error_for_a_document_without_a_register_lists_what_was_looked_for_and_found() -> None:
    text = "关于召开会议的通知\n各单位：\n定于明天开会。\n抄送：县委办公室。\n联系人：张某"
    with pytest.raises(InputError) as refused:
        read(text.encode(), "通知.txt")
    message = str(refused.value)
    assert "牵头单位" in message and "5 段文字" in message and "关于召开会议的通知" in message
