"""A fixed set of damaged workbooks: each usual slip of a clerk alone, then in pairs; the same bytes in every run.

Belongs here: the office, and the slips of each file. `benchmarks.workbooks` takes an issued workbook apart; it makes a
hundred of them in the time openpyxl takes for one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from html import escape

from benchmarks.workbooks import Template, template_of
from benchmarks.workload import MEASURES, PERIOD, SECRET, Workload
from benchmarks.zip_writer import container, pack
from config.plan import Measure, Plan
from config.plan_file import load_plan
from tasks.model.submission import Duty
from tasks.storage.signature import WorkbookIdentity, sign_identity
from tests import workbooks

COUNT = 120
_TOP, _WORDS = 9, 8
_CELL = re.compile(r'<c r="([A-Z]+\d+)"((?: s="\d+")?)(?: t="\w+")?(?:/>|>.*?</c>)')


@dataclass(frozen=True)
class Raw:
    """A cell as XML: its type and its content."""

    kind: str
    content: str


@dataclass(frozen=True)
class Times:
    """The row's target times this factor."""

    factor: float


Slip = Mapping[str, object]
# Column -> value, in any row.
IN_A_ROW: Mapping[str, Slip] = {
    "没有内容": {"J": None}, "同上": {"J": "同上"}, "见附件": {"J": "详见附件"}, "电话": {"J": "请联系13812345678。"},
    "像公式": {"J": "=1+1 是宣传口号"}, "落后无原因": {"I": "进展滞后", "K": "无"}, "状态乱写": {"I": "推进中吧"},
    "没有状态": {"I": None}, "完成在将来": {"I": "已完成", "P": "2023年12月31日"}, "尽快": {"P": "尽快"},
    "没有这天": {"P": "2023-02-30"}, "哪一天": {"P": "10.11"}, "协调谁": {"L": "请协调用地指标9亩。", "M": None},
    "措施改了": {"B": "另一项措施。"}, "没有这项": {"A": "999"}, "序号换了": {"A": "2"}, "空行": dict.fromkeys("HIJKLMNP"),
    "同上月": {"J": "已开工建设。"},
    "已有说明": {"I": "推进中吧", "Q": "按专班意见填写。"},
}  # fmt: skip
# Column -> value, in a row with a figure.
IN_A_FIGURE: Mapping[str, Slip] = {
    "没有数": {"H": None}, "约数": {"H": "约80"}, "中文数字": {"H": "三十五"}, "全角": {"H": "１２"}, "逗号": {"H": "1,2"},
    "千分位": {"H": "1,234"}, "带单位": {"H": "3万元"}, "带百分号": {"H": "0.5%"}, "全角百分号": {"H": "５０％"},
    "负数": {"H": -5.0}, "区间": {"H": "3-5"}, "横线": {"H": "—"}, "文字": {"H": "若干"}, "空格": {"H": " 0.5 "},
    "错误值": {"H": Raw("e", "<v>#N/A</v>")}, "公式没有值": {"H": Raw("n", "<f>SUM(A1:A2)</f>")},
    "公式有值": {"H": Raw("n", "<f>0.25*2</f><v>0.5</v>")}, "超额": {"H": Times(1.2)}, "远超": {"H": Times(20000.0)},
    "比上期少": {"H": Times(0.01)}, "完成不足": {"I": "已完成", "H": Times(0.5), "P": "2023年10月"},
    "未启动有数": {"I": "未启动", "H": Times(0.5)}, "别的单位": {"E": "亿元"}, "别的目标": {"F": 7.0},
    "别的指标": {"D": "另一个指标"}, "改了上期": {"G": 3.0},
}  # fmt: skip
# Address -> value, above the table.
ABOVE: Mapping[str, Slip] = {
    "零报告又有内容": {"C6": "是"}, "零报告乱写": {"C6": "也许"}, "延期乱写": {"J6": "尽快"},
    "延期无理由": {"J6": "2023年10月27日"}, "延期": {"J6": "2023-10-27", "O6": "等待上级批复。"}, "别的期间": {"J4": "2023年9月"},
    "别的单位名": {"C4": "县税务局"}, "没有列名": {"J8": None}, "列名别称": {"H8": "累计完成数", "J8": "工作进展"},
    "另加一列": {"R8": "备注一", "R9": "增加的内容"},
}  # fmt: skip


