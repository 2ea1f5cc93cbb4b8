"""The tree of a document's numbered items, and plain questions about it.

Belongs here: nodes and walks. Which node is a measure is decided by `outline`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tasks.register.language.responsibility_clauses import Clause

LEVELS = {"chapter": 1, "han": 2, "han_round": 3, "task": 4, "digit": 4, "digit_round": 5, "digit_half": 5, "circle": 6}
SUB_ITEMS = 5
_HEADING = 60


@dataclass(slots=True)
class ItemParagraph:
    """One paragraph of an item with the clauses found in it; `body` is its text after the number."""

    body: str
    line: int
    clauses: tuple[Clause, ...]
    joins: int = 0


@dataclass(slots=True)
class Node:
    """One numbered item (or the root): its number as printed, its paragraphs, the items under it."""

    kind: str
    no: str
    line: int
    parent: Node | None
    content: list[ItemParagraph] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    declares: bool = False

    @property
    def level(self) -> int:
        """Depth of its kind of number; the root is 0."""
        return LEVELS.get(self.kind, 0)

    @property
    def title(self) -> str:
        """The heading: the first sentence of the first paragraph."""
        text = self.content[0].body if self.content else ""
        return re.split("[。；;]", text, maxsplit=1)[0].strip(" *:：#")[:_HEADING]

    @property
    def printed(self) -> str:
        """The number with its brackets, as it stands in the document."""
        forms = {"han_round": f"（{self.no}）", "digit_round": f"（{self.no}）", "chapter": f"第{self.no}"}
        return forms.get(self.kind, self.no)


def is_standing(content: ItemParagraph) -> bool:
    """Whether a paragraph holds words beside its clauses."""
    return len(content.body.strip()) - sum(clause.end - clause.start for clause in content.clauses) > 8


def walk(node: Node) -> Iterator[Node]:
    """The node and everything under it, in the order of the document."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.children))


def walk_children(node: Node) -> Iterator[Node]:
    """Everything under a node, without the node."""
    for child in node.children:
        yield from walk(child)


def own_clause(node: Node) -> bool:
    """Whether the item itself, not only something under it, is handed to somebody."""
    return any(clause.roles or clause.same for content in node.content for clause in content.clauses)


def drop_signature(node: Node) -> None:
    """Take back a bare list that turns out to be the signature, since a day stands under it."""
    last = node.content[-1] if node.content else None
    if last and len(node.content) > 1 and [clause.form for clause in last.clauses] == ["bare"]:
        last.clauses = ()


def has_clause(node: Node) -> bool:
    """Whether the item or anything under it is handed to somebody."""
    return any(own_clause(each) for each in walk(node))


def heading_of(node: Node) -> Node | None:
    """The numbered item above, or None at the top."""
    return node.parent if node.parent is not None and node.parent.kind else None


def node_path(node: Node) -> str:
    """The numbers from the top down, as printed (一（三）7)."""
    parts: list[str] = []
    current: Node | None = node
    while current is not None and current.kind:
        parts.append(current.printed)
        current = current.parent
    return "".join(reversed(parts))


def number_mark(node: Node) -> str:
    """The number as it opens a text (7. or （三）)."""
    marks = {"han": f"{node.no}、", "digit": f"{node.no}.", "digit_half": f"{node.no}）", "task": f"{node.no}."}
    return marks.get(node.kind, node.printed)


def plain_text(node: Node) -> str:
    """The node's own words without its number."""
    return "".join(content.body for content in node.content)


def shifted(clause: Clause, by: int) -> Clause:
    """The clause in a text that has grown by so many characters in front."""
    return Clause(
        clause.start + by, clause.end + by, clause.form, clause.roles, clause.until, clause.opened, clause.same
    )
