"""What the coordinator is asked to do while the coming year's holidays are not known."""

from __future__ import annotations

import datetime as dt

from config.calendar import WorkCalendar
from tasks.model.words import PROVISIONAL_WHY

HOW_TO_ENTER_HOLIDAYS = (
    "国务院办公厅一般在11月公布：请把放假通知的全文贴进网页表单“登记放假安排”，"
    "或存成文件后运行 lianxi holidays 文件，核对无误再确认"
)


def ask_for_holidays(calendar: WorkCalendar, today: dt.date) -> tuple[str, ...]:
    """The line of the morning digest; none while nothing is to be done."""
    year = calendar.year_to_ask_for(today)
    if year is None:
        return ()
    return (f"{year}年的放假安排还没有登记，{year}年的日期{PROVISIONAL_WHY}。{HOW_TO_ENTER_HOLIDAYS}。",)
