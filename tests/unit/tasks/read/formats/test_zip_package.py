"""A zip's directory says the same whether it is read here or by the library, and no member is more than it may be."""

from __future__ import annotations

import io
import random
import struct
import sys
import tracemalloc
import zipfile
from threading import Thread

import pytest

from config.settings_file import load_settings
from tasks.read.formats.safety_checks import BrokenError, TooLargeError
from tasks.read.formats.zip_package import _usual_directory, directory, entry_of, infolist, unpack_container
from tests import workbooks

LIMITS = load_settings(env={}).limits.model_copy(update={"unpacked_bytes": 1 << 20})
LISTED = b"PK\1\2"
# Where the directory says how large a member is when unpacked.
SIZE = 24


def _zip(*names: str, comment: bytes = b"", extra: bytes = b"", wide: bool = False) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.extra = extra
            with archive.open(info, "w", force_zip64=wide) as member:
                member.write(name.encode() * 9)
        archive.comment = comment
    return target.getvalue()


USUAL = {
    "usual": _zip("a.xml", "b/c.xml", "b/"),
    "in Chinese": _zip("报表.xml"),
    "of an old program": _zip("b_c.xml").replace(b"b_c", b"b\x82c"),
}
UNUSUAL = {
    "a comment": _zip("a", comment=b"PK\5\6" + b"\0" * 18),
    "something before it": b"MZ" + _zip("a"),
    "something behind it": _zip("a") + b"\0",
    "very large": _zip("a", extra=struct.pack("<HHQ", 1, 8, 5)),
    "a field more": _zip("a", extra=struct.pack("<HH4s", 0x1234, 4, b"abcd")),
    "another disk": _zip("a")[:-18] + b"\1\0" + _zip("a")[-16:],
    "a name that says its numbers are elsewhere": _zip("x" * 60 + "PK\6\7" + "a" * 16),
    "a slash of Windows'": _zip("a_b").replace(b"a_b", b"a\\b"),
    "a nought in a name": _zip("a_b").replace(b"a_b", b"a\0b"),
    "a name that is no text": _zip("报").replace("报".encode(), b"\xff\xff\xff"),
    "empty": _zip(),
}


def _by_library(content: bytes) -> object:
    try:
        return tuple(map(entry_of, infolist(content)))
    except BrokenError:
        return None


@pytest.mark.parametrize("content", USUAL.values(), ids=USUAL)
def test_a_usual_directory_is_read_here_and_says_the_same(content: bytes) -> None:
    assert _usual_directory(content) == _by_library(content) is not None


@pytest.mark.parametrize("content", UNUSUAL.values(), ids=UNUSUAL)
def test_an_unusual_directory_is_left_to_the_library(content: bytes) -> None:
    assert not _usual_directory(content)


def test_whatever_is_accepted_with_a_byte_changed_is_what_the_library_says() -> None:
    """Every byte of the directory and of its end, and pieces left out or there twice."""
    chance, accepted = random.Random(7), 0
    for content in (*USUAL.values(), *UNUSUAL.values()):
        start = max(content.find(LISTED), 0)
        changed = [
            content[:place] + bytes([value]) + content[place + 1 :]
            for place in range(start, len(content))
            for value in {0, 255, content[place] ^ 1, chance.randrange(256)}
        ]
        for _ in range(100):
            first, last = sorted(chance.choices(range(start, len(content) + 1), k=2))
            changed += (content[:first] + content[last:], content[:last] + content[first:])
        for each in changed:
            if (found := _usual_directory(each)) is not None:
                accepted += 1
                assert found == _by_library(each)
    assert accepted > 300


def test_two_threads_never_get_what_the_other_one_asked_about() -> None:
    contents, wrong = [_zip(*(f"{name}{number}" for number in range(50))) for name in "abcd"], list[str]()

    def ask(content: bytes, name: str) -> None:
        wrong.extend(entry.name for _ in range(200) for entry in directory(content) if entry.name[0] != name)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [Thread(target=ask, args=(content, name)) for content, name in zip(contents, "abcd", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)
    assert wrong == []


def _claiming(content: bytes, size: int) -> bytes:
    place = content.find(LISTED) + SIZE
    return content[:place] + struct.pack("<L", size) + content[place + 4 :]


@pytest.mark.parametrize("held", [100, 200 << 10, 1 << 20])
@pytest.mark.parametrize("claimed", [0, 1, 64 << 10, (1 << 20) - 1, (1 << 20) + 1, 4 << 20, 700 << 20, (1 << 32) - 2])
def test_a_member_that_lies_about_its_size_is_refused_in_bounded_memory(held: int, claimed: int) -> None:
    lying = _claiming(workbooks.zipped({"a.xml": b"<a/>" * (held // 4)}), claimed)
    tracemalloc.start()
    try:
        with pytest.raises(BrokenError):
            unpack_container(lying, LIMITS)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("claimed", [100, 1 << 20, 3 << 20, 700 << 20])
def test_a_member_that_is_too_large_is_refused_whatever_it_claims(claimed: int) -> None:
    large = _claiming(workbooks.zipped({"a.xml": b"<a/>" * (3 << 18)}), claimed)
    # A small part that says it is small is taken by its word, and does not hold what it says.
    with pytest.raises(BrokenError if claimed == 100 else TooLargeError):
        unpack_container(large, LIMITS)


def test_a_member_that_is_cut_short_or_somewhere_else_is_refused() -> None:
    whole = workbooks.zipped({"a.xml": b"<a/>" * 9000})
    place = whole.find(LISTED)
    for field, value in ((20, 5), (42, 1), (42, 1 << 30)):
        with pytest.raises(BrokenError):
            unpack_container(whole[: place + field] + struct.pack("<L", value) + whole[place + field + 4 :], LIMITS)
