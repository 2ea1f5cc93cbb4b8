"""Cases 51 to 62: one figure or one day, written in every way people write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from tests import workbooks
from tests.unit.messy.chain import ROWS, Bureau, Office, finding, run_cases

# One worker builds the share of this file, not each.
pytestmark = pytest.mark.xdist_group("test_case_51_62_values")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return run_cases(tmp_path_factory.mktemp("share"), globals())


def written(office: Office, case: int, unit: str, *values: object, title: str = "本期累计", first: int = 0) -> None:
    """One file per value, each from a different unit; a pair is a value and its number format."""
    for variant, value in enumerate(values, start=first):
        bureau = office.bureau(case, variant)
        value, form = value if isinstance(value, tuple) else (value, "")
        place = f"{'HPKJ'[TITLES.index(title)]}{ROWS[unit]}"
        content = bureau.edited(formatted(place, form), {unit: {title: value}})
        office.drop(bureau, content)


TITLES = ("本期累计", "预计完成时间", "存在问题", "进展情况")


def formatted(cell: str, form: str) -> Callable[[Any], None]:
    return lambda sheet: setattr(sheet[cell], "number_format", form) if form else None


PROSE = "完成１１０㎡，其中①号楼½。"


def case_51(office: Office) -> None:
    """Full-width digits and signs; and signs that only look like digits."""
    written(office, 51, "套", "１１０", "½")
    written(office, 51, "%", "８５％", first=2)
    written(office, 51, "", PROSE, title="进展情况", first=3)


def case_52(office: Office) -> None:
    """0.85 formatted as a percentage, “85%”, 0.85 and 85."""
    written(office, 52, "%", (0.85, "0%"), "85%", (0.85, "0.00"), (85, "0"), (0.85, "0.00%;[Red]-0.00%"))


def case_53(office: Office) -> None:
    """Approximate figures."""
    written(office, 53, "%", "约85%", "85%左右", "近九成", "过半", ">85%")


def case_54(office: Office) -> None:
    """The unit in the cell: the registered one, and another."""
    written(office, 54, "套", "110套")
    written(office, 54, "户", "604户", "228人次", (604, '0"户"'), (604, '0"人次"'), first=1)


def case_55(office: Office) -> None:
    """元, 万元 and 亿元: in the cell, in the number format, in the header alone."""
    office.previous += [row for variant in (4, 6) for row in Bureau(55, variant).last() if row.metric_unit == "万元"]
    shown, plain = '0!.0,"万元"', "0"
    written(office, 55, "万元", "50万元", "0.01亿元", "550000元", "55万", (1_100_000, shown), (550_000, '#,##0"元"'))
    written(office, 55, "万元", (550_000, plain), first=6)


def case_56(office: Office) -> None:
    """Commas and blanks between the digits."""
    written(office, 56, "户", "1,204", "１，２０４", "1 204", "1，2", "12,04")


def case_57(office: Office) -> None:
    """2-3, which the spreadsheet program turned into the third of February."""
    written(office, 57, "户", (dt.date(2023, 2, 3), 'm"月"d"日"'))


def case_58(office: Office) -> None:
    """A range in place of one figure."""
    written(office, 58, "套", "1—2条", "2～3家", "80-90")


def case_59(office: Office) -> None:
    """Figures in words."""
    written(office, 59, "套", "一百一十套", "十余家", "若干")


def case_60(office: Office) -> None:
    """无, —, ／, 0 and nothing in place of a figure; 无 as a problem; nothing in place of a text."""
    written(office, 60, "套", "无", "暂无", "—", "／", 0, None)
    written(office, 60, "", "无", title="存在问题", first=6)
    written(office, 60, "", None, title="进展情况", first=7)


def case_61(office: Office) -> None:
    """同上, 见附件 and 详见报告 in place of a text."""
    written(office, 61, "", "同上", "见附件", "（详见报告）", title="进展情况")


DAYS: list[tuple[Any, str, str]] = [
    ("2023.10.20", "accepted", "2023-10-20"),
    ("2023年10月20日", "accepted", "2023-10-20"),
    ("20231020", "accepted", "2023-10-20"),
    (dt.date(2023, 10, 20), "accepted", "2023-10-20"),
    ((45219, "0"), "accepted", "2023-10-20"),
    ("2023年10月", "accepted", "2023-10"),
    ("10月底", "accepted", "2023-10"),
    ("12月20日", "accepted", "2023-12-20"),
    ("10.20", "queried", ""),
    ((10.2, "0.0"), "queried", ""),
]


def case_62(office: Office) -> None:
    """Days in every notation, months, a serial number, and 10.20."""
    written(office, 62, "", *(value for value, _, _ in DAYS), title="预计完成时间")


@pytest.mark.parametrize(
    ("case", "variant", "state", "codes"),
    [
        (51, 0, "accepted", ()),
        (51, 1, "returned", ("V102",)),
        (51, 2, "accepted", ()),
        (51, 3, "accepted", ()),
        (52, 0, "accepted", ()),
        (52, 1, "accepted", ()),
        (52, 2, "queried", ("V109",)),
        (52, 3, "queried", ("V109",)),
        (52, 4, "accepted", ()),
        *((53, variant, "queried", ("V103",)) for variant in range(5)),
        (54, 0, "accepted", ()),
        (54, 1, "accepted", ()),
        (54, 2, "returned", ("V108",)),
        (54, 3, "accepted", ()),
        (54, 4, "returned", ("V108",)),
        (55, 0, "accepted", ()),
        (55, 1, "accepted", ()),
        (55, 2, "accepted", ()),
        (55, 3, "returned", ("V108",)),
        (55, 4, "accepted", ()),
        (55, 5, "accepted", ()),
        (55, 6, "accepted", ("V207", "V302")),
        (56, 0, "accepted", ("V206",)),
        (56, 1, "accepted", ("V206",)),
        (56, 2, "accepted", ("V206",)),
        (56, 3, "queried", ("V110",)),
        (56, 4, "queried", ("V110",)),
        (57, 0, "returned", ("V106",)),
        (58, 0, "returned", ("V107",)),
        (58, 1, "returned", ("V107",)),
        (58, 2, "returned", ("V107",)),
        (59, 0, "accepted", ()),
        (59, 1, "queried", ("V103",)),
        (59, 2, "queried", ("V103",)),
        *((60, variant, "queried", ("V111",)) for variant in range(4)),
        (60, 4, "accepted", ()),
        (60, 5, "returned", ("V101",)),
        (60, 6, "accepted", ()),
        (60, 7, "returned", ("V101",)),
        *((61, variant, "returned", ("V113",)) for variant in range(3)),
        *((62, variant, state, ("V116",) if state == "queried" else ()) for variant, (_, state, _) in enumerate(DAYS)),
    ],
)
def test_the_state_and_the_codes(office: Office, case: int, variant: int, state: str, codes: tuple[str, ...]) -> None:
    assert office.state_and_codes(case, variant) == (state, codes)


@pytest.mark.parametrize(
    ("case", "variant", "unit", "figure"),
    [
        (51, 0, "套", 110), (51, 2, "%", 85), (52, 0, "%", 85), (52, 1, "%", 85), (52, 4, "%", 85),
        (54, 0, "套", 110), (54, 1, "户", 604), (54, 3, "户", 604),
        (55, 0, "万元", 50), (55, 1, "万元", 100), (55, 2, "万元", 55), (55, 4, "万元", 110), (55, 5, "万元", 55),
        (55, 6, "万元", 550_000),
        (56, 0, "户", 1204), (56, 1, "户", 1204), (56, 2, "户", 1204), (59, 0, "套", 110), (60, 4, "套", 0),
    ],
)  # fmt: skip
def test_the_figure_that_is_read(office: Office, case: int, variant: int, unit: str, figure: float) -> None:
    assert office.figure(case, variant, unit) == figure


@pytest.mark.parametrize(
    ("case", "variant", "cell", "before", "after"),
    [
        (51, 0, "H9", "１１０", "110"),
        (51, 2, "H11", "８５％", "85"),
        (52, 0, "H11", "0.85", "85%"),
        (54, 0, "H9", "110套", "110"),
        (55, 1, "H12", "0.01亿元", "100"),
        (55, 4, "H12", "110万元", "110"),
        (56, 1, "H10", "１，２０４", "1204"),
        (59, 0, "H9", "一百一十套", "110"),
        (62, 0, "P13", "2023.10.20", "2023-10-20"),
        (62, 4, "P13", "45219", "2023-10-20"),
    ],
)
def test_each_lossless_repair_is_logged_with_its_cell(
    office: Office, case: int, variant: int, cell: str, before: str, after: str
) -> None:
    assert (cell, before, after) in office.repaired(case, variant)


@pytest.mark.parametrize(
    ("case", "variant", "cell", "value"),
    [(52, 2, "H11", "0.85"), (53, 0, "H11", "约85%"), (54, 2, "H10", "228人次"), (56, 3, "H10", "1，2"),
     (57, 0, "H10", "2月3日"), (58, 0, "H9", "1—2条"), (60, 0, "H9", "无"), (61, 0, "J13", "同上"), (62, 8, "P13", "10.20")],
)  # fmt: skip
def test_a_finding_names_the_cell_and_what_was_read(
    office: Office, case: int, variant: int, cell: str, value: str
) -> None:
    (found,) = office.one(case, variant).findings
    assert (found.sheet, found.cells, found.value) == (workbooks.SHEET, (cell,), value)
    assert found.remedy


def test_51_prose_is_unchanged(office: Office) -> None:
    assert next(row.progress for row in office.one(51, 3).rows if not row.metric) == PROSE


def test_52_both_readings_of_a_bare_number_are_named(office: Office) -> None:
    assert finding(office.one(52, 2), "V109").expected == "0.85%还是85%"


def test_54_the_registered_unit_is_named(office: Office) -> None:
    assert finding(office.one(54, 2), "V108").expected == "户"


def test_57_the_remedy_explains_what_the_spreadsheet_program_did(office: Office) -> None:
    assert "2-3" in finding(office.one(57), "V106").remedy


@pytest.mark.parametrize("variant", range(8))
def test_62_full_days_are_converted_and_a_month_stays_a_month(office: Office, variant: int) -> None:
    assert next(row.expected for row in office.one(62, variant).rows if not row.metric) == DAYS[variant][2]
