"""Verdicts: reports with one fault each, all judged in one chunk, each with the verdict it gets alone."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from config.workbook_file import load_layout
from tasks.model.finding import make_finding
from tasks.model.submission import AnsweredQuery, Contact, Duty, FigureInForce, ProgressRow, Reading, ReadRow, Verdict
from tasks.validate.cross_unit import shared_measures
from tasks.validate.judge import judge
from tasks.validate.recheck_accepted import recheck_submissions
from tests import factories

LAYOUT = load_layout()
COLUMNS = {column.field: chr(65 + place) for place, column in enumerate(LAYOUT.columns("progress"))}
TEXT = "2023年实施公租房110套、老旧小区改造604户。"
FLATS: dict[str, Any] = {
    "measure_no": "3",
    "measure_text": TEXT,
    "role": "牵头",
    "metric": "公租房套数",
    "metric_unit": "套",
    "target": 110,
    "cumulative": 85,
    "status": "正常推进",
    "progress": "主体封顶85套。",
    "problems": "无",
    "expected": "2023-12-31",
}
HOMES: dict[str, Any] = {
    **FLATS,
    "metric": "改造户数",
    "metric_unit": "户",
    "target": 604,
    "cumulative": 300,
    "progress": "完成外墙改造300户。",
}
LAST = (
    factories.progress_row(period="2023-09", cumulative=60.0, progress="已开工建设60套。"),
    factories.progress_row(
        period="2023-09", metric="改造户数", metric_unit="户", target=604.0, cumulative=200.0, progress="改造200户。"
    ),
)


def report(*rows: dict[str, Any], **changes: Any) -> Reading:
    """A reading of 县住建局 with these rows from sheet row 8 on."""
    return factories.reading(
        *(ReadRow(8 + place, row) for place, row in enumerate(rows)), **{"columns": COLUMNS, **changes}
    )


def faulty(**changes: Any) -> Reading:
    """A clean report but for these cells of its first row."""
    return report({**FLATS, **changes}, HOMES)


def heading(**values: object) -> dict[str, tuple[object, str]]:
    return {field: (value, "C5") for field, value in values.items()}


BLANK = {**FLATS, "cumulative": None, "status": None, "progress": None, "problems": None, "expected": None}
PREFILLED = {"measure_no": "3", "metric": "公租房套数"}
CASES: dict[str, tuple[Reading, str, tuple[str, ...]]] = {
    "clean": (report(FLATS, HOMES), "accepted", ()),
    "45 an error value": (faulty(cumulative="#REF!"), "returned", ("V104",)),
    "46 a formula without a value": (faulty(cumulative="=A1+B1"), "returned", ("V105",)),
    "53 about so many": (faulty(cumulative="约80套"), "queried", ("V103",)),
    "53 about so many, explained": (faulty(cumulative="约80套", explanation="正在核实"), "accepted", ("V103",)),
    "54 the unit in the cell": (faulty(cumulative="85套"), "accepted", ()),
    "54 another unit in the cell": (faulty(cumulative="85户"), "returned", ("V108",)),
    "54 the unit column edited": (faulty(metric_unit="户"), "returned", ("V405",)),
    "55 ten thousand times last month": (faulty(cumulative=850000), "accepted", ("V207", "V302")),
    "56 a comma nobody can read": (faulty(cumulative="8，5"), "queried", ("V110",)),
    "57 a date where a number is due": (faulty(cumulative=dt.datetime(2023, 2, 3)), "returned", ("V106",)),
    "58 a range": (faulty(cumulative="80—90套"), "returned", ("V107",)),
    "59 a Chinese numeral": (faulty(cumulative="八十五套"), "accepted", ()),
    "60 无 for a number": (faulty(cumulative="无"), "queried", ("V111",)),
    "60 a blank required cell": (faulty(progress=None), "returned", ("V101",)),
    "60 zero is zero": (faulty(cumulative=0, explanation="重新核定"), "accepted", ("V301",)),
    "61 同上": (faulty(progress="同上"), "returned", ("V113",)),
    "63 a day that does not exist": (faulty(expected="2023.9.31"), "returned", ("V115",)),
    "63 done in the future": (faulty(status="已完成", cumulative=110, expected="2023-12-31"), "returned", ("V203",)),
    "62 a day without a year that does not fit": (faulty(expected="10.20"), "queried", ("V116",)),
    "65 a word without an end": (faulty(expected="持续推进"), "accepted", ()),
    "66 less than last month": (faulty(cumulative=50), "queried", ("V301",)),
    "66 无 explains nothing": (faulty(cumulative=50, explanation="无"), "queried", ("V301",)),
    # After those without the explanation: it settles the query for later corrections.
    "66 less than last month, explained": (faulty(cumulative=50, explanation="核减重复统计"), "accepted", ("V301",)),
    "67 over-fulfilled": (faulty(cumulative=111), "accepted", ("V206",)),
    "67 850 %": (faulty(cumulative=935), "accepted", ("V207",)),
    "68 done below the target": (faulty(status="已完成", cumulative=109, expected=None), "returned", ("V201",)),
    "68 done on the target": (faulty(status="已完成", cumulative=110, expected=None), "accepted", ()),
    "68 late without a problem": (faulty(status="进展滞后"), "returned", ("V202",)),
    "68 late with a problem": (faulty(status="进展滞后", problems="资金未到位"), "accepted", ()),
    "69 the words of last month": (faulty(progress="已开工建设60套。"), "accepted", ("V303",)),
    "72 nothing to do with reports": (faulty(highlights="联系电话保留"), "accepted", ()),
    "75 a citizen's telephone": (faulty(progress="由张某13912345678落实。"), "accepted", ("V117",)),
    "76 a listed way to say done": (faulty(status="√", cumulative=110, expected=None), "accepted", ()),
    "76 a status not on the list": (faulty(status="还行"), "queried", ("V112",)),
    "27 a measure of another unit": (report(FLATS, HOMES, {**FLATS, "measure_no": "4"}), "accepted", ("V402",)),
    "40 a row deleted": (report(FLATS), "returned", ("V403",)),
    "41 an unknown number": (report(FLATS, HOMES, {**FLATS, "measure_no": "99"}), "accepted", ("V401",)),
    "42 a measure in two rows": (report(FLATS, HOMES, HOMES), "queried", ("V404",)),
    "43 the measure's text edited": (faulty(measure_text="建房子"), "accepted", ("V407",)),
    "43 the target edited": (faulty(target=100), "accepted", ("V406",)),
    "43 the metric edited": (faulty(metric="套数"), "returned", ("V409",)),
    "50 the text of another measure": (faulty(measure_text="推进成品油促销，开展有奖销售。"), "returned", ("V410",)),
    "negative": (faulty(cumulative=-1, explanation="笔误"), "returned", ("V114", "V301")),
    "a note on last month edited": (faulty(previous=61), "accepted", ("V306",)),
    "coordination without a unit": (faulty(coordination="资金缺口200万元"), "accepted", ("V204",)),
    "not begun, with a figure": (faulty(status="未启动"), "accepted", ("V208",)),
    "25 untouched": (report(BLANK), "returned", ("V305",)),
    "nil": (report(PREFILLED, heading=heading(nil="是")), "accepted", ()),
    "nil and filled": (report(FLATS, HOMES, heading=heading(nil="是")), "returned", ("V209",)),
    "nil, nobody knows": (report(FLATS, HOMES, heading=heading(nil="大概")), "returned", ("V120",)),
    "an extension, nothing filled": (
        report(PREFILLED, heading=heading(extend_to="2023-10-27", extend_reason="汇总未完")),
        "queried",
        ("V121",),
    ),
    "an extension without a reason": (
        report(FLATS, HOMES, heading=heading(extend_to="2023-10-27")),
        "returned",
        ("V119",),
    ),
    "an extension to nowhere": (
        report(FLATS, HOMES, heading=heading(extend_to="尽快", extend_reason="忙")),
        "returned",
        ("V118",),
    ),
    "24 nobody asked for it": (report(FLATS, HOMES, period="2023-08"), "returned", ("V411",)),
}  # fmt: skip


def saved(reading: Reading, hour: int) -> Reading:
    changed = replace(reading.original, mtime_ns=reading.original.mtime_ns + hour * 3_600_000_000_000)
    return replace(reading, original=changed)


@cache
def verdicts() -> dict[str, Verdict]:
    # Saved an hour apart: versions of one report that do not conflict.
    readings = [saved(reading, place) for place, (reading, _, _) in enumerate(CASES.values())]
    judged = judge(readings, factories.context(), (factories.duty(),), LAST)
    return dict(zip(CASES, judged, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_a_report_gets_the_state_and_the_codes_of_its_fault(name: str) -> None:
    verdict, (_, state, codes) = verdicts()[name], CASES[name]
    assert (verdict.state, tuple(sorted(each.code for each in verdict.findings))) == (state, codes)


def test_a_finding_names_the_cells_and_what_is_wanted() -> None:
    (fall,) = verdicts()["66 less than last month"].findings
    assert (fall.cells, fall.sheet, fall.measure, fall.value, fall.expected) == (("H8",), "月度报送", "3", "50", "60")
    assert fall.text == "本期累计50小于上期累计60"


def test_a_settled_query_becomes_a_hint_and_the_report_is_accepted() -> None:
    (settled,) = verdicts()["66 less than last month, explained"].findings
    assert settled.severity == "hint"
    assert "已在“情况说明”栏说明" in settled.text


def test_the_rows_of_an_accepted_report_are_typed_and_keep_their_cells() -> None:
    flats, homes = verdicts()["clean"].rows
    assert (flats.cumulative, flats.target, flats.metric_unit, flats.status, flats.expected, flats.cell) == (
        85.0, 110.0, "套", "正常推进", "2023-12-31", "H8",
    )  # fmt: skip
    assert (homes.metric, homes.role, homes.row) == ("改造户数", "牵头", 9)


def test_only_accepted_reports_have_rows() -> None:
    assert all(
        bool(verdict.rows) == (verdict.state == "accepted" and not verdict.nil) for verdict in verdicts().values()
    )


def test_a_row_kept_aside_is_not_in_the_rows() -> None:
    assert {row.measure for row in verdicts()["27 a measure of another unit"].rows} == {"3"}
    assert len(verdicts()["41 an unknown number"].rows) == 2


def test_each_conversion_is_logged_with_its_cell() -> None:
    (repair,) = verdicts()["54 the unit in the cell"].repairs
    assert (repair.cell, repair.before, repair.after) == ("H8", "85套", "85")


def test_a_nil_report_needs_no_rows() -> None:
    verdict = verdicts()["nil"]
    assert (verdict.nil, verdict.rows) == (True, ())


def test_a_request_for_extension_is_part_of_the_verdict() -> None:
    assert verdicts()["an extension, nothing filled"].extension == (dt.date(2023, 10, 27), "汇总未完")


def test_a_citizens_number_is_never_repeated_in_full() -> None:
    (finding,) = verdicts()["75 a citizen's telephone"].findings
    assert "13912345678" not in finding.text + finding.value


def test_of_duplicate_rows_the_explained_one_counts_and_nothing_is_added_up() -> None:
    (verdict,) = one(report(FLATS, HOMES, {**HOMES, "cumulative": 310, "explanation": "以本行为准"}))
    assert verdict.state == "accepted"
    assert [row.cumulative for row in verdict.rows if row.metric == "改造户数"] == [310.0]


def test_a_copy_of_last_month_is_not_a_report() -> None:
    last = tuple(replace(row, next_steps="加快施工。") for row in LAST)
    rows = [
        {**row, "cumulative": then.cumulative, "progress": then.progress, "next_steps": then.next_steps}
        for row, then in zip((FLATS, HOMES), last, strict=True)
    ]
    (verdict,) = one(report(*rows), last)
    assert "V304" in {each.code for each in verdict.findings}
    assert verdict.state == "returned"


def one(reading: Reading, last: tuple[ProgressRow, ...] = LAST) -> tuple[Verdict, ...]:
    duties = (factories.duty(), factories.duty(kind="roster", period="2023-09"))
    return judge([reading], factories.context(), duties, last)


ROSTER_COLUMNS = {column.field: chr(65 + place) for place, column in enumerate(LAYOUT.columns("roster"))}
LEADER = {
    "unit": "县住建局",
    "role": "分管领导",
    "name": "张　三",
    "title": "副局长",
    "phone": "0990-1234567",
    "mail": "zhang@shili.example",
}
OFFICER = {
    **LEADER,
    "role": "业务负责人",
    "name": "李四",
    "title": "科长",
    "phone": "１３９００００００００",
    "mail": "li＠shili.example",
}


def roster(*rows: dict[str, Any]) -> Reading:
    places = tuple(ReadRow(8 + place, row) for place, row in enumerate(rows))
    return factories.reading(*places, kind="roster", period="2023-09", sheet="联系人名单", columns=ROSTER_COLUMNS)


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ((LEADER, OFFICER), []),
        ((LEADER,), ["C501"]),
        ((LEADER, {"unit": "县住建局", "role": "业务负责人"}), ["C501"]),
        ((LEADER, OFFICER, OFFICER), ["C502"]),
        (({"unit": "县住建局", "role": "分管领导"},), ["C508"]),
        ((LEADER, {**OFFICER, "phone": "9961234567"}), ["C505"]),
        ((LEADER, {**OFFICER, "phone": 9.96e9}), ["C505"]),
        ((LEADER, {**OFFICER, "mail": "li.shili.example"}), ["C506"]),
        ((LEADER, {**OFFICER, "name": None}), ["C504"]),
        ((LEADER, {**OFFICER, "phone": None}), ["C504"]),
        ((LEADER, OFFICER, {**OFFICER, "role": "司机"}), ["C503"]),
        ((LEADER, {**OFFICER, "unit": "县财政局"}), ["C507"]),
    ],
)
def test_a_roster_names_one_leader_and_one_officer_of_the_unit_each_reachable(
    rows: tuple[dict[str, Any], ...], codes: list[str]
) -> None:
    (verdict,) = one(roster(*rows))
    assert [each.code for each in verdict.findings] == codes
    assert verdict.state == ("returned" if codes else "accepted")


def test_an_accepted_roster_carries_its_contacts_in_one_form() -> None:
    (verdict,) = one(roster(LEADER, OFFICER))
    assert verdict.contacts == (
        Contact("shili-2023", "县住建局", "分管领导", "张三", "副局长", "0990-1234567", "zhang@shili.example"),
        Contact("shili-2023", "县住建局", "业务负责人", "李四", "科长", "13900000000", "li@shili.example"),
    )


def test_a_refused_file_is_judged_without_pandas_or_great_expectations() -> None:
    script = (
        "import sys\n"
        "from tasks.model.finding import make_finding\nfrom tasks.validate.judge import judge\nfrom tests import factories\n"
        "refused = factories.reading(unit=None, findings=(make_finding('R002'),))\n"
        "args = (factories.context(), (), ())\n"
        "assert [verdict.state for verdict in judge([refused], *args)] == ['refused']\n"
        "assert judge([], *args) == ()\n"
        "print(sorted({'pandas', 'great_expectations'} & sys.modules.keys()))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_file_without_a_known_unit_is_refused_even_if_reading_found_no_fault() -> None:
    (verdict,) = one(factories.reading(unit=None))
    assert (verdict.state, [each.code for each in verdict.findings]) == ("refused", ["R007"])


def test_judging_twice_gives_the_same_verdicts() -> None:
    assert one(faulty(cumulative="约80套")) == one(faulty(cumulative="约80套"))


ANSWERS = {"status": "局部推进", "cumulative": "约85", "explanation": "按专班意见填写。"}


def asked_again(changes: dict[str, Any], answered: Any) -> dict[str, str]:
    """code -> severity of what is said of the flats' row after this was answered before."""
    readings = [report({**FLATS, **changes}, HOMES)]
    (verdict,) = judge(readings, factories.context(), (factories.duty(),), LAST, answered)
    return {each.code: each.severity for each in verdict.findings}


