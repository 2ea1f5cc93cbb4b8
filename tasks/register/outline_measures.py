"""Paragraphs -> the tree of headings, and in it the measures: the numbered items that are handed to somebody.

Belongs here: numbering, nesting, and which item a clause belongs to. An item without any clause (a principle, a
requirement, a safeguard) is no measure, however it is numbered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tasks.register.language.grammar import Grammar
from tasks.register.language.responsibility_clauses import ClauseReader
from tasks.register.language.verb_clauses import ClauseRoles
from tasks.register.outline_tree import (
    LEVELS,
    SUB_ITEMS,
    ItemParagraph,
    Node,
    drop_signature,
    has_clause,
    heading_of,
    is_standing,
    node_path,
    number_mark,
    own_clause,
    plain_text,
    shifted,
    walk,
    walk_children,
)
from tasks.register.source.blocks import SourceTable
from tasks.register.source.paragraphs import DocumentElement, SourceParagraph, is_date
from tasks.register.table_measures import MeasureTableReader


@dataclass(frozen=True, slots=True)
class RawClause:
    """One clause of a measure with the words it stands behind."""

    text: str
    roles: ClauseRoles
    until: tuple[str, ...]
    opened: bool
    same: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawMeasure:
    """One measure as found: number, heading above it, text without its clauses, the clauses in order."""

    no: str
    section: Node | None
    text: str
    parts: tuple[RawClause, ...]
    line: int
    first_leads: bool
    joins: int = 0
    path: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """What the tree holds: measures in order, every paragraph outside them, numbered items handed to nobody."""

    measures: tuple[RawMeasure, ...]
    others: tuple[tuple[str, str, int], ...]
    idle: tuple[tuple[str, int, str], ...]


class OutlineReader:
    """Builds the tree of one document and takes the measures from it."""

    def __init__(self, grammar: Grammar, clauses: ClauseReader, tables: MeasureTableReader) -> None:
        self._grammar, self._clauses, self._tables = grammar, clauses, tables
        self._root = Node("", "", 0, None)
        self._rows: list[tuple[int, Node, RawMeasure]] = []
        self._declared_at: int | None = None
        self._order = 0

    def read(self, pieces: Iterable[DocumentElement]) -> Outline:
        """The measures and the rest of a document's paragraphs and tables."""
        at = self._root
        closed = False
        for piece in pieces:
            if isinstance(piece, SourceTable):
                self._table(piece, at)
                continue
            if self._closes(piece.text):
                closed = True
            at, closed = self._paragraph(piece, at, closed)
        self._hoist()
        measures = [
            *self._rows,
            *((node.line, node, raw) for node in walk(self._root) for raw in self._measures(node)),
        ]
        measures.sort(key=lambda each: each[0])
        return Outline(tuple(raw for _, _, raw in measures), tuple(self._others()), tuple(self._idle()))

    def _closes(self, text: str) -> bool:
        return self._grammar.fold(text).strip().startswith(tuple(self._grammar.vocabulary.outline.closings))

    def _paragraph(self, piece: SourceParagraph, at: Node, closed: bool) -> tuple[Node, bool]:
        folded = self._grammar.fold(piece.text)
        body = piece.text
        if marker := self._grammar.marker.match(folded):
            kind = str(marker.lastgroup)
            parent: Node = at
            while parent.parent is not None and parent.level >= LEVELS[kind]:
                parent = parent.parent
            at = Node(kind, marker[kind], piece.line, parent)
            parent.children.append(at)
            body, closed = piece.text[marker.end() :], False
        if is_date(folded):
            drop_signature(at)
        found = () if closed else self._clauses.find(body)
        if not found and not closed and at.kind and self._declared_at is not None and not own_clause(at):
            found = self._clauses.bare_tail(body) if marker else self._clauses.bare_line(body)
        first = self._clauses.declares_first(folded)
        if first and (found or at.kind) and self._declared_at is None:
            at.declares = True
            self._declared_at = piece.line if found else 0
        elif first:
            self._declared_at = 0
        at.content.append(ItemParagraph(body, piece.line, found, piece.joins))
        return at, closed

    def _table(self, table: SourceTable, at: Node) -> None:
        for row in self._tables.read(table):
            if row.declares and self._declared_at is None:
                self._declared_at = row.line
            heading = row.section or (at.title if at.kind else "")
            parts = tuple(RawClause(row.text, each.roles, each.until, each.opened, each.same) for each in row.clauses)
            section = None if row.section or not at.kind else at
            raw = RawMeasure(row.no, section, row.text, parts, row.line, self._first(row.line), 0, row.path, heading)
            self._rows.append((table.no, at, raw))

    def _first(self, line: int) -> bool:
        return self._declared_at is not None and line >= self._declared_at

    def _hoist(self) -> None:
        """Clauses printed behind the last sub-item belong to the item above it, where sub-items have none of their own.

        Told by the whole document: one sub-item of that kind with a clause that is not the last of its group, and
        every one of that kind stands for itself.
        """
        groups = [(node, node.children) for node in walk(self._root) if node.kind and len(node.children) > 1]
        alone = {child.kind for _, group in groups for child in group[:-1] if has_clause(child)}
        for node, group in groups:
            last = group[-1]
            if not has_clause(last) or last.children or own_clause(node):
                continue
            lined = any(
                clause.form in ("line", "sentence") or (index > 0 and not is_standing(content))
                for index, content in enumerate(last.content)
                for clause in content.clauses
            )
            listed = all(
                child.content and child.content[0].body.rstrip().endswith(("；", ";", "，", "、"))
                for child in group[:-1]
            )
            # Items that a semicolon strings together are one item, whatever others of their kind are elsewhere.
            strung = listed and lined and not any(has_clause(child) for child in group[:-1])
            if last.kind in alone and not strung:
                continue
            if (lined and last.level >= LEVELS["digit"]) or last.level >= SUB_ITEMS or listed:
                moved = [child for child in group]
                node.children = []
                for child in moved:
                    for index, content in enumerate(child.content):
                        label = number_mark(child) if index == 0 else ""
                        shift = len(label)
                        clauses = tuple(shifted(clause, shift) for clause in content.clauses)
                        node.content.append(ItemParagraph(label + content.body, content.line, clauses, content.joins))

    def _measures(self, node: Node) -> Iterator[RawMeasure]:
        if not own_clause(node):
            return
        if not node.kind:
            yield from self._unnumbered(node)
            return
        head = heading_of(node)
        parts = tuple(self._parts(node.content))
        text = "".join(part.text for part in parts)
        if not node.children or any(has_clause(child) for child in node.children):
            below = ""
        else:
            below = "".join(number_mark(child) + plain_text(child) for child in walk_children(node))
        first = self._first(node.line) or (node.declares and self._declared_at is not None)
        joins = sum(content.joins for content in node.content)
        yield RawMeasure(node.no, head, (text + below).strip(), parts, node.line, first, joins, node_path(node))

    def _unnumbered(self, node: Node) -> Iterator[RawMeasure]:
        """A document without numbers: each paragraph that is handed to somebody is a measure, counted from one."""
        groups: list[list[ItemParagraph]] = []
        waiting: list[ItemParagraph] = []
        for content in node.content:
            if not content.clauses:
                waiting = [content]
            elif waiting and not is_standing(content):
                groups.append([*waiting, content])
                waiting = []
            elif is_standing(content) or not groups:
                groups.append([content])
                waiting = []
            else:
                groups[-1].append(content)
        for count, group in enumerate(groups, start=1):
            parts = tuple(self._parts(group))
            text = "".join(part.text for part in parts).strip()
            yield RawMeasure(str(count), None, text, parts, group[0].line, self._first(group[0].line))

    def _parts(self, contents: list[ItemParagraph]) -> Iterator[RawClause]:
        """The text up to each clause, with that clause; paragraphs after the last clause are not the measure's."""
        last = max((index for index, content in enumerate(contents) if content.clauses), default=-1)
        text = ""
        for content in contents[: last + 1]:
            position = 0
            for clause in content.clauses:
                text += content.body[position : clause.start]
                yield RawClause(text, clause.roles, clause.until, clause.opened, clause.same)
                text, position = "", clause.end
            text += content.body[position:]
        if text.strip():
            yield RawClause(text, (), (), False)

    def _others(self) -> Iterator[tuple[str, str, int]]:
        """(path, text, line) of every paragraph outside the measures: where duties and members are looked for."""
        for node in walk(self._root):
            if own_clause(node) and node.kind:
                last = max(index for index, content in enumerate(node.content) if content.clauses)
                rest = node.content[last + 1 :]
            else:
                rest = [content for content in node.content if not content.clauses]
            for content in rest:
                yield node_path(node), content.body, content.line

    def _idle(self) -> Iterator[tuple[str, int, str]]:
        """Numbered items handed to nobody whose neighbours are handed to somebody: an omission, or no measure."""
        for node in walk(self._root):
            with_clause = [index for index, child in enumerate(node.children) if has_clause(child)]
            if len(with_clause) < 2:
                continue
            for child in node.children[with_clause[0] : with_clause[-1]]:
                if not has_clause(child):
                    yield node_path(child), child.line, child.title
