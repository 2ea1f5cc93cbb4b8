"""The coordinator's month in a browser: log in, start flows from their forms, follow links, approve over a restart.

One walk over one running, for its processes cost far more than its questions. The alarm is tried last.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from flows.ui.links import DEFAULT_FILES_URL
from tasks.model.letter import Letter
from tasks.store.brief_issues import load_brief
from tasks.store.outbox import load_letters
from tests.running import RunningLianxi

ui_steps = pytest.importorskip("docs.ui_steps")
UNIT = "县市场监督管理局"

# Includes playing the demo and starting `lianxi up`: minutes on a busy machine.
pytestmark = pytest.mark.timeout(900)
needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None, reason="没有 chromium，不能走一遍界面")


@pytest.fixture
def tab(running: RunningLianxi) -> Iterator[Any]:
    from docs.pictures import browser

    user, password = running.login
    with browser(1440, 1000, http_credentials={"username": user, "password": password}) as tab:
        tab.set_default_timeout(ui_steps.PATIENCE_MS)
        yield tab


@needs_chromium
def test_the_month_without_a_terminal(running: RunningLianxi, tab: Any) -> None:
    tab.goto(running.ui)
    tab.wait_for_url("**/login**")
    ui_steps.log_in(tab, running.ui, ":".join(running.login))

    # A unit submits last month's workbook as issued, not filled in; the coordinator starts the intake by form.
    filed = running.data / f"share/{UNIT}/上报/x.xlsx"
    shutil.copy(running.data / f"share/{UNIT}/发放/{UNIT}_2023-10_月度报送.xlsx", filed)
    # Dated back, or the intake takes it for a file that is still being written.
    os.utime(filed, (1_697_500_000, 1_697_500_000))
    ui_steps.open_form(tab, running.ui, "收集报送")
    ui_steps.choose(tab, "方案编号", "yanqi-2023")
    run = ui_steps.submit(tab)
    running.until(lambda: running.state(run, "COMPLETED"))

    # The matrix links to the returned workbook.
    ui_steps.open_artifact(tab, running.ui, "matrix-yanqi-2023-2023-10")
    row = tab.locator("tr", has_text=UNIT)
    assert "待更正" in row.inner_text()
    returned = load_workbook(BytesIO(followed(tab, row.get_by_role("link", name="第1版退回"))))
    assert returned.sheetnames[0] == "问题清单"
    with tab.expect_popup() as opened:
        tab.get_by_role("link", name="检查发现的问题").click()
    opened.value.locator("a[href*='/artifacts/artifact/']").first.click(timeout=ui_steps.PATIENCE_MS)
    opened.value.get_by_role("heading", name=UNIT).first.wait_for(timeout=ui_steps.PATIENCE_MS)
    assert "怎么改" in opened.value.locator(".artifact-data-markdown").inner_text()
    opened.value.close()

    # November is issued, no unit reports, and the brief waits for approval with its form.
    running.run("发放报表", {"period": "2023-11", "now": "2023-11-10T08:30"})
    # Without a period, as in the daily run.
    run = running.run("编发简报", {"approval": "等待审定", "now": "2023-12-01T09:30"}, "PAUSED")
    assert running.ask(f"flow_runs/{run}")["name"] == "编发简报 2023-11"
    folder = running.data / "briefs/yanqi-2023/2023-11"
    shown = (folder / "送审稿/简报.docx").read_bytes()
    # It still waits after a restart; returned without a reason, it asks again.
    assert "已全部停止" in running.restart()
    answer(running, run, {"approved": False, "by": "示例审定人", "remark": " "})
    running.until(lambda: running.state(run, "PAUSED"))
    ui_steps.open_resume(tab, running.ui, run)
    form = tab.locator("[role=dialog], .p-modal").first
    for words in ("送审核对", "同意印发", "期号", "按语", "意见"):
        assert words in form.inner_text()
    assert followed(tab, form.get_by_role("link", name="Word 文件")) == shown
    ui_steps.approve(tab, "示例审定人")
    running.until(lambda: running.state(run, "COMPLETED"))
    assert (folder / "简报.docx").read_bytes() == shown
    frozen = load_brief(f"sqlite:///{running.data}/lianxi.db", "yanqi-2023", "2023-11")
    assert frozen is not None and (frozen.state, frozen.frozen_by) == ("frozen", "示例审定人")

    # The approved brief opens.
    ui_steps.open_artifact(tab, running.ui, "brief-yanqi-2023-2023-11")
    with tab.expect_popup() as opened:
        tab.get_by_role("link", name="简报.html").click()
    opened.value.wait_for_load_state()
    page = opened.value.inner_text("body")
    assert "2023年11月促消费各项措施进展情况" in page
    assert "第2期" in page
    approved = running.ask("events/filter", {"filter": {"event": {"name": ["brief.approved"]}}})["events"]
    assert [each["resource"]["prefect.resource.id"] for each in approved] == ["lianxi.yanqi-2023.brief.2023-11"]


def answer(running: RunningLianxi, run: str, filled: dict[str, Any]) -> None:
    """Answer the approval form, repeated while the server's database is busy (503)."""
    resumed = running.until(lambda: running.ask(f"flow_runs/{run}/resume", {"run_input": filled}))
    assert resumed["status"] == "ACCEPT", resumed


