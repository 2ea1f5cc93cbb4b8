"""Checks across the parts of the layout: no title means two fields, every list of choices that a column uses exists.

Belongs here: the cross checks of `workbook.toml`. The types are in `workbook`, the reader is `workbook_file`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from config.config_errors import ConfigFault
from config.name_matching import normalise, normalise_title
from config.toml_file import KeyPath, LineOf

if TYPE_CHECKING:
    from config.workbook import Column, WorkbookLayout


def layout_faults(layout: WorkbookLayout, line_of: LineOf) -> list[ConfigFault]:
    """Every fault that only a comparison of the parts shows; empty when the layout can be used."""
    return [
        *_version_faults(layout, line_of),
        *_kind_faults(layout),
        *_choice_faults(layout, line_of),
        *(
            fault
            for index, sheet in enumerate(layout.sheets)
            for fault in _table_faults(layout, sheet.columns, ("sheets", index, "columns"), line_of)
        ),
        *_heading_faults(layout, line_of),
    ]


def _version_faults(layout: WorkbookLayout, line_of: LineOf) -> Iterator[ConfigFault]:
    if layout.template not in layout.accepts:
        yield ConfigFault(
            line_of(("accepts",)), f"accepts 里没有现行版本 {layout.template}", "请把现行版本号也写进 accepts"
        )


def _kind_faults(layout: WorkbookLayout) -> Iterator[ConfigFault]:
    for kind in layout.kinds:
        count = sum(kind in sheet.kinds for sheet in layout.sheets)
        if count != 1:
            yield ConfigFault(None, f"类别 {kind} 对应 {count} 张表", "每个类别须在且只在一张表的 kinds 里写一次")


def _choice_faults(layout: WorkbookLayout, line_of: LineOf) -> Iterator[ConfigFault]:
    for name, choices in layout.choices.items():
        seen: dict[str, str] = {}
        for choice in choices:
            for word in (choice.value, *choice.synonyms):
                owner = seen.setdefault(normalise(word).casefold(), choice.value)
                if owner != choice.value:
                    key_path = ("choices", name, choice.value)
                    yield ConfigFault(
                        line_of(key_path), f"“{word}”同时属于“{owner}”和“{choice.value}”", "一种写法只能归一个选项"
                    )
    if "status" not in layout.choices:
        yield ConfigFault(line_of(("choices",)), "缺少进展状态的选项 [choices.status]", "请补上这一组")


def _heading_faults(layout: WorkbookLayout, line_of: LineOf) -> Iterator[ConfigFault]:
    # Workbooks of different kinds may use one title for different fields: only headings of the same kind can clash.
    yield from _column_faults(layout, layout.heading, ("heading",), line_of)
    for kind in {kind for heading in layout.heading for kind in heading.kinds}:
        yield from _title_faults(
            [(index, each) for index, each in enumerate(layout.heading) if kind in each.kinds], ("heading",), line_of
        )


def _table_faults(
    layout: WorkbookLayout, columns: Sequence[Column], key_path: KeyPath, line_of: LineOf
) -> Iterator[ConfigFault]:
    yield from _column_faults(layout, columns, key_path, line_of)
    yield from _title_faults(list(enumerate(columns)), key_path, line_of)


def _column_faults(
    layout: WorkbookLayout, columns: Sequence[Column], key_path: KeyPath, line_of: LineOf
) -> Iterator[ConfigFault]:
    fields = {column.field for column in columns}
    for index, column in enumerate(columns):
        line = line_of((*key_path, index))
        if (column.value == "choice") != (column.choice is not None):
            yield ConfigFault(
                line, f"“{column.title}”的 value 与 choice 不一致", '选项栏须同时写 value = "choice" 和 choice'
            )
        if column.choice is not None and column.choice not in layout.choices:
            yield ConfigFault(
                line, f"“{column.title}”用到的选项“{column.choice}”不存在", "请在 [choices] 里补上或改正名称"
            )
        when = column.required_when
        if when is not None and when.field not in fields:
            yield ConfigFault(
                line, f"“{column.title}”的必填条件用到不存在的栏“{when.field}”", "请改成同一张表里的 field"
            )


def _title_faults(columns: Sequence[tuple[int, Column]], key_path: KeyPath, line_of: LineOf) -> Iterator[ConfigFault]:
    seen: dict[str, Column] = {}
    for index, column in columns:
        for title in (column.title, *column.synonyms):
            owner = seen.setdefault(normalise_title(title).casefold(), column)
            if owner.field != column.field:
                what = f"“{title}”既是“{owner.title}”又是“{column.title}”"
                yield ConfigFault(line_of((*key_path, index)), what, "一个叫法只能归一栏，请删去其中一处")
        if sum(column.field == other.field for _, other in columns) > 1:
            yield ConfigFault(
                line_of((*key_path, index)), f"field“{column.field}”出现不止一次", "每个 field 在一张表里只能有一栏"
            )
