"""Paragraphs -> the tree of numbered items, and in it the measures: the items that are assigned to a unit.

Belongs here: numbering, nesting, and which item a clause belongs to. An item without any clause (a principle, a
requirement, a safeguard) is no measure, however it is numbered. Measures in tables are read by `table_measures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tasks.register.language.grammar import Grammar
from tasks.register.language.responsibility_clauses import ClauseReader
from tasks.register.language.verb_clauses import RoleReading
from tasks.register.outline_tree import LEVELS, SUB_ITEM_LEVEL, ItemParagraph, Node
from tasks.register.source.blocks import SourceTable
from tasks.register.source.paragraphs import DocumentElement, SourceParagraph, is_date
from tasks.register.table_measures import MeasureTableReader


@dataclass(frozen=True, slots=True)
class RawClause:
    """One clause of a measure, and the words between the clause before and this one."""

    text: str
    reading: RoleReading


@dataclass(frozen=True, slots=True)
class RawMeasure:
    """One measure before its units are settled: number, heading, text without its clauses, the clauses in order.

    `first_leads`: the document declares that the unit listed first leads. `joins` counts line breaks mended in it.
    """

    no: str
    section: Node | None
    text: str
    clauses: tuple[RawClause, ...]
    line: int
    first_leads: bool
    joins: int = 0
    path: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a document holds: measures in order, (path, text, line) of every paragraph outside them.

    `unassigned` are (path, line, title) of numbered items without a unit among items that have one.
    """

    measures: tuple[RawMeasure, ...]
    other_paragraphs: tuple[tuple[str, str, int], ...]
    unassigned: tuple[tuple[str, int, str], ...]