def test_every_link_of_the_month_opens_with_the_login_and_with_nothing_else(
    running: RunningLianxi, played_month: Path
) -> None:
    """Links to files and pages, of the demo's month and of what the test before did."""
    here = [(running.files, each["key"], str(each["data"])) for each in running.all("artifacts") if each["key"]]
    latest = json.loads((played_month / "server.json").read_text(encoding="utf-8"))["latest"]
    month = [(DEFAULT_FILES_URL, each["key"], str(each["data"])) for each in latest]
    keys = {key for _, key, _ in month + here}
    kinds = Counter[str]()
    for link, base in {(link, base) for base, _, data in month + here for link in re.findall(r"\]\((\S+?)\)", data)}:
        if link.startswith("/artifacts/key/"):
            assert link.removeprefix("/artifacts/key/") in keys, link
            kinds["page"] += 1
            continue
        assert link.startswith(f"{base}/"), link
        where = running.files + link.removeprefix(base)
        assert httpx.get(where, timeout=30).status_code == 401, link
        assert httpx.get(where, auth=(running.login[0], "another"), timeout=30).status_code == 401, link
        opened = httpx.get(where, auth=running.login, timeout=30)
        assert (opened.status_code, len(opened.content) > 100) == (200, True), link
        kinds[link.removeprefix(base).split("/")[1]] += 1
    assert kinds["page"] >= 4
    assert kinds["returned"] >= 17
    assert kinds["briefs"] >= 5


def followed(tab: Any, link: Any) -> bytes:
    """The content of the file that a link downloads."""
    with tab.expect_download() as begun:
        link.click()
    return Path(begun.value.path()).read_bytes()


def test_a_share_that_is_gone_alarms_the_coordinator(running: RunningLianxi) -> None:
    """End to end: a run fails, the server's automation sees it, and one letter says what to do.

    Looked for in the ledger: at night it waits there for the end of the quiet hours.
    """

    def alarms() -> list[Letter]:
        found = load_letters(f"sqlite:///{running.data}/lianxi.db", "yanqi-2023")
        return [letter for letter, _, _ in found if letter.rung == "报警"]

    share = running.data / "share"
    share.rename(running.data / "share.gone")
    try:
        share.write_text("a file where the folder should be")
        run = running.start("收集报送", {})
        running.until(lambda: running.ask(f"flow_runs/{run}")["state_type"] == "FAILED" or None)
        running.until(lambda: alarms() or None)
    finally:
        share.unlink()
        (running.data / "share.gone").rename(share)
    [letter] = alarms()
    assert "共享文件夹连不上" in letter.subject
    assert letter.to == ("coordinator@yanqi.invalid",)
