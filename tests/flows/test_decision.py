"""What the meeting decided, entered through the form, is followed by the next brief until it is closed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from docx import Document

from flows.brief import brief
from flows.decision import decision
from flows.issue import issue
from tasks.errors import InputError
from tests.conftest import enter

DRAFTED = "2023-12-01T09:30"
FOLLOWED = "briefs/yanqi-2023/2023-11/送审稿/简报.docx"


@pytest.fixture
def desk(october: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ledger after October, with November's duties dealt out."""
    shutil.copytree(october, tmp_path / "data", ignore=shutil.ignore_patterns("prefect", "logs"))
    enter(monkeypatch, tmp_path / "data")
    issue("2023-11", now="2023-11-10T08:30")
    return tmp_path / "data"


def followed(data: Path) -> dict[str, list[str]]:
    """Number -> the other cells of the table of earlier matters in November's draft."""
    brief("2023-11", now=DRAFTED)
    tables = Document(str(data / FOLLOWED)).tables
    (found,) = [t for t in tables if [c.text for c in t.rows[0].cells][-1] == "办理情况"]
    return {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in found.rows[1:]}


def test_a_decision_of_the_form_is_followed_until_it_is_closed(desk: Path) -> None:
    done = decision("拨付第二批消费券配套资金。", owner="县财政局", due="2023-11-30", now="2023-11-06T15:00")
    number = done.matter.no
    # Behind the numbers that October's workbook has printed.
    assert number == "议2023-10-31"
    again = decision("拨付第二批消费券配套资金。", owner="县财政局", due="2023-11-30", now="2023-11-06T15:01")
    assert again.matters == done.matters
    what = ["拨付第二批消费券配套资金", "县财政局", "11月30日"]
    assert followed(desk)[number] == [*what, "超期未办结"]
    decision(no=number, progress="已拨付40万元。", closed_on="2023-11-28", now=DRAFTED)
    assert followed(desk)[number] == [*what, "11月28日销号：已拨付40万元"]
    with pytest.raises(InputError, match="不能再改"):
        decision(no=number, progress="再办", now=DRAFTED)
