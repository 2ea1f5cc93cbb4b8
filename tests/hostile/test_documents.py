"""Malicious documents: bombs, loops, devices, files with a false size. Each is refused with one plain message, in bounded time."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.steps.documents import in_inbox, read_document_bytes
from tasks.errors import InputError
from tasks.register.source.read_source import read_source

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word(document: bytes, **more: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document)
        for name, content in more.items():
            archive.writestr(name, content)
    return made.getvalue()


def body(inner: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<w:document xmlns:w="{W}"><w:body>{inner}</w:body></w:document>'.encode()


def zip_bomb() -> bytes:
    return word(bytes(200 * 2**20))


def zip_bomb_that_lies() -> bytes:
    """A zip bomb whose header claims ten bytes."""
    content = word(body("x" * 2**20))
    size = len(body("x" * 2**20)).to_bytes(4, "little")
    return content.replace(size, (10).to_bytes(4, "little"))


def entities() -> bytes:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return word(body("<w:p><w:r><w:t>&l11;</w:t></w:r></w:p>", f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'))


def entities_behind_a_long_comment() -> bytes:
    head = f"<!--{'x' * 5000}-->" + '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    return word(body("<w:p><w:r><w:t>&f;</w:t></w:r></w:p>", head))


def very_deep() -> bytes:
    return word(body("<w:sdt><w:sdtContent>" * 50_000))


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    content, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (len(objects) + 1, table, trailer)


def stream(content: bytes) -> bytes:
    return b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(content), content)


PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"


def pdf_that_unpacks_to_gigabytes() -> bytes:
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(2**26)) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block depends on nothing before it, so it can be repeated any number of times.
    packed = first + (packer.compress(bytes(2**26)) + packer.flush(zlib.Z_FULL_FLUSH)) * 63
    kids = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", kids, PAGE, stream(packed))


def pdf_of_too_many_pages() -> bytes:
    kids = b"".join(b"%d 0 R " % number for number in range(4, 2004))
    tree = b"<</Type/Pages/Kids[%s]/Count 2000>>" % kids
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", tree, b"<<>>", *[page] * 2000)


def pdf_whose_pages_hold_themselves() -> bytes:
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99>>")


@pytest.mark.parametrize(
    "make",
    [
        zip_bomb, zip_bomb_that_lies, entities, entities_behind_a_long_comment, very_deep,
        pdf_that_unpacks_to_gigabytes, pdf_of_too_many_pages, pdf_whose_pages_hold_themselves,
    ],
    ids=lambda make: make.__name__,
)  # fmt: skip
def test_a_malicious_document_is_refused_in_plain_words(make: Callable[[], bytes]) -> None:
    content = make()
    assert len(content) < 30 * 2**20
    with pytest.raises(InputError) as caught:
        read_source(content, "方案")
    assert "root:" not in str(caught.value) and len(str(caught.value)) < 300


def test_a_path_that_is_no_file_or_too_large_is_refused_before_reading(tmp_path: Path) -> None:
    sparse = tmp_path / "五个G.docx"
    with sparse.open("wb") as file:
        file.truncate(5 * 2**30)
    os.mkfifo(tmp_path / "pipe")
    for wrong in (sparse, tmp_path / "pipe", tmp_path, Path("/dev/zero"), tmp_path / ("x" * 5000), Path("a\x00b")):
        with pytest.raises(InputError) as caught:
            read_document_bytes(wrong)
        assert len(str(caught.value)) < 400 and "\x00" not in str(caught.value)


def test_a_form_opens_only_documents_in_the_inbox(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "inbox/夹").mkdir(parents=True)
    (tmp_path / "outside.txt").write_bytes(b"x")
    (data / "inbox/方案.docx").write_bytes(b"x")
    (data / "inbox/link.txt").symlink_to(tmp_path / "outside.txt")
    assert in_inbox("方案.docx", data) == data / "inbox/方案.docx"
    for wrong in ("/etc/passwd", "../outside.txt", "夹/../../../outside.txt", "夹", "link.txt", "x\x00"):
        with pytest.raises(InputError):
            in_inbox(wrong, data)
