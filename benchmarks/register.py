"""`make bench`: parsing an official document: a hundred measures, a text of 5 MB, and adversarial texts.

Measures processor time without the start of Python and its imports. `growth` is the time for a text four times as long
divided by that for the text: 4 is linear, 16 quadratic.
"""

from __future__ import annotations

import contextlib
import time

from rich.console import Console
from rich.table import Table

from config.document_vocabulary import load_vocabulary
from tasks.errors import InputError
from tasks.register.parse_document import parse_document

MEASURE = (
    "{no}. 持续推进建设，完善体系，2024年底前新建站点{no}个，覆盖率达到85%以上，支持企业发展，优化营商环境。\n"
    "牵头单位：县发改委\n责任单位：县财政局、公安局、文化和旅游局，各乡镇人民政府、农牧场管委会\n"
)
ADVERSARIAL = {
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
_SHORT_CHARACTERS, _TIMES, _LARGE_BYTES = 12_000, 4, 5_000_000
_LONG_CHARACTERS = _TIMES * _SHORT_CHARACTERS
_ALLOWED_SECONDS = 2.0


def main() -> None:
    """Measure and print."""
    table = Table(title="official document → register")
    for title in ("", "cpu s", "growth"):
        table.add_column(title, justify="left" if not title else "right")
    hundred = seconds(measures(100))
    table.add_row(f"a hundred measures ({_ALLOWED_SECONDS:.0f} s allowed)", f"{hundred:.2f}", "")
    count = _LARGE_BYTES // len(MEASURE.encode())
    quarter, large = seconds(measures(count // _TIMES)), seconds(measures(count))
    table.add_row("5 MB of measures", f"{large:.2f}", f"{large / quarter:.1f}")
    for name, unit in ADVERSARIAL.items():
        head = "责任单位：" if name in ("one list without end", "join words") else "方案。"
        short, long = (seconds(head + unit * (size // len(unit))) for size in (_SHORT_CHARACTERS, _LONG_CHARACTERS))
        table.add_row(name, f"{long:.2f}", f"{long / short:.1f}")
    Console().print(table)


def measures(count: int) -> str:
    """A document of so many measures, each assigned to several units."""
    return "一、任务\n" + "".join(MEASURE.format(no=no) for no in range(1, count + 1))


def seconds(text: str) -> float:
    """Processor time of parsing the text, whether or not it contains a register."""
    started = time.process_time()
    with contextlib.suppress(InputError):
        parse_document(text.encode(), "文件.txt", load_vocabulary(), None)
    return time.process_time() - started


if __name__ == "__main__":
    main()
