"""Cases 63 to 76: values that contradict one another, last month, the calendar or the register; names and persons."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests import factories, workbooks
from tests.factories import NOW
from tests.unit.messy.chain import ROWS, Bureau, Office, finding, run_cases, words

JANUARY = dt.datetime(2024, 1, 20, 10, 0, tzinfo=NOW.tzinfo)

# One worker builds the share of this file, not each.
pytestmark = pytest.mark.xdist_group("test_case_63_76_values")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return run_cases(tmp_path_factory.mktemp("share"), globals())


@pytest.fixture(scope="module")
def january(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The cases that are about January."""
    office = Office(tmp_path_factory.mktemp("share"))
    case_64(office)
    late = office.bureau(68, 3, period="2023-12", due=dt.date(2024, 1, 20))
    office.drop(late, late.filled(content=late.issued(period="2023-12")), "报表.xlsx")
    office.run(JANUARY)
    return office


def answered(office: Office, case: int, *answers: dict[str, dict[str, object]], last: bool = False) -> None:
    """One file per answer, each from a different unit; `last`: after a report for September."""
    for variant, answer in enumerate(answers):
        bureau = office.bureau(case, variant)
        if last:
            office.previous += bureau.last()
        office.drop(bureau, bureau.filled(answer))


def done(**more: object) -> dict[str, dict[str, object]]:
    """The measure without a figure, finished."""
    return {"": {"进展状态": "已完成", **more}}


def case_63(office: Office) -> None:
    """Days that do not exist; finished, and to be finished in the future."""
    answered(
        office,
        63,
        {"": {"预计完成时间": "2023.9.31"}},
        {"": {"预计完成时间": "2月30日"}},
        done(预计完成时间="2023-12-31"),
    )


def case_64(office: Office) -> None:
    """A day without its year in the report for January."""
    for variant, day in enumerate(("1月15日", "12月20日")):
        bureau = office.bureau(64, variant, period="2024-01", due=dt.date(2024, 1, 20), closes=dt.date(2024, 1, 31))
        content = bureau.issued(period="2024-01", due=dt.date(2024, 1, 20))
        # After the end of the year the figures are behind in any case.
        late = {"进展状态": "进展滞后", "存在问题": "资金未到位。"}
        office.drop(bureau, bureau.filled(done(预计完成时间=day), None, content, **late), "报表.xlsx")


def case_65(office: Office) -> None:
    """持续推进 and 长期 in place of a day."""
    answered(office, 65, {"": {"预计完成时间": "持续推进"}}, {"": {"预计完成时间": " 长期"}})


def case_66(office: Office) -> None:
    """Less than last month, because only this month's figure was filled in; and with an explanation."""
    month = {"本期累计": 12}
    answered(office, 66, {"套": month}, {"套": {**month, "情况说明": "核减重复统计32套。"}}, last=True)


def case_67(office: Office) -> None:
    """703 of 604, and 850 %."""
    answered(office, 67, {"户": {"本期累计": 703}}, {"%": {"本期累计": "850%"}})


def case_68(office: Office) -> None:
    """Finished at 85 of 110; behind without a problem; and in order after the deadline, which is January's."""
    answered(
        office, 68, {"套": {"进展状态": "已完成", "本期累计": 85}}, {"": {"进展状态": "进展滞后", "存在问题": None}}
    )


def case_69(office: Office) -> None:
    """The text of last month."""
    answered(office, 69, {"": {"进展情况": " 九月进展。"}}, last=True)


def case_70(office: Office) -> None:
    """A unit by its alias, with blanks, by an unknown name, by another unit's name, and with the words for a seal."""
    names = ["70甲局", "　县７０乙局 ", "县工信70局", "县税务局", "县70戊局（盖章）"]
    for variant, name in enumerate(names):
        bureau = office.bureau(70, variant)
        office.drop(bureau, workbooks.without_signature(bureau.filled(heading={"填报单位": name})))


def case_71(office: Office) -> None:
    """Two townships file under the name of all townships: with and without the signature; and a bureau does."""
    for variant, content in ((0, workbooks.without_signature), (1, bytes)):
        bureau = office.bureau(71, variant)
        office.drop(bureau, content(bureau.filled(heading={"填报单位": factories.TOWNS})))
    bureau = office.bureau(70, 5)
    office.drop(bureau, workbooks.without_signature(bureau.filled(heading={"填报单位": factories.TOWNS})))


