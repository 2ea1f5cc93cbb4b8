"""Filled workbooks as units submit them: one issued by `tasks/issue`, then filled for each unit.

Belongs here: the content of the cells. Only two members of the zip file differ between units (the sheet and its
strings), so the others are compressed once.
"""

from __future__ import annotations

import io
import os
import random
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from benchmarks.workload import MEASURES, NOW, PERIOD, SECRET, Workload
from benchmarks.zip_writer import Member, container, pack
from config.plan import Measure
from tasks.issue.build_workbook import build_workbook
from tasks.storage.signature import WorkbookIdentity, sign_identity

_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_HEADER = 8
_DID = (
    "本期组织开展促消费活动{n}场，发放补贴资金{m}万元，惠及群众{k}人次，带动消费{j}万元。",
    "已走访企业{n}家，现场解决问题{k}个，办结事项{m}件，正在对接第三方机构开展评估。",
    "召开专题会议{n}次，印发工作方案，明确责任分工和完成时限，截至本期末已完成前期摸底{k}户。",
)
_NEXT = ("下一期继续推进，计划于{n}日前完成{k}户的核查。", "对照清单逐项落实，组织{n}次督导检查。")


@dataclass(frozen=True, slots=True)
class Template:
    """The members of the issued workbook: `fixed` ones are compressed and equal for all units, the others differ."""

    fixed: dict[str, Member]
    order: tuple[str, ...]
    sheet: str
    strings: str
    count: int
    unit: str
    signature: str
    targets: tuple[float | None, ...]


def template_of(workload: Workload) -> Template:
    """Issue one workbook and split it into its members."""
    duty = workload.duty(workload.names[0])
    content = build_workbook(duty, workload.context)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    strings = parts[_STRINGS].decode()
    return Template(
        fixed={name: pack(name, data) for name, data in parts.items() if name not in (_SHEET, _STRINGS)},
        order=tuple(parts),
        sheet=parts[_SHEET].decode(),
        strings=strings,
        count=strings.count("<si>"),
        unit=duty.unit,
        signature=_signature(duty.unit, workload),
        targets=tuple(_shown(workload.plan.measure(no)) for no in MEASURES),
    )


def _shown(measure: Measure) -> float | None:
    """A measure's target as stored in its cell, where percentages are fractions; None if it has no figure."""
    if not measure.targets:
        return None
    target = measure.targets[0]
    return target.value / 100 if target.unit == "%" else target.value


def _signature(unit: str, workload: Workload) -> str:
    return sign_identity(WorkbookIdentity(workload.plan.id, unit, "progress", PERIOD, workload.layout.template), SECRET)


def write_share(workload: Workload, findings: bool) -> int:
    """Write one folder and file per unit; returns the number of rows. With `findings`, one row in five is faulty."""
    template, written = template_of(workload), 0
    settled = NOW.timestamp() - 3600
    for number, unit in enumerate(workload.names):
        folder = workload.share / unit / "上报"
        folder.mkdir(parents=True)
        path = folder / f"{unit}_{PERIOD}_月度报送.xlsx"
        path.write_bytes(filled(template, unit, _signature(unit, workload), random.Random(number), findings))
        os.utime(path, (settled, settled))
        written += len(template.targets)
    return written


def filled(template: Template, unit: str, signature: str, chance: random.Random, findings: bool) -> bytes:
    """The workbook of one unit."""
    cells, added = {}, []
    for address, value in _answers(template, chance, findings):
        if isinstance(value, str):
            cells[address] = f' t="s"><v>{template.count + len(added)}</v></c>'
            added.append(value)
        else:
            cells[address] = f"><v>{value}</v></c>"
    sheet = re.sub(r'<c r="([A-Z]+\d+)"( s="\d+")/>', lambda cell: _cell(cell, cells), template.sheet)
    strings = template.strings.replace(template.unit, unit).replace(template.signature, signature)
    more = "".join(f"<si><t>{escape(text)}</t></si>" for text in added)
    changed = {_SHEET: sheet, _STRINGS: strings.replace("</sst>", more + "</sst>")}
    return container(
        pack(name, changed[name].encode()) if name in changed else template.fixed[name] for name in template.order
    )


def _cell(cell: re.Match[str], cells: dict[str, str]) -> str:
    return f'<c r="{cell[1]}"{cell[2]}{cells[cell[1]]}' if cell[1] in cells else cell[0]


def _answers(template: Template, chance: random.Random, findings: bool) -> Iterator[tuple[str, str | float]]:
    """(address, value) of every cell that a unit fills in."""
    yield from (("O4", "张三"), ("C5", "0996-1234567"), ("K5", "李四"), ("O5", 45217.0))
    for row, target in enumerate(template.targets, _HEADER + 1):
        faulty = findings and chance.random() < 0.2
        for column, value in _row(target, chance, faulty).items():
            yield f"{column}{row}", value


def _row(target: float | None, chance: random.Random, faulty: bool) -> dict[str, str | float]:
    numbers = {letter: chance.randint(1, 900) for letter in "nmkj"}
    answers: dict[str, str | float] = {
        "I": "正常推进",
        "J": chance.choice(_DID).format(**numbers),
        "K": "无" if chance.random() < 0.7 else f"资金缺口{numbers['m']}万元，需继续争取。",
        "N": chance.choice(_NEXT).format(**numbers),
        "P": "2023年12月",
    }
    if chance.random() < 0.1:
        answers |= {"L": f"请协调解决用地指标{numbers['n']}亩。", "M": "县财政局"}
    if target is not None:
        answers["H"] = round(target * chance.uniform(0.3, 0.95), 2)
    return answers | (_fault(target, chance) if faulty else {})


def _fault(target: float | None, chance: random.Random) -> dict[str, str | float]:
    """One of the usual mistakes: a reference, a late state without its reason, a vague day or figure."""
    mistakes: list[dict[str, str | float]] = [
        {"J": "同上"},
        {"I": "进展滞后", "K": "无"},
        {"P": "尽快"},
        {"I": "推进中吧"},
    ]
    if target is not None:
        mistakes.append({"H": f"约{chance.randint(2, 90)}"})
    return chance.choice(mistakes)
