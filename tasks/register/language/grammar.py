"""The vocabulary as compiled patterns that several readers share, and the folding of a text before matching.

Belongs here: patterns built from vocabulary alone. What a match means is decided by the module that uses it.
`fold` maps character to character, so an offset in the folded text is the same offset in the text as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from config.document_vocabulary import Vocabulary

# Range of Chinese characters, for use inside [ ].
HAN = "一-鿿"
_PUNCTUATION = {
    **dict.fromkeys(map(ord, "(﹙"), "（"),
    **dict.fromkeys(map(ord, ")﹚"), "）"),
    **dict.fromkeys(map(ord, "[［〖【〔{｛"), "【"),
    **dict.fromkeys(map(ord, "]］〗】〕}｝"), "】"),
    **dict.fromkeys(map(ord, "－–—‐―~～﹣"), "—"),
    **dict.fromkeys(map(ord, "％﹪"), "%"),
    **dict.fromkeys(map(ord, ":﹕∶"), "："),
    **dict.fromkeys(map(ord, ";﹔"), "；"),
    ord("?"): "？",
    ord("!"): "！",
    ord("．"): ".",
    ord("﹐"): "，",
    ord("｡"): "。",
    ord("､"): "、",
}
_DIGITS = {0xFF10 + i: str(i) for i in range(10)} | {0xFF21 + i: chr(65 + i) for i in range(26)}
_SPACES = dict.fromkeys(map(ord, "\t\u00a0\u3000\u2002\u2003\u2009\u200b\ufeff\r\v\f"), " ")
_COMMA = re.compile(r",(?!\d{3}(?!\d))|(?<!\d),")


def any_of(items: Iterable[str]) -> str:
    """A regular expression that matches any of these words, the longest first."""
    return "|".join(re.escape(item) for item in sorted(set(items), key=lambda item: (-len(item), item)))


class Grammar:
    """Compiled patterns of one vocabulary; none of them depends on a document."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        characters = vocabulary.characters
        self._simple: dict[int, int] = str.maketrans(characters.traditional, characters.simplified)
        self._folding: dict[int, int | str] = {**self._simple, **_PUNCTUATION, **_DIGITS, **_SPACES}

    def simplify(self, text: str) -> str:
        """The text in simplified characters; its length stays."""
        return text.translate(self._simple)

    def fold(self, text: str) -> str:
        """The text for matching: simplified, full-width punctuation, plain digits. Same length as `text`."""
        return _COMMA.sub("，", text.translate(self._folding))

    @cached_property
    def label(self) -> re.Pattern[str]:
        """A label with its colon; the group that matches (lead, duty, help, person, deadline) is its kind."""
        roles = self.vocabulary.roles
        nouns = any_of(roles.nouns)
        bare = set(roles.bare_labels)

        def of(items: Iterable[str]) -> str:
            alone = bare & set(items)
            return f"(?:{any_of(items)})(?:{nouns})" + (f"|(?:{any_of(alone)})" if alone else "")

        return re.compile(
            rf"(?P<square>【 *)?(?:(?:{any_of(self.vocabulary.units.levels)})级)?"
            rf"(?:(?P<person>{any_of(roles.persons)})|(?P<deadline>{any_of(roles.deadlines)})"
            rf"|(?P<lead>{of(roles.lead)})"
            rf"|(?P<help>{of(roles.help)})|(?P<duty>{of(roles.duty)}))"
            r"(?:（[^（）：]{1,12}）|及(?:责任人|其他|负责人)|和责任人)?(?(square) *】：?|\**：\**)"
        )

    @cached_property
    def spaced_label(self) -> re.Pattern[str]:
        """A label without its colon at the start of a line or clause: a blank, or nothing, stands instead."""
        roles = self.vocabulary.roles
        nouns = any_of(roles.nouns)
        return re.compile(
            rf"(?:(?P<lead>(?:{any_of(roles.lead)})(?:{nouns}))|(?P<help>(?:{any_of(roles.help)})(?:{nouns}))"
            rf"|(?P<duty>(?:{any_of(roles.duty)})(?:{nouns})))[ 为是]*"
        )

    @cached_property
    def person(self) -> re.Pattern[str]:
        """A bracket behind a unit that names only persons (（责任人：某某，电话：…）)."""
        one = rf"(?:{any_of(self.vocabulary.roles.persons)})：[^（）：]{{0,30}}"
        return re.compile(f"（ *{one}(?:[，；、 ]{one})*）")

    @cached_property
    def role_name(self) -> re.Pattern[str]:
        """Units called by their role (各牵头单位): prose about responsibility, not a clause."""
        roles = self.vocabulary.roles
        return re.compile(f"(?:{any_of(roles.lead + roles.duty + roles.help)})(?:单位|部门|主体|方)")

    @cached_property
    def verb(self) -> re.Pattern[str]:
        """A role verb that closes a list of units, with the manner before it and 工作 after it."""
        verbs = self.vocabulary.verbs
        manner = f"(?:{any_of(verbs.manner)}|，(?={any_of(verbs.manner)}))*"
        tail = (
            f"(?:{any_of(verbs.duty + verbs.help)}|工作|此项工作|本项工作|该项工作|各项工作|有关工作|相关工作|和|并)*"
        )
        return re.compile(
            rf"{manner}(?:(?P<lead>{any_of(verbs.lead)})|(?P<help>{any_of(verbs.help)})|(?P<duty>{any_of(verbs.duty)}))"
            rf"(?:（[^（）]{{0,12}}）)?{manner}{tail}$"
        )

    @cached_property
    def has_role(self) -> re.Pattern[str]:
        """Any word that can begin or close a responsibility clause: a cheap filter."""
        roles, verbs = self.vocabulary.roles, self.vocabulary.verbs
        role_words = roles.lead + roles.duty + roles.help + verbs.lead + verbs.duty + verbs.help
        return re.compile(f"{any_of(role_words)}|{self.join.pattern}")

    @cached_property
    def join(self) -> re.Pattern[str]:
        """The word between lead and helpers (甲会同乙); 商 only before a name with its level."""
        verbs, levels = self.vocabulary.verbs, self.vocabulary.units.levels
        between = rf"(?<=[一-鿿])(?:{any_of(verbs.join_between)})(?=(?:{any_of(levels)})[一-鿿])"
        return re.compile(f"(?:{any_of(verbs.join)})|{between}")

    @cached_property
    def first_listed(self) -> re.Pattern[str]:
        """The declaration that the unit listed first leads."""
        verbs = self.vocabulary.verbs
        first, lead = any_of(verbs.first_listed), any_of(verbs.first_listed_lead)
        return re.compile(
            rf"(?:{first})[^。；（）【】]{{0,20}}(?:{lead})(?:[^，。；（）【】]{{0,12}})"
            r"(?:，?(?:以?下同|下文同|后同|其他[^。；（）【】]{0,16}))*"
        )

    def without_declaration(self, folded: str) -> str:
        """The text with `first_listed` blanked out, from comma to comma; its length stays."""
        found = self.first_listed.search(folded)
        if not found:
            return folded
        start = max(folded.rfind(mark, 0, found.start()) + 1 for mark in "，。；：（【")
        start = start if found.start() - start <= 16 else found.start()
        return folded[:start] + " " * (found.end() - start) + folded[found.end() :]

    @cached_property
    def marker(self) -> re.Pattern[str]:
        """A number at the start of a paragraph; the group that matches is its kind (see `outline_tree.LEVELS`)."""
        return re.compile(
            r" *(?:#+ *)?\**(?:第(?P<chapter>[一二三四五六七八九十百零〇\d]{1,5})(?:部分|章|节|篇|条)[：、 ]*"
            r"|(?:措施|任务|事项)(?P<task>[一二三四五六七八九十百\d]{1,4})[：、.]"
            r"|(?P<han>[一二三四五六七八九十百]{1,5})[、.]"
            r"|（(?P<han_round>[一二三四五六七八九十百]{1,5})）[、.]?"
            r"|（ *(?P<digit_round>\d{1,3}) *）[、.]?|(?P<digit_half>\d{1,3}) *）"
            r"|(?P<digit>\d{1,3}) ?(?:、|[.](?!\d))"
            r"|(?P<circle>[①-⑳])) *"
        )
