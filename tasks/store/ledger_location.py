"""Where the ledger is, which revision this program needs, and whether its file still exists.

Belongs here: what must be known before opening the ledger. Imports no database library: an empty pass runs every ten
minutes, and that import would be most of its cost.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from tasks.errors import PipelineError

# The newest revision in `schema/migrations/versions`; a test compares the two.
HEAD = "0010"


def is_sqlite(url: str) -> bool:
    """Whether the URL is that of a SQLite file."""
    return url.partition(":")[0].partition("+")[0] == "sqlite"


def sqlite_path(url: str) -> Path:
    """The file of a SQLite URL: the path as written if its folder exists, else percent-decoded."""
    written = url.partition(":///")[2]
    folder, _, name = written.rpartition("/")
    written = f"{folder}/{name.partition('?')[0]}" if folder or written.startswith("/") else name.partition("?")[0]
    return Path(written) if Path(written).parent.is_dir() else Path(unquote(written))


def check_not_lost(url: str, originals: Path) -> None:
    """Raise PipelineError if originals exist but their ledger does not: an empty ledger would take them all in again.

    Checks SQLite only: a missing database server fails by itself.
    """
    if not is_sqlite(url) or not originals.is_dir() or not any(originals.iterdir()):
        return
    path = sqlite_path(url)
    # SQLite creates an empty file when it opens one that does not exist.
    if not path.is_file() or not path.stat().st_size:
        raise PipelineError(
            f"台账 {path} 不见了，而 {originals} 里留有以前收的原件。请先检查磁盘是否挂载，或从备份恢复台账；"
            "确要另立新账的，请先把原件文件夹移到别处。"
        )