def test_an_answered_query_stays_settled_month_after_month_while_the_value_is_unchanged() -> None:
    first = asked_again(ANSWERS, None)
    assert first == {"V103": "hint", "V112": "hint"}
    before = {
        factories.HOUSING: frozenset({AnsweredQuery("V103", "3", "约85"), AnsweredQuery("V112", "3", "局部推进")})
    }
    unexplained = {**ANSWERS, "explanation": ""}
    # A settled query is a hint in the new report; from there the next month knows it is settled.
    assert asked_again(unexplained, before) == first
    assert asked_again({**unexplained, "cumulative": "约90"}, before) == {"V103": "query", "V112": "hint"}
    assert asked_again(unexplained, {factories.FINANCE: before[factories.HOUSING]}) == {
        "V103": "query",
        "V112": "query",
    }


def test_a_correction_in_the_same_chunk_need_not_explain_again() -> None:
    explained = saved(report({**FLATS, **ANSWERS}, HOMES), 0)
    # The same values without the explanation, and another figure elsewhere.
    corrected = saved(report({**FLATS, **ANSWERS, "explanation": ""}, {**HOMES, "cumulative": 310}), 1)
    changed = saved(report({**FLATS, **ANSWERS, "explanation": "", "cumulative": "约90"}, HOMES), 2)
    assert states(explained, corrected, changed) == ["accepted", "accepted", "queried"]
    assert states(corrected, explained) == ["queried", "accepted"]


