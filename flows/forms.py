"""Parameters as the coordinator's forms in the Prefect UI show them, and run names that say what is worked on.

Belongs here: titles, descriptions and run names, in the office's own words. No decision is made here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from prefect.runtime import flow_run
from pydantic import Field

PlanId = Annotated[str | None, Field(title="方案编号", description="留空为当前方案，如 yanqi-2023")]
PeriodText = Annotated[str | None, Field(title="期间", description="如 2023-10、2023-Q4、2023；留空由日期推定")]
Now = Annotated[str | None, Field(title="以此时间为现在", description="留空为系统时钟；补办时填写，如 2023-10-23T09:00")]
Approval = Annotated[
    Literal["later", "ui", "given"],
    Field(title="审定方式", description="later 只起草；ui 起草后等待在此页面审定；given 直接定稿"),
]


def run_name() -> str:
    """“收集报送 2023-10”: the flow's name and the period or day it is about."""
    parameters = flow_run.parameters or {}
    about = parameters.get("period") or str(parameters.get("now") or "")[:10]
    return " ".join(part for part in (str(flow_run.flow_name), str(about)) if part)
