"""`python -m docs.desk`: pictures of the coordinator's desk: matrix, findings, form, approval, over a copy of the demo's data.

Belongs here: bringing the desk into the state that is shown. What to click is `walk`; the other pictures are `pictures`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from docs import walk
from docs.pictures import DEMO, PICTURES, browser
from tests.running import RunningLianxi, copy_data, run_lianxi

# A unit that did not report in the story: it now files the form as it was given out.
_UNIT = "县市场监督管理局"


def main() -> None:
    """Make the pictures anew. Needs the demo's data (`make pictures` sees to that)."""
    with (
        tempfile.TemporaryDirectory() as folder,
        run_lianxi(copy_data(DEMO, Path(folder) / "data")) as desk,
        browser(1440, 900) as tab,
    ):
        tab.set_default_timeout(walk.PATIENCE_MS)
        walk.log_in(tab, desk.ui, ":".join(desk.login))
        _matrix(desk, tab)
        _form(desk, tab)
        _approval(desk, tab)


def _matrix(desk: RunningLianxi, tab: Any) -> None:
    filed = desk.data / f"share/{_UNIT}/上报/10月.xlsx"
    shutil.copy(desk.data / f"share/{_UNIT}/发放/{_UNIT}_2023-10_月度报送.xlsx", filed)
    os.utime(filed, (1_697_500_000, 1_697_500_000))
    desk.run("收集报送", {"now": "2023-10-27T15:00"})
    walk.open_artifact(tab, desk.ui, "matrix-yanqi-2023-2023-10")
    _picture(tab, "ui.png")
    walk.open_artifact(tab, desk.ui, "findings-yanqi-2023-2023-10")
    _picture(tab, "findings.png")


def _form(desk: RunningLianxi, tab: Any) -> None:
    walk.open_form(tab, desk.ui, "批复延期")
    walk.choose(tab, "单位", "县总工会")
    walk.choose(tab, "期间", "2023-10")
    walk.fill(tab, "理由", "数据尚待有关单位核实，同意延期。")
    _picture(tab, "form.png")


def _approval(desk: RunningLianxi, tab: Any) -> None:
    desk.run("发放报表", {"period": "2023-11", "now": "2023-11-10T08:30"})
    run = desk.run("编发简报", {"period": "2023-11", "approval": "等待审定", "now": "2023-12-01T09:30"}, "PAUSED")
    walk.open_resume(tab, desk.ui, run)
    _picture(tab, "approval.png")


def _picture(tab: Any, name: str) -> None:
    # The interface fades its pages in.
    tab.wait_for_timeout(1500)
    tab.screenshot(path=str(PICTURES / name))


if __name__ == "__main__":
    main()
