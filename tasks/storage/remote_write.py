"""Overwrite a file of a remote share so that a reader sees the old one or the new one, never none.

Belongs here: one way of overwriting a file for each protocol, and the check of an SSH server's key. Reading is in
`share`.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

_KNOWN_HOSTS = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")
# How long a server may take to answer.
ANSWER_SECONDS = 60.0


def overwrite(fs: Any, protocol: str, temporary: str, target: str, content: bytes) -> None:
    """Write `content` to `target`, by way of the file `temporary` in the same folder. Raises the driver's own errors."""
    if protocol == "s3":
        # An object appears whole or not at all, and moving one would copy it.
        fs.pipe_file(target, content)
        return
    try:
        fs.pipe_file(temporary, content)
        _move(fs, protocol, temporary, target)
    except Exception:
        with contextlib.suppress(Exception):
            fs.rm_file(temporary)
        raise


def _move(fs: Any, protocol: str, temporary: str, target: str) -> None:
    """Rename, replacing the target. The drivers' own `mv` refuses or copies when the target exists."""
    if protocol == "webdav":
        fs.client.move(temporary, target, overwrite=True)
    elif protocol == "smb":
        import smbclient

        smbclient.replace(_unc(fs, temporary), _unc(fs, target), port=fs.port or 445)
    else:
        _move_by_sftp(fs, temporary, target)


def _move_by_sftp(fs: Any, temporary: str, target: str) -> None:
    try:
        fs.ftp.posix_rename(temporary, target)
    except OSError:
        # The protocol's plain rename refuses an existing target, and not every server supports posix_rename. If the
        # process dies between the two calls below, the write is not recorded as done and is repeated.
        if not fs.exists(target):
            raise
        fs.rm_file(target)
        fs.ftp.rename(temporary, target)


def _unc(fs: Any, path: str) -> str:
    return f"\\\\{fs.host}{path}".replace("/", "\\")


def known_hosts_only() -> Any:
    """A paramiko host key policy: send the password only to servers in this account's known_hosts.

    The driver's default policy trusts any server.
    """
    import paramiko

    class KnownHostsOnly(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # the driver asks for a subclass
        def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
            files = [path for path in (Path(name).expanduser() for name in _KNOWN_HOSTS) if path.is_file()]
            if not any(paramiko.HostKeys(str(path)).check(hostname, key) for path in files):
                host, _, port = hostname.strip("[]").partition("]:")
                raise paramiko.SSHException(
                    f"没有登记过服务器 {host} 的密钥，不敢送出口令。请核对后运行："
                    f"ssh-keyscan -p {port or 22} {host} >> ~/.ssh/known_hosts"
                )

    return KnownHostsOnly
