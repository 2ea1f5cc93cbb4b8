"""An official document on its way into the register, for the command line and the flow alike."""

from __future__ import annotations

import re
from pathlib import Path

from config.county import load_county
from config.plan import load_plan
from config.settings import load_settings
from tasks.errors import InputError
from tasks.register.draft import Draft

_LARGEST_BYTES = 50 * 2**20


def read_bytes(document: str | Path) -> tuple[bytes, str]:
    """The document's bytes and name. Raises InputError for what is no readable file of a sane size."""
    path = Path(document)
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise InputError(f"文件 {path} 超过 {_LARGEST_BYTES // 2**20} MB，不像责任分解方案，请检查")
        return path.read_bytes(), path.name
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"文件 {path} 读不了（{reason}），请检查路径和权限") from None


def read_document(document: str | Path, county: str | None = None) -> Draft:
    """The draft register of a document. Units resolve through `county`'s register of units, where one is named.

    Raises InputError when the document holds no register, ConfigError for a county that cannot be used.
    """
    from config.vocabulary import load_vocabulary
    from tasks.register.parse import parse_document

    content, name = read_bytes(document)
    return parse_document(content, name, load_vocabulary(), load_county(county) if county else None)


def usual_county() -> str:
    """The county of the plan in hand."""
    return load_plan(load_settings().plan).county


def plan_id_of(name: str) -> str:
    """A plan's id made from a file's name: ASCII letters, digits and dashes."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", Path(name).stem).strip("-").lower()
    return stem or "draft"
