"""The tree of a document's numbered items, and questions about one item.

Belongs here: nodes and walks. Which node is a measure is decided by `outline_measures`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tasks.register.language.responsibility_clauses import Clause

# Depth of each kind of number (the groups of `Grammar.marker`): 一、 2, （一） 3, 1. 4, （1） 5, ① 6.
LEVELS = {"chapter": 1, "han": 2, "han_round": 3, "task": 4, "digit": 4, "digit_round": 5, "digit_half": 5, "circle": 6}
SUB_ITEM_LEVEL = 5
_HEADING_CHARS = 60


@dataclass(slots=True)
class ItemParagraph:
    """One paragraph of an item with the clauses found in it; `body` is its text after the number."""

    body: str
    line: int
    clauses: tuple[Clause, ...]
    joins: int = 0

    @property
    def has_own_words(self) -> bool:
        """Whether a paragraph holds words beside its clauses."""
        return len(self.body.strip()) - sum(clause.end - clause.start for clause in self.clauses) > 8

    def behind(self, mark: str) -> ItemParagraph:
        """The paragraph with a number mark put in front of its text."""
        by = len(mark)
        clauses = (replace(each, start=each.start + by, end=each.end + by) for each in self.clauses)
        return replace(self, body=mark + self.body, clauses=tuple(clauses))


@dataclass(slots=True)
class Node:
    """One numbered item (or the root): its number as printed, its paragraphs, the items under it."""

    kind: str
    no: str
    line: int
    parent: Node | None
    content: list[ItemParagraph] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    declares_first: bool = False

    @property
    def level(self) -> int:
        """Depth of its kind of number; the root is 0."""
        return LEVELS.get(self.kind, 0)

    @property
    def heading(self) -> Node | None:
        """The numbered item above, or None at the top."""
        return self.parent if self.parent is not None and self.parent.kind else None

    @property
    def title(self) -> str:
        """The first sentence of the first paragraph."""
        text = self.content[0].body if self.content else ""
        return re.split("[。；;]", text, maxsplit=1)[0].strip(" *:：#")[:_HEADING_CHARS]

    @property
    def printed(self) -> str:
        """The number with its brackets, as it stands in the document."""
        forms = {"han_round": f"（{self.no}）", "digit_round": f"（{self.no}）", "chapter": f"第{self.no}"}
        return forms.get(self.kind, self.no)

    @property
    def mark(self) -> str:
        """The number as it opens a text (7. or （三）)."""
        marks = {"han": f"{self.no}、", "digit": f"{self.no}.", "digit_half": f"{self.no}）", "task": f"{self.no}."}
        return marks.get(self.kind, self.printed)

    @property
    def path(self) -> str:
        """The numbers from the top down, as printed (一（三）7)."""
        above = self.parent.path if self.parent is not None and self.kind else ""
        return above + self.printed if self.kind else ""

    @property
    def text(self) -> str:
        """The node's own words without its number."""
        return "".join(paragraph.body for paragraph in self.content)

    def walk(self) -> Iterator[Node]:
        """The node and everything under it, in the order of the document."""
        stack = [self]
        while stack:
            current = stack.pop()
            yield current
            stack.extend(reversed(current.children))

    @property
    def has_own_clause(self) -> bool:
        """Whether the item itself, not only something under it, is assigned to a unit."""
        return any(clause.assigns for paragraph in self.content for clause in paragraph.clauses)

    @property
    def has_clause(self) -> bool:
        """Whether the item or anything under it is assigned to a unit."""
        return any(node.has_own_clause for node in self.walk())

    def after_last_clause(self) -> list[ItemParagraph]:
        """The paragraphs behind the last one with a clause; all of them where none has one."""
        last = max((index for index, each in enumerate(self.content) if each.clauses), default=-1)
        return self.content[last + 1 :]

    def drop_signature(self) -> None:
        """Take back a bare list that is the document's signature, as the date in the next line shows."""
        last = self.content[-1] if len(self.content) > 1 else None
        if last and [clause.form for clause in last.clauses] == ["bare"]:
            last.clauses = ()
