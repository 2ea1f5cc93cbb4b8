"""The shared folder, wherever it lies: a folder of this machine, or one reached by URL through fsspec.

Belongs here: the few things the stages do to a share that is not local, and one kind of error for all its ways to fail.
A local share stays a plain path: listing it costs one look at each known file, which no layer in between may spoil.
Does not belong here: which folder is whose (`collect`, `issue`, `reply`).
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
from tasks.storage.atomic_write import NO_LONGER_WRITTEN_SECONDS, is_unfinished, unfinished_name, write_atomically
from tasks.storage.remote_write import ANSWER_SECONDS, known_hosts_only, overwrite

# What a protocol is served by, and what to install for it (pyproject names each as an extra).
_EXTRAS = {"webdav": "webdav", "webdavs": "webdav", "sftp": "sftp", "smb": "smb", "s3": "s3"}
_WHEN = ("mtime", "modified", "LastModified", "last_write_time")


@dataclass(frozen=True, slots=True)
class ShareEntry:
    """One thing in a folder: `kind` is file, directory or something else; size in bytes, last change in nanoseconds."""

    name: str
    kind: str
    st_size: int
    st_mtime_ns: int

    @property
    def st_mtime(self) -> float:
        """Seconds, as of a local file."""
        return self.st_mtime_ns / 1e9


class RemoteShare:
    """A share reached by URL. Every method raises OSError, with words in `strerror`, whatever the driver raised.

    What is written is kept in `home` too: letters attach it, and an answer that the remote side has is known by it.
    """

    def __init__(self, url: str, home: Path, user: str = "", password: str = "") -> None:
        self.url, self.home = url, home
        self._protocol, self._fs, self._root = _opened(url, user, password)
        self._swept: set[str] = set()

    def __str__(self) -> str:
        return self.url

    def close(self) -> None:
        """Hang up. Drivers that keep a line open close it themselves when the process ends; tests look more closely."""
        if http := getattr(getattr(self._fs, "client", None), "http", None):
            http.close()

    def entries(self, folder: str = "") -> list[ShareEntry]:
        """What lies in a folder, by name; as it is now, not as it was when last asked."""
        with _in_plain_words():
            self._fs.invalidate_cache()
            found = self._fs.ls(self._at(folder), detail=True)
            return sorted((_entry(each) for each in found), key=lambda entry: entry.name)

    def look(self, path: str) -> ShareEntry:
        """One file, as it is now."""
        with _in_plain_words():
            self._fs.invalidate_cache()
            return _entry(self._fs.info(self._at(path)))

    def read(self, path: str) -> bytes:
        """All bytes of a file."""
        with _in_plain_words():
            return bytes(self._fs.cat_file(self._at(path)))

    def make_folder(self, path: str) -> None:
        """Make a folder and those on the way; one that is there is left alone."""
        with _in_plain_words():
            self._fs.makedirs(self._at(path), exist_ok=True)
        (self.home / path).mkdir(parents=True, exist_ok=True)

    def write(self, path: str, content: bytes) -> None:
        """Write a file, whole or not at all, over the one that is there; one that has this content is left alone."""
        at_home, folder = self.home / path, path.rpartition("/")[0]
        if at_home.is_file() and at_home.read_bytes() == content and self._has(path, len(content)):
            return
        self.make_folder(folder)
        beside = f"{folder}/{unfinished_name()}".lstrip("/")
        with _in_plain_words():
            overwrite(self._fs, self._protocol, self._at(beside), self._at(path), content)
        if folder not in self._swept:
            self._swept.add(folder)
            self._sweep(folder, path.rpartition("/")[2])
        write_atomically(at_home, content)

    def _sweep(self, folder: str, written: str) -> None:
        """Remove what processes that were killed left unfinished in a folder, by the server's clock. Never raises."""
        with contextlib.suppress(OSError):
            entries = self.entries(folder)
            now = max(entry.st_mtime for entry in entries if entry.name == written)
            for entry in entries:
                if is_unfinished(entry.name) and now - entry.st_mtime > NO_LONGER_WRITTEN_SECONDS:
                    with _in_plain_words():
                        self._fs.rm_file(self._at(f"{folder}/{entry.name}".lstrip("/")))

    def _has(self, path: str, size: int) -> bool:
        try:
            return self.look(path).st_size == size
        except FileNotFoundError:
            return False

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}".rstrip("/") if self._root else path


Share = Path | RemoteShare


def home_of(share: Share) -> Path:
    """Where what we wrote into the share lies on this machine: the share itself, or the copy of what went out."""
    return share.home if isinstance(share, RemoteShare) else share


def put_into(share: Share, path: str, content: bytes) -> None:
    """Write a file of the share, whole or not at all. Raises OSError."""
    if isinstance(share, RemoteShare):
        share.write(path, content)
    else:
        write_atomically(share / path, content)


def make_in(share: Share, path: str) -> None:
    """Make a folder of the share. Raises OSError."""
    if isinstance(share, RemoteShare):
        share.make_folder(path)
    else:
        (share / path).mkdir(parents=True, exist_ok=True)


def _opened(url: str, user: str, password: str) -> tuple[str, Any, str]:
    """The protocol of a URL, its file system, and the path of the share in it. Raises InputError for one that cannot be used."""
    # Imported here: an office whose share is a folder needs none of it.
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
            # A server that falls silent would be waited for without end.
            fs.ftp.get_channel().settimeout(ANSWER_SECONDS)
        return protocol, fs, root
    except ImportError:
        raise InputError(
            f"要用 {parts.scheme}:// 的共享文件夹，还缺驱动程序。请运行：uv pip install 'lianxi[{extra}]'"
        ) from None
    except Exception as error:
        # Drivers that connect at once fail here, each in a way of its own.
        raise OSError(errno.EIO, _words(error)) from error


def _options(url: str, user: str, password: str) -> tuple[str, dict[str, Any], str]:
    """(protocol, the driver's options, the share's path in its terms)."""
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
        # Opened for ourselves alone, a workbook could not be saved by the clerk who is at work on it.
        options |= {"share_access": "rwd", "timeout": int(ANSWER_SECONDS)}
    return parts.scheme, options | ({"username": user, "password": password} if user else {}), f"/{path}"


def _entry(detail: Mapping[str, Any]) -> ShareEntry:
    name = str(detail["name"]).rstrip("/").rpartition("/")[2]
    when = next((detail[key] for key in _WHEN if detail.get(key) is not None), 0)
    seconds = when.timestamp() if isinstance(when, dt.datetime) else float(when)
    return ShareEntry(name, str(detail.get("type", "")), int(detail.get("size") or 0), int(seconds * 1000) * 1_000_000)


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.strerror:
            raise
        raise OSError(errno.ENOENT if isinstance(error, FileNotFoundError) else errno.EIO, _words(error)) from error
    except Exception as error:
        raise OSError(errno.EIO, _words(error)) from error


def _words(error: Exception) -> str:
    said = str(error).partition("\n")[0].strip()
    return f"服务器没有应允：{said or type(error).__name__}"
