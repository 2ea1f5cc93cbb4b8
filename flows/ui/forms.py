"""Flow parameters with the titles and descriptions that the coordinator's forms in the Prefect UI show, and run names.

Belongs here: words and limits of form fields. Does not belong here: decisions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from prefect.runtime import flow_run
from pydantic import AfterValidator, Field

from tasks.errors import InputError
from tasks.model.words import KIND_TITLES, Kind, kind_of_title
from tasks.text import xml_safe

Approval = Literal["later", "ui", "given", "只起草", "等待审定", "直接定稿"]
# The form's choice -> the flow's value.
APPROVALS: Mapping[str, Literal["later", "ui", "given"]] = {
    "等待审定": "ui", "只起草": "later", "直接定稿": "given",
}  # fmt: skip
Decision = Literal["批准", "不批准"]
# The titles of `KIND_TITLES`, spelled out: the form offers what the annotation lists.
KindTitle = Literal["月度报送", "联系人名单", "专项报送", "全年总结"]


WORDS_MOST = 5000


def _checked_text(text: str) -> str:
    """Text that a person typed, without characters that documents cannot hold. Raises InputError if it is too long."""
    if len(text) > WORDS_MOST:
        raise InputError(f"填写的内容有 {len(text)} 字，请压缩到 {WORDS_MOST} 字以内")
    return xml_safe(text)


# A free-text parameter: its text ends up in documents, workbooks, letters and the ledger.
Words = Annotated[str, AfterValidator(_checked_text)]


def field(title: str, description: str, default: object = None) -> Any:
    """The default of a flow parameter with its title and description in the form.

    The title goes into the schema's extras, because Prefect overwrites a field's own title with the parameter's name.
    """
    return Field(default=default, description=description, json_schema_extra={"title": title})


PLAN = field("方案编号", "留空为当前方案，如 yanqi-2023")
PERIOD = field("期间", "如 2023-10、2023-Q4、2023；留空由日期推定")
YEAR = field("年份", "如 2023；留空为今年")
NOW = field("以此时间为现在", "留空为系统时钟；补办时填写，如 2023-10-23T09:00")
APPROVAL = field("审定方式", "起草后：等待审定（在该次运行的页面点 Resume），只起草，或直接定稿印发", "later")
DOCUMENT = field("文件名", "先把责任分解方案（.txt .docx 或有文字的 .pdf）放进数据文件夹的 inbox，再填文件名", ...)
NEW_PLAN = field("方案编号", "登记为哪个方案，如 yanqi-2023；留空由文件名得出")
COUNTY = field("单位名册", "所属县的名册，如 yanqi；留空由发文机关得出")
CONFIRM = field("人工核对无误，正式生效", "先不勾选运行一次，核对草稿后再勾选运行", False)
CONFIRMED_BY = field("核对人", "记入办理日志；留空为运行程序的系统用户")

UNIT = field("单位", "单位名册中的名称或简称", ...)
OWED_PERIOD = field("期间", "如 2023-10", ...)
OWED_KIND = field("报送事项", "一般为月度报送", "月度报送")
BY = field("经办人", "记入台账", "联席会议办公室")
DECISION = field("批复", "批准后催报按新期限重新计算；不批准的仍按原期限", "批准")
UNTIL = field("延期至", "批准时填写；留空为单位申请的日期")
REASON = field("理由", "写给申请单位，并记入台账", ...)
SUBMISSION = field("来件编号", "见“待办事项”页面", ...)
CAUSE = field("原因", "config/alarms.toml 中的代号", ...)
FACTS = field("记录", "系统的记录，照抄进信里", "")
RUN = field("运行编号", "哪一次运行；没有则留空", "")


def kind_titled(title: str) -> Kind:
    """The kind that a form or a command names, by today's title or a former one. Raises InputError."""
    if kind := kind_of_title(title):
        return kind
    raise InputError(f"没有“{title}”这种报送事项，只有：{'、'.join(KIND_TITLES.values())}")


def run_name() -> str:
    """Name of the current run: the flow's name and its period, unit or day, as in “收集报送 2023-10”."""
    parameters = flow_run.parameters or {}
    named = (parameters.get(name) for name in ("period", "year", "unit"))
    about = next(filter(None, named), str(parameters.get("now") or "")[:10])
    return " ".join(part for part in (str(flow_run.flow_name), str(about)) if part)
