"""`lianxi forget`: delete a person's data where no official record needs it, and report what stays and why.

The law (个人信息保护法第四十七条) asks for deletion; a record that must be kept longer may only be stored and protected.
Deleted: contacts, addresses and quotations in letters, quotations in findings, mails written in a dry run.
Kept unchanged, readable by the owner only: originals, returned copies and issues of the brief, which are official
records. Standings, rates and briefs hold no personal data and do not change.
Files are deleted before the ledger's rows: a run that dies in between can be repeated, because the ledger still knows
who the person is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.name_matching import normalise
from config.settings import Settings
from config.settings_file import load_settings
from flows.context import instant_of
from flows.steps.audit_trail import note_head, operator
from flows.steps.make_backup import BACKUPS, only_one_operation
from tasks.archive.find_mentions import files_that_mention, mentions
from tasks.archive.retention import ERASED_FOLDERS, OTHER_FOLDERS, RECORDS
from tasks.errors import InputError
from tasks.storage.signature import load_or_create_secret
from tasks.store import audit_chain, dump, person_data
from tasks.store.migrate import migrate
from tasks.store.person_data import PersonRecord


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What was removed (in a dry run: would be) and what stays, with the reason. The lines do not name the person."""

    reference: str
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    dry_run: bool


def erase_person(who: str, unit: str | None = None, *, dry_run: bool = False, now: str | None = None) -> ErasureReport:
    """Remove the data of the person whose name, telephone or mail is `who`.

    Raises InputError if no one matches, or if people of several units match and `unit` is not given.
    """
    settings = load_settings()
    at = instant_of(now, settings.timezone)
    with only_one_operation(settings.data):
        migrate(settings.database_url)
        people = _people(settings, who, unit)
        reference = _reference(settings, who)
        removed, kept = [], []
        for person in people:
            removed += _erase(settings, person, reference, at, dry_run)
            kept += _shared_addresses(person)
        kept += _remaining(settings, people, dry_run)
        if not dry_run:
            # The database file still holds blanked text in its free pages until it is rewritten.
            person_data.vacuum(settings.database_url)
            note_head(settings.database_url, settings.data)
    return ErasureReport(reference, tuple(removed), tuple(kept), dry_run)


def _people(settings: Settings, who: str, unit: str | None) -> tuple[PersonRecord, ...]:
    if not normalise(who):
        raise InputError("请写明姓名、电话或邮箱")
    people = person_data.find_person(settings.database_url, who, unit)
    units = sorted({person.unit for person in people})
    if not people:
        raise InputError("没有找到这个人：请写联系人名单里的姓名、电话或邮箱全文，并检查 --unit")
    if len(units) > 1 and unit is None:
        raise InputError(f"{'、'.join(units)}都有这样的联系人，请用 --unit 写明是哪个单位的，逐个办理")
    return people


def _reference(settings: Settings, who: str) -> str:
    """Number of the request: proves later that it was carried out, but identifies the person only with the secret."""
    secret = load_or_create_secret(
        settings.secret_file, settings.secret.get_secret_value() if settings.secret else None
    )
    return hmac.new(secret, b"forget " + normalise(who).encode(), hashlib.sha256).hexdigest()[:16]


def _erase(settings: Settings, person: PersonRecord, reference: str, at: dt.datetime, dry_run: bool) -> list[str]:
    mails = _mail_files(settings.data, person)
    if not dry_run:
        for path in mails:
            path.unlink(missing_ok=True)
    done = person_data.redact_person(settings.database_url, person, reference, operator(), at, dry_run=dry_run)
    lines = [
        f"{person.unit}联系人 {done.contacts} 条：姓名、职务、电话、邮箱清空",
        f"信件 {done.letters} 封：收件地址和正文中的姓名、电话、邮箱清除，其中待发的 {done.withdrawn} 封撤回",
    ]
    if done.findings:
        lines.append(f"检查意见 {done.findings} 条：引用的姓名、电话、邮箱清除")
    if done.notes:
        lines.append(f"通话记录和延期理由 {done.notes} 条：提到的姓名、电话、邮箱清除")
    if mails:
        lines.append(f"演练邮件文件 {len(mails)} 个：删除")
    return [f"〔{person.plan}〕{line}" for line in lines]


def _mail_files(data: Path, person: PersonRecord) -> list[Path]:
    """Files of a dry run that mention the person; all are copies of letters in the ledger.

    A name alone counts only in letters to the person's unit and in digests: elsewhere it may be a namesake.
    """
    return [
        path
        for folder in ERASED_FOLDERS
        for path in files_that_mention(data / folder, person.terms | person.names)
        if person.unit in path.name or "摘要" in path.name or mentions(path, person.terms)
    ]


def _shared_addresses(person: PersonRecord) -> list[str]:
    if not person.shared:
        return []
    return [f"〔{person.plan}〕{len(person.shared)} 个电话或邮箱同时是本方案其他联系人的，在信件中保留"]


def _remaining(settings: Settings, people: Sequence[PersonRecord], dry_run: bool) -> list[str]:
    """What still mentions the person, one line each. Official records become readable by their owner only."""
    words = {word for person in people for word in (*person.names, *person.terms)}
    names = {name for person in people for name in person.names}
    kept = []
    for folder, why in RECORDS.items():
        found = list(files_that_mention(settings.data / folder, words))
        if found:
            kept.append(f"{why}：{len(found)} 个文件提到，内容不改，改为只有管理员可读（{folder}/）")
            for path in () if dry_run else found:
                path.chmod(0o600)
    if found := list(files_that_mention(settings.share, words)):
        units = "、".join(sorted({person.unit for person in people}))
        kept.append(f"共享文件夹：{len(found)} 个文件提到，属各单位，未改动；请通知 {units} 自行清理")
    if any(name in entry.by for entry in audit_chain.audit_entries(settings.database_url) for name in names):
        kept.append("办理日志：其本人作为经办人的记录是履行职务，且日志不可更改，保留")
    kept += _in_other_folders(settings, words)
    if backups := list((settings.data / BACKUPS).glob("*.tar.gz")):
        kept.append(f"以前的备份 {len(backups)} 个仍含其信息：到期请删除；若恢复其中之一，须重新执行本命令")
    if any(mentions(path, words) for path in (settings.data / "prefect").glob("*.db*")):
        kept.append("流程服务器的运行记录里提到：到期自动清理，或停机后删除数据文件夹的 prefect/（不影响台账）")
    kept.append("措施进展文字、统计数字、报送情形和简报内容：业务记录，未改动")
    return kept


def _in_other_folders(settings: Settings, words: set[str]) -> list[str]:
    """Everything else in the data folder that mentions the person, one line per folder: nothing goes unreported."""
    reported = {*RECORDS, *ERASED_FOLDERS, BACKUPS, "prefect"}
    database = dump.ledger_file(settings.database_url)
    ledger = {database, *dump.companions(database)} if database else set()
    kept = []
    for entry in sorted(settings.data.iterdir()) if settings.data.is_dir() else ():
        if entry.name in reported or entry == settings.share or entry in ledger:
            continue
        found = [entry] if entry.is_file() else list(files_that_mention(entry, words))
        found = [path for path in found if path.is_dir() or mentions(path, words)]
        if found:
            why = OTHER_FOLDERS.get(entry.name, "不是台账的一部分")
            kept.append(f"{entry.name}：{len(found)} 个文件提到，未改动，请人工处理（{why}）")
    return kept
