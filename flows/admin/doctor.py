"""`lianxi doctor`: check every prerequisite and setting in about a second, with one line each on what to fix.

Belongs here: checks of the office's configuration and records, and the order of all checks. A check is left out if an
earlier one found broken what it needs. Reads only. Does not belong here: checks of the machine (`machine_checks`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from config.alarms import load_alarms
from config.calendar import calendar_path, load_calendar
from config.config_errors import ConfigError
from config.county import County
from config.county_file import load_county
from config.plan import Plan
from config.plan_file import is_draft, load_plan
from config.settings import Settings
from config.settings_file import load_settings
from config.workbook_file import load_layout
from flows.admin import machine_checks
from flows.admin.machine_checks import CheckResult, CheckState
from flows.context import instant_of
from flows.server.environment import running_server
from flows.steps.ask_for_holidays import HOW_TO_ENTER_HOLIDAYS
from tasks.brief.writers.word_to_pdf import FREE_FONTS, find_soffice
from tasks.errors import LianxiError
from tasks.issue.place_workbook import PUBLIC, SUBMITTED, folder_name
from tasks.model.words import PROVISIONAL_WHY

if TYPE_CHECKING:
    from tasks.store.audit_chain import AuditEntry

_BACKUP_DAYS = 7


def run_checks(port: int = 4200, now: str | None = None) -> tuple[CheckResult, ...]:
    """The results of all checks, in the order in which a person would fix what is wrong."""
    results = [machine_checks.check_python()]
    try:
        settings = load_settings()
        at = instant_of(now, settings.timezone)
    except (ConfigError, LianxiError) as fault:
        return (*results, CheckResult("设置", "bad", str(fault), "请改正后再运行 lianxi doctor"))
    results += [
        CheckResult("设置", "ok", "可用"),
        machine_checks.check_clock(at, settings.timezone),
        *machine_checks.check_data_folder(settings.data),
    ]
    results += machine_checks.check_unfinished(settings.data)
    results += _check_shared_config(settings, at)
    for plan in settings.active_plans:
        results += _check_plan(plan, at)
    results += [*_check_database(settings, at), _check_secret(settings), *_check_mail(settings)]
    results += [machine_checks.check_port(port, running_server(settings.data))]
    results += machine_checks.check_programs(find_soffice(), FREE_FONTS, settings.brief.pdf)
    return tuple(results)


def _check_shared_config(settings: Settings, at: dt.datetime) -> Iterator[CheckResult]:
    """Configuration that all plans share: workbook layout, letter templates, brief template, alarms, calendar."""
    from tasks.brief.writers.build_template import TEMPLATE
    from tasks.brief.writers.office_template import open_template
    from tasks.mail.letter_templates import load_templates

    for name, read in (
        ("报表样式", load_layout),
        ("信件模板", load_templates),
        ("简报模板", lambda: open_template(TEMPLATE)),
        ("报警", load_alarms),
    ):
        try:
            read()
            yield CheckResult(name, "ok", "可用")
        except (ConfigError, LianxiError) as fault:
            yield CheckResult(name, "bad", str(fault), "请按所说改正")
    yield _check_calendar(settings.config, at.date())


def _check_plan(name: str, at: dt.datetime) -> Iterator[CheckResult]:
    """One active plan: its settings, register, county and share."""
    try:
        settings = load_settings(plan=name)
        plan = load_plan(name, settings.config)
        county = load_county(plan.county, settings.config)
    except ConfigError as fault:
        yield CheckResult(
            "方案", "bad", str(fault), "请改正；新的县用 lianxi new，改用别的方案写在 settings.toml 的 plan"
        )
        return
    if is_draft(settings.config / "plans" / f"{plan.id}.toml"):
        remedy = f"请核对后确认：lianxi register 文件 --plan {plan.id} --county {county.id} --confirm"
        yield CheckResult("方案", "bad", f"{plan.id} 还是草稿，尚未人工核对", remedy)
    else:
        said = f"{plan.id}：{county.name}，措施 {len(plan.measures)} 项，成员单位 {len(plan.members)} 个"
        yield CheckResult("方案", "ok", said)
    yield from _check_county(settings, county)
    yield _check_share(settings, plan, county, at.date())


def _check_calendar(folder: Path, today: dt.date) -> CheckResult:
    """Whether the year's holidays are known, and from six weeks ahead the next year's too."""
    try:
        calendar = load_calendar(calendar_path(folder))
    except ConfigError as fault:
        return CheckResult("工作日历", "bad", fault.faults[0].what, f"{fault.faults[0].remedy}（config/calendar.toml）")
    year = calendar.year_to_ask_for(today)
    if year is None:
        return CheckResult("工作日历", "ok", f"到 {today.year} 年底的工作日都已知")
    said = f"{year} 年的放假安排还没有登记，{PROVISIONAL_WHY}"
    return CheckResult("工作日历", "bad" if year == today.year else "note", said, HOW_TO_ENTER_HOLIDAYS)


def _check_county(settings: Settings, county: County) -> Iterator[CheckResult]:
    examples = [unit.name for unit in county.units if not unit.confirmed]
    if examples:
        said = f"{len(examples)} 个单位是示例，待确认：{'、'.join(examples[:3])}{' 等' if len(examples) > 3 else ''}"
        yield CheckResult("单位名册", "note", said, "请核对 units.csv，确认后把 status 改为“已确认”")
    else:
        yield CheckResult("单位名册", "ok", f"{len(county.units)} 个单位和群组，全部已确认")
    addresses = (county.mail_sender, county.coordinator_mail, county.convener_mail or "")
    if any(address.endswith(".invalid") for address in addresses):
        state: CheckState = "bad" if settings.mail.mode == "send" else "note"
        remedy = "请在 county.toml 里换成本单位的真实邮箱"
        yield CheckResult("发信邮箱", state, "county.toml 里还是 .invalid 的示例邮箱", remedy)


def _check_share(settings: Settings, plan: Plan, county: County, today: dt.date) -> CheckResult:
    """Whether the share is reachable and the units' folders exist."""
    share = settings.share
    if not share.is_dir():
        if share.is_relative_to(settings.data):
            return CheckResult("共享文件夹", "note", f"{share} 还没有", "第一次发放报表时自动建立：lianxi issue 期间")
        return CheckResult(
            "共享文件夹", "bad", f"{share} 不在或读不了", "请检查文件服务器是否已挂载、LIANXI_SHARE 是否写对"
        )
    named = {name for measure in plan.measures for name in (*measure.lead, *measure.responsible)}
    units = {unit.name for name in named if county.resolve(name) for unit in county.members(name, today)}
    missing = [name for name in sorted(units) if not (share / folder_name(name) / SUBMITTED).is_dir()]
    if not (share / PUBLIC).is_dir() or len(missing) == len(units):
        return CheckResult(
            "共享文件夹", "note", f"{share} 里还没有各单位的文件夹", "发放报表时自动建立：lianxi issue 期间"
        )
    extra = f"，{len(missing)} 个单位的文件夹待发放时建立" if missing else ""
    return CheckResult("共享文件夹", "ok", f"{share}{extra}")


