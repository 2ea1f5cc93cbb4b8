"""Checks across settings: rungs in ascending order, red above yellow, no password over an unencrypted connection.

Belongs here: the cross checks of `settings.toml`. The types and bounds are in `settings`, the reader is `settings_file`.
"""

from __future__ import annotations

import itertools
import zoneinfo
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, get_args
from urllib.parse import urlsplit

from config.config_errors import ConfigFault
from config.kinds import KIND_TITLES
from config.settings import Rung
from config.toml_file import KeyPath, LineOf

if TYPE_CHECKING:
    from config.settings import RungSettings, Settings

TitleOf = Callable[[KeyPath], str]

_RUNGS = get_args(Rung)


def settings_faults(settings: Settings, line_of: LineOf, title_of: TitleOf) -> list[ConfigFault]:
    """Every fault that only a comparison of settings shows; empty when they can be used."""
    return [
        *_timezone_faults(settings, line_of),
        *_share_faults(settings, line_of),
        *_bound_faults(settings, line_of),
        *_ladder_faults(settings, line_of),
        *_mail_faults(settings, line_of, title_of),
    ]


def _timezone_faults(settings: Settings, line_of: LineOf) -> Iterator[ConfigFault]:
    try:
        zoneinfo.ZoneInfo(settings.timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        yield ConfigFault(line_of(("timezone",)), f"没有“{settings.timezone}”这个时区", "一般写 Asia/Shanghai")


def _share_faults(settings: Settings, line_of: LineOf) -> Iterator[ConfigFault]:
    if "@" in urlsplit(settings.share_url).netloc:
        remedy = "请删去，改用环境变量 LIANXI_SHARE_USER 和 LIANXI_SHARE_PASSWORD"
        yield ConfigFault(line_of(("share",)), "共享文件夹的地址里写了用户名或口令", remedy)


def _bound_faults(settings: Settings, line_of: LineOf) -> Iterator[ConfigFault]:
    duties, lights, limits = settings.duties, settings.lights, settings.limits
    if duties.opens_day > duties.due_day:
        what = f"发表日 {duties.opens_day} 日晚于截止日 {duties.due_day} 日"
        yield ConfigFault(line_of(("duties", "opens_day")), what, "请把 opens_day 改得不晚于 due_day")
    if duties.grace_workdays > duties.close_workdays:
        yield ConfigFault(
            line_of(("duties", "close_workdays")), "宽限期比关账还晚", "请使 close_workdays 不小于 grace_workdays"
        )
    if lights.red_points <= lights.yellow_points:
        yield ConfigFault(
            line_of(("lights", "red_points")), "红灯的百分点不大于黄灯", "请使 red_points 大于 yellow_points"
        )
    if limits.unpacked_bytes < limits.file_bytes:
        yield ConfigFault(
            line_of(("limits", "unpacked_bytes")),
            "解开后的上限小于文件本身的上限",
            "请使 unpacked_bytes 不小于 file_bytes",
        )


def _ladder_faults(settings: Settings, line_of: LineOf) -> Iterator[ConfigFault]:
    ladder = settings.ladder
    for index, rung in enumerate(ladder):
        if (rung.name == "提醒") != (rung.workdays <= 0):
            what = f"“{rung.name}”的 workdays = {rung.workdays}"
            yield ConfigFault(
                line_of(("ladder", index, "workdays")), what, "提醒须不晚于截止日（≤0），催报各级须在逾期后（≥1）"
            )
    faults: set[ConfigFault] = set()
    for kind, title in KIND_TITLES.items():
        rungs = settings.ladder_for(kind)
        if not rungs:
            yield ConfigFault(line_of(("ladder",)), f"{title}没有催报阶梯", "请至少写一级不带 kinds 的 [[ladder]]")
        faults |= set(_order_faults([(index, rung) for index, rung in enumerate(ladder) if rung in rungs], line_of))
    yield from sorted(faults, key=lambda fault: fault.line or 0)


def _order_faults(rungs: list[tuple[int, RungSettings]], line_of: LineOf) -> Iterator[ConfigFault]:
    for (_, lower), (index, upper) in itertools.pairwise(rungs):
        if upper.workdays <= lower.workdays or _RUNGS.index(upper.name) < _RUNGS.index(lower.name):
            what = f"“{upper.name}”（{upper.workdays}）没有排在“{lower.name}”（{lower.workdays}）之后"
            yield ConfigFault(line_of(("ladder", index)), what, "请按 workdays 从小到大、提醒→蓝→黄→红 的次序写")


def _mail_faults(settings: Settings, line_of: LineOf, title_of: TitleOf) -> Iterator[ConfigFault]:
    mail = settings.mail
    password = mail.password.get_secret_value()
    if mail.security == "none" and password:
        what = f"“{title_of(('mail', 'security'))}”为 none（不加密），却设了口令"
        yield ConfigFault(line_of(("mail", "security")), what, "请改用 ssl 或 starttls，或去掉口令")
    if password and not mail.user:
        yield ConfigFault(line_of(("mail", "user")), "设了邮箱口令却没有用户名", "请设 LIANXI_SMTP_USER")
    if mail.mode != "send":
        return
    if not mail.host:
        yield ConfigFault(
            line_of(("mail", "host")), "要发送邮件却没有发信服务器", "请设 LIANXI_SMTP_HOST，或把 mode 改回 dry-run"
        )
    if not mail.allow:
        what = "要发送邮件却没有允许的收件域名"
        yield ConfigFault(line_of(("mail", "allow")), what, '请在 allow 里写上单位邮箱的域名，确认无误后可写 ["*"]')
    if mail.user and not password and not mail.password_block and mail.security != "none":
        remedy = "请设环境变量 LIANXI_SMTP_PASSWORD，或在 password_block 写上 Prefect Secret 块的名称"
        yield ConfigFault(line_of(("mail", "user")), "设了邮箱用户名却没有口令", remedy)
