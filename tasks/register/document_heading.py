"""What identifies a document: its number, title, issuer and day of issue.

Belongs here: the lines around the measures, before them and at the signature.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from config.plan import Document
from tasks.register.language.grammar import Grammar
from tasks.register.language.text_dates import TextDateReader
from tasks.register.source.paragraphs import SourceParagraph

_NUMBER = re.compile(r"[一-鿿]{1,12} *(?:【|（) *(?:20|19)\d{2} *(?:】|）) *第? *\d{1,4} *号")
_DATE = re.compile(
    r"^(?:成文日期：|印发日期：)? *((?:20\d{2}|二[〇零○O][一二〇零○O三四五六七八九]{2}) *年"
    r" *[\d一二三四五六七八九十]{1,3} *月 *[\d一二三四五六七八九十]{1,4} *日)(?: *印发)?$"
)
_HEAD_PARAGRAPHS = 60


def read_heading(grammar: Grammar, paragraphs: Sequence[SourceParagraph]) -> Document:
    """Number, title, issuer and day as printed; empty where the document has none."""
    folded = [grammar.fold(paragraph.text).strip() for paragraph in paragraphs]
    raw = [paragraph.text.strip() for paragraph in paragraphs]
    head = folded[:_HEAD_PARAGRAPHS]
    number = next((found for text in head if (found := _number(text))), "")
    printed = _printed_number(number, raw, folded)
    issued, issuer = _signature(grammar, folded, raw)
    title = _title(grammar, folded, raw)
    return Document(no=printed, title=title, issued_on=issued, issuer=issuer or _masthead(grammar, head, raw))


def _number(text: str) -> str:
    """The document's own number: on a short line, or early in a running text; never one quoted in brackets."""
    for found in _NUMBER.finditer(text[:400]):
        quoted = text[found.start() - 1 : found.start()] in ("（", "《", "〈")
        if (
            not quoted
            and (len(text) <= 60 or found.start() <= 120)
            and text[found.end() : found.end() + 1] not in ("）", "文")
        ):
            return found[0]
    return ""


def guess_year(document: Document) -> int | None:
    """The year of a document without a day: from its number, else from its title."""
    found = re.search(r"20\d{2}", document.no) or re.search(r"20\d{2}(?=年)", document.title)
    return int(found[0]) if found else None


def _printed_number(number: str, raw: Sequence[str], folded: Sequence[str]) -> str:
    """The number as printed, with the year in 〔〕 as the standard for official documents has it."""
    for text, plain in zip(raw, folded, strict=True):
        if number and number in plain:
            start = plain.index(number)
            inner = re.sub(r"\s", "", text[start : start + len(number)])
            inner = re.sub(r"[\[［【(（〔](\d{4})[\]］】)）〕]", r"〔\1〕", inner)
            return re.sub("^(?:发文字号|文号)[：:]?", "", inner)
    return ""


def _signature(grammar: Grammar, folded: Sequence[str], raw: Sequence[str]) -> tuple[dt.date | None, str]:
    """The day on a line of its own, and the issuer on the line above it."""
    dates = TextDateReader(grammar, None)
    ends = tuple(grammar.vocabulary.outline.issuer_ends)
    day: dt.date | None = None
    for index, text in enumerate(folded):
        if not (found := _DATE.match(text)):
            continue
        read = next(dates.find(found[1]), None)
        if read is None:
            continue
        above = folded[index - 1] if index else ""
        if above.endswith(ends) and len(above) <= 40 and "，" not in above:
            return read.on, _without_blanks(raw[index - 1])
        day = day or read.on
    if day is None:
        tail = " ".join(folded[-3:])[-120:] + " " + " ".join(folded[:8])[:600]
        full = [read.on for read in dates.find(tail) if re.search("日$", read.words)]
        day = full[0] if full else None
    return day, ""


def _masthead(grammar: Grammar, head: Sequence[str], raw: Sequence[str]) -> str:
    """The issuer from the head of the document: 某某人民政府文件, 发文机关：…, or the words before 关于."""
    for index, text in enumerate(head[:12]):
        plain = re.sub(r" *文件$", "", text)
        if plain != text and plain.endswith(tuple(grammar.vocabulary.outline.issuer_ends)):
            return _without_blanks(re.sub(r"\s*文\s*件\s*$", "", raw[index]))
        if found := re.match("发文机关[：:] *(.*)$", text):
            return found[1] or (raw[index + 1] if index + 1 < len(raw) else "")
    found_at = re.match("(.{2,24}?)关于", next((text for text in head[:12] if "关于" in text), ""))
    named = found_at[1].strip() if found_at else ""
    return named if named.endswith(tuple(grammar.vocabulary.outline.issuer_ends)) else ""


def _title(grammar: Grammar, folded: Sequence[str], raw: Sequence[str]) -> str:
    """The plan's own title where a covering notice precedes it, else the notice's."""
    ends = tuple(grammar.vocabulary.outline.title_ends)
    titles: list[str] = []
    for index, text in enumerate(folded[:_HEAD_PARAGRAPHS]):
        plain = re.sub(r"\s+|（[^（）]{0,12}）$", "", text)
        numbered = grammar.marker.match(text)
        if numbered and titles:
            break
        if numbered or not 6 <= len(plain) <= 90 or re.search("[。；：！]", re.sub("《[^》]*》", "", plain)):
            continue
        if not plain.endswith(ends):
            continue
        above = raw[index - 1] if index else ""
        joined = _without_blanks(raw[index])
        if _continues(grammar, above, text):
            joined = _without_blanks(above) + joined
        titles.append(joined)
    plans = [title for title in titles if not title.endswith("通知")]
    return (plans or titles or [_quoted_title(folded)])[-1]


def _quoted_title(folded: Sequence[str]) -> str:
    """The title inside a running text (现将《…方案》印发你们)."""
    found = re.search("《(.{4,80}?)》(?:已经|印发|的通知)", " ".join(folded[:8])[:3000])
    return found[1] if found else ""


def _continues(grammar: Grammar, above: str, text: str) -> bool:
    """Whether a title began on the line above: 关于 stands there and not here."""
    plain = grammar.fold(above)
    if not plain or re.search("[。；！，】]$|号$|^(?:发布日期|主 ?题 ?词|标.{0,4}题|文件)|日$", plain.strip()):
        return False
    return "关于" in plain and "关于" not in text and len(plain) <= 50


def _without_blanks(text: str) -> str:
    return re.sub(r"(?<=[一-鿿])\s+(?=[一-鿿])", "", text.strip(" #*"))
