"""Markdown links in artifacts: to files on the file server, and to other artifacts.

Belongs here: which folders are served, artifact keys, escaping. Does not belong here: serving files
(`server.file_server`).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import quote

from config.settings import Settings

# The folders of data/ that the file server serves.
SERVED_FOLDERS = ("briefs", "returned", "quality")
# The file server's address when `lianxi up` runs with its default port.
DEFAULT_FILES_URL = "http://127.0.0.1:4201"


def files_base_url(settings: Settings) -> str:
    """The file server's address: from the settings, else the default."""
    return settings.desk.files_url.rstrip("/") or DEFAULT_FILES_URL


def file_link(base: str, path: str, title: str | None = None) -> str:
    """A Markdown link to a file of data/ (`briefs/…`) below `base`; only the path if its folder is not served."""
    if not path.startswith(tuple(f"{folder}/" for folder in SERVED_FOLDERS)):
        return f"`{path}`"
    return f"[{escaped_markdown(title or PurePosixPath(path).name)}]({base}/{quote(path)})"


def artifact_link(key: str, title: str) -> str:
    """A Markdown link to an artifact's history in the UI."""
    return f"[{escaped_markdown(title)}](/artifacts/key/{key})"


def artifact_key(*parts: str) -> str:
    """An artifact's key made of these parts: lowercase letters, digits and dashes, as Prefect requires."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")


def escaped_markdown(text: str) -> str:
    """Text escaped for Markdown, on one line: what units wrote must not become markup."""
    one_line = re.sub(r"\s+", " ", text).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\|`*_\[\]])", r"\\\1", one_line)
