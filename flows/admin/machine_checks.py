"""`lianxi doctor`: the result value of a check, and the checks of the machine.

Belongs here: Python, folders, ports, programs, clock; these work even when the settings are broken.
Does not belong here: checks of the office's configuration and records (`doctor`).
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

_MIN_PYTHON, _BELOW_PYTHON = (3, 11), (3, 14)
_MIN_FREE_BYTES = 2 * 2**30
_HOST = "127.0.0.1"
# The year this program was written: an earlier clock is wrong.
_MIN_YEAR = 2026

CheckState = Literal["ok", "note", "bad"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check. `bad` must be fixed, `note` is worth knowing; `remedy` is '' if nothing is to be done."""

    name: str
    state: CheckState
    said: str
    remedy: str = ""


def check_python() -> CheckResult:
    """Whether the program supports this Python."""
    version = ".".join(map(str, sys.version_info[:3]))
    if _MIN_PYTHON <= sys.version_info[:2] < _BELOW_PYTHON:
        return CheckResult("Python", "ok", version)
    return CheckResult("Python", "bad", version, "请安装 Python 3.11–3.13，再运行 make setup")


def check_clock(now: dt.datetime, timezone: str) -> CheckResult:
    """The office's time, for a person to compare with the real time."""
    said = f"{now:%Y-%m-%d %H:%M}（{timezone}）"
    if now.year < _MIN_YEAR:
        return CheckResult("时钟", "bad", said, "系统时钟不对，截止和催报都会算错：请校准时间（开启网络对时）")
    return CheckResult("时钟", "ok", said)


def check_data_folder(data: Path) -> list[CheckResult]:
    """Whether the data folder (or the folder it will be created in) is writable, and how much disk space is left."""
    existing = next(path for path in (data, *data.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(b"x")
    except OSError as error:
        remedy = f"请用 chown/chmod 让运行程序的用户可写，或用 LIANXI_DATA 另指文件夹（{error.strerror}）"
        return [CheckResult("数据文件夹", "bad", f"{data} 写不进去", remedy)]
    free_bytes = shutil.disk_usage(existing).free
    space = CheckResult("磁盘空间", "ok", f"还有 {free_bytes / 2**30:.1f} GB")
    if free_bytes < _MIN_FREE_BYTES:
        remedy = "不足 2 GB：请清理磁盘，或把旧的备份移到别处"
        space = CheckResult("磁盘空间", "bad", f"只剩 {free_bytes / 2**30:.1f} GB", remedy)
    return [CheckResult("数据文件夹", "ok", str(data)), space]


def check_unfinished(data: Path) -> list[CheckResult]:
    """Whether a restore was interrupted; an empty list if not."""
    if not (data / ".restoring").exists():
        return []
    return [CheckResult("恢复", "bad", "上次恢复没有做完", "请再运行一次：lianxi restore 备份文件 --force")]


def check_port(number: int, running: str | None) -> CheckResult:
    """Whether the server runs, or its two ports are free: `number` for the UI, the next one for files."""
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
    """LibreOffice and the fonts, which only briefs as PDF need."""
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
    """Whether a file of secrets exists and only its owner can read it."""
    if not path.exists():
        return CheckResult(what, "note", "还没有，第一次发放报表时自动生成")
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return CheckResult(what, "bad", f"{path} 权限 {mode:04o}，别的用户也能读", f"请运行：chmod 600 '{path}'")
    if not os.access(path, os.R_OK):
        return CheckResult(what, "bad", f"{path} 读不了", "请让运行程序的用户成为它的主人：chown")
    return CheckResult(what, "ok", f"{path} 权限 {mode:04o}")


def is_reachable(host: str, number: int, timeout_seconds: float = 0.5) -> bool:
    """Whether a TCP connection to this address succeeds."""
    try:
        with socket.create_connection((host, number), timeout_seconds):
            return True
    except OSError:
        return False
