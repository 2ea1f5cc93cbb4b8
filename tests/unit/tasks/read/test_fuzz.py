"""Mutated workbooks: whatever the bytes, every file gets a reading in time, and the next file is read.

Seeded, so that every run is the same. Bytes, packed XML parts and whole members are mutated.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings_file import load_settings
from config.workbook_file import load_layout
from tasks.read.read_in_subprocess import read_in_subprocess
from tests import factories, hostile_files, workbooks
from tests.factories import HOUSING

LIMITS = load_settings(env={}).limits.model_copy(update={"file_seconds": 20})
LAYOUT = load_layout()
GOOD = workbooks.filled(workbooks.issued())
NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"255",
    b"65535",
    b"1048577",
    b"4294967295",
    b"99999999999999999999",
    b"1e309",
    b"NaN",
    b"",
)
TOKEN = re.compile(rb'"[^"]{0,40}"|>[^<]{1,40}<')


def _seeds() -> list[bytes]:
    """A file of every format that can be made without another program."""
    return [
        GOOD,
        workbooks.issued(),
        workbooks.as_csv(GOOD),
        workbooks.as_csv(GOOD, "utf-16", "\t"),
        workbooks.zipped({"一.xlsx": GOOD, "二.csv": workbooks.as_csv(GOOD)}),
        hostile_files.legacy_workbook(3, 4),
    ]


def _mutants(seeds: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    for number in range(count):
        content = chance.choice(seeds)
        packed = content.startswith(b"PK")
        mutate = (_bytes, _part, _members)[number % 3 if packed else 0]
        yield mutate(content, chance)


def _bytes(content: bytes, chance: random.Random) -> bytes:
    """Bytes flipped, cut out, doubled, or the end lost."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 3, 20))):
        place, length = chance.randrange(len(data)), chance.choice((1, 2, 4, 60))
        match chance.randrange(4):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + length]
            case 2:
                data[place:place] = data[place : place + length] * chance.choice((1, 50))
            case _:
                data[place : place + length] = chance.randbytes(length)
    return bytes(data[: chance.randrange(1, len(data))]) if chance.random() < 0.1 else bytes(data)


def _part(content: bytes, chance: random.Random) -> bytes:
    """One XML part with values, tags or bytes changed, packed again with a right checksum."""
    parts = workbooks.parts(content)
    name = chance.choice(list(parts))

    def change(data: bytes) -> bytes:
        tokens = list(TOKEN.finditer(data))
        for token in sorted(
            chance.sample(tokens, min(len(tokens), chance.choice((1, 5)))), key=lambda each: -each.start()
        ):
            value = chance.choice((*NUMBERS, chance.randbytes(4), b"XFD1048576", b"A" * 5000, b"&#0;", b"A1:ZZZ9"))
            data = data[: token.start() + 1] + value + data[token.end() - 1 :]
        return data if tokens and chance.random() < 0.7 else _bytes(data or b"x", chance)

    parts[name] = change(parts[name])
    return workbooks.zipped(parts)


def _members(content: bytes, chance: random.Random) -> bytes:
    """Members lost, swapped, or renamed."""
    parts = workbooks.parts(content)
    one, other = chance.choice(list(parts)), chance.choice(list(parts))
    match chance.randrange(3):
        case 0:
            del parts[one]
        case 1:
            parts[one], parts[other] = parts[other], parts[one]
        case _:
            parts["../" + one] = parts.pop(one)
    return workbooks.zipped(parts)


def _survives(root: Path, count: int, seed: int) -> None:
    contents = [*_mutants(_seeds(), count, seed), GOOD]
    originals, context = [], factories.context_with(LIMITS, root)
    for index, content in enumerate(contents):
        (context.originals / str(index)).write_bytes(content)
        path = f"{HOUSING}/上报/{index}.xlsx"
        originals.append(factories.original(path, stored=str(index), size_bytes=len(content)))
    readings = read_in_subprocess(originals, context)
    # Each file has its reading, and what was read is known by its fault or its rows.
    assert {reading.original.path for reading in readings} == {original.path for original in originals}
    assert all(reading.rows or reading.findings for reading in readings)
    assert readings[-1].rows
    assert readings[-1].findings == ()
    # The safety checks prevent nearly all deaths of the reading process; each death costs one file.
    died = [reading.original.path for reading in readings if any(found.code == "R026" for found in reading.findings)]
    assert len(died) <= count / 100, died


def test_six_hundred_mutants_stop_nothing(tmp_path: Path) -> None:
    _survives(tmp_path, 600, seed=20231020)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20))
def test_many_more_mutants_stop_nothing(tmp_path: Path, seed: int) -> None:
    _survives(tmp_path, 2000, seed)
