"""`python -m docs.ui_pictures`: pictures of the UI (matrix, findings, form, approval), from a copy of the demo's data.

Belongs here: bringing the office into the state to show. Does not belong here: what to click (`ui_steps`), the other
pictures (`pictures`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.run_lianxi import RunningLianxi, copy_data, run_lianxi

from docs import ui_steps
from docs.pictures import DEMO, PICTURES, browser

# A unit that did not report in the demo; here it files its workbook as issued.
_UNIT = "县市场监督管理局"


def main() -> None:
    """Make the pictures. Needs the demo's data, which `make pictures` provides."""
    with (
        tempfile.TemporaryDirectory() as folder,
        run_lianxi(copy_data(DEMO, Path(folder) / "data")) as office,
        browser(1440, 900) as tab,
    ):
        tab.set_default_timeout(ui_steps.PATIENCE_MS)
        ui_steps.log_in(tab, office.ui, ":".join(office.login))
        _matrix(office, tab)
        _form(office, tab)
        _approval(office, tab)


def _matrix(office: RunningLianxi, tab: Any) -> None:
    filed = office.data / f"share/{_UNIT}/上报/10月.xlsx"
    shutil.copy(office.data / f"share/{_UNIT}/发放/{_UNIT}_2023-10_月度报送.xlsx", filed)
    os.utime(filed, (1_697_500_000, 1_697_500_000))
    office.run("收集报送", {"now": "2023-10-27T15:00"})
    ui_steps.open_artifact(tab, office.ui, "matrix-yanqi-2023-2023-10")
    _picture(tab, "ui.png")
    ui_steps.open_artifact(tab, office.ui, "findings-yanqi-2023-2023-10")
    _picture(tab, "findings.png")


def _form(office: RunningLianxi, tab: Any) -> None:
    ui_steps.open_form(tab, office.ui, "批复延期")
    ui_steps.choose(tab, "单位", "县总工会")
    ui_steps.choose(tab, "期间", "2023-10")
    ui_steps.fill(tab, "理由", "数据尚待有关单位核实，同意延期。")
    _picture(tab, "form.png")


def _approval(office: RunningLianxi, tab: Any) -> None:
    office.run("发放报表", {"period": "2023-11", "now": "2023-11-10T08:30"})
    run = office.run("编发简报", {"period": "2023-11", "approval": "等待审定", "now": "2023-12-01T09:30"}, "PAUSED")
    ui_steps.open_resume(tab, office.ui, run)
    _picture(tab, "approval.png")


def _picture(tab: Any, name: str) -> None:
    # The interface fades its pages in.
    tab.wait_for_timeout(1500)
    tab.screenshot(path=str(PICTURES / name))


if __name__ == "__main__":
    main()
