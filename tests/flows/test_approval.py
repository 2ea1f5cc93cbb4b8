"""Approval of a draft brief: asked for once, returned with a reason, frozen for good."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.states import Suspended

from config.calendar import Period
from flows.brief import brief
from flows.context import open_context
from flows.steps.approval import is_asked_already
from flows.steps.brief_draft import send_back
from tasks.brief.brief_json import from_json
from tasks.brief.writers.markdown import checks_markdown
from tasks.store.brief_issues import load_brief, load_briefs
from tests.conftest import use_data_folder

DAY = "2023-11-01T09:30"
PERIOD = Period.parse("2023-10")


@pytest.fixture
def data(october: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """October's ledger as it was before the brief."""
    import sqlite3

    shutil.copytree(october, tmp_path / "data", ignore=shutil.ignore_patterns("prefect", "logs", "briefs"))
    with sqlite3.connect(tmp_path / "data/lianxi.db") as ledger:
        ledger.execute("delete from brief")
    use_data_folder(monkeypatch, tmp_path / "data")
    return tmp_path / "data"


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_draft_sent_back_keeps_the_reason_until_it_is_approved_and_frozen(
    data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    office = open_context(now=DAY)
    brief("2023-10", now=DAY)
    stored = load_brief(office.url, office.plan.id, "2023-10")
    assert stored is not None
    send_back(office, PERIOD, stored, "示例审定人", "第二部分请核对。")
    # Drafted again the next morning: the reason is shown above the points to check, not in the issue.
    brief("2023-10", now="2023-11-02T09:30")
    stored = load_brief(office.url, office.plan.id, "2023-10")
    assert stored is not None
    told = checks_markdown(from_json(stored.content_json))
    assert "退回修改意见\n\n- 2023年11月1日，示例审定人：第二部分请核对。" in told
    # PDF is on, but LibreOffice is missing: one warning, and the issue is sent all the same.
    monkeypatch.setenv("LIANXI_PDF", "true")
    monkeypatch.setenv("PATH", str(data / "nowhere"))
    done = brief("2023-10", approval="given", now="2023-11-02T10:00", note="请各单位抓紧。", issue_no=3)
    assert done is not None
    assert (done.state, done.issue_no, done.lacks_pdf) == ("定稿", 3, True)
    told = [each.getMessage() for each in caplog.records if "LibreOffice" in each.getMessage()]
    assert told == ["2023年10月：本机没有 LibreOffice，未生成 PDF；Word 文件不受影响"]
    folder = data / "briefs/yanqi-2023/2023-10"
    assert "第二部分请核对" not in (folder / "简报.html").read_text(encoding="utf-8")
    before = hashes(folder)
    letters = hashes(data / "outbox")
    for name in ("简报.docx", "简报.html", "措施台账.xlsx"):
        (folder / name).unlink()
    # A month later, with new files in the ledger: the same bytes as approved, and no letter twice.
    brief("2023-10", approval="given", now="2023-12-02T10:00", note="另一按语", issue_no=9)
    assert hashes(folder) == before
    assert hashes(data / "outbox") == letters
    assert len(load_briefs(office.url, office.plan.id)) == 1


def test_an_approval_that_is_pending_is_not_asked_for_again_the_next_morning(data: Path) -> None:
    assert not is_asked_already("yanqi-2023", PERIOD)
    with get_client(sync_client=True) as client:
        waiting = client.create_flow_run(brief, tags=["待审定：yanqi-2023 2023-10"], parameters={})
        client.set_flow_run_state(waiting.id, Suspended(timeout_seconds=60), force=True)
        try:
            assert is_asked_already("yanqi-2023", PERIOD)
            assert not is_asked_already("yanqi-2024", PERIOD)
            assert brief(approval="ui", now="2023-11-02T09:30") is None
            assert not (data / "briefs").exists()
        finally:
            client.delete_flow_run(waiting.id)
