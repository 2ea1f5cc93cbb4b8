"""Copies of the originals an issue cites, under names a person can read, for the ledger's links.

Belongs here: their names, the ways to them and their copying. Does not belong here: the originals themselves, which stay as they are
under the name of their content and are never linked to: an office program might save into them.
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
    """Where the copy of each submission lies, relative to data/: briefs/<plan>/原件/<period>/<unit>_第2版.xlsx."""
    return {one.id: _place(one, plan) for one in submissions if one.unit and one.period and one.stored}


def sheet_names(submissions: Iterable[Submission]) -> dict[int, str]:
    """The sheet of each submission's original that its rows were read from, as the unit named it."""
    return {one.id: one.sheet for one in submissions if one.sheet}


def _place(one: Submission, plan: str) -> str:
    suffix = PurePosixPath(one.path).suffix
    unit = _UNSAFE.sub("_", one.unit or "")
    kind = "" if one.kind == "progress" else f"_{one.kind}"
    tail = suffix.lower() if _SUFFIX.fullmatch(suffix) else ""
    return f"briefs/{plan}/{_FOLDER}/{one.period}/{unit}{kind}_第{one.version}版{tail}"


def relative_link(source: FigureSource, data: Path | None, folder: Path) -> str:
    """The way from a file's folder to the original a source names, as a relative POSIX path; '' where none is known.

    It never leaves data/briefs, so it holds wherever that folder is moved, mounted or served.
    """
    if data is None or not source.file:
        return ""
    return PurePosixPath(os.path.relpath(data / source.file, folder)).as_posix()


def copy_cited(brief: Brief, submissions: Iterable[Submission], places: Mapping[int, str], data: Path) -> int:
    """Copy what `brief` cites and is not there yet; returns how many. An original that is gone is left out."""
    cited = {source.submission for source in brief.sources if source.file}
    copied = 0
    for one in submissions:
        target = data / places[one.id] if one.id in cited and one.id in places else None
        original = data / "originals" / one.stored
        if target is not None and not target.exists() and original.is_file():
            write_atomically(target, original.read_bytes())
            copied += 1
    return copied
