"""A register of a hundred measures is read at once, and no text takes more than its length asks for."""

from __future__ import annotations

import contextlib
import time

import pytest

from config.vocabulary import load_vocabulary
from tasks.errors import InputError
from tasks.register.parse import parse_document

MEASURE = (
    "{no}. 持续推进建设，完善体系，2024年底前新建站点{no}个，覆盖率达到85%以上，支持企业发展，优化营商环境。\n"
    "牵头单位：县发改委\n责任单位：县财政局、公安局、文化和旅游局，各乡镇人民政府、农牧场管委会\n"
)


def seconds(text: str) -> float:
    started = time.process_time()
    with contextlib.suppress(InputError):
        parse_document(text.encode(), "文件.txt", load_vocabulary(), None)
    return time.process_time() - started


def test_a_hundred_measures_take_less_than_two_seconds() -> None:
    assert seconds("一、任务\n" + "".join(MEASURE.format(no=no) for no in range(1, 101))) < 2


UNKIND = {
    "brackets never closed": "（",
    "labels without units": "牵头单位：",
    "one list without end": "县财政局、",
    "clauses without text": "（县财政局牵头）",
    "numbers": "一、（一）1.",
    "join words": "县财政局会同",
    "quotes never closed": "“《",
    "days": "2024年5月6日前",
    "figures": "建设5%",
    "declarations": "第一位牵头",
    "square labels": "[牵头单位:",
}


@pytest.mark.parametrize("name", UNKIND)
def test_time_grows_no_faster_than_the_text(name: str) -> None:
    unit = UNKIND[name]
    head = "责任单位：" if name in ("one list without end", "join words") else "方案。"
    short = seconds(head + unit * (12_000 // len(unit)))
    long = seconds(head + unit * (48_000 // len(unit)))
    # Four times the text: linear is 4; 8 leaves room for a busy machine and refuses 16, the square.
    assert long < 8 * max(short, 0.1)
