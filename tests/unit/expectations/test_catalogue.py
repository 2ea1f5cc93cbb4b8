"""The catalogue: every rule has texts, is printed, and belongs to an expectation or a stage."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from expectations.catalogue import CATALOGUE, FAMILIES, SEVERITIES, catalogue_markdown, read_catalogue
from expectations.month_suite import month_expectations
from expectations.roster_suite import person_expectations, roster_expectations
from expectations.rule import Rule
from expectations.rule_meta import marks_of
from expectations.submission_suite import file_expectations, row_expectations


def every_expectation() -> list[Any]:
    return [
        *row_expectations(("已完成",)),
        *file_expectations(),
        *month_expectations(),
        *person_expectations(),
        *roster_expectations(),
    ]


def marks() -> list[dict[str, Any]]:
    return [{**mark, "severity": each.severity} for each in every_expectation() for mark in marks_of(each.meta)]


def test_an_expectation_caches_the_configuration_that_the_library_builds() -> None:
    every = every_expectation()
    from great_expectations.expectations.expectation import Expectation

    for each in every:
        assert each.configuration is each.configuration
        assert each.configuration == vars(Expectation)["configuration"].fget(each)
        assert type(each.configuration.to_domain_obj()) is type(each)


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_rule_has_a_code_of_its_family_and_texts(code: str) -> None:
    rule = CATALOGUE[code]
    assert re.fullmatch(r"[RVC]\d{3}", code)
    assert code[:2] in FAMILIES
    assert rule.severity in SEVERITIES
    assert rule.text(value="所填", expected="应为", measure="3")
    assert rule.advice(value="所填", expected="应为", measure="3").endswith("。")
    assert rule.source


def test_every_expectation_carries_a_code_of_the_catalogue() -> None:
    assert {mark["code"] for mark in marks()} <= CATALOGUE.keys()


def test_every_rule_that_is_not_about_reading_has_an_expectation() -> None:
    # Except V412, which depends on the order of arrival and is compared with the ledger.
    by_rows = {code for code in CATALOGUE if not code.startswith("R")} - {"V412"}
    assert by_rows == {mark["code"] for mark in marks()}


def test_an_expectation_is_as_severe_as_its_rule() -> None:
    levels = {"refuse": "critical", "return": "critical", "query": "warning", "hint": "info"}
    order = list(dict.fromkeys(levels.values()))
    # An expectation for several rules has the gravest severity of them.
    assert all(
        order.index(mark["severity"]) <= order.index(levels[CATALOGUE[str(mark["code"])].severity]) for mark in marks()
    )


def test_a_trial_rule_only_hints() -> None:
    rule = Rule("V999", "return", "题", "改。", "试", trial=True)
    assert (rule.declared, rule.severity) == ("return", "hint")


def test_braces_in_a_units_text_are_unchanged() -> None:
    rule = Rule("V999", "return", "填了“{value}”", "改。", "试")
    assert rule.text(value="{expected}", expected="不应出现") == "填了“{expected}”"


def test_the_page_names_every_rule_once() -> None:
    page = catalogue_markdown()
    assert all(page.count(f"| {code} |") == 1 for code in CATALOGUE)
    assert "{" not in page


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ('severity="return"\ntitle="a"\nremedy="b"\n', "缺少：source"),
        ('severity="bad"\ntitle="a"\nremedy="b"\nsource="c"\n', "级别“bad”"),
        ('severity="hint"\ntitle="{cell}"\nremedy="b"\nsource="c"\n', "只能用"),
        ('severity="hint"\ntitle="a"\nremedy="b"\nsource="c"\nlevel=1\n', "不认识的项：level"),
    ],
)
def test_a_broken_entry_is_reported_with_its_code_and_fault(tmp_path: Path, entry: str, complaint: str) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text(f"[V999]\n{entry}", encoding="utf-8")
    with pytest.raises(ValueError, match="规则V999") as raised:
        read_catalogue(path)
    assert complaint in str(raised.value)
