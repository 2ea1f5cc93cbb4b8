"""Decisions of the meeting, entered through the form, appear in the next briefs until they are closed."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from unittest.mock import ANY

import pytest
from docx import Document
from openpyxl import load_workbook

from flows.annual import annual
from flows.brief import brief
from flows.cli import main
from flows.decide import decide
from flows.issue import issue
from flows.steps.audit_trail import WITNESS
from tasks.brief.render import MEETING_FOLDER
from tasks.brief.writers.decisions_workbook import DECISIONS_FILE, DECISIONS_SHEET
from tasks.errors import InputError
from tasks.store.audit_chain import record_act
from tests import hostile_words
from tests.conftest import use_data_folder

DRAFTED = "2023-12-01T09:30"
FOLLOWED = "briefs/yanqi-2023/2023-11/送审稿/简报.docx"


@pytest.fixture
def data(october: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder after October, with November issued."""
    shutil.copytree(october, tmp_path / "data", ignore=shutil.ignore_patterns("prefect", "logs"))
    use_data_folder(monkeypatch, tmp_path / "data")
    issue("2023-11", now="2023-11-10T08:30")
    return tmp_path / "data"


def followed(data: Path) -> dict[str, list[str]]:
    """Number -> the other cells of the table of earlier matters in November's draft."""
    brief("2023-11", now=DRAFTED)
    tables = Document(str(data / FOLLOWED)).tables
    (found,) = [t for t in tables if [c.text for c in t.rows[0].cells][-1] == "办理情况"]
    return {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in found.rows[1:]}


def test_a_decision_entered_in_the_form_is_followed_until_it_is_closed(data: Path) -> None:
    done = decide("拨付第二批消费券配套资金。", owner="县财政局", due="2023-11-30", now="2023-11-06T15:00")
    number = done.matter.no
    # Numbered after those printed in October's workbook.
    assert number == "议2023-10-31"
    again = decide("拨付第二批消费券配套资金。", owner="县财政局", due="2023-11-30", now="2023-11-06T15:01")
    assert again.matters == done.matters
    what = ["拨付第二批消费券配套资金", "县财政局", "11月30日"]
    assert followed(data)[number] == [*what, "超期未办结"]
    decide(no=number, progress="已拨付40万元。", closed_on="2023-11-28", now=DRAFTED)
    assert followed(data)[number] == [*what, "11月28日销号：已拨付40万元"]
    with pytest.raises(InputError, match="不能再改"):
        decide(no=number, progress="再办", now=DRAFTED)
    # Hostile text: the documents that quote it can be written and opened, and it does nothing.
    harm = decide(hostile_words.WORDS, owner="县财政局", by=hostile_words.WORDS, now=DRAFTED).matter
    assert hostile_words.MARK in followed(data)[harm.no][0]


def test_the_annual_issue_exports_the_audit_log_and_tampering_shows_against_it(
    october: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    shutil.copytree(october, data, ignore=shutil.ignore_patterns("prefect", "logs"))
    use_data_folder(monkeypatch, data)
    # A matter is closed in the workbook that was sent with October's issue.
    path = data / "briefs/yanqi-2023/2023-10" / MEETING_FOLDER / DECISIONS_FILE
    book = load_workbook(path)
    rows = {row[0].value: row for row in book[DECISIONS_SHEET].iter_rows()}
    titles = [cell.value for cell in rows["编号"]]
    number = next(no for no in rows if str(no).startswith("协2023-10-"))
    for title, value in {"状态": "已销号", "销号日期": "2023-12-20"}.items():
        rows[number][titles.index(title)].value = value
    book.save(path)

    draft = annual("2023", now="2023-12-31T16:00")
    now = "2024-01-02T09:00"
    done = brief("2023", approval="given", by="示例审定人", note=hostile_words.WORDS, now=now)
    assert done is not None
    assert (draft.state, done.state) == ("送审稿", "定稿")
    year = data / "briefs/yanqi-2023/2023"
    assert hostile_words.MARK in "".join(each.text for each in Document(str(year / "简报.docx")).paragraphs)
    page = (year / "简报.html").read_text(encoding="utf-8")
    assert hostile_words.MARK in page
    assert hostile_words.harm_in_html(page) == []
    exports = sorted(year.glob("办理日志*.jsonl"), key=lambda each: each.stat().st_mtime_ns)
    told = [json.loads(line) for line in exports[-1].read_text(encoding="utf-8").splitlines()]
    found = [(one["act"], one["subject"], one["by"]) for one in told]
    assert ("会议事项销号", number, "2023-10议定事项登记表") in found
    assert found[-1] == ("简报定稿", "2023", "示例审定人")

    def checked(*more: str) -> tuple[object, str]:
        monkeypatch.setattr(sys, "argv", ["lianxi", "audit", "--check", *more])
        with pytest.raises(SystemExit) as left:
            main.main()
        return left.value.code, capsys.readouterr().out

    assert checked("--against", str(exports[-1])) == (0, ANY)
    monkeypatch.setattr(sys, "argv", ["lianxi", "decide", "--now", now])
    with pytest.raises(SystemExit):
        main.main()
    assert number in capsys.readouterr().out
    # Someone with full access to the ledger changes who closed the matter.
    with closing(sqlite3.connect(data / "lianxi.db")) as ledger:
        for (trigger,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            ledger.execute(f"DROP TRIGGER {trigger}")
        ledger.execute("UPDATE audit SET \"by\" = '另一人' WHERE act = '会议事项销号'")
        ledger.commit()
    code, said = checked()
    assert code == 1
    assert "内容被改动过" in said
    # A rebuilt chain that is valid in itself still differs from the exported one.
    with closing(sqlite3.connect(data / "lianxi.db")) as ledger:
        ledger.execute("DELETE FROM audit")
        ledger.commit()
    record_act(f"sqlite:///{data}/lianxi.db", "", "重做", "", "另一人", "", dt.datetime(2024, 1, 2, tzinfo=dt.UTC))
    (data / WITNESS).unlink()
    assert checked() == (0, ANY)
    assert checked("--against", str(exports[-1]))[0] == 1