class Office(Workload):
    """The benchmark's office, where each unit leads one measure: only the lead of a measure owes its figure."""

    def own(self, number: int) -> Measure:
        """The measure that a unit leads: with a percentage for every other unit, else with a number."""
        like = self.shipped.measure(MEASURES[_WORDS + number % 2])
        return like.model_copy(update={"no": str(1000 + number), "lead": (self.names[number],), "responsible": ()})

    @cached_property
    def shipped(self) -> Plan:
        """The plan without these measures."""
        return load_plan("yanqi-2023")

    @cached_property
    def plan(self) -> Plan:
        """The shipped plan plus one measure per unit."""
        own = tuple(self.own(number) for number in range(self.files))
        # A new object: a copy would keep the cached lookup tables of the shipped measures.
        return Plan(**{**dict(self.shipped), "measures": (*self.shipped.measures, *own)})

    def measures(self, number: int) -> tuple[str, ...]:
        """The measures a unit reports on, in the order of its rows: its own in the place of the one it is like."""
        place = _WORDS + number % 2
        return (*MEASURES[:place], self.own(number).no, *MEASURES[place + 1 :])

    @property
    def duties(self) -> list[Duty]:
        """Every unit's duty."""
        return [replace(self.duty(unit), measures=self.measures(number)) for number, unit in enumerate(self.names)]


def _row(number: int) -> re.Pattern[str]:
    return re.compile(rf'<row r="{number}"[^>]*>.*?</row>')


def _without_row(number: int, sheet: str) -> str:
    return _row(number).sub("", sheet)


def _hidden_row(number: int, sheet: str) -> str:
    return sheet.replace(f'<row r="{number}"', f'<row r="{number}" hidden="1"')


def _twice(number: int, sheet: str) -> str:
    """The row once more below the table."""
    [row] = _row(number).findall(sheet)
    return sheet.replace("</sheetData>", re.sub(rf'(r="[A-Z]*){number}"', r'\g<1>30"', row) + "</sheetData>")