def _check_database(settings: Settings, at: dt.datetime) -> Iterator[CheckResult]:
    """The ledger's revision, its audit log, and the age of the last backup."""
    url, default = settings.database_url, settings.data / "lianxi.db"
    if url == f"sqlite:///{default}" and not default.exists():
        yield CheckResult("数据库", "note", f"{default} 还没有，第一次运行时自动建立")
        return
    # Imported here: importing SQLAlchemy takes longer than all other checks together.
    from flows.steps.audit_head import WITNESS
    from flows.steps.audit_trail import noted_heads
    from tasks.store import audit_chain, dump
    from tasks.store.ledger_location import HEAD
    from tasks.store.migrate import revision

    try:
        file = dump.ledger_file(url)
        if file is not None and not file.exists():
            yield CheckResult("数据库", "note", f"{file} 还没有，第一次运行时自动建立")
            return
        at_revision = revision(url)
        if at_revision != HEAD:
            newer = at_revision is not None and at_revision > HEAD
            remedy = "请用较新版本的程序" if newer else "下一次运行自动升级；升级前请先备份：lianxi backup"
            said = f"结构版本 {at_revision or '无'}，程序需要 {HEAD}"
            yield CheckResult("数据库", "bad" if newer else "note", said, remedy)
            return
        yield CheckResult("数据库", "ok", f"{dump.database_kind(url)}，结构版本 {HEAD}")
        entries = audit_chain.audit_entries(url)
    except LianxiError as fault:
        yield CheckResult("数据库", "bad", str(fault), "请检查 LIANXI_DATABASE_URL 和数据库服务")
        return
    if broken := audit_chain.check_chain(entries, noted_heads(settings.data / WITNESS)):
        remedy = "请保护现场，用备份和以前的导出核对：lianxi audit --check --against 导出文件"
        yield CheckResult("办理日志", "bad", broken, remedy)
    else:
        yield CheckResult("办理日志", "ok", f"{len(entries)} 条，完整")
    yield _check_backup(settings.data, entries, at)


