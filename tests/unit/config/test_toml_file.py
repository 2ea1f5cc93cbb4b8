"""Lines of keys, tables and list elements; and faults of files that cannot be read at all."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.config_errors import ConfigError
from config.toml_file import KeyPath, index_lines, read_toml

TEXT = '''\
top = "# not a comment [x] ="  # a comment = [
[a]
x = 1
"中 文" = """
y = 2
[[b]]
"""
[[b]]
n = [
  "one", "two",
  # three = 3
  { k = 1, m = [1, 2] },
]
[[b.c]]
deep = 1
[[b]]
n = []
[[b.c]]
deep.er = 2
'''


@pytest.mark.parametrize(
    ("key_path", "line"),
    [
        (("top",), 1),
        (("a",), 2),
        (("a", "x"), 3),
        (("a", "中 文"), 4),
        (("b", 0), 8),
        (("b", 0, "n"), 9),
        (("b", 0, "n", 1), 10),
        (("b", 0, "n", 2), 12),
        (("b", 0, "c", 0, "deep"), 15),
        (("b", 1), 16),
        (("b", 1, "c", 0, "deep", "er"), 19),
    ],
)
def test_every_key_path_has_its_line(key_path: KeyPath, line: int) -> None:
    assert index_lines(TEXT)[key_path] == line


def test_quoted_text_is_never_read_as_a_table() -> None:
    lines = index_lines(TEXT)
    assert ("y",) not in lines and ("a", "y") not in lines
    assert len([key_path for key_path in lines if key_path[:1] == ("b",) and len(key_path) == 2]) == 2


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.text(), min_size=1), max_size=4))
def test_every_key_of_any_table_has_the_line_it_stands_on(tables: list[dict[str, str]]) -> None:
    lines = []
    for table in tables:
        lines.append("[[t]]")
        for key, value in table.items():
            lines.append(f"{key} = '{''.join(c for c in value if c.isprintable() and c != chr(39))}'")
    text = "\n".join(lines)
    index = index_lines(text)
    assert len(tomllib.loads(text).get("t", [])) == len(tables)
    for number, table in enumerate(tables):
        for key in table:
            assert lines[index["t", number, key] - 1].startswith(f"{key} = ")


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (b"a = 1\nb = \n", 2, "TOML"),
        (b"a = 1\na = 2\n", 2, "TOML"),
        ("a = '财政'".encode("gb18030"), None, "UTF-8"),
        (None, None, "不存在"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_where(
    tmp_path: Path, content: bytes | None, line: int | None, word: str
) -> None:
    path = tmp_path / "x.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_toml(path)
    [fault] = caught.value.faults
    assert fault.line == line and word in str(fault) and fault.remedy


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\n")
    assert read_toml(path).data == {"a": 1}