class OutlineReader:
    """Builds the tree of one document and takes the measures from it."""

    def __init__(self, grammar: Grammar, clauses: ClauseReader, tables: MeasureTableReader) -> None:
        self._grammar, self._clauses, self._tables = grammar, clauses, tables
        self._root = Node("", "", 0, None)
        self._table_measures: list[tuple[int, RawMeasure]] = []
        self._declared_at: int | None = None

    def read(self, elements: Iterable[DocumentElement]) -> Outline:
        """The measures and the other paragraphs of a document."""
        current, closed = self._root, False
        for element in elements:
            if isinstance(element, SourceTable):
                self._add_table(element, current)
            else:
                current, closed = self._add_paragraph(element, current, closed or self._closes(element.text))
        self._move_clauses_up()
        numbered = ((node.line, raw) for node in self._root.walk() for raw in self._measures(node))
        measures = sorted((*self._table_measures, *numbered), key=lambda each: each[0])
        return Outline(tuple(raw for _, raw in measures), tuple(self._other_paragraphs()), tuple(self._unassigned()))

    def _closes(self, text: str) -> bool:
        """Whether a line (抄送, 联系人) ends the measures before it."""
        return self._grammar.fold(text).strip().startswith(tuple(self._grammar.vocabulary.outline.closings))

    def _add_paragraph(self, paragraph: SourceParagraph, node: Node, closed: bool) -> tuple[Node, bool]:
        """Put a paragraph into the tree; returns the node it belongs to and whether that takes no more clauses."""
        folded = self._grammar.fold(paragraph.text)
        body = paragraph.text
        if marker := self._grammar.marker.match(folded):
            kind = str(marker.lastgroup)
            parent = node
            while parent.parent is not None and parent.level >= LEVELS[kind]:
                parent = parent.parent
            node = Node(kind, marker[kind], paragraph.line, parent)
            parent.children.append(node)
            body, closed = paragraph.text[marker.end() :], False
        if is_date(folded):
            node.drop_signature()
        clauses = () if closed else self._clauses.find(body)
        if not clauses and not closed and node.kind and self._declared_at is not None and not node.has_own_clause:
            clauses = self._clauses.bare_tail(body) if marker else self._clauses.bare_line(body)
        declares = self._clauses.declares_first(folded)
        if declares and (clauses or node.kind) and self._declared_at is None:
            node.declares_first = True
            self._declared_at = paragraph.line if clauses else 0
        elif declares:
            self._declared_at = 0
        node.content.append(ItemParagraph(body, paragraph.line, clauses, paragraph.joins))
        return node, closed

    def _add_table(self, table: SourceTable, node: Node) -> None:
        for row in self._tables.read(table):
            if row.declares_first and self._declared_at is None:
                self._declared_at = row.line
            heading = row.section or (node.title if node.kind else "")
            clauses = tuple(RawClause(row.text, each.reading) for each in row.clauses)
            section = None if row.section or not node.kind else node
            first_leads = self._first_leads(row.line)
            raw = RawMeasure(row.no, section, row.text, clauses, row.line, first_leads, 0, row.path, heading)
            self._table_measures.append((table.no, raw))

    def _first_leads(self, line: int) -> bool:
        return self._declared_at is not None and line >= self._declared_at

    def _move_clauses_up(self) -> None:
        """Clauses printed behind the last sub-item belong to the item above, where sub-items have none of their own.

        The whole document decides: where one sub-item of a kind has a clause and is not the last of its group, every
        sub-item of that kind is a measure of its own.
        """
        groups = [(node, node.children) for node in self._root.walk() if node.kind and len(node.children) > 1]
        own_measures = {child.kind for _, group in groups for child in group[:-1] if child.has_clause}
        for node, group in groups:
            last = group[-1]
            if not last.has_clause or last.children or node.has_own_clause:
                continue
            on_own_line = any(
                clause.form in ("line", "sentence") or (index > 0 and not paragraph.has_own_words)
                for index, paragraph in enumerate(last.content)
                for clause in paragraph.clauses
            )
            listed = all(
                child.content and child.content[0].body.rstrip().endswith(("；", ";", "，", "、"))
                for child in group[:-1]
            )
            # Items that a semicolon strings together are one item, even where others of their kind are measures.
            strung = listed and on_own_line and not any(child.has_clause for child in group[:-1])
            if last.kind in own_measures and not strung:
                continue
            if (on_own_line and last.level >= LEVELS["digit"]) or last.level >= SUB_ITEM_LEVEL or listed:
                node.children = []
                for child in group:
                    first, *rest = child.content
                    node.content += [first.behind(child.mark), *rest]

    def _measures(self, node: Node) -> Iterator[RawMeasure]:
        if not node.has_own_clause:
            return
        if not node.kind:
            yield from self._unnumbered(node)
            return
        clauses = tuple(_raw_clauses(node.content))
        text = "".join(clause.text for clause in clauses)
        if not any(child.has_clause for child in node.children):
            text += "".join(each.mark + each.text for child in node.children for each in child.walk())
        first_leads = self._first_leads(node.line) or (node.declares_first and self._declared_at is not None)
        joins = sum(paragraph.joins for paragraph in node.content)
        yield RawMeasure(node.no, node.heading, text.strip(), clauses, node.line, first_leads, joins, node.path)

    def _unnumbered(self, node: Node) -> Iterator[RawMeasure]:
        """A document without numbers: each paragraph that is assigned to a unit is a measure, counted from one."""
        groups: list[list[ItemParagraph]] = []
        before: list[ItemParagraph] = []
        for paragraph in node.content:
            if not paragraph.clauses:
                before = [paragraph]
                continue
            if before and not paragraph.has_own_words:
                groups.append([*before, paragraph])
            elif paragraph.has_own_words or not groups:
                groups.append([paragraph])
            else:
                groups[-1].append(paragraph)
            before = []
        for count, group in enumerate(groups, start=1):
            clauses = tuple(_raw_clauses(group))
            text = "".join(clause.text for clause in clauses).strip()
            yield RawMeasure(str(count), None, text, clauses, group[0].line, self._first_leads(group[0].line))

    def _other_paragraphs(self) -> Iterator[tuple[str, str, int]]:
        """(path, text, line) of every paragraph outside the measures: duties and members are looked for there."""
        for node in self._root.walk():
            if node.has_own_clause and node.kind:
                rest = node.after_last_clause()
            else:
                rest = [paragraph for paragraph in node.content if not paragraph.clauses]
            for paragraph in rest:
                yield node.path, paragraph.body, paragraph.line

    def _unassigned(self) -> Iterator[tuple[str, int, str]]:
        """Numbered items without a unit between items that have one: an omission, or no measure."""
        for node in self._root.walk():
            assigned = [index for index, child in enumerate(node.children) if child.has_clause]
            for child in node.children[assigned[0] : assigned[-1]] if assigned else ():
                if not child.has_clause:
                    yield child.path, child.line, child.title


def _raw_clauses(paragraphs: Sequence[ItemParagraph]) -> Iterator[RawClause]:
    """Each clause with the text up to it; paragraphs behind the last clause do not belong to the measure."""
    last = max((index for index, each in enumerate(paragraphs) if each.clauses), default=-1)
    text = ""
    for paragraph in paragraphs[: last + 1]:
        position = 0
        for clause in paragraph.clauses:
            text += paragraph.body[position : clause.start]
            yield RawClause(text, clause.reading)
            text, position = "", clause.end
        text += paragraph.body[position:]
    if text.strip():
        yield RawClause(text, RoleReading(()))
