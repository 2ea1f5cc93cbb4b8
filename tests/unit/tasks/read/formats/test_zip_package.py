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
# Where the directory says how large a member is when unpacked.
SIZE = 24


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
            unpack_package(lying, LIMITS)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("claimed", [100, 1 << 20, 3 << 20, 700 << 20])
def test_a_member_that_is_too_large_is_refused_whatever_it_claims(claimed: int) -> None:
    large = _claiming(workbooks.zipped({"a.xml": b"<a/>" * (3 << 18)}), claimed)
    # A small part that says it is small is taken by its word, and does not hold what it says.
    with pytest.raises(BrokenError if claimed == 100 else TooLargeError):
        unpack_package(large, LIMITS)


def test_a_member_that_is_cut_short_or_somewhere_else_is_refused() -> None:
    whole = workbooks.zipped({"a.xml": b"<a/>" * 9000})
    place = whole.find(LISTED)
    for field, value in ((20, 5), (42, 1), (42, 1 << 30)):
        with pytest.raises(BrokenError):
            unpack_package(whole[: place + field] + struct.pack("<L", value) + whole[place + field + 4 :], LIMITS)
