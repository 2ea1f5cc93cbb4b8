"""Pictures in cells: what programs write where a picture is a cell's value, and the sheet without it.

Belongs here: telling such a cell by its formula or by the text that stands for the picture. Such a text is no answer: the
cell counts as blank, and `sheet_findings` says that a picture was not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tasks.read.formats.sheet_grid import SheetGrid

_PICTURE = re.compile(
    r"^\s*(?:of:|msoxl:|oooc:)?=?\s*(?:_xlfn\.|_xlws\.|COM\.MICROSOFT\.)*(?:DISPIMG|IMAGE)\s*\(", re.IGNORECASE
)
PICTURE_WORDS = ("DISPIMG", "IMAGE")
"""One of these is in every formula that puts a picture into a cell."""
IN_CELL = "=IMAGE()"
"""Stands for a picture that a program keeps beside the cell and shows in it."""
_STRUCTURES = (b"_localImage", b"_webimage")


def is_picture_formula(formula: str) -> bool:
    """Whether a formula, with or without its `=`, puts a picture into its cell."""
    return _PICTURE.match(formula) is not None


def keeps_pictures(structures: bytes) -> bool:
    """Whether the structures of a workbook's rich values (rdrichvaluestructure.xml) are those of pictures."""
    return any(name in structures for name in _STRUCTURES)


def without_pictures(grid: SheetGrid) -> SheetGrid:
    """The grid with a blank where a picture is, and the positions of the pictures in its metadata."""
    found = [
        (row, column)
        for row, cells in enumerate(grid.cells)
        for column, value in enumerate(cells)
        if isinstance(value, str) and value[:1] == "=" and is_picture_formula(value)
    ]
    if not found:
        return grid
    cells: list[Sequence[object]] = list(grid.cells)
    for row, column in found:
        changed = list(cells[row])
        changed[column] = None
        cells[row] = changed
    return replace(grid, cells=cells, metadata=replace(grid.metadata, pictures=tuple(found)))
