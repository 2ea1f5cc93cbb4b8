"""Words are found in every format that an office keeps, and no zip bomb is unpacked whole."""

from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path

import pytest

from tasks.archive.find_mentions import files_that_mention, mentions

WORD = "示例甲"


def zipped(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


HEADER = b"Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
MAIL = HEADER + base64.b64encode(WORD.encode())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", f"甲,{WORD}".encode("gb18030")),
        ("a.txt", f"甲,{WORD}".encode("utf-16")),
        ("a.xls", b"\xd0\xcf\x11\xe0" + WORD.encode("utf-16-le")),
        ("a.xlsx", zipped(sharedStrings=f"<t>{WORD}</t>".encode())),
        ("a.zip", zipped(inner=zipped(sharedStrings=WORD.encode()))),
        ("a.eml", MAIL),
    ],
)
def test_a_word_is_found_in_every_format(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / name).write_bytes(content)
    assert list(files_that_mention(tmp_path, [WORD])) == [tmp_path / "deep" / name]
    assert not mentions(tmp_path / "deep" / name, ["示例乙"]) and not mentions(tmp_path / "deep" / name, [])


def test_a_bomb_a_broken_file_and_a_link_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "bomb.xlsx").write_bytes(zipped(a=bytes(100 * 2**20)))
    (tmp_path / "broken.xlsx").write_bytes(zipped(a=b"x" * 1000)[:60])
    (tmp_path / "link").symlink_to("/dev/zero")
    assert list(files_that_mention(tmp_path, [WORD])) == []
