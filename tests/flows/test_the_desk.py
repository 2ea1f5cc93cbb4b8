"""The coordinator's month in a browser: log in, start flows from their forms, follow links, approve over a restart.

One walk over one desk, for its processes cost far more than its questions. The alarm is tried last.
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

from flows.ui.links import USUAL
from tasks.model.letter import Letter
from tasks.store.brief_issues import load_brief
from tasks.store.outbox import load_letters
from tests.running import Running

ui_steps = pytest.importorskip("docs.ui_steps")
UNIT = "县市场监督管理局"

# The demo is played and the desk started before: on a busy machine that is minutes of waiting.
pytestmark = pytest.mark.timeout(900)
needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None, reason="没有 chromium，不能走一遍界面")


@pytest.fixture
def desk(open_desk: Running) -> Running:
    return open_desk


@pytest.fixture
def tab(desk: Running) -> Iterator[Any]:
    from docs.pictures import browser

    user, password = desk.login
    with browser(1440, 1000, http_credentials={"username": user, "password": password}) as tab:
        tab.set_default_timeout(ui_steps.PATIENCE_MS)
        yield tab


@needs_chromium
def test_the_month_without_a_terminal(desk: Running, tab: Any) -> None:
    tab.goto(desk.ui)
    tab.wait_for_url("**/login**")
    ui_steps.log_in(tab, desk.ui, ":".join(desk.login))

    # Somebody files last month's form as it was given out; the coordinator collects from the form.
    filed = desk.data / f"share/{UNIT}/上报/x.xlsx"
    shutil.copy(desk.data / f"share/{UNIT}/发放/{UNIT}_2023-10_月度报送.xlsx", filed)
    # Long enough ago not to be taken for a file that is still being written.
    os.utime(filed, (1_697_500_000, 1_697_500_000))
    ui_steps.open_form(tab, desk.ui, "收集报送")
    ui_steps.choose(tab, "方案编号", "yanqi-2023")
    run = ui_steps.submit(tab)
    desk.until(lambda: desk.state(run, "COMPLETED"))

    # The matrix leads to what was sent back.
    ui_steps.open_artifact(tab, desk.ui, "matrix-yanqi-2023-2023-10")
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

    # November is given out, nobody reports, and the brief waits for approval with its form.
    desk.run("发放报表", {"period": "2023-11", "now": "2023-11-10T08:30"})
    # As the daily run does it: the period follows from the day.
    run = desk.run("编发简报", {"approval": "等待审定", "now": "2023-12-01T09:30"}, "PAUSED")
    assert desk.ask(f"flow_runs/{run}")["name"] == "编发简报 2023-11"
    folder = desk.data / "briefs/yanqi-2023/2023-11"
    shown = (folder / "送审稿/简报.docx").read_bytes()
    # It waits over a restart; sent back without a reason, it asks again.
    assert "已全部停止" in desk.restart()
    answer(desk, run, {"approved": False, "by": "示例审定人", "remark": " "})
    desk.until(lambda: desk.state(run, "PAUSED"))
    ui_steps.open_resume(tab, desk.ui, run)
    form = tab.locator("[role=dialog], .p-modal").first
    for words in ("送审核对", "同意印发", "期号", "按语", "意见"):
        assert words in form.inner_text()
    assert followed(tab, form.get_by_role("link", name="Word 文件")) == shown
    ui_steps.approve(tab, "示例审定人")
    desk.until(lambda: desk.state(run, "COMPLETED"))
    assert (folder / "简报.docx").read_bytes() == shown
    frozen = load_brief(f"sqlite:///{desk.data}/lianxi.db", "yanqi-2023", "2023-11")
    assert frozen is not None and (frozen.state, frozen.frozen_by) == ("frozen", "示例审定人")

    # And it opens.
    ui_steps.open_artifact(tab, desk.ui, "brief-yanqi-2023-2023-11")
    with tab.expect_popup() as opened:
        tab.get_by_role("link", name="简报.html").click()
    opened.value.wait_for_load_state()
    page = opened.value.inner_text("body")
    assert "2023年11月促消费各项措施进展情况" in page
    assert "第2期" in page
    approved = desk.ask("events/filter", {"filter": {"event": {"name": ["brief.approved"]}}})["events"]
    assert [each["resource"]["prefect.resource.id"] for each in approved] == ["lianxi.yanqi-2023.brief.2023-11"]


def answer(desk: Running, run: str, filled: dict[str, Any]) -> None:
    """As a person would: the server may ask to be tried again (503) while its database is busy."""
    resumed = desk.until(lambda: desk.ask(f"flow_runs/{run}/resume", {"run_input": filled}))
    assert resumed["status"] == "ACCEPT", resumed


def test_every_link_of_the_month_opens_with_the_login_and_with_nothing_else(desk: Running, played_month: Path) -> None:
    """Those of the demo's month, and those of what was done at the desk: files and pages."""
    here = [(desk.files, each["key"], str(each["data"])) for each in desk.all("artifacts") if each["key"]]
    latest = json.loads((played_month / "told.json").read_text(encoding="utf-8"))["latest"]
    month = [(USUAL, each["key"], str(each["data"])) for each in latest]
    keys = {key for _, key, _ in month + here}
    kinds = Counter[str]()
    for link, base in {(link, base) for base, _, data in month + here for link in re.findall(r"\]\((\S+?)\)", data)}:
        if link.startswith("/artifacts/key/"):
            assert link.removeprefix("/artifacts/key/") in keys, link
            kinds["page"] += 1
            continue
        assert link.startswith(f"{base}/"), link
        where = desk.files + link.removeprefix(base)
        assert httpx.get(where, timeout=30).status_code == 401, link
        assert httpx.get(where, auth=(desk.login[0], "another"), timeout=30).status_code == 401, link
        opened = httpx.get(where, auth=desk.login, timeout=30)
        assert (opened.status_code, len(opened.content) > 100) == (200, True), link
        kinds[link.removeprefix(base).split("/")[1]] += 1
    assert kinds["page"] >= 4
    assert kinds["returned"] >= 17
    assert kinds["briefs"] >= 5


def followed(tab: Any, link: Any) -> bytes:
    """What a link to a workbook or a document downloads."""
    with tab.expect_download() as begun:
        link.click()
    return Path(begun.value.path()).read_bytes()


def test_a_share_that_is_gone_alarms_the_coordinator(desk: Running) -> None:
    """The real thing: a run fails, the server's automation sees it, and a letter says what to do. Only one.

    Looked for in the ledger: at night it waits there for the end of the quiet hours.
    """

    def alarms() -> list[Letter]:
        found = load_letters(f"sqlite:///{desk.data}/lianxi.db", "yanqi-2023")
        return [letter for letter, _, _ in found if letter.rung == "报警"]

    share = desk.data / "share"
    share.rename(desk.data / "share.gone")
    try:
        share.write_text("a file where the folder should be")
        run = desk.start("收集报送", {})
        desk.until(lambda: desk.ask(f"flow_runs/{run}")["state_type"] == "FAILED" or None)
        desk.until(lambda: alarms() or None)
    finally:
        share.unlink()
        (desk.data / "share.gone").rename(share)
    [letter] = alarms()
    assert "共享文件夹连不上" in letter.subject
    assert letter.to == ("coordinator@yanqi.invalid",)