IN_THE_SHEET: Mapping[str, Callable[[str], str]] = {
    "少一行": partial(_without_row, 20), "藏一行": partial(_hidden_row, 19), "多一行": partial(_twice, 18),
    "多一行文字": partial(_twice, 11), "少两行": lambda sheet: _without_row(12, _without_row(22, sheet)),
}  # fmt: skip
OF_THE_FILE: Mapping[str, Callable[[bytes], bytes]] = {
    "改了签名": lambda content: workbooks.with_part(
        content,
        "xl/sharedStrings.xml",
        lambda part: re.sub(rb"<t>[0-9a-f]{64}</t>", b"<t>" + b"0" * 64 + b"</t>", part),
    ),
    "存为文字": workbooks.as_csv,
    "装在压缩包里": lambda content: workbooks.zipped({"报表.xlsx": content}),
    "断了": lambda content: content[: len(content) // 2],
    "空的": lambda _content: b"",
    "扫描件": lambda _content: b"%PDF-1.7\n" * 50,
    "有密码": lambda _content: workbooks.encrypted(),
    "没填": lambda content: content,
}
NAMES = (*IN_A_ROW, *IN_A_FIGURE, *ABOVE, *IN_THE_SHEET, *OF_THE_FILE)


def files(office: Office) -> Iterator[tuple[str, str, bytes]]:
    """(unit, slips, content) of every file: the first without a slip, then each slip alone, then two at once."""
    template = template_of(Workload(office.root, 1))
    for number, unit in enumerate(office.names):
        slips = (NAMES[(number - 1) % len(NAMES)],) if number else ()
        if number > len(NAMES):
            slips = (*slips, NAMES[(number * 11) % len(NAMES)])
        yield unit, "、".join(slips) or "无误", _damaged(template, office, number, slips)


def _damaged(template: Template, office: Office, number: int, slips: tuple[str, ...]) -> bytes:
    unit, cells = office.names[number], _answers(template, number)
    for place, slip in enumerate(slips):
        row, figure_row = _TOP + (number * 7 + place) % _WORDS, _own_row(number)
        cells |= {f"{column}{row}": value for column, value in IN_A_ROW.get(slip, {}).items()}
        cells |= {f"{column}{figure_row}": value for column, value in IN_A_FIGURE.get(slip, {}).items()}
        cells |= ABOVE.get(slip, {})
    if "没填" in slips:
        cells = {address: cells[address] for address in (f"A{_own_row(number)}", f"C{_own_row(number)}")}
    content = _written(template, unit, office, cells, slips)
    for slip in slips:
        content = OF_THE_FILE.get(slip, bytes)(content)
    return content


def _own_row(number: int) -> int:
    return _TOP + _WORDS + number % 2


def _answers(template: Template, number: int) -> dict[str, object]:
    """Faultless entries, with figures that differ between files."""
    own = _own_row(number)
    cells: dict[str, object] = {"O4": "张三", "C5": "0996-1234567", "J5": "李四", "O5": 45217.0}
    cells |= {f"A{own}": str(1000 + number), f"C{own}": "牵头"}
    for row, target in enumerate(template.targets, _TOP):
        entries = {
            "I": "正常推进",
            "J": f"本期走访企业{number + row}家，解决问题{row}个。",
            "K": "无",
            "N": f"下一期核查{number + 1}户。",
            "P": "2023年12月",
        }
        cells |= {f"{column}{row}": text for column, text in entries.items()}
        if target is not None:
            cells[f"H{row}"] = Times(0.3 + number % 60 / 100)
    return cells


def _written(
    template: Template, unit: str, office: Office, cells: Mapping[str, object], slips: tuple[str, ...]
) -> bytes:
    texts: list[str] = []
    # Cells that the sheet does not contain are appended to their row.
    sheet = template.sheet
    for address in cells.keys() - {match[1] for match in _CELL.finditer(sheet)}:
        row = _row(int(re.sub(r"\D", "", address))).search(sheet)
        assert row is not None
        sheet = sheet.replace(row[0], row[0].replace("</row>", f'<c r="{address}"/></row>'))

    def cell(match: re.Match[str]) -> str:
        address, style = match[1], match[2]
        return _cell(template, address, style, cells[address], texts) if address in cells else match[0]

    sheet = _CELL.sub(cell, sheet)
    for slip in slips:
        sheet = IN_THE_SHEET.get(slip, str)(sheet)
    signature = sign_identity(
        WorkbookIdentity(office.plan.id, unit, "progress", PERIOD, office.layout.template), SECRET
    )
    strings = template.strings.replace(template.unit, unit).replace(template.signature, signature)
    more = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    changed = {
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": strings.replace("</sst>", more + "</sst>"),
    }
    return container(
        pack(name, changed[name].encode()) if name in changed else template.fixed[name] for name in template.order
    )


def _cell(template: Template, address: str, style: str, value: object, texts: list[str]) -> str:
    match value:
        case None:
            return f'<c r="{address}"{style}/>'
        case str():
            texts.append(value)
            return f'<c r="{address}"{style} t="s"><v>{template.count + len(texts) - 1}</v></c>'
        case Raw():
            return f'<c r="{address}"{style} t="{value.kind}">{value.content}</c>'
        case Times():
            target = template.targets[int(address[1:]) - _TOP]
            assert target is not None
            return f'<c r="{address}"{style}><v>{round(target * value.factor, 3)}</v></c>'
        case _:
            return f'<c r="{address}"{style}><v>{value}</v></c>'