def case_72(office: Office) -> None:
    """Telephone numbers as numbers, in full width, as they should be; and a roster without a mail address."""
    phones: list[object] = [9961234567, 9.96e9, "０９９６－１２３４５６７", "0996-1234567"]
    person: dict[str, object] = {
        "姓名": "张某某",
        "职务": "副局长",
        "电话": "0990-1234567",
        "邮箱": "zhang@shili.example",
    }
    officers = [*({**person, "电话": phone} for phone in phones), {**person, "邮箱": None}]
    for variant, officer in enumerate(officers):
        bureau = office.bureau(72, variant, kind="roster", period="2023-09")
        content = workbooks.roster(
            bureau.issued(kind="roster", period="2023-09"), {"分管领导": person, "业务负责人": officer}
        )
        office.drop(bureau, content, "联系人名单.xlsx")


SPACED = "　　一是加快进度；\n　　二是\u200b加强调度。 "


def case_73(office: Office) -> None:
    """Blanks of every kind, invisible characters and line ends in figures, choices and prose."""
    figures: list[object] = ["85\u00a0", "　85", "\u200b85\ufeff", "85\t\n"]
    answered(
        office, 73, *({"套": {"本期累计": figure, "进展状态": "正常　推进 ", "进展情况": SPACED}} for figure in figures)
    )


STARTS = ("=资金未到位", "+200万元缺口", "-1套核减", "@张科长 已联系", '=HYPERLINK("http://x.example","点")')


def case_74(office: Office) -> None:
    """Text that begins with = + - @."""
    for variant, text in enumerate(STARTS):
        bureau = office.bureau(74, variant)

        def change(sheet: Any, text: str = text) -> None:
            sheet["J13"] = text
            sheet["J13"].data_type = "s"
            sheet["I12"] = None

        office.drop(bureau, bureau.edited(change))


def case_75(office: Office) -> None:
    """Personal numbers in the text: identity card, bank card, telephone."""
    numbers = ["65282619900101123X", "6222021234567890123", "13912345678"]
    answered(office, 75, *({"": {"进展情况": f"已向张某（{number}）发放补贴。"}} for number in numbers))


WORDS = ("√", "☑", "完成", "OK", "100%", "已办结", "还行")


def case_76(office: Office) -> None:
    """The status as a tick, an unlisted word, or a percentage."""
    answered(office, 76, *({"": {"进展状态": word}} for word in WORDS))


@pytest.mark.parametrize(
    ("case", "variant", "state", "codes"),
    [
        (63, 0, "returned", ("V115",)),
        (63, 1, "returned", ("V115",)),
        (63, 2, "returned", ("V203",)),
        (65, 0, "accepted", ()),
        (65, 1, "accepted", ()),
        (66, 0, "queried", ("V301",)),
        (66, 1, "accepted", ("V301",)),
        (67, 0, "accepted", ("V206",)),
        (67, 1, "accepted", ("V207",)),
        (68, 0, "returned", ("V201",)),
        (68, 1, "returned", ("V202",)),
        (69, 0, "accepted", ("V303",)),
        (70, 0, "accepted", ("R021",)),
        (70, 1, "accepted", ("R021",)),
        (70, 2, "queried", ("R020", "R021")),
        (70, 3, "returned", ("R013",)),
        (70, 4, "accepted", ("R021",)),
        (70, 5, "returned", ("R013",)),
        (71, 0, "accepted", ("R021",)),
        (71, 1, "accepted", ()),
        (72, 0, "returned", ("C505",)),
        (72, 1, "returned", ("C505",)),
        (72, 2, "accepted", ()),
        (72, 3, "accepted", ()),
        (72, 4, "accepted", ("C509",)),
        *((73, variant, "accepted", ()) for variant in range(4)),
        *((74, variant, "returned", ("V101",)) for variant in range(5)),
        *((75, variant, "accepted", ("V117",)) for variant in range(3)),
        *((76, variant, "accepted", ()) for variant in range(6)),
        (76, 6, "queried", ("V112",)),
    ],
)
def test_the_state_and_the_codes(office: Office, case: int, variant: int, state: str, codes: tuple[str, ...]) -> None:
    assert office.state_and_codes(case, variant) == (state, codes)


