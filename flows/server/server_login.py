"""The coordinator's login, one for the UI, its API and the file server.

Belongs here: creating the password once, reading and comparing it. `processes` sets it for the Prefect server;
`file_server` checks it.
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
    """`lianxi:<password>`, with the password `given` (LIANXI_PASSWORD), else that of data/login.key (mode 0600).

    The file is created once. Raises InputError for an unusable `given`, PipelineError for an unusable file.
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
    """The value of the Authorization header for this login (HTTP Basic)."""
    return f"Basic {base64.b64encode(login.encode()).decode('ascii')}"


def is_login(header: str, login: str) -> bool:
    """Whether an Authorization header holds this login, compared in constant time."""
    scheme, _, credentials = header.partition(" ")
    try:
        given = base64.b64decode(credentials.strip(), validate=True)
    except (binascii.Error, ValueError):
        given = b""
    return hmac.compare_digest(given, login.encode()) and scheme.lower() == "basic"
