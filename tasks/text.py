"""Text rules that several stages share: empty answers, figures, quoted titles, characters that files can hold.

Does not belong here: sentences (brief), the checks of a workbook (validate).
"""

from __future__ import annotations

import re

_WORDS = ("", "无", "暂无", "没有", "暂没有", "无问题", "暂无问题", "没有问题", "不存在问题", "不涉及", "否")
_SIGNS = ("—", "——", "-", "--", "/", "／", "\\", "0")
_NOTHING = frozenset((*_WORDS, *_SIGNS))
# Everything but what XML 1.0, and so any .docx, .xlsx or .ods, can hold.
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def says_something(text: str) -> bool:
    """Whether a cell holds information: 无 and the like are valid answers, but say nothing."""
    return text.strip().rstrip("。.；;").strip() not in _NOTHING


def figure_text(value: float) -> str:
    """A figure as an official writes it: 604, 12.5, at most four decimals, no exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def in_title_marks(title: str) -> str:
    """《title》, with titles inside it in 〈〉 and titles inside those in 《》 again (GB/T 15834)."""
    depth, inner = 1, ""
    for char in title:
        depth -= char in "》〉" and depth > 1
        inner += "《〈"[depth % 2] if char in "《〈" else "》〉"[depth % 2] if char in "》〉" else char
        depth += char in "《〈"
    return f"《{inner}》"


def xml_safe(text: str) -> str:
    """The text without the characters that no office file can hold; people paste them from anywhere."""
    return text if text.isprintable() else _UNWRITABLE.sub("", text)


def csv_text(value: object) -> str:
    """A CSV cell that a spreadsheet program takes for text and never for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
