"""What floats above the cells of an .xlsx sheet: comments and text boxes, which are no data and may hold some.

Belongs here: finding them. The comments that our own returned workbooks carry are not the unit's words.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from tasks.model.words import SEVERITY_WORDS

_AUTHOR = "联席会议办公室"
_STARTS = tuple(f"【{word}】" for word in SEVERITY_WORDS.values())
_KEPT = "──原批注──"
_RELATION = re.compile(rb"""Target\s*=\s*["']([^"']+)["']""")
_BOX = re.compile(rb"<(?:[\w.-]+:)?txBody\b.*?</(?:[\w.-]+:)?txBody>", re.DOTALL)
_BOX_TEXT = re.compile(rb"<(?:[\w.-]+:)?t>[^<]*\S[^<]*<")


def beside(parts: Mapping[str, bytes], sheet: str) -> tuple[tuple[str, ...], bool]:
    """The cells of a sheet that the unit itself commented on, and whether a text box lies on the sheet.

    `sheet` is the part's name. Raises ElementTree.ParseError for comments that are no XML.
    """
    notes: list[str] = []
    boxes = False
    for part in _related(parts, sheet):
        if "/comments" in part.lower():
            notes += _noted(parts[part])
        elif "/drawings/" in part and part.endswith(".xml"):
            boxes = boxes or any(_BOX_TEXT.search(box) for box in _BOX.findall(parts[part]))
    return tuple(dict.fromkeys(notes)), boxes


def _related(parts: Mapping[str, bytes], sheet: str) -> Iterator[str]:
    folder, _, name = sheet.rpartition("/")
    for target in _RELATION.findall(parts.get(f"{folder}/_rels/{name}.rels", b"")):
        part = posixpath.normpath(posixpath.join("/" + folder, target.decode("utf-8", "replace"))).lstrip("/")
        if part in parts:
            yield part


def _noted(data: bytes) -> Iterator[str]:
    # Safe here: `guard` has refused every part with a document type, and so every entity.
    root = ElementTree.fromstring(data)  # noqa: S314
    authors = [each.text or "" for each in root.iter() if _local(each.tag) == "author"]
    for comment in root.iter():
        if _local(comment.tag) != "comment":
            continue
        said = "".join(each.text or "" for each in comment.iter() if _local(each.tag) == "t")
        number = comment.get("authorId", "")
        author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
        if said.strip() and (not is_ours(author, said) or _KEPT in said):
            yield comment.get("ref", "")


def is_ours(author: str, said: str) -> bool:
    """Whether a comment is one that a returned workbook carries; programs that save it again may drop the author."""
    return author == _AUTHOR or said.strip().startswith(_STARTS)


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]
