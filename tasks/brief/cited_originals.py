"""Readable copies of the originals that an issue cites, so that the ledger and the HTML brief can link to them.

Belongs here: the copies' paths, links to them, the copying. The originals in the content store are never linked to:
an office program might save changes into them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from tasks.brief.brief_document import Brief, FigureSource
from tasks.model.submission import Submission
from tasks.storage.atomic_write import write_atomically

_FOLDER = "原件"
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}")
_UNSAFE = re.compile(r"[^\w（）()-]+")


def copy_paths(submissions: Iterable[Submission], plan: str) -> dict[int, str]:
    """Submission id -> path of its copy, relative to data/: briefs/<plan>/原件/<period>/<unit>_第2版.xlsx."""
    return {one.id: _copy_path(one, plan) for one in submissions if one.unit and one.period and one.stored}


def sheet_names(submissions: Iterable[Submission]) -> dict[int, str]:
    """Submission id -> the sheet its rows were read from, as the unit named it."""
    return {one.id: one.sheet for one in submissions if one.sheet}


def _copy_path(one: Submission, plan: str) -> str:
    suffix = PurePosixPath(one.path).suffix
    unit = _UNSAFE.sub("_", one.unit or "")
    kind = "" if one.kind == "progress" else f"_{one.kind}"
    tail = suffix.lower() if _SUFFIX.fullmatch(suffix) else ""
    return f"briefs/{plan}/{_FOLDER}/{one.period}/{unit}{kind}_第{one.version}版{tail}"


def relative_link(source: FigureSource, data: Path | None, folder: Path) -> str:
    """Relative POSIX path from `folder` to the copy that `source` cites; '' where none is known.

    The path stays inside data/briefs, so it still works when that folder is moved, mounted or served.
    """
    if data is None or not source.file:
        return ""
    return PurePosixPath(os.path.relpath(data / source.file, folder)).as_posix()


def copy_cited(brief: Brief, submissions: Iterable[Submission], paths: Mapping[int, str], data: Path) -> int:
    """Copy the originals that `brief` cites; returns how many copies are new. Missing originals are skipped.

    `paths` come from `copy_paths`.
    """
    cited = {source.submission for source in brief.sources if source.file}
    copied = 0
    for one in submissions:
        target = data / paths[one.id] if one.id in cited and one.id in paths else None
        original = data / "originals" / one.stored
        if target is not None and not target.exists() and original.is_file():
            write_atomically(target, original.read_bytes())
            copied += 1
    return copied
