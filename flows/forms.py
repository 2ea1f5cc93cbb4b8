"""Parameters as the coordinator's forms in the Prefect UI show them, and run names that say what is worked on.

Belongs here: titles, descriptions and run names, in the office's own words. No decision is made here.
"""

from __future__ import annotations

from typing import Any, Literal

from prefect.runtime import flow_run
from pydantic import Field

Approval = Literal["later", "ui", "given"]


def field(title: str, description: str, default: object = None) -> Any:
    """A parameter's default with its title and description.

    The title goes into the schema's extras: Prefect overwrites a field's own title with the parameter's name.
    """
    return Field(default=default, description=description, json_schema_extra={"title": title})


PLAN = field("方案编号", "留空为当前方案，如 yanqi-2023")
PERIOD = field("期间", "如 2023-10、2023-Q4、2023；留空由日期推定")
YEAR = field("年份", "如 2023；留空为今年")
NOW = field("以此时间为现在", "留空为系统时钟；补办时填写，如 2023-10-23T09:00")
APPROVAL = field("审定方式", "later 只起草；ui 起草后等待在此页面审定；given 直接定稿", "later")
DOCUMENT = field(
    "文件路径", "责任分解方案：.txt .docx 或有文字的 .pdf，在数据文件夹或共享文件夹里；相对路径从数据文件夹算起", ...
)
NEW_PLAN = field("方案编号", "登记为哪个方案，如 yanqi-2023；留空由文件名得出")
COUNTY = field("单位名册", "所属县的名册，如 yanqi；留空由发文机关得出")
CONFIRM = field("人工核对无误，正式生效", "先不勾选运行一次，核对草稿后再勾选运行", False)
CONFIRMED_BY = field("核对人", "记入办理日志；留空为运行程序的系统用户")


def run_name() -> str:
    """“收集报送 2023-10”: the flow's name and the period or day it is about."""
    parameters = flow_run.parameters or {}
    about = parameters.get("period") or parameters.get("year") or str(parameters.get("now") or "")[:10]
    return " ".join(part for part in (str(flow_run.flow_name), str(about)) if part)
