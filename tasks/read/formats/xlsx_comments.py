"""Comments and text boxes of an .xlsx sheet: they are no data, but a unit may have written its data there.

Belongs here: finding them. The comments that our own returned workbooks carry do not count.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from tasks.model.words import SEVERITY_WORDS

_AUTHOR = "联席会议办公室"
_STARTS = tuple(f"【{word}】" for word in SEVERITY_WORDS.values())
# A returned workbook keeps the unit's own comment below this line.
_KEPT = "──原批注──"
_RELATION = re.compile(rb"""Target\s*=\s*["']([^"']+)["']""")
_BOX = re.compile(rb"<(?:[\w.-]+:)?txBody\b.*?</(?:[\w.-]+:)?txBody>", re.DOTALL)
_BOX_TEXT = re.compile(rb"<(?:[\w.-]+:)?t>[^<]*\S[^<]*<")


def comments_and_text_boxes(parts: Mapping[str, bytes], sheet: str) -> tuple[tuple[str, ...], bool]:
    """The cells that the unit commented on, and whether a text box lies on the sheet.

    `sheet` is the part's name. Raises ElementTree.ParseError for comments that are not XML.
    """
    cells: list[str] = []
    has_box = False
    for part in _related_parts(parts, sheet):
        if "/comments" in part.lower():
            cells += _commented_cells(parts[part])
        elif "/drawings/" in part and part.endswith(".xml"):
            has_box = has_box or any(_BOX_TEXT.search(box) for box in _BOX.findall(parts[part]))
    return tuple(dict.fromkeys(cells)), has_box


def _related_parts(parts: Mapping[str, bytes], sheet: str) -> Iterator[str]:
    folder, _, name = sheet.rpartition("/")
    for target in _RELATION.findall(parts.get(f"{folder}/_rels/{name}.rels", b"")):
        part = posixpath.normpath(posixpath.join("/" + folder, target.decode("utf-8", "replace"))).lstrip("/")
        if part in parts:
            yield part


def _commented_cells(data: bytes) -> Iterator[str]:
    # Safe: `safety_checks` refuses every part with a document type declaration, and so every entity.
    root = ElementTree.fromstring(data)  # noqa: S314
    authors = [each.text or "" for each in root.iter() if local_name(each.tag) == "author"]
    for comment in root.iter():
        if local_name(comment.tag) != "comment":
            continue
        text = "".join(each.text or "" for each in comment.iter() if local_name(each.tag) == "t")
        number = comment.get("authorId", "")
        author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
        if text.strip() and (not is_office_comment(author, text) or _KEPT in text):
            yield comment.get("ref", "")


def is_office_comment(author: str, text: str) -> bool:
    """Whether we wrote this comment into a returned workbook. Some programs drop the author when they save."""
    return author == _AUTHOR or text.strip().startswith(_STARTS)


def local_name(tag: object) -> str:
    """An XML tag or attribute name without its namespace."""
    return str(tag).rpartition("}")[2]
