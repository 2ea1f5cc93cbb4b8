"""Small rules of official prose: numbers, percentages, quotations.

Belongs here: pure text functions that know nothing of briefs or measures.
Does not belong here: sentences about a period (content and its sections).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from itertools import combinations

_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+|[^。！？!?；;\n]+$")
_CLAUSE_END = "，,、：:）)"
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[\s-]?(\d{4})[\s-]?(\d{4})(?!\d)")
# 18-digit numbers first: read as a bank card, an ID would keep its birthday.
_ID = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?![\dXx])|(?<!\d)(\d{6})\d{6}(\d{3})(?!\d)")
_BANK = re.compile(r"(?<!\d)(\d{4})(?:[\s-]?\d{4}){2,3}[\s-]?(\d{1,4})(?!\d)")
# No paragraph has more parts; all ways of rounding so many are soon tried.
_MOST_PARTS = 8
_DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """1 -> 一, 10 -> 十, 21 -> 二十一; for 1 to 99."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def long_date(day: dt.date) -> str:
    """2023-10-31 -> 2023年10月31日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def short_date(day: dt.date) -> str:
    """2023-10-31 -> 10月31日."""
    return f"{day.month}月{day.day}日"


def figure(value: float) -> str:
    """A figure as an official writes it: 604, 12.5, at most four decimals, no exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def signed(value: float) -> str:
    """A change on last month: +36, -2, 持平."""
    if value == 0:
        return "持平"
    return ("+" if value > 0 else "-") + figure(abs(value))


def percent(share: float) -> int:
    """A share as a whole percentage, halves up; below 1.0 it never reads 100, above 0.0 never 0."""
    whole = int(share * 100 + 0.5 + 1e-9)
    if share < 1.0:
        whole = min(whole, 99)
    return max(whole, 1) if share > 0 else whole


def percentages(counts: Sequence[int]) -> tuple[int, ...]:
    """Whole percentages of the counts that add up to 100, each next to the truth; all 0 where the total is 0.

    Equal counts get equal percentages wherever that can be done, else the largest remainder decides.
    """
    total = sum(counts)
    if total == 0:
        return (0,) * len(counts)
    floors = {count: count * 100 // total for count in set(counts)}
    rounded_up = _evenly(counts, floors, total)
    if rounded_up is not None:
        return tuple(floors[count] + (count in rounded_up) for count in counts)
    shares = [floors[count] for count in counts]
    # Ties go to the larger count, then to the earlier one, so that equal inputs give equal outputs.
    order = sorted(range(len(counts)), key=lambda i: (-(counts[i] * 100 % total), -counts[i], i))
    for i in order[: 100 - sum(shares)]:
        shares[i] += 1
    return tuple(shares)


def _evenly(counts: Sequence[int], floors: Mapping[int, int], total: int) -> frozenset[int] | None:
    """The counts to round up, each with all its equals, so that 100 is reached with the least error; None if none do."""
    missing = 100 - sum(floors[count] for count in counts)
    remainders = {count: count * 100 % total for count in sorted(floors)}
    loose = [count for count, remainder in remainders.items() if remainder][:_MOST_PARTS]
    found: list[tuple[int, tuple[int, ...]]] = []
    for size in range(len(loose) + 1):
        for chosen in combinations(loose, size):
            if sum(counts.count(count) for count in chosen) == missing:
                gained = sum(remainders[count] * counts.count(count) for count in chosen)
                found.append((-gained, chosen))
    return frozenset(min(found)[1]) if found else None


def mask(text: str) -> str:
    """The text with ID, bank card and mobile numbers masked in the middle; nothing else is changed."""
    text = _ID.sub(lambda m: (m[1] or m[3]) + "********" + (m[2] or m[4]), text)
    text = _MOBILE.sub(r"\1****\3", text)
    return _BANK.sub(r"\1********\2", text)


def trim(text: str, limit: int) -> str:
    """The first whole sentences that fit into `limit` characters; a first sentence too long ends with ……"""
    text = " ".join(text.split())
    kept = ""
    for sentence in _SENTENCE.findall(text):
        if len(kept) + len(sentence) > limit:
            break
        kept += sentence
    if kept:
        return kept
    cut = text[: max(1, limit - 2)]
    clause = max((cut.rfind(mark) for mark in _CLAUSE_END), default=-1)
    # A clause cut off near its beginning would say nothing; then the bare length is the better place.
    return (cut[:clause] if clause > limit // 2 else cut) + "……"


def quote(text: str, limit: int) -> str:
    """A unit's own words between “ ”: masked, trimmed, inner quotation marks turned into ‘ ’, closed with a stop."""
    words = trim(mask(text.strip()), limit).strip()
    words = words.translate(str.maketrans("“”", "‘’")).rstrip("；;，,、")
    if not words.rstrip("’）)").endswith(("。", "！", "？", "!", "?", "…")):
        words += "。"
    return f"“{words}”"


def joined(items: Sequence[str], limit: int | None = None) -> str:
    """Names joined with 、, the first `limit` of them followed by 等."""
    if limit is not None and len(items) > limit:
        return "、".join(items[:limit]) + "等"
    return "、".join(items)
