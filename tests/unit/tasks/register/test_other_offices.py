"""Real documents of other offices against their truth: as they are, as one line, wrapped, in traditional characters."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from config.county_file import load_county
from config.document_vocabulary import load_vocabulary
from config.paths import PROJECT
from tasks.register.draft import Draft
from tasks.register.parse_document import parse_document
from tests.unit.tasks.register.documents import traditional, wrapped

PLANS = PROJECT.parent / "shared" / "plans"
pytestmark = pytest.mark.skipif(
    not (PLANS / "truth.json").exists(), reason="the shared plans do not lie beside the project"
)
DOCUMENTS: dict[str, Any] = (
    json.loads((PLANS / "truth.json").read_text(encoding="utf-8"))["documents"]
    if (PLANS / "truth.json").exists()
    else {}
)


def body(name: str) -> str:
    lines = (PLANS / name).read_text(encoding="utf-8").split("\n")
    return "\n".join(line for line in lines if not line.startswith("# "))


def f1(draft: Draft, truth: dict[str, Any]) -> float:
    wanted = {
        (each["no"], role, unit)
        for each in truth["measures"]
        for role in ("lead", "coop", "responsible")
        for unit in each[role]
    }
    found = {(each.no, "lead", unit) for each in draft.measures for unit in each.lead}
    found |= {
        (each.no, "coop" if each.lead else "responsible", unit) for each in draft.measures for unit in each.responsible
    }
    return 2 * len(wanted & found) / (len(wanted) + len(found))


SHAPES: dict[str, Callable[[str], bytes]] = {
    "as it is": lambda name: (PLANS / name).read_bytes(),
    "one line": lambda name: "".join(line.strip() for line in body(name).split("\n")).encode(),
    "wrapped": lambda name: wrapped(body(name), 28).encode("gb18030"),
    "traditional": lambda name: traditional(body(name)).encode("utf-16"),
    "half width": lambda name: body(name).translate(str.maketrans("，：；（）", ",:;()")).encode(),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("key", DOCUMENTS)
def test_units_by_measure_and_role_are_the_true_ones(key: str, shape: str) -> None:
    truth = DOCUMENTS[key]
    draft = parse_document(SHAPES[shape](truth["file"]), truth["file"], load_vocabulary(), None)
    assert f1(draft, truth) >= 0.95
    assert len(draft.measures) == truth["n_measures"]


@pytest.mark.parametrize("key", DOCUMENTS)
def test_another_offices_names_never_become_this_countys(key: str) -> None:
    truth = DOCUMENTS[key]
    content = (PLANS / truth["file"]).read_bytes()
    draft = parse_document(content, truth["file"], load_vocabulary(), load_county("yanqi"))
    assert f1(draft, truth) >= 0.95
    assert any(each.code == "other_county" for each in draft.uncertainties)
