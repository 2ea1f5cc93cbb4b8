"""The shared folder: a folder of this machine, or one reached by URL through fsspec.

Belongs here: what the stages do with a remote share, with OSError for every way it can fail. A local share is a plain
path, because listing it with os.scandir is much faster than through any layer. Does not belong here: which folder
belongs to which unit (`collect`, `issue`, `reply`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tasks.errors import InputError
from tasks.storage.atomic_write import ABANDONED_SECONDS, is_unfinished, unfinished_name, write_atomically
from tasks.storage.remote_write import ANSWER_SECONDS, known_hosts_only, overwrite

# URL scheme -> the extra in pyproject that installs its driver.
_EXTRAS = {"webdav": "webdav", "webdavs": "webdav", "sftp": "sftp", "smb": "smb", "s3": "s3"}
# The keys under which drivers give the time of the last change.
_MODIFIED = ("mtime", "modified", "LastModified", "last_write_time")


@dataclass(frozen=True, slots=True)
class ShareEntry:
    """A file or folder of a remote share: `kind` is file, directory or something else; size in bytes, time of the last
    change in nanoseconds. Named as in os.stat_result.
    """

    name: str
    kind: str
    st_size: int
    st_mtime_ns: int

    @property
    def st_mtime(self) -> float:
        """Time of the last change in seconds, as in os.stat_result."""
        return self.st_mtime_ns / 1e9


class RemoteShare:
    """A share reached by URL. Every method raises OSError with a message in `strerror`, whatever the driver raises.

    Everything written is also kept in `local_copy`: letters attach files from there, and a file that is already on the
    server is not sent again.
    """

    def __init__(self, url: str, local_copy: Path, user: str = "", password: str = "") -> None:
        self.url, self.local_copy = url, local_copy
        self._protocol, self._fs, self._root = _open(url, user, password)
        self._cleaned: set[str] = set()

    def __str__(self) -> str:
        return self.url

    def close(self) -> None:
        """Close the connection. Drivers do so by themselves when the process ends; tests check for open sockets earlier."""
        if http := getattr(getattr(self._fs, "client", None), "http", None):
            http.close()

    def list_folder(self, folder: str = "") -> list[ShareEntry]:
        """The entries of a folder, sorted by name, without the driver's cache."""
        with _as_os_error():
            self._fs.invalidate_cache()
            details = self._fs.ls(self._full_path(folder), detail=True)
            return sorted((_entry(each) for each in details), key=lambda entry: entry.name)

    def stat(self, path: str) -> ShareEntry:
        """Size and time of a file, without the driver's cache."""
        with _as_os_error():
            self._fs.invalidate_cache()
            return _entry(self._fs.info(self._full_path(path)))

    def read(self, path: str) -> bytes:
        """All bytes of a file."""
        with _as_os_error():
            return bytes(self._fs.cat_file(self._full_path(path)))

    def make_folder(self, path: str) -> None:
        """Create a folder and its parents, unless it exists."""
        with _as_os_error():
            self._fs.makedirs(self._full_path(path), exist_ok=True)
        (self.local_copy / path).mkdir(parents=True, exist_ok=True)

    def write(self, path: str, content: bytes) -> None:
        """Write or replace a file, whole or not at all; nothing is sent if the server has this content already."""
        local_file, folder = self.local_copy / path, path.rpartition("/")[0]
        if local_file.is_file() and local_file.read_bytes() == content and self._has_size(path, len(content)):
            return
        self.make_folder(folder)
        temporary = f"{folder}/{unfinished_name()}".lstrip("/")
        with _as_os_error():
            overwrite(self._fs, self._protocol, self._full_path(temporary), self._full_path(path), content)
        if folder not in self._cleaned:
            self._cleaned.add(folder)
            self._remove_abandoned(folder, path.rpartition("/")[2])
        write_atomically(local_file, content)

    def _remove_abandoned(self, folder: str, written: str) -> None:
        """Remove the temporary files that killed processes left in a folder. Never raises.

        Their age is measured by the server's clock: by the time of the file just `written`.
        """
        with contextlib.suppress(OSError):
            entries = self.list_folder(folder)
            now = max(entry.st_mtime for entry in entries if entry.name == written)
            for entry in entries:
                if is_unfinished(entry.name) and now - entry.st_mtime > ABANDONED_SECONDS:
                    with _as_os_error():
                        self._fs.rm_file(self._full_path(f"{folder}/{entry.name}".lstrip("/")))

    def _has_size(self, path: str, size: int) -> bool:
        try:
            return self.stat(path).st_size == size
        except FileNotFoundError:
            return False

    def _full_path(self, path: str) -> str:
        return f"{self._root}/{path}".rstrip("/") if self._root else path