@pytest.mark.parametrize(
    ("case", "variant", "state", "codes"),
    [(64, 0, "accepted", ()), (64, 1, "queried", ("V116",)), (68, 3, "returned", ("V205",))],
)
def test_what_becomes_of_the_file_in_january(
    january: Office, case: int, variant: int, state: str, codes: tuple[str, ...]
) -> None:
    assert january.state_and_codes(case, variant) == (state, codes)


def test_64_a_day_without_a_year_gets_the_periods_year_if_no_other_fits(january: Office) -> None:
    assert next(row.expected for row in january.one(64).rows if not row.metric) == "2024-01-15"


def test_65_an_open_ended_word_is_kept(office: Office) -> None:
    expected = [next(row.expected for row in office.one(65, variant).rows if not row.metric) for variant in (0, 1)]
    assert expected == ["持续推进", "长期"]


def test_66_the_figure_is_queried_and_never_replaced(office: Office) -> None:
    found = finding(office.one(66), "V301")
    assert (found.value, found.expected, found.cells) == ("12", "44", (f"H{ROWS['套']}",))
    assert office.figure(66, 1) == 12
    assert "已在“情况说明”栏说明" in finding(office.one(66, 1), "V301").text


def test_67_a_figure_above_the_target_is_kept(office: Office) -> None:
    assert (office.figure(67, 0, "户"), office.figure(67, 1, "%")) == (703, 850)


def test_70_an_unknown_unit_name_is_queried_and_never_matched_by_similarity(office: Office) -> None:
    found = finding(office.one(70, 2), "R020")
    assert (found.value, found.expected) == ("县工信70局", Bureau(70, 2).name)
    assert office.county.resolve("工信局") is None
    assert office.county.resolve("财政局") != office.county.resolve("税务局")


@pytest.mark.parametrize("variant", [0, 1])
def test_71_each_township_counts_for_itself(office: Office, variant: int) -> None:
    assert office.one(71, variant).reading.unit == Bureau(71, variant).name


def test_72_a_number_that_lost_its_zero_is_unchanged(office: Office) -> None:
    assert finding(office.one(72), "C505").value == "9961234567"
    assert [contact.phone for contact in office.one(72, 2).contacts] == ["0990-1234567", "0996-1234567"]


def test_72_a_roster_without_a_mail_address_is_accepted_with_its_telephone(office: Office) -> None:
    officer = office.one(72, 4).contacts[1]
    assert (officer.mail, officer.phone) == ("", "0990-1234567")
    assert "未填邮箱，催报将改为电话联系" in words(office.reply(office.one(72, 4)))


@pytest.mark.parametrize("variant", range(4))
def test_73_invisible_characters_are_removed_from_values_and_kept_in_prose(office: Office, variant: int) -> None:
    row = office.one(73, variant).rows[0]
    assert (row.cumulative, row.status, row.progress) == (85, "正常推进", SPACED)


@pytest.mark.parametrize("variant", range(5))
def test_74_text_comes_back_as_text_and_never_as_a_formula(office: Office, variant: int) -> None:
    verdict = office.one(74, variant)
    assert verdict.reading.rows[-1].values["progress"] == STARTS[variant]
    cell = office.reply(verdict)[workbooks.SHEET]["J13"]
    assert (cell.value, cell.data_type) == (STARTS[variant], "s")


@pytest.mark.parametrize("variant", range(3))
def test_75_the_unit_is_warned_and_the_number_is_not_repeated(office: Office, variant: int) -> None:
    found = finding(office.one(75, variant), "V117")
    assert "*" in found.value
    assert found.value not in office.one(75, variant).rows[-1].progress
    assert found.cells == ("J13",)


@pytest.mark.parametrize("variant", range(6))
def test_76_only_listed_words_are_accepted_and_the_repair_is_recorded(office: Office, variant: int) -> None:
    assert office.one(76, variant).rows[-1].status == "已完成"
    assert ("I13", WORDS[variant], "已完成") in office.repaired(76, variant)
