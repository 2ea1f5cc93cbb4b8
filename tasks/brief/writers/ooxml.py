"""WordprocessingML that python-docx has no call for.

Belongs here: elements and attributes by their short names, packages without timestamps.
Does not belong here: what a brief looks like (`build_template`, `word`).
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from tasks.storage.atomic_write import write_atomically

TWIPS_PER_MM = 1440 / 25.4
# The earliest time a zip can hold. A fixed time makes files with the same content byte-identical.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def twips(mm: float) -> int:
    """Millimetres in twentieths of a point."""
    return round(mm * TWIPS_PER_MM)


def element(tag: str, /, *children: Any, **attributes: str | int) -> Any:
    """`<w:tag w:name="value">` with children; the attribute `val` is `w:val`."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    for child in children:
        made.append(child)
    return made


def write_package(source: BytesIO, path: Path) -> None:
    """Write an Office package atomically, its parts sorted and their times fixed."""
    packed = BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        # [Content_Types].xml comes first: programs that detect the file type expect it there.
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            new.writestr(info, old.read(name))
    write_atomically(path, packed.getvalue())
