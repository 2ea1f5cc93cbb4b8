"""The coordinator's matrix and the rates."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from tasks.model.submission import Finding, Standing
from tasks.model.words import StandingName
from tasks.rollup.matrix import matrix, rates
from tests import factories
from tests.factories import NOW


def standing(
    name: str, unit: str = "县住建局", overdue: int = 0, received: bool = True, accepted: bool = True
) -> Standing:
    findings = (Finding("V1", "return", "累计数不是数字", "请改正"),) if name == "待更正" else ()
    came, counted = (NOW if received else None), (NOW if accepted else None)
    return Standing(factories.duty(unit), name, overdue, came, counted, None, 1, 2, findings)  # type: ignore[arg-type]


def test_what_needs_attention_comes_first() -> None:
    found = matrix([standing("按时"), standing("未报", overdue=1), standing("待更正"), standing("未报", "县财政局", 3)])
    assert [(line["情形"], line["逾期工作日"]) for line in found] == [
        ("未报", "3"),
        ("未报", "1"),
        ("待更正", ""),
        ("按时", ""),
    ]


def test_a_line_says_in_words_what_is_known() -> None:
    (line,) = matrix([standing("待更正", accepted=False)])
    assert line == {
        "单位": "县住建局", "报送事项": "月度报送", "期间": "2023-10", "情形": "待更正", "应报日期": "2023-10-20",
        "首次报送": "2023-10-20 10:00", "逾期工作日": "",
    }  # fmt: skip


def test_nil_in_time_counts_as_on_time_and_late_does_not() -> None:
    found = rates(
        [standing("按时"), standing("零报告"), standing("迟报"), standing("未报", received=False, accepted=False)]
    )
    assert found == {"expected": 4, "received": 3, "accepted": 3, "on_time": 2}


@given(st.lists(st.sampled_from(get_args(StandingName))))
def test_every_duty_has_one_line_and_rates_never_pass_the_expected(names: list[str]) -> None:
    standings = [standing(name) for name in names]
    found = rates(standings)
    assert len(matrix(standings)) == found["expected"] == len(names)
    assert max(found.values(), default=0) == found["expected"]