def states(*readings: Reading) -> list[str]:
    return [each.state for each in judge(readings, factories.context(), (factories.duty(),), LAST)]


SHARED = (factories.duty(), factories.duty(factories.FINANCE, measures=("3",)))


def reporting(duties: Sequence[Duty]) -> dict[tuple[str, ...], set[str]]:
    """The units by their measures; each has a different list."""
    return {(*duty.measures, f"own {number}"): {duty.unit} for number, duty in enumerate(duties)}


def held(*readings: Reading, in_force: tuple[FigureInForce, ...] = ()) -> list[Verdict]:
    """县住建局 leads measure 3 and 县财政局 shares in it. Files in the order of arrival."""
    plan, county = factories.plan(), factories.county()
    verdicts = judge(readings, factories.context(), SHARED, LAST)
    return list(shared_measures(plan, county, reporting(SHARED)).compare(verdicts, in_force))


def of_lead(figure: float, minute: int = 0) -> Reading:
    return saved(report({**FLATS, "cumulative": figure}, HOMES), minute)


def of_other(figure: float) -> Reading:
    rows = [{**row, "role": "责任"} for row in ({**FLATS, "cumulative": figure}, HOMES)]
    return report(*rows, unit=factories.FINANCE)


def figure(cumulative: float, unit: str = factories.FINANCE) -> FigureInForce:
    return FigureInForce(unit, "2023-10", "3", FLATS["metric"], cumulative)