Share = Path | RemoteShare


def local_copy_of(share: Share) -> Path:
    """The folder of this machine that has every file we wrote into the share: the share itself, or the local copy."""
    return share.local_copy if isinstance(share, RemoteShare) else share


def write_to_share(share: Share, path: str, content: bytes) -> None:
    """Write a file of the share, whole or not at all. Raises OSError."""
    if isinstance(share, RemoteShare):
        share.write(path, content)
    else:
        write_atomically(share / path, content)


def make_share_folder(share: Share, path: str) -> None:
    """Create a folder of the share. Raises OSError."""
    if isinstance(share, RemoteShare):
        share.make_folder(path)
    else:
        (share / path).mkdir(parents=True, exist_ok=True)


def _open(url: str, user: str, password: str) -> tuple[str, Any, str]:
    """(protocol, fsspec file system, path of the share in it). Raises InputError for a URL that cannot be used."""
    # Imported here, because an office with a local share does not need it.
    import fsspec

    parts = urlsplit(url)
    extra = _EXTRAS.get(parts.scheme)
    if extra is None:
        known = "、".join(f"{name}://" for name in ("file", *_EXTRAS))
        raise InputError(f"共享文件夹的地址“{url}”不能识别，可用的有 {known}")
    try:
        protocol, options, root = _options(url, user, password)
        fs = fsspec.filesystem(protocol, skip_instance_cache=True, **options)
        if protocol == "sftp":
            # Without a timeout, a server that stops answering would block the process for ever.
            fs.ftp.get_channel().settimeout(ANSWER_SECONDS)
        return protocol, fs, root
    except ImportError:
        raise InputError(
            f"要用 {parts.scheme}:// 的共享文件夹，还缺驱动程序。请运行：uv pip install 'lianxi[{extra}]'"
        ) from None
    except Exception as error:
        # Some drivers connect here, and each raises errors of its own.
        raise OSError(errno.EIO, _message(error)) from error


def _options(url: str, user: str, password: str) -> tuple[str, dict[str, Any], str]:
    """(protocol, the driver's options, the share's path as the driver wants it)."""
    parts = urlsplit(url)
    path = parts.path.strip("/")
    if parts.scheme in ("webdav", "webdavs"):
        scheme = "https" if parts.scheme == "webdavs" else "http"
        options: dict[str, Any] = {"base_url": f"{scheme}://{parts.netloc}"}
        return "webdav", options | ({"auth": (user, password)} if user else {}), path
    if parts.scheme == "s3":
        keys = {"key": user, "secret": password} if user else {}
        return "s3", keys, f"{parts.netloc}/{path}".rstrip("/")
    options = {"host": parts.hostname or ""} | ({"port": parts.port} if parts.port else {})
    if parts.scheme == "sftp":
        options |= {"host_key_policy": known_hosts_only(), "timeout": ANSWER_SECONDS}
    else:
        # Files are opened shared: otherwise a clerk could not save a workbook while we read it.
        options |= {"share_access": "rwd", "timeout": int(ANSWER_SECONDS)}
    return parts.scheme, options | ({"username": user, "password": password} if user else {}), f"/{path}"


def _entry(detail: Mapping[str, Any]) -> ShareEntry:
    name = str(detail["name"]).rstrip("/").rpartition("/")[2]
    modified = next((detail[key] for key in _MODIFIED if detail.get(key) is not None), 0)
    seconds = modified.timestamp() if isinstance(modified, dt.datetime) else float(modified)
    return ShareEntry(name, str(detail.get("type", "")), int(detail.get("size") or 0), int(seconds * 1000) * 1_000_000)


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.strerror:
            raise
        raise OSError(errno.ENOENT if isinstance(error, FileNotFoundError) else errno.EIO, _message(error)) from error
    except Exception as error:
        raise OSError(errno.EIO, _message(error)) from error


def _message(error: Exception) -> str:
    first_line = str(error).partition("\n")[0].strip()
    return f"服务器没有应允：{first_line or type(error).__name__}"
