"""Every form of a responsibility clause, as offices print it, and the units it names. All of it is made up.

`forms.txt` holds the forms: a line with the name (and whether the text stands below `HEAD`), the text, a line of
dashes, and a line for each measure: number|leads|others.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from config.document_vocabulary import load_vocabulary
from tasks.register.parse_document import parse_document

HEAD = """某县人民政府办公室文件
某政办发〔2024〕5号
关于印发《某县工作分工方案》的通知
各乡镇人民政府：
现印发给你们。
某县人民政府办公室
2024年3月1日
某县工作分工方案
"""
BELOW_HEAD = " (below the head)"


def forms() -> list[tuple[str, str, list[list[str]]]]:
    """(name, text, rows of number, leads, others) of each form."""
    found = []
    for form in Path(__file__).with_name("forms.txt").read_text(encoding="utf-8").removeprefix("=== ").split("\n=== "):
        name, body = form.split("\n", 1)
        text, rows = body.rsplit("----\n", 1)
        head = HEAD if name.endswith(BELOW_HEAD) else ""
        found.append((name.removesuffix(BELOW_HEAD), head + text, [row.split("|") for row in rows.strip().split("\n")]))
    return found


FORMS = forms()


@pytest.mark.parametrize(("text", "expected"), [form[1:] for form in FORMS], ids=[form[0] for form in FORMS])
def test_every_unit_is_found_in_its_role(text: str, expected: list[list[str]]) -> None:
    draft = parse_document(text.encode(), "文件.txt", load_vocabulary(), None)
    assert [[each.no, " ".join(each.lead), " ".join(each.responsible)] for each in draft.measures] == expected