def _check_backup(data: Path, entries: tuple[AuditEntry, ...], at: dt.datetime) -> CheckResult:
    """The age of the last backup in the audit log; the file itself may be kept anywhere."""
    from flows.steps.make_backup import BACKED_UP

    last = max((entry.at for entry in entries if entry.act == BACKED_UP), default=None)
    has_originals = next((data / "originals").glob("*/*/*"), None) is not None
    if last is None:
        state: CheckState = "bad" if has_originals else "note"
        return CheckResult("备份", state, "从来没有备份过", "请运行 lianxi backup，并另存一份到别的机器")
    if at - last > dt.timedelta(days=_BACKUP_DAYS):
        return CheckResult(
            "备份", "bad", f"最近一次是 {last:%Y-%m-%d}", f"超过 {_BACKUP_DAYS} 天：请运行 lianxi backup"
        )
    return CheckResult("备份", "ok", f"最近一次是 {last:%Y-%m-%d %H:%M}")


def _check_secret(settings: Settings) -> CheckResult:
    if settings.secret:
        return CheckResult("签名密钥", "ok", "由环境变量 LIANXI_SECRET 给出")
    return machine_checks.check_private(settings.secret_file, "签名密钥")


def _check_mail(settings: Settings) -> Iterator[CheckResult]:
    """How letters are sent. `load_settings` already refuses settings that forbid sending; these checks go further."""
    mail = settings.mail
    if mail.mode == "dry-run":
        yield CheckResult(
            "邮件", "note", "演练：只写 .eml 文件，一封也不发", "正式发送：LIANXI_MAIL=send，并设允许域名和服务器"
        )
        return
    allow = "不限收件域名" if "*" in mail.allow else f"只发往 {'、'.join(mail.allow)}"
    yield CheckResult("邮件", "ok", f"正式发送，{allow}，加密方式 {mail.security}")
    if mail.security == "none":
        yield CheckResult("邮件加密", "note", "不加密", "只许用于办公内网的转发服务器")
    if mail.ca_file and not mail.ca_file.is_file():
        yield CheckResult("邮件证书", "bad", f"没有文件 {mail.ca_file}", "请改正 LIANXI_SMTP_CA_FILE")
    if not mail.user:
        yield CheckResult(
            "邮件登录", "note", "不登录", "服务器要求登录的，请设 LIANXI_SMTP_USER 和 LIANXI_SMTP_PASSWORD"
        )
    if not machine_checks.is_reachable(mail.host, mail.port):
        remedy = "请检查服务器地址、端口和防火墙；信件会留在发件箱，恢复后自动发出"
        yield CheckResult("发信服务器", "bad", f"{mail.host}:{mail.port} 连不上", remedy)
    else:
        yield CheckResult("发信服务器", "ok", f"{mail.host}:{mail.port}")
