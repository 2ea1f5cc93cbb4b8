"""SourceList of a brief, each named once.

Belongs here: the list a composer fills while it writes, and the sheet names of each kind of report.
Does not belong here: how a source is shown (word, html, excel).
"""

from __future__ import annotations

from collections.abc import Mapping

from tasks.brief.brief_document import FigureSource
from tasks.model.progress import MeasureProgress, TargetProgress

SHEET = "月度报送"


class SourceList:
    """Collects sources in the order of their first use; `add` returns the index a Run or Bar carries.

    `files` gives the original of a submission, relative to data/; `sheets` the sheet its rows were read from, where
    that is not the layout's own.
    """

    def __init__(self, files: Mapping[int, str] | None = None, sheets: Mapping[int, str] | None = None) -> None:
        self._index: dict[FigureSource, int] = {}
        self._files, self._sheets = files or {}, sheets or {}

    def add(self, said: TargetProgress | MeasureProgress) -> int | None:
        """Index of where `said` comes from; None where it comes from no accepted file."""
        if said.submission_id is None or not said.cell:
            return None
        file = self._files.get(said.submission_id, "")
        sheet = self._sheets.get(said.submission_id, SHEET)
        return self.cite(FigureSource(said.unit, said.submission_id, said.version, sheet, said.cell, file))

    def cite(self, source: FigureSource) -> int:
        """Index of a source that is known already, as an earlier issue holds it."""
        return self._index.setdefault(source, len(self._index))

    def __getitem__(self, index: int) -> FigureSource:
        """The source an index stands for."""
        return tuple(self._index)[index]

    def all(self) -> tuple[FigureSource, ...]:
        """Every source, in the order of the indices."""
        return tuple(self._index)
