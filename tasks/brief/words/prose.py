"""General rules of official prose: numbers, percentages, quotations.

Belongs here: pure text functions that are not specific to briefs or measures.
Does not belong here: sentences about a period (`parts`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from itertools import combinations

from tasks.personal_numbers import mask_personal_numbers
from tasks.text import figure_text

# A closing mark after a stop belongs to the sentence.
_SENTENCE = re.compile(r"[^。！？!?；;]*[。！？!?；;]+[”’）)】》]*|[^。！？!?；;]+$")
_CLAUSE_END = "，,、：:）)"
_PAIRS = (("“", "”"), ("‘", "’"), ("（", "）"), ("(", ")"), ("《", "》"), ("【", "】"), ("〔", "〕"))
_STOPPED = tuple("。！？!?；;，,、：:…")
_WIDE = r"[\u2e80-\u9fff\uff00-\uffef“”‘’—…]"
_LOOSE = re.compile(rf"(?<={_WIDE})[ \t\u3000]+|[ \t\u3000]+(?={_WIDE})")
# No sentence has more counts, and all subsets of so few are quickly tried.
_MOST_PARTS = 8
_DIGITS = "零一二三四五六七八九"


def chinese_numeral(number: int) -> str:
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


def signed(value: float) -> str:
    """A change from last month: +36, -2, 持平."""
    if value == 0:
        return "持平"
    return ("+" if value > 0 else "-") + figure_text(abs(value))


def percent_words(share: float) -> int:
    """A share as a whole percentage, halves up; below 1.0 it never reads 100, above 0.0 never 0."""
    whole = int(share * 100 + 0.5 + 1e-9)
    if share < 1.0:
        whole = min(whole, 99)
    return max(whole, 1) if share > 0 else whole


def percentages(counts: Sequence[int]) -> tuple[int, ...]:
    """Whole percentages that add up to 100, each the exact value rounded up or down; all 0 where the total is 0.

    Equal counts get equal percentages where possible; otherwise the largest remainders are rounded up.
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
    """The counts to round up, equal ones together, that reach 100 with the least error; None where no choice does."""
    missing = 100 - sum(floors[count] for count in counts)
    remainders = {count: count * 100 % total for count in sorted(floors)}
    loose = [count for count, remainder in remainders.items() if remainder][:_MOST_PARTS]
    options: list[tuple[int, tuple[int, ...]]] = []
    for size in range(len(loose) + 1):
        for chosen in combinations(loose, size):
            if sum(counts.count(count) for count in chosen) == missing:
                gained = sum(remainders[count] * counts.count(count) for count in chosen)
                options.append((-gained, chosen))
    return frozenset(min(options)[1]) if options else None


def on_one_line(text: str) -> str:
    """A cell's lines joined into one, with ； after a line without closing punctuation; spaces beside Chinese removed."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    closed = [line if line.endswith(_STOPPED) else f"{line}；" for line in lines[:-1]]
    return _LOOSE.sub("", "".join([*closed, *lines[-1:]]))


def trimmed(text: str, limit: int) -> str:
    """The first whole sentences that fit into `limit` characters; a longer first sentence is cut and ends with ……

    Whole sentences never end inside brackets or quotation marks.
    """
    text = on_one_line(text)
    if len(text) <= limit:
        return text
    end = kept = 0
    for sentence in _SENTENCE.findall(text):
        end += len(sentence)
        if end > limit:
            break
        if _is_closed(text[:end]):
            kept = end
    return text[:kept] or _cut(text, limit)


def _is_closed(text: str) -> bool:
    return all(text.count(first) <= text.count(last) for first, last in _PAIRS)


def _cut(text: str, limit: int) -> str:
    cut = text[: max(1, limit - 2)]
    ends = [at for at, mark in enumerate(cut) if mark in _CLAUSE_END and _is_closed(cut[:at])]
    # A clause boundary in the first half would lose too much text: cut at the limit instead.
    return (cut[: ends[-1]] if ends and ends[-1] > limit // 2 else cut) + "……"


def quoted(text: str, limit: int) -> str:
    """A unit's words in “ ”: personal numbers masked, trimmed, inner quotation marks nested, closed with a full stop."""
    words = nested(trimmed(mask_personal_numbers(text.strip()), limit).strip().rstrip("；;，,、：:"))
    bare = words.rstrip("’）)")
    if re.search(r"[\u2e80-\u9fff]\.$", words):
        words = f"{words[:-1]}。"
    elif not bare.endswith(("。", "！", "？", "!", "?", "…")):
        words += "。"
    return f"“{words}”"


def nested(words: str) -> str:
    """The text with its quotation marks changed for use inside “ ”: “ ” become ‘ ’, and ‘ ’ within them become “ ”."""
    if words.count('"') % 2 == 0:
        words = re.sub(r'"([^"]*)"', r"“\1”", words)
    inside, chars = False, []
    for char in words:
        inside = char == "“" or (inside and char != "”")
        chars.append({"“": "‘", "”": "’"}.get(char) or ({"‘": "“", "’": "”"}.get(char, char) if inside else char))
    return "".join(chars)


def joined(items: Sequence[str], limit: int | None = None) -> str:
    """Names joined with 、, the first `limit` of them followed by 等."""
    if limit is not None and len(items) > limit:
        return "、".join(items[:limit]) + "等"
    return "、".join(items)
