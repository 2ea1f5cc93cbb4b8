"""Tables -> measures: the kind of each column, and each row as a measure with its units.

Belongs here: columns known by their titles, merged and empty cells, rows that are headings, tables that the end of a
page splits. Cells come from `source` (Word, PDF, text); the units in a cell are read by `responsibility_clauses`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

from tasks.register.language.grammar import Grammar, any_of
from tasks.register.language.responsibility_clauses import Clause, ClauseReader
from tasks.register.language.unit_names import UnitName
from tasks.register.language.verb_clauses import ClauseRole, RoleReading
from tasks.register.source.blocks import SourceTable
from tasks.register.source.paragraphs import DocumentElement

ColumnKind = str
_HEADER_ROWS = 6


@dataclass(slots=True)
class TableMeasure:
    """One measure of a table; `clauses` in the order of its rows."""

    no: str
    section: str
    text: str
    line: int
    path: str
    clauses: list[Clause] = field(default_factory=list)
    declares_first: bool = False


class MeasureTableReader:
    """Reads the tables of one document."""

    def __init__(self, grammar: Grammar, clauses: ClauseReader) -> None:
        self._grammar, self._clauses = grammar, clauses
        table = grammar.vocabulary.tables
        self._titles = {
            "no": re.compile(f"(?:{any_of(table.number)})"),
            "section": re.compile(f"(?:{any_of(table.section)})"),
            "ignored": re.compile(f"(?:{any_of(table.ignored + grammar.vocabulary.roles.persons)})"),
            "detail": re.compile(f".{{0,6}}(?:{any_of(table.detail)})"),
            "measure": re.compile(f".{{0,8}}(?:{any_of(table.measure)})"),
        }
        self._tables = self._count = 0
        self._section = ""
        self._current: TableMeasure | None = None
        self._declared = False

    def read(self, table: SourceTable) -> list[TableMeasure]:
        """The measures of a table in order; none where no row names a unit."""
        columns, start = self._header(table)
        self._tables += 1
        self._count, self._section, self._current = 0, "", None
        self._declared = any(map(self._declares_first, table.rows[:start]))
        rows = list(self._rows(table, columns, start)) if columns else list(self._untitled_rows(table))
        return [row for row in rows if row.clauses]

    def _declares_first(self, row: Sequence[str]) -> bool:
        """Whether a cell declares that the unit listed first leads."""
        return any(self._clauses.declares_first(self._grammar.fold(cell)) for cell in row)

    def _kind(self, cell: str) -> ColumnKind | None:
        """The kind of the column below a title, or None."""
        title = re.sub(r"\s|（[^（）]*）$", "", self._grammar.fold(cell))
        if not title or len(title) > 16:
            return None
        if (label := self._grammar.label.fullmatch(title + "：")) or (
            label := self._grammar.label.fullmatch(f"{title}单位：")
        ):
            return next(str(kind) for kind, value in label.groupdict().items() if value)
        # 责任单位及分工, 牵头和配合单位: each cell names who leads.
        first = re.split("[及和与、/]", title, maxsplit=1)[0]
        if first != title and self._kind(first) in ("lead", "duty", "help"):
            return "duty"
        return next((kind for kind, titles in self._titles.items() if titles.fullmatch(title)), None)

    def _header(self, table: SourceTable) -> tuple[list[ColumnKind | None], int]:
        """Columns by kind and the first row below the titles; titles may stand on two rows."""
        for index, row in enumerate(table.rows[:_HEADER_ROWS]):
            columns = [self._kind(cell) for cell in row]
            below = table.rows[index + 1] if index + 1 < len(table.rows) else ()
            second = [self._kind(cell) for cell in below]
            rows = 1
            if {"lead", "duty", "help"} & set(second) and any(columns):
                width = max(len(columns), len(second))
                columns = [
                    (second[at] if at < len(second) else None) or (columns[at] if at < len(columns) else None)
                    for at in range(width)
                ]
                rows = 2
            if {"lead", "duty", "help"} & set(columns):
                return self._with_measure(columns, table, index + rows), index + rows
        return [], 0

    def _with_measure(
        self, columns: list[ColumnKind | None], table: SourceTable, start: int
    ) -> list[ColumnKind | None]:
        """Where no title names the measures, they stand in the column with most text that holds nothing else."""
        if "measure" in columns:
            return columns
        free = [at for at, kind in enumerate(columns) if kind in (None, "detail", "section")]
        if not free:
            return columns
        widths = {at: sum(len(row[at]) for row in table.rows[start : start + 40] if at < len(row)) for at in free}
        best = max(free, key=lambda at: widths[at])
        return [("measure" if at == best else kind) for at, kind in enumerate(columns)]

    def _rows(self, table: SourceTable, columns: list[ColumnKind | None], start: int) -> Iterator[TableMeasure]:
        """The rows below the titles as measures; a row that continues the one above is added to it."""
        names = self._name_column(table, columns, start)
        for row, line in zip(table.rows[start:], table.lines[start:], strict=True):
            if self._repeats_header(row, columns) or not any(cell.strip() for cell in row):
                continue
            filled = {cell for cell in row if cell.strip()}
            cells = [(kind, _one_line(row[at])) for at, kind in enumerate(columns) if at < len(row)]
            clause = self._clause(row, columns)
            across = sum(bool(cell.strip()) for cell in row) > 1
            if len(filled) == 1 and len(row) > 2 and (across or not clause) and not self._broken_off(cells):
                self._section, self._current = _one_line(next(iter(filled))), None
                continue
            self._section = next((text for kind, text in cells if kind == "section" and text), self._section)
            measures = [text for kind, text in cells if kind == "measure"]
            if names == "section" and len(measures) > 1 and measures[0]:
                self._section = measures[0]
            text = self._text(measures, names, [text for kind, text in cells if kind == "detail" and text])
            number = next((text for kind, text in cells if kind == "no" and text), "")
            if not self._continues(text, number, clause, "no" in columns):
                if text:
                    yield self._begin(row, number, text, line, clause)
            elif self._current is not None:
                self._current.text += text if text != self._current.text and not clause else ""
                self._current.clauses.extend(clause)

    def _continues(self, text: str, number: str, clause: list[Clause], numbered: bool) -> bool:
        """Whether a row belongs to the measure above: merged cells, or a row split by the end of a page."""
        current = self._current
        if current is None:
            return False
        return (
            not text
            or (text == current.text and number in ("", current.no))
            or (numbered and not number and not clause)
        )

    def _broken_off(self, cells: list[tuple[ColumnKind | None, str]]) -> bool:
        """Whether a row only holds the rest of a sentence that the end of the page split."""
        rest = [kind for kind, text in cells if text]
        return rest == ["measure"] and self._current is not None and not self._current.text.endswith(("。", "；", "."))

    def _begin(self, row: tuple[str, ...], number: str, text: str, line: int, clause: list[Clause]) -> TableMeasure:
        self._count += 1
        no, text = self._numbered(number, text, self._count)
        heading = self._section.strip(" 。：")
        current = TableMeasure(no, heading, text, line, f"表{self._tables}第{self._count}行", clause)
        current.declares_first = self._declared or self._declares_first(row)
        if not clause:
            current.clauses.extend(self._clauses.find(text))
        self._current = current
        return current

    def _text(self, measures: list[str], names: str, details: list[str]) -> str:
        texts = [text for text in (measures[1:] if names == "section" else measures) if text]
        joined = "：".join(texts) if names == "name" else "".join(texts)
        return "\n".join([joined, *details]) if joined and details else joined

    def _name_column(self, table: SourceTable, columns: list[ColumnKind | None], start: int) -> str:
        """What the first of two columns of measures is: their section where its texts repeat, else their name."""
        places = [at for at, kind in enumerate(columns) if kind == "measure"]
        if len(places) < 2:
            return ""
        firsts = [row[places[0]].strip() for row in table.rows[start:] if places[0] < len(row)]
        return "name" if len(set(firsts)) == len(firsts) and all(firsts) else "section"

    def _clause(self, row: tuple[str, ...], columns: list[ColumnKind | None]) -> list[Clause]:
        """The units and deadlines of a row as one clause; none where no cell names a unit."""
        roles: list[tuple[ClauseRole, tuple[UnitName, ...]]] = []
        deadlines: list[str] = []
        same_as_above: list[ClauseRole] = []
        open_ended = False
        for at, kind in enumerate(columns):
            cell = row[at].strip() if at < len(row) else ""
            if kind == "deadline" and cell:
                deadlines.append(_one_line(cell))
            if kind not in ("lead", "duty", "help") or not cell:
                continue
            role: ClauseRole = kind  # type: ignore[assignment]
            labelled = (
                self._clauses.find(_one_line(cell)) if self._grammar.label.search(self._grammar.fold(cell)) else ()
            )
            read = labelled[0].reading if labelled else self._clauses.read_value(cell, role)
            roles.extend(read.roles)
            same_as_above.extend(read.same_as_above)
            deadlines.extend(read.deadlines)
            open_ended |= read.open_ended
        reading = RoleReading(tuple(roles), tuple(deadlines), open_ended, tuple(same_as_above))
        return [Clause(0, 0, "table", reading)] if roles or same_as_above else []

    def _repeats_header(self, row: tuple[str, ...], columns: list[ColumnKind | None]) -> bool:
        kinds = [self._kind(cell) for cell in row]
        return sum(kind is not None and kind in columns for kind in kinds) >= 2 and bool(
            {"lead", "duty", "help"} & set(kinds)
        )

    def _numbered(self, number: str, text: str, count: int) -> tuple[str, str]:
        folded = self._grammar.fold(_one_line(number)).strip(" （）.、")
        marker = self._grammar.marker.match(self._grammar.fold(text))
        if marker and not folded:
            return str(marker[str(marker.lastgroup)]), text[marker.end() :].strip()
        if folded and marker and marker[str(marker.lastgroup)] == folded:
            text = text[marker.end() :].strip()
        return (re.sub(r"\.0$", "", folded) or str(count)), text

    def _untitled_rows(self, table: SourceTable) -> Iterator[TableMeasure]:
        """A table without titles for roles: each row's first cell that holds clauses in its text is a measure."""
        for count, (row, line) in enumerate(zip(table.rows, table.lines, strict=True), start=1):
            for cell in row:
                text = _one_line(cell)
                clauses = self._clauses.find(text)
                if clauses and text:
                    edges = pairwise((0, *(at for each in clauses for at in (each.start, each.end)), len(text)))
                    outside = "".join(text[start:end] for start, end in islice(edges, 0, None, 2))
                    no, outside = self._numbered("", outside, count)
                    yield TableMeasure(no, "", outside.strip(), line, f"表{self._tables}第{count}行", list(clauses))
                    break


def join_split_tables(elements: Iterable[DocumentElement]) -> Iterator[DocumentElement]:
    """The elements of a document; tables of equal width that follow one another were split by the end of a page."""
    last: SourceTable | None = None
    for element in elements:
        if last is not None and isinstance(element, SourceTable) and len(element.rows[0]) == len(last.rows[0]):
            last = _joined(last, element)
            continue
        if last is not None:
            yield last
        last = element if isinstance(element, SourceTable) else None
        if last is None:
            yield element
    if last is not None:
        yield last


def _joined(above: SourceTable, below: SourceTable) -> SourceTable:
    """Two halves of a table. A row that the page split (no number below, no full stop above) becomes one row again."""
    rows, more = list(above.rows), list(below.rows)
    lines, numbers = list(above.lines), list(below.lines)
    if not more[0][0].strip() and any(more[0]) and not max(rows[-1], key=len).rstrip().endswith(("。", "；", ".")):
        rows[-1] = tuple(a + b for a, b in zip(rows[-1], more.pop(0), strict=False))
        numbers.pop(0)
    return SourceTable(above.no, (*rows, *more), (*lines, *numbers))


def _one_line(cell: str) -> str:
    return re.sub(r"\s*\n\s*", "", cell).strip()
