"""The signature of an issued workbook: HMAC-SHA256 over plan, unit, kind, period and template.

Belongs here: signing, verifying, and the file of the secret. Where the signature stands in a workbook is known to
`issue`, which writes it, and `read`, which looks for it.
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
    """The duty a workbook was issued for. `kind` is the duty's kind, `template` the version of the workbook's layout."""

    plan: str
    unit: str
    kind: str
    period: str
    template: str

    def message(self) -> bytes:
        """The bytes that are signed. Each field is preceded by its length, so that no two identities give the same bytes."""
        parts = (self.plan, self.unit, self.kind, self.period, self.template)
        return b"lianxi-1" + b"".join(b"\0%d:%s" % (len(raw), raw) for raw in (part.encode() for part in parts))


def sign_identity(identity: WorkbookIdentity, secret: bytes) -> str:
    """The signature as 64 hexadecimal digits."""
    return hmac.digest(secret, identity.message(), "sha256").hex()


def verify_identity(identity: WorkbookIdentity, signature: str, secret: bytes) -> bool:
    """Whether the signature was made with this secret for this identity; case and surrounding blanks are ignored."""
    return hmac.compare_digest(
        sign_identity(identity, secret).encode(), signature.strip().lower().encode("utf-8", "replace")
    )


def load_or_create_secret(path: Path, env_value: str | None) -> bytes:
    """The secret: the environment's value if given, else the content of `path`, which is created once with mode 0600.

    Raises PipelineError when the file cannot be read or created, or is too short for a secret.
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
