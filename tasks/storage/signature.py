"""The signature of an issued workbook: HMAC-SHA256 over what the workbook is for.

Belongs here: what is signed, signing, verifying, and the secret's file. Where the signature lies in a workbook is
the business of `issue` (which writes it) and `read` (which looks for it).
"""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path
from typing import NamedTuple

from tasks.errors import PipelineError
from tasks.storage.atomic_write import create_private

_SECRET_BYTES = 32


class WorkbookIdentity(NamedTuple):
    """What a workbook is for. `kind` is a duty's kind, `template` the layout version it was written with."""

    plan: str
    unit: str
    kind: str
    period: str
    template: str

    def message(self) -> bytes:
        """The bytes that are signed. Lengths go in front, so that no two identities share their bytes."""
        parts = (self.plan, self.unit, self.kind, self.period, self.template)
        return b"lianxi-1" + b"".join(b"\0%d:%s" % (len(raw), raw) for raw in (part.encode() for part in parts))


def sign_identity(identity: WorkbookIdentity, secret: bytes) -> str:
    """The signature as 64 hexadecimal digits."""
    return hmac.digest(secret, identity.message(), "sha256").hex()


def verify_identity(identity: WorkbookIdentity, signature: str, secret: bytes) -> bool:
    """Whether the signature was made with this secret for exactly this identity; case and outer blanks aside."""
    return hmac.compare_digest(
        sign_identity(identity, secret).encode(), signature.strip().lower().encode("utf-8", "replace")
    )


def load_or_create_secret(path: Path, env_value: str | None) -> bytes:
    """The secret: from the environment's value if given, else from `path`, which is made once with mode 0600.

    Raises PipelineError when the file cannot be read or made, or is too short to be a secret.
    """
    if env_value:
        return env_value.encode()
    try:
        if not path.exists():
            create_private(path, secrets.token_hex(_SECRET_BYTES).encode())
        secret = path.read_bytes().strip()
    except OSError as error:
        raise PipelineError(f"签名密钥文件 {path} 无法读写（{error.strerror}）。请检查该文件夹的权限。") from error
    if len(secret) < _SECRET_BYTES:
        raise PipelineError(f"签名密钥文件 {path} 内容不完整。请从备份恢复；没有备份的，删去该文件后重新发放报表。")
    return secret
