"""Reading an official document, for the command line and the flow `register`."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from config.county import County
from config.county_file import load_county
from config.document_vocabulary import load_vocabulary
from config.settings import Settings
from config.validation_errors import printable
from tasks.errors import InputError
from tasks.register.draft import Draft
from tasks.register.parse_document import parse_document
from tasks.register.source.blocks import SourceLine
from tasks.register.source.read_source import read_source

# No file system knows a longer path.
_LONGEST_PATH = 1024
_LARGEST_BYTES = 50 * 2**20
# Beside a draft: its digest as the parser wrote it. A draft with another digest was edited by a person.
AS_READ = ".as-read"


def read_document_bytes(document: str | Path) -> tuple[bytes, str]:
    """The document's bytes and name. Raises InputError for anything but a readable file of a reasonable size."""
    path = Path(document)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            # A pipe never ends, a device has no size.
            raise InputError(f"{printable(str(path), 200)} 不是文件，请写明责任分解方案的文件")
        if status.st_size > _LARGEST_BYTES:
            raise InputError(
                f"文件 {printable(str(path), 200)} 超过 {_LARGEST_BYTES // 2**20} MB，不像责任分解方案，请检查"
            )
        return path.read_bytes(), path.name
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "名称不能用"
        raise InputError(f"文件 {printable(str(path), 200)} 读不了（{reason}），请检查路径和权限") from None


def read_text(named: str) -> str:
    """The text of the document of that name, or `named` itself where it is a text already.

    Raises InputError for a file that cannot be read, and for what looks like a file's name and is none.
    """
    try:
        is_there = len(named) < _LONGEST_PATH and Path(named).exists()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        if "月" not in named and "\n" not in named:
            raise InputError(f"没有文件 {printable(named, 200)}，请检查路径；也可以直接给出通知全文")
        return named
    content, name = read_document_bytes(named)
    return "\n".join(
        block.text if isinstance(block, SourceLine) else "\n".join("".join(row) for row in block.rows)
        for block in read_source(content, name)
    )


def in_inbox(name: str, data: Path) -> Path:
    """The path of a document in data/inbox, the only folder a form in the UI can name a file of.

    Raises InputError for anything else, a path or link out of the folder included.
    """
    inbox = (data / "inbox").resolve()
    inbox.mkdir(parents=True, exist_ok=True)
    try:
        path = (inbox / name).resolve(strict=True)
        if path.parent == inbox and path.is_file():
            return path
    except (OSError, ValueError):
        pass
    there = sorted(each.name for each in inbox.iterdir() if each.is_file() and not each.name.startswith("."))
    listed = "、".join(there) or "（空）"
    raise InputError(f"数据文件夹的 inbox 里没有“{printable(name)}”这个文件。现有：{listed}")


def read_draft(document: str | Path, settings: Settings, county: str | None = None) -> Draft:
    """The draft register of a document; aliases resolve through the county it belongs to.

    Raises InputError when the document holds no register, ConfigError for a county that cannot be used.
    """
    content, name = read_document_bytes(document)
    vocabulary = load_vocabulary()
    if county:
        return parse_document(content, name, vocabulary, load_county(county, settings.config))
    draft = parse_document(content, name, vocabulary, None)
    own = county_of(draft, settings)
    return parse_document(content, name, vocabulary, own) if own else draft


def county_of(draft: Draft, settings: Settings) -> County | None:
    """The county named in the document's issuer, title or first lines; None where no county of config/ is."""
    head = f"{draft.document.issuer}{draft.document.title}{draft.text[:400]}"
    for folder in sorted((settings.config / "counties").glob("*/county.toml")):
        county = load_county(folder.parent.name, settings.config)
        if any(name and name in head for name in (county.full_name, county.name)):
            return county
    return None


def plan_id_of(name: str) -> str:
    """A plan's id made from a file's name: ASCII letters, digits and dashes."""
    return re.sub(r"[^A-Za-z0-9]+", "-", Path(name).stem).strip("-").lower() or "draft"
