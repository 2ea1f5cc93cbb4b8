"""Where the ledger lies, which version this program needs, and whether it is still there: asked of plain files.

Belongs here: what must be known before, and often instead of, opening the ledger. No database library is imported: a
pass that finds nothing to do is every ten minutes', and importing it would be most of what such a pass costs.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from tasks.errors import PipelineError

# The newest revision in `migrations/versions`; a test keeps the two together.
HEAD = "0009"


def is_sqlite(url: str) -> bool:
    """Whether a URL means a SQLite file."""
    return url.partition(":")[0].partition("+")[0] == "sqlite"


def sqlite_path(url: str) -> Path:
    """The file a SQLite URL means: as written if that folder exists, else with its percent signs decoded."""
    written = url.partition(":///")[2]
    folder, _, name = written.rpartition("/")
    written = f"{folder}/{name.partition('?')[0]}" if folder or written.startswith("/") else name.partition("?")[0]
    return Path(written) if Path(written).parent.is_dir() else Path(unquote(written))


def check_not_lost(url: str, originals: Path) -> None:
    """Raises PipelineError where originals are kept but their ledger is gone: a new, empty one would start it all anew.

    Asked of SQLite only: a database server that is away says so by itself.
    """
    if not is_sqlite(url) or not originals.is_dir() or not any(originals.iterdir()):
        return
    path = sqlite_path(url)
    # SQLite leaves an empty file behind where it was asked for one that is not there.
    if not path.is_file() or not path.stat().st_size:
        raise PipelineError(
            f"台账 {path} 不见了，而 {originals} 里留有以前收的原件。请先检查磁盘是否挂载，或从备份恢复台账；"
            "确要另立新账的，请先把原件文件夹移到别处。"
        )
