"""Puts a draft on disk for a person to check: the draft plan, the 责任清单, the summary.

Belongs here: file names and safe writing. Nothing written here is in force: a plan comes into force by confirmation.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from config.plan import dump_plan
from tasks.register.draft import Draft
from tasks.register.sheet import sheet_bytes
from tasks.register.summary import summary_text
from tasks.shapes import Written


def write_draft(draft: Draft, folder: Path, plan_id: str, county_id: str) -> tuple[Written, ...]:
    """Write `<plan_id>.toml`, `register.xlsx` and `摘要.md` into `folder` (made where absent).

    The same draft gives the same bytes. `path` of each result is relative to `folder`. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        f"{plan_id}.toml": dump_plan(draft.to_plan(plan_id, county_id)).encode("utf-8"),
        "register.xlsx": sheet_bytes(draft),
        "摘要.md": summary_text(draft, plan_id).encode("utf-8"),
    }
    return tuple(_place(folder, name, content) for name, content in files.items())


def _place(folder: Path, name: str, content: bytes) -> Written:
    target = folder / name
    if not (target.exists() and target.read_bytes() == content):
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    return Written(name, hashlib.sha256(content).hexdigest())
