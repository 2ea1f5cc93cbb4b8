"""The numbered list of sources that a brief cites.

Belongs here: collecting the sources while the parts are composed. Does not belong here: how a source is shown (`writers`).
"""

from __future__ import annotations

from collections.abc import Mapping

from tasks.brief.brief_document import FigureSource
from tasks.model.progress import MeasureProgress, TargetProgress

_REPORT_SHEET = "月度报送"


class SourceList:
    """Collects sources in the order of their first use; `add` returns the index that a Run or Bar stores.

    `files` and `sheets` are those of `BriefBackground`; a submission without an entry in `sheets` was read from 月度报送.
    """

    def __init__(self, files: Mapping[int, str] | None = None, sheets: Mapping[int, str] | None = None) -> None:
        self._index: dict[FigureSource, int] = {}
        self._files, self._sheets = files or {}, sheets or {}

    def add(self, item: TargetProgress | MeasureProgress) -> int | None:
        """Index of the cell that `item` was read from; None where it comes from no accepted file."""
        if item.submission_id is None or not item.cell:
            return None
        file = self._files.get(item.submission_id, "")
        sheet = self._sheets.get(item.submission_id, _REPORT_SHEET)
        return self.cite(FigureSource(item.unit, item.submission_id, item.version, sheet, item.cell, file))

    def cite(self, source: FigureSource) -> int:
        """Index of a ready-made source, such as one stored with an earlier issue."""
        return self._index.setdefault(source, len(self._index))

    def __getitem__(self, index: int) -> FigureSource:
        """The source with that index."""
        return tuple(self._index)[index]

    def all(self) -> tuple[FigureSource, ...]:
        """Every source, in the order of the indices."""
        return tuple(self._index)
