"""Documents of twenty-two made-up offices, as sent and as other programs print them, against their true units.

Each file of `offices` holds a document, a line of dashes, and a line for each measure: number|leads|others|all where
none leads. The documents, their places and their numbers are made up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from config.document_vocabulary import load_vocabulary
from tasks.register.draft import Draft
from tasks.register.parse_document import parse_document
from tests.unit.tasks.register.documents import traditional

OFFICES = sorted((Path(__file__).parent / "offices").glob("*.txt"))
Held = set[tuple[str, int, str, str]]


def parts(path: Path) -> tuple[str, list[list[str]]]:
    """The document, and per measure its number and three lists of units."""
    document, rows = path.read_text(encoding="utf-8").split("\n----\n")
    return document, [line.split("|") for line in rows.strip().split("\n")]


def one_line(text: str) -> str:
    return "".join(line.strip() for line in text.split("\n"))


def wrapped(text: str) -> str:
    """Broken after 37 characters, a page number after every 28 lines."""
    lines = [f"　　{line}"[at : at + 37] for line in text.split("\n") for at in range(0, len(line) + 2, 37)]
    return "\n".join(f"{line}\n\n— {at // 28} —\n" if at % 28 == 0 else line for at, line in enumerate(lines, start=1))


SHAPES: dict[str, Callable[[str], bytes]] = {
    "as sent": lambda text: text.encode(),
    "one line": lambda text: one_line(text).encode(),
    "wrapped": lambda text: wrapped(text).encode("gb18030"),
    "traditional": lambda text: traditional(text).encode("utf-16"),
    "half width": lambda text: text.translate(str.maketrans("，：；（）", ",:;()")).encode(),
}


def shapes() -> list[tuple[Path, str]]:
    """Every document in every shape that it can have: tables and documents that are broken already keep their lines.

    One more is left out: in region-medicine only the line break shows to which item a clause below sub-items belongs.
    """
    kept = []
    for path in OFFICES:
        broken = "\t" in path.read_text(encoding="utf-8") or "wrapped" in path.stem
        for shape in SHAPES:
            lost = (shape in ("one line", "wrapped") and broken) or (
                shape == "one line" and path.stem == "region-medicine"
            )
            if not lost:
                kept.append((path, shape))
    return kept


def wanted(rows: list[list[str]]) -> Held:
    times: Counter[str] = Counter()
    found: Held = set()
    for no, *lists in rows:
        times[no] += 1
        roles = zip(("lead", "other", "all"), lists, strict=True)
        found |= {(no, times[no], role, unit) for role, units in roles for unit in units.split()}
    return found


def read(draft: Draft) -> Held:
    times: Counter[str] = Counter()
    found: Held = set()
    for each in draft.measures:
        times[each.no] += 1
        found |= {(each.no, times[each.no], "lead", unit) for unit in each.lead}
        role = "other" if each.lead else "all"
        found |= {(each.no, times[each.no], role, unit) for unit in each.responsible}
    return {(no, at, role, unit.translate(str.maketrans("()", "（）"))) for no, at, role, unit in found}


@pytest.mark.parametrize(("path", "shape"), shapes(), ids=lambda value: getattr(value, "stem", value))
def test_the_units_of_each_measure_are_found_in_every_shape(path: Path, shape: str) -> None:
    document, rows = parts(path)
    found, true = read(parse_document(SHAPES[shape](document), "文件.txt", load_vocabulary(), None)), wanted(rows)
    assert 2 * len(found & true) / (len(found) + len(true)) >= 0.95, sorted(found ^ true)
