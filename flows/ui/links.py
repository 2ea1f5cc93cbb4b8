"""Addresses of what the coordinator's screen links to: files beside the UI, and artifacts within it.

Belongs here: turning a path in data/ or an artifact's key into Markdown that opens. Whether a file may be looked at is
`shelf`'s to say.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import quote

from config.settings import Settings

# The folders of data/ whose files may be looked at.
SERVED_FOLDERS = ("briefs", "returned", "quality")
# Where `lianxi up` serves them when it is told nothing else.
DEFAULT_FILES_URL = "http://127.0.0.1:4201"


def files_base_url(settings: Settings) -> str:
    """Where the files are served: as set, or as `lianxi up` does by itself."""
    return settings.desk.files_url.rstrip("/") or DEFAULT_FILES_URL


def file_link(base: str, path: str, title: str | None = None) -> str:
    """A file of data/ (`briefs/…`) as a Markdown link below `base`; what is not on a shelf stays a plain path."""
    shown = title or PurePosixPath(path).name
    if PurePosixPath(path).parts[:1] not in [(shelf,) for shelf in SERVED_FOLDERS]:
        return f"`{path}`"
    return f"[{escaped_markdown(shown)}]({base}/{quote(path)})"


def artifact_link(key: str, title: str) -> str:
    """The history of an artifact as a Markdown link within the UI."""
    return f"[{escaped_markdown(title)}](/artifacts/key/{key})"


def artifact_key(*parts: str) -> str:
    """An artifact's key of these parts: lowercase letters, digits and dashes, which is what Prefect allows."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")


def escaped_markdown(text: str) -> str:
    """Words of others as Markdown that shows them as they are: no markup, one line."""
    flat = re.sub(r"\s+", " ", text).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\|`*_\[\]])", r"\\\1", flat)
