"""The one login of the coordinator's desk: the UI, its API and the files beside it ask for the same.

Belongs here: making the password once, reading it, and comparing it. Who asks for it is `up` and `shelf`.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from pathlib import Path

from tasks.errors import InputError, PipelineError
from tasks.storage.atomic_write import create_private

USER = "lianxi"
FILE = "login.key"
_SECRET_BYTES = 18
_USABLE = re.compile(r"[!-9;-~]{12,200}")


def load_or_create_login(data: Path, given: str | None) -> str:
    """`lianxi:<password>`: the password given (LIANXI_PASSWORD), else the one in data/login.key, made once, mode 0600.

    Raises InputError for a given password that cannot be used, PipelineError where the file cannot be.
    """
    if given:
        if not _USABLE.fullmatch(given):
            raise InputError("LIANXI_PASSWORD 须为 12 个以上的英文字母、数字或符号，不含空格和冒号")
        return f"{USER}:{given}"
    path = data / FILE
    try:
        if not path.exists():
            create_private(path, secrets.token_urlsafe(_SECRET_BYTES).encode())
        password = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PipelineError(f"登录口令文件 {path} 无法读写（{error}）。请检查该文件夹的权限") from error
    if not _USABLE.fullmatch(password):
        raise PipelineError(f"登录口令文件 {path} 内容不完整。请删去该文件后重新启动，会生成新的口令")
    return f"{USER}:{password}"


def authorization(login: str) -> str:
    """The value of the Authorization header that says this login (HTTP Basic)."""
    return f"Basic {base64.b64encode(login.encode()).decode('ascii')}"


def is_login(header: str, login: str) -> bool:
    """Whether an Authorization header says this login; takes as long whatever the header is wrong in."""
    scheme, _, credentials = header.partition(" ")
    try:
        said = base64.b64decode(credentials.strip(), validate=True)
    except (binascii.Error, ValueError):
        said = b""
    return hmac.compare_digest(said, login.encode()) and scheme.lower() == "basic"