def differences(verdict: Verdict) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.severity, each.expected, each.cells) for each in verdict.findings if each.code == "V412"]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [(of_lead(85), of_other(80), "县住建局85"), (of_other(80), of_lead(85), "县财政局80")],
    ids=["lead first", "lead last"],
)
def test_a_figure_that_differs_from_what_came_before_is_a_hint_in_one_chunk_as_in_two(
    first: Reading, second: Reading, said: str
) -> None:
    one_chunk = held(first, second)
    assert [verdict.state for verdict in one_chunk] == ["accepted", "accepted"]
    assert [differences(verdict) for verdict in one_chunk] == [[], [("hint", said, ("H8",))]]
    row = one_chunk[0].rows[0]
    (alone,) = held(
        second, in_force=(FigureInForce(row.unit, row.period, row.measure, row.metric, row.cumulative or 0),)
    )
    assert alone == one_chunk[1]


def test_figures_that_agree_are_no_finding() -> None:
    assert [differences(verdict) for verdict in held(of_lead(85), of_other(85))] == [[], []]
    assert differences(held(of_lead(85), in_force=(figure(85.0000000000001),))[0]) == []


def test_a_figure_corrected_meanwhile_is_not_compared() -> None:
    _, _, other = held(of_lead(80), of_lead(85, 30), of_other(85), in_force=(figure(70, factories.HOUSING),))
    assert differences(other) == []


