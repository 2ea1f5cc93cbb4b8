"""How each kind of remote share takes a file so that a reader sees the old one or the new one, never none.

Belongs here: one way of overwriting for each protocol, and whom a line is opened to. Reading is `share`.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

_KNOWN_HOSTS = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")
# How long a server may be silent before we hang up.
ANSWER_SECONDS = 60.0


def overwrite(fs: Any, protocol: str, beside: str, target: str, content: bytes) -> None:
    """Put `content` at `target`. `beside` is a name next to it that nobody reads, for what is not finished.

    Raises what the driver raises.
    """
    if protocol == "s3":
        # An object appears whole or not at all; to move one would be to copy it.
        fs.pipe_file(target, content)
        return
    try:
        fs.pipe_file(beside, content)
        _move(fs, protocol, beside, target)
    except Exception:
        with contextlib.suppress(Exception):
            fs.rm_file(beside)
        raise


def _move(fs: Any, protocol: str, beside: str, target: str) -> None:
    """Move onto whatever is there. Each driver's own `mv` refuses, or copies, where there is something."""
    if protocol == "webdav":
        fs.client.move(beside, target, overwrite=True)
    elif protocol == "smb":
        import smbclient

        smbclient.replace(_unc(fs, beside), _unc(fs, target), port=fs.port or 445)
    else:
        _move_by_sftp(fs, beside, target)


def _move_by_sftp(fs: Any, beside: str, target: str) -> None:
    try:
        fs.ftp.posix_rename(beside, target)
    except OSError:
        # The plain rename of the protocol takes no name that is taken, and not every server knows the other one.
        # Until it is moved it is not recorded, and done again.
        if not fs.exists(target):
            raise
        fs.rm_file(target)
        fs.ftp.rename(beside, target)


def _unc(fs: Any, path: str) -> str:
    return f"\\\\{fs.host}{path}".replace("/", "\\")


def known_hosts_only() -> Any:
    """The rule for servers reached by SSH: only one that this account knows gets to see the password.

    The driver's own rule is to trust whoever answers.
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
