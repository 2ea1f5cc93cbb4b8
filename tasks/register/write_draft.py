"""Writes a draft to disk for a person to check: the draft plan, the 责任清单, the summary.

Belongs here: file names and writing. Nothing written here is in force until a person confirms the plan.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from config.plan_text import plan_text
from tasks.model.submission import WrittenFile
from tasks.register.draft import Draft
from tasks.register.draft_summary import summary_text
from tasks.register.register_workbook import register_workbook_bytes
from tasks.storage.atomic_write import write_atomically


def write_draft(draft: Draft, folder: Path, plan_id: str, county_id: str) -> tuple[WrittenFile, ...]:
    """Write `<plan_id>.toml`, `register.xlsx` and `摘要.md` into `folder` (made where absent).

    The same draft gives the same bytes. `path` of each result is relative to `folder`. Raises OSError.
    """
    files = {
        f"{plan_id}.toml": plan_text(draft.to_plan(plan_id, county_id)).encode("utf-8"),
        "register.xlsx": register_workbook_bytes(draft),
        "摘要.md": summary_text(draft, plan_id).encode("utf-8"),
    }
    for name, content in files.items():
        write_atomically(folder / name, content)
    return tuple(WrittenFile(name, hashlib.sha256(content).hexdigest()) for name, content in files.items())
