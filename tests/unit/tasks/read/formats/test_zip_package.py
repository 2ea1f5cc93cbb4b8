"""No member of a zip package takes more memory than it may, whatever size it states."""

from __future__ import annotations

import struct
import tracemalloc

import pytest

from config.settings_file import load_settings
from tasks.read.formats.format_errors import BrokenError, TooLargeError
from tasks.read.formats.zip_package import unpack_package
from tests import workbooks

LIMITS = load_settings(env={}).limits.model_copy(update={"unpacked_bytes": 1 << 20})
LISTED = b"PK\1\2"
# The offset of the unpacked size in a directory entry.
SIZE_OFFSET = 24


def _with_stated_size(content: bytes, size: int) -> bytes:
    offset = content.find(LISTED) + SIZE_OFFSET
    return content[:offset] + struct.pack("<L", size) + content[offset + 4 :]


@pytest.mark.parametrize("held", [100, 200 << 10, 1 << 20])
@pytest.mark.parametrize("stated", [0, 1, 64 << 10, (1 << 20) - 1, (1 << 20) + 1, 4 << 20, 700 << 20, (1 << 32) - 2])
def test_a_member_with_a_wrong_size_is_refused_in_bounded_memory(held: int, stated: int) -> None:
    wrong = _with_stated_size(workbooks.zipped({"a.xml": b"<a/>" * (held // 4)}), stated)
    tracemalloc.start()
    try:
        with pytest.raises(BrokenError):
            unpack_package(wrong, LIMITS)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("stated", [100, 1 << 20, 3 << 20, 700 << 20])
def test_a_member_that_is_too_large_is_refused_whatever_size_it_states(stated: int) -> None:
    large = _with_stated_size(workbooks.zipped({"a.xml": b"<a/>" * (3 << 18)}), stated)
    # A part that states a small size is unpacked to that size, and its checksum does not match.
    with pytest.raises(BrokenError if stated == 100 else TooLargeError):
        unpack_package(large, LIMITS)


def test_a_member_that_is_cut_short_or_misplaced_is_refused() -> None:
    whole = workbooks.zipped({"a.xml": b"<a/>" * 9000})
    entry = whole.find(LISTED)
    for offset, value in ((20, 5), (42, 1), (42, 1 << 30)):
        with pytest.raises(BrokenError):
            unpack_package(whole[: entry + offset] + struct.pack("<L", value) + whole[entry + offset + 4 :], LIMITS)
