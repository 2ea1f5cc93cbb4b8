"""What `lianxi doctor` finds: one value a check, and the checks of the machine, which need no settings to be right.

Belongs here: Python, folders, ports, programs, clock. What the office set and keeps is `doctor`'s.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_NEEDED_PYTHON, _BEYOND_PYTHON = (3, 11), (3, 14)
_FREE_BYTES = 2 * 2**30
_HOST = "127.0.0.1"
# No clock of a machine that runs this program stands before it was written.
_BORN = 2026


State = Literal["ok", "note", "bad"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing looked at. `bad` must be mended; `note` is worth knowing. `remedy` says what to do, '' where nothing."""

    name: str
    state: State
    said: str
    remedy: str = ""


def check_python() -> CheckResult:
    """Whether this Python is one the program runs on."""
    said = ".".join(map(str, sys.version_info[:3]))
    if _NEEDED_PYTHON <= sys.version_info[:2] < _BEYOND_PYTHON:
        return CheckResult("Python", "ok", said)
    return CheckResult("Python", "bad", said, "请安装 Python 3.11–3.13，再运行 make setup")


def check_clock(now: dt.datetime, timezone: str) -> CheckResult:
    """The office's time, for a person to compare with the wall."""
    said = f"{now:%Y-%m-%d %H:%M}（{timezone}）"
    if now.year < _BORN:
        return CheckResult("时钟", "bad", said, "系统时钟不对，截止和催报都会算错：请校准时间（开启网络对时）")
    return CheckResult("时钟", "ok", said)


def check_data_folder(data: Path) -> list[CheckResult]:
    """Whether the data folder can be written, and how much room is left."""
    there = next(path for path in (data, *data.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"x")
    except OSError as error:
        remedy = f"请用 chown/chmod 让运行程序的用户可写，或用 LIANXI_DATA 另指文件夹（{error.strerror}）"
        return [CheckResult("数据文件夹", "bad", f"{data} 写不进去", remedy)]
    free_bytes = shutil.disk_usage(there).free
    room = CheckResult("磁盘空间", "ok", f"还有 {free_bytes / 2**30:.1f} GB")
    if free_bytes < _FREE_BYTES:
        remedy = "不足 2 GB：请清理磁盘，或把旧的备份移到别处"
        room = CheckResult("磁盘空间", "bad", f"只剩 {free_bytes / 2**30:.1f} GB", remedy)
    return [CheckResult("数据文件夹", "ok", str(data)), room]


def check_unfinished(data: Path) -> list[CheckResult]:
    """A restore that was interrupted; nothing where there is none."""
    if not (data / ".restoring").exists():
        return []
    return [CheckResult("恢复", "bad", "上次恢复没有做完", "请再运行一次：lianxi restore 备份文件 --force")]


def check_port(number: int, running: str | None) -> CheckResult:
    """Whether the server runs, or the ports of UI and files (the next one) are free for it."""
    if running:
        return CheckResult("服务", "ok", f"正在运行：{running.removesuffix('/api')}")
    for each in (number, number + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HOST, each))
            except OSError:
                remedy = "被别的程序占用：请停掉它，或用 lianxi up --port 另选端口"
                return CheckResult("端口", "bad", str(each), remedy)
    return CheckResult("服务", "note", f"没有运行，端口 {number} 和 {number + 1} 空闲", "长期运行：make up")


def check_programs(soffice: Path | None, fonts: Path, pdf_wanted: bool) -> list[CheckResult]:
    """Optional programs: wanted only for briefs as PDF."""
    if soffice is None:
        remedy = "要随简报出 PDF，请安装：apt install libreoffice-writer；不要 PDF，请把 brief.pdf 设为 false"
        return [
            CheckResult("LibreOffice", "note", "没有安装，简报不出 PDF，其他文件不受影响", remedy if pdf_wanted else "")
        ]
    found = [CheckResult("LibreOffice", "ok", str(soffice))]
    if not fonts.is_dir():
        remedy = "PDF 会用替代字体；要仿宋请安装：apt install texlive-lang-chinese"
        found.append(CheckResult("字体", "note", "没有 FandolFang（只影响 PDF）", remedy))
    return found


def check_private(path: Path, what: str) -> CheckResult:
    """Whether a file of secrets is there and for its owner only."""
    if not path.exists():
        return CheckResult(what, "note", "还没有，第一次发放报表时自动生成")
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return CheckResult(what, "bad", f"{path} 权限 {mode:04o}，别的用户也能读", f"请运行：chmod 600 '{path}'")
    if not os.access(path, os.R_OK):
        return CheckResult(what, "bad", f"{path} 读不了", "请让运行程序的用户成为它的主人：chown")
    return CheckResult(what, "ok", f"{path} 权限 {mode:04o}")


def is_reachable(host: str, number: int, timeout_seconds: float = 0.5) -> bool:
    """Whether somebody answers at this address."""
    try:
        with socket.create_connection((host, number), timeout_seconds):
            return True
    except OSError:
        return False
