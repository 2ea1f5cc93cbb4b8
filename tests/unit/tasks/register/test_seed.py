"""The first plan against its hand-checked truth, in every shape the same text can arrive in."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from config.county_file import load_county
from config.document_vocabulary import load_vocabulary
from config.paths import PROJECT
from config.plan import Measure
from config.plan_text import plan_text
from tasks.register.draft import Draft
from tasks.register.parse_document import parse_document
from tests.unit.tasks.register import documents

PLANS = PROJECT.parent / "shared" / "plans"
pytestmark = pytest.mark.skipif(
    not (PLANS / "seed.txt").exists(), reason="the shared plans do not lie beside the project"
)


@cache
def truth() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PLANS / "seed_truth.json").read_text(encoding="utf-8"))
    return found


def text() -> str:
    return (PLANS / "seed.txt").read_text(encoding="utf-8")


def read(content: bytes) -> Draft:
    return parse_document(content, "seed.txt", load_vocabulary(), load_county("yanqi"))


@cache
def draft() -> Draft:
    return read(text().encode())


def wrapped(width: int) -> str:
    """The same text with a hard break after so many characters."""
    return documents.wrapped(
        re.sub(r"(?<=[一-鿿])\n\n(?=整。|不足部分|疗机构|老服务|介会|费的良好)", "", text()), width
    )


def bracketed(form: str) -> str:
    return re.sub(r"\n\n牵头单位[：:] ?(.*)\n\n责任单位[：:] ?(.*)", form, text())


def units(measures: tuple[Measure, ...]) -> list[tuple[str, list[str], list[str]]]:
    return [(each.no, list(each.lead), list(each.responsible)) for each in measures]


def true_units() -> list[tuple[str, list[str], list[str]]]:
    return [
        (str(each["no"]), [each["lead"]] if each["lead"] else [], each["responsible"]) for each in truth()["measures"]
    ]


def true_targets(measure: dict[str, Any]) -> list[tuple[str, float, str, str | None]]:
    return [
        (each["operator"], float(each["value"]), each["unit"], each.get("deadline"))
        for each in measure["targets"]
        if each["kind"] == "target"
    ]


def test_every_measure_has_its_number_section_and_text() -> None:
    found = [(each.no, each.section, each.text) for each in draft().measures]
    assert found == [(str(each["no"]), each["section_no"], each["text"]) for each in truth()["measures"]]


def test_every_section_has_its_title() -> None:
    assert [(each.no, each.title) for each in draft().sections] == [
        (each["no"], each["title"]) for each in truth()["sections"]
    ]


def test_every_lead_and_responsible_unit_is_the_true_one() -> None:
    assert units(draft().measures) == true_units()


def test_every_target_figure_is_found_and_no_other() -> None:
    found = {
        each.no: [(t.operator, t.value, t.unit, t.due.isoformat() if t.due else None) for t in each.targets]
        for each in draft().measures
    }
    assert found == {str(each["no"]): true_targets(each) for each in truth()["measures"]}
    assert sum(map(len, found.values())) == 24


def test_only_the_softly_worded_target_is_marked_soft() -> None:
    assert [(each.no, t.words) for each in draft().measures for t in each.targets if t.soft] == [
        ("14", "到 2025 年基本实现 4A 级及以上景区全覆盖")
    ]


def test_every_duty_with_a_day_is_found_and_the_monthly_one_without() -> None:
    found = [(each.id, each.kind, each.who, str(each.due), each.period, each.every_month) for each in draft().duties]
    assert found == [
        ("R1", "roster", ("measure_units",), "2023-09-25", None, False),
        ("R2", "progress", ("measure_units",), "2023-10-20", "2023-10", False),
        ("R3", "progress", ("reporting_units",), "None", None, True),
        ("R4", "annual", ("measure_units",), "2023-12-31", "2023", False),
        ("R5", "deliverable", ("县人社局",), "2023-09-30", "2023-09", False),
    ]
    assert [each.id for each in draft().duties if "year_inferred" in each.flags] == ["R1", "R2", "R4", "R5"]


def test_every_policy_window_ends_on_its_day() -> None:
    found = {each.no: [expiry.on.isoformat() for expiry in each.expires] for each in draft().measures if each.expires}
    wanted = {
        str(each["no"]): [day["iso"].split("/")[-1] for day in each["dates"] if day["kind"].startswith("policy_window")]
        for each in truth()["measures"]
    }
    assert found == {no: days for no, days in wanted.items() if days}


def test_the_document_and_the_members_are_read() -> None:
    document = draft().document
    assert (document.no, document.title) == (truth()["document"]["doc_no"], truth()["document"]["plan_title"])
    assert (document.issuer, str(document.issued_on)) == (truth()["document"]["issuing_body"], "2023-09-19")
    assert list(draft().members) == truth()["joint_meeting"]["members"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("lead_not_member", "县金融办、县委组织部"),
        ("member_without_measure", "县工信局、县教育局"),
        ("unit_not_member", "县财政局"),
        ("repeated_sentence", "措施51"),
        ("name_misspelt", "“财政部”"),
        ("window_ended", "2023-06-30"),
        ("foreign_word", "and"),
        ("no_day", "月度报送"),
    ],
)
def test_what_a_person_should_look_at_is_listed(code: str, words: str) -> None:
    assert any(each.code == code and words in each.text for each in draft().uncertainties)


def test_the_seven_measures_without_a_lead_are_flagged() -> None:
    flagged = [int(each.no) for each in draft().measures if "lead_inferred" in each.flags]
    assert flagged == truth()["counts"]["measures_without_lead_numbers"]


def test_every_measure_and_duty_points_into_the_document() -> None:
    lines = text().split("\n")
    for measure in draft().measures:
        number = re.search("第([0-9]+)行", measure.place)
        assert number and lines[int(number[1]) - 1].startswith(f"{measure.no}.")
    assert all([each.place for each in draft().duties] + [each.place for each in draft().sections])


def test_the_plan_in_force_is_the_parsers_output() -> None:
    plan = draft().to_plan("yanqi-2023", "yanqi")
    assert (PROJECT / "config" / "plans" / "yanqi-2023.toml").read_text(encoding="utf-8") == plan_text(plan)


SHAPES = {
    "GB18030": lambda: text().encode("gb18030"),
    "UTF-16": lambda: text().encode("utf-16"),
    "UTF-16 without a mark": lambda: text().encode("utf-16-le"),
    "Windows line ends": lambda: text().replace("\n", "\r\n").encode(),
    "without any line break": lambda: "".join(line.strip() for line in text().split("\n")).encode(),
    "blanks for line breaks": lambda: " ".join(text().split()).encode(),
    "broken after 20 characters": lambda: wrapped(20).encode(),
    "broken after 28 characters": lambda: wrapped(28).encode(),
    "broken after 40 characters": lambda: wrapped(40).encode(),
    "traditional characters": lambda: documents.traditional(text()).encode(),
    "half-width punctuation": lambda: text().translate(str.maketrans("，：；（）", ",:;()")).encode(),
    "labels in round brackets": lambda: bracketed(r"（牵头单位：\1；责任单位：\2）").encode(),
    "labels in square brackets": lambda: bracketed(r"[牵头单位:\1;责任单位:\2]").encode(),
    "verbs in brackets": lambda: bracketed(r"（\1牵头，\2按职责分工负责）").encode(),
    "甲会同乙": lambda: bracketed(r"（由\1会同\2负责）").encode(),
    "a sentence of its own": lambda: bracketed(r"\n\n由\1牵头，\2配合。").encode(),
    "labels in running text": lambda: bracketed(r"牵头单位：\1；责任单位：\2。").encode(),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_text_in_another_shape_gives_the_same_register(shape: str) -> None:
    found = read(SHAPES[shape]())
    assert units(found.measures) == true_units()
    assert [len(each.targets) for each in found.measures] == [len(each.targets) for each in draft().measures]
    assert [(each.kind, each.due) for each in found.duties] == [(each.kind, each.due) for each in draft().duties]
    assert found.members == draft().members


def test_without_a_countys_table_only_aliases_stay_as_printed() -> None:
    found = parse_document(text().encode(), "seed.txt", load_vocabulary(), None)
    as_printed = {"人民银行焉耆支行": "中国人民银行焉耆县支行"}
    found_units = [
        (no, lead, [as_printed.get(unit, unit) for unit in others]) for no, lead, others in units(found.measures)
    ]
    assert found_units == true_units()