def test_units_that_do_not_lead_a_measure_are_not_compared_with_one_another() -> None:
    plan, county, duties = (
        factories.plan(),
        factories.county(),
        (*SHARED, factories.duty(factories.COMMERCE, measures=("3",))),
    )
    several = shared_measures(plan, county, reporting(duties))
    (verdict,) = judge([of_other(80)], factories.context(), SHARED, LAST)
    wanted = several.figures_wanted([verdict])
    assert wanted is not None
    assert (wanted.units, wanted.measures) == ({factories.HOUSING}, {"3"})
    assert differences(several.compare([verdict], (figure(90, factories.COMMERCE),))[0]) == []
    assert shared_measures(plan, county, reporting(SHARED[:1])).figures_wanted([verdict]) is None


def test_a_recheck_reports_the_state_under_todays_rules_and_changes_nothing() -> None:
    reading = faulty(cumulative=50)
    original = reading.original
    then = factories.submission(findings=(), sha256=original.sha256, path=original.path)
    returned = factories.submission("returned", id=2, path="x")
    args = (factories.context(), (factories.duty(),), LAST)
    (found,) = recheck_submissions([then, returned], [reading], *args)
    assert (found.state, [each.code for each in found.new], found.gone, found.differs) == (
        "queried", ["V301"], (), True,
    )  # fmt: skip
    assert found.submission == then
    (clean,) = recheck_submissions(
        [replace(then, findings=(make_finding("V303", sheet="月度报送"),))], [report(FLATS, HOMES)], *args
    )
    assert (clean.state, clean.new, clean.gone) == ("accepted", (), ("V303",))
