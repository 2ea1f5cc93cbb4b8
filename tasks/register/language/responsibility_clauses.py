"""Responsibility clauses of a paragraph: who leads, answers and helps, in every form that offices print.

Belongs here: where clauses stand, and labels (牵头单位：…) on a line of their own, in brackets or in running text; bare
lists in brackets. Clauses with verbs (由甲会同乙) are read by `verb_clauses`; which measure a clause belongs to is
decided by `outline_measures`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tasks.register.language.brackets import LONGEST_CLAUSE, bracket_pairs
from tasks.register.language.grammar import Grammar, any_of
from tasks.register.language.unit_lists import UnitListReader
from tasks.register.language.unit_names import UnitName
from tasks.register.language.verb_clauses import (
    ROLE_VERB,
    ClauseRole,
    RoleReading,
    VerbClauseReader,
    role_of,
)

# A bracket behind one of these words explains it: …通报有关部门（甲局、乙局）.
_EXPLAINED = ("部门", "单位", "机构", "企业", "地区", "等")
_CLOSING = re.compile(f"{ROLE_VERB.pattern}|(?:单位|部门|主体)[为是]")
_LEADING = re.compile(r"^(.+?)[（(【\[](?:牵头(?:单位|部门)?|主办|总牵头)[）)】\]]$")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause, text[start:end] of its paragraph, and what it says.

    `form` is line, bracket, inline, sentence, list, bare or table.
    """

    start: int
    end: int
    form: str
    reading: RoleReading

    @property
    def assigns(self) -> bool:
        """Whether the clause names units or says 同上; one that names only a day or a person does not."""
        return bool(self.reading.roles or self.reading.same_as_above)


class ClauseReader:
    """Finds and reads responsibility clauses with one grammar and one reader of unit lists."""

    def __init__(self, grammar: Grammar, units: UnitListReader, loose: bool = False) -> None:
        """`loose` also takes sentences that assign a task (由甲会同乙等部门研究提出意见)."""
        self._grammar, self._units = grammar, units
        self._verb_clause = VerbClauseReader(grammar, units).read
        verbs = any_of(grammar.vocabulary.verbs.handed)
        assigned = f"(?:^|，)由([^，。；]+?)(等[^，。；、]{{0,8}}?)?(?:{verbs})[^，。；、]*$"
        self._assigned = re.compile(assigned) if loose else None

    def declares_first(self, folded: str) -> bool:
        """Whether a text declares that the unit listed first leads."""
        return self._grammar.first_listed.search(folded) is not None

    def find(self, text: str) -> tuple[Clause, ...]:
        """The clauses of one paragraph, in order."""
        folded = self._grammar.fold(text)
        if "：" in folded:
            # 甲局（责任人：某某）: blanked, so that offsets stay and the person is not read as a unit.
            aside = [found.span() for found in self._grammar.person.finditer(folded)] + self._declarations(folded)
            text, folded = _blanked(text, aside), _blanked(folded, aside)
        if self._grammar.label.match(folded.lstrip(" *")):
            return self._labelled_line(text, folded)
        if not self._grammar.has_role.search(folded) and "（" not in folded and "【" not in folded:
            return ()
        if found := self._line_without_colon(text, folded):
            return found
        brackets = self._in_brackets(text, folded)
        labels = self._in_running_text(text, folded, brackets)
        clauses = sorted((*brackets, *labels), key=lambda clause: clause.start)
        return (*clauses, *self._closing_sentence(text, folded, clauses))

    def _declarations(self, folded: str) -> list[tuple[int, int]]:
        """Brackets behind a list that hold only the declaration that the first listed leads."""
        if not self.declares_first(folded):
            return []
        rest = self._grammar.without_declaration
        return [
            (start, end + 1)
            for start, end in bracket_pairs(folded)
            if not rest(folded[start + 1 : end]).strip(" ，。；、")
        ]

    def _labelled_line(self, text: str, folded: str) -> tuple[Clause, ...]:
        reading, stop = self._labels(text, folded, 0, len(text))
        if reading:
            return (Clause(0, stop, "line", reading),)
        label = self._grammar.label.match(folded.lstrip(" *"))
        return self._person_or_day(text, folded, label) if label else ()

    def _person_or_day(self, text: str, folded: str, label: re.Match[str]) -> tuple[Clause, ...]:
        """A line that names only a person or a day (牵头领导：某某): no unit, but no words of the measure either."""
        value = folded.lstrip(" *")[label.end() :].strip(" 。；，")
        if not (label["person"] or label["deadline"]) or len(value) > 60 or "。" in value:
            return ()
        return (Clause(0, len(text), "line", RoleReading((), (value,) if label["deadline"] and value else ())),)

    def _line_without_colon(self, text: str, folded: str) -> tuple[Clause, ...]:
        """A line such as “责任单位 县财政局”: believed only where every name is a unit's."""
        label = self._grammar.spaced_label.match(folded)
        if not label or len(folded) > LONGEST_CLAUSE or label.end() == len(folded) or folded[label.end() - 1] != " ":
            return ()
        names, open_ended = self._units.read(text[label.end() :])
        if not names or not self._units.names.are_units(names):
            return ()
        return (Clause(0, len(text), "line", RoleReading(((role_of(label), names),), open_ended=open_ended)),)

    def bare_line(self, text: str) -> tuple[Clause, ...]:
        """A line that holds only units, in a document that declares that the first listed leads."""
        if len(text) > LONGEST_CLAUSE or text.rstrip().endswith(("：", ":")):
            return ()
        names, open_ended = self._units.read(text)
        recogniser = self._units.names
        if not recogniser.are_units(names) or not (
            len(names) > 1 or any(recogniser.level_of(each.name) for each in names)
        ):
            return ()
        return (Clause(0, len(text), "bare", RoleReading((("duty", names),), open_ended=open_ended)),)

    def bare_tail(self, text: str) -> tuple[Clause, ...]:
        """Only units behind the last full stop of an item, in such a document printed without line ends."""
        start = max(text.rstrip(" 。").rfind(mark) for mark in "。；") + 1
        found = self.bare_line(text[start:]) if start else ()
        return tuple(replace(clause, start=start, end=len(text)) for clause in found)

    def _in_brackets(self, text: str, folded: str) -> list[Clause]:
        clauses: list[Clause] = []
        for start, end in bracket_pairs(folded):
            if clauses and start < clauses[-1].end:
                continue
            inner, form = folded[start + 1 : end], "bracket"
            reading: RoleReading | None
            if not self._grammar.has_role.search(inner):
                reading, form = self._bare_list(text, folded, start, end), "list"
            elif self._grammar.label.search(inner):
                reading = self._labels(text, folded, start + 1, end)[0]
            else:
                reading = self._verb_clause(text[start + 1 : end], tasks=True)
            if reading:
                clauses.append(Clause(start, end + 1, form, reading))
        return clauses

    def _in_running_text(self, text: str, folded: str, brackets: list[Clause]) -> list[Clause]:
        """Labels outside bracketed clauses: each run of them to the end of its sentence is one clause."""
        clauses: list[Clause] = []
        position = passed = 0
        while found := self._grammar.label.search(folded, position):
            while passed < len(brackets) and brackets[passed].end <= found.start():
                passed += 1
            if passed < len(brackets) and brackets[passed].start <= found.start():
                position = brackets[passed].end
                continue
            reading, stop = self._labels(text, folded, found.start(), len(text))
            position = max(stop, found.end())
            if reading:
                clauses.append(Clause(found.start(), stop, "inline", reading))
        return clauses

    def _labels(self, text: str, folded: str, start: int, end: int) -> tuple[RoleReading | None, int]:
        """Labels that follow one another from `start`, and where the last value ends.

        A value ends with its sentence or at the next label.
        """
        roles: list[tuple[ClauseRole, tuple[UnitName, ...]]] = []
        deadlines: list[str] = []
        same_as_above: list[ClauseRole] = []
        open_ended = False
        label = self._grammar.label.search(folded, start, end)
        stop = start
        while label:
            following = self._grammar.label.search(folded, label.end(), end)
            limit = following.start() if following else end
            full_stop = folded.find("。", label.end(), limit)
            stop = full_stop if full_stop >= 0 else limit
            value = text[label.end() : stop]
            if label["deadline"]:
                deadlines.append(value.strip(" ，。；;,、"))
            elif not label["person"]:
                read = self.read_value(value, role_of(label))
                roles.extend(read.roles)
                same_as_above.extend(read.same_as_above)
                deadlines.extend(read.deadlines)
                open_ended |= read.open_ended
            adjacent = following is not None and folded[stop : following.start()].strip(" 。；，、（【*") == ""
            label = following if adjacent else None
        if not roles and not same_as_above:
            return None, stop
        reading = RoleReading(tuple(roles), tuple(deadlines), open_ended, tuple(same_as_above))
        return reading, min(stop + (folded[stop : stop + 1] == "。"), end)

    def read_value(self, value: str, role: ClauseRole) -> RoleReading:
        """What stands behind a label or in a table's cell of that role: a list, a verb clause, 同上, or nothing."""
        plain = self._grammar.simplify(value).strip(" ，。；;,、\n")
        if plain in self._grammar.vocabulary.units.same_as_above:
            return RoleReading((), same_as_above=(role,))
        if not plain or plain in self._grammar.vocabulary.units.none:
            return RoleReading(())
        marked = re.search("[（(【\\[](?:牵头|主办|总牵头)", plain)
        has_verb = not marked and ROLE_VERB.search(self._grammar.fold(value))
        return (self._verb_clause(value, role) if has_verb else None) or self._unit_list(value, role)

    def _unit_list(self, value: str, role: ClauseRole) -> RoleReading:
        """A list of units of one role; those marked （牵头） lead the others."""
        names, open_ended = self._units.read(value)
        leads = tuple(name for name in names if _LEADING.match(name.written))
        if leads and role != "lead":
            rest = tuple(name for name in names if name not in leads)
            unmarked = self._units.read("、".join(_LEADING.sub(r"\1", name.name) for name in leads))[0]
            return RoleReading((("lead", unmarked), ("help", rest)), open_ended=open_ended)
        return RoleReading(((role, names),) if names else (), open_ended=open_ended)

    def _bare_list(self, text: str, folded: str, start: int, end: int) -> RoleReading | None:
        """（县财政局、县人社局） after a full stop: only a list of units."""
        stopped = folded[:start].rstrip()[-1:] in ("。", "；")
        last = not folded[end + 1 :].strip(" 。；") and not folded[:start].rstrip().endswith(_EXPLAINED)
        if end - start < 4 or end - start > 200 or not (stopped or last):
            return None
        names, open_ended = self._units.read(text[start + 1 : end])
        if len(names) < (1 if stopped else 2) or not self._units.names.are_units(names):
            return None
        return RoleReading((("duty", names),), open_ended=open_ended)

    def _closing_sentence(self, text: str, folded: str, clauses: list[Clause]) -> tuple[Clause, ...]:
        """A last sentence that only says who leads and who helps (由甲牵头，乙配合。)."""
        end = len(folded.rstrip(" 。；"))
        start = max(folded.rfind(mark, 0, end) for mark in "。；！") + 1
        if (
            any(clause.end > start for clause in clauses)
            or end - start > 240
            or not _CLOSING.search(folded, start, end)
        ):
            return ()
        reading = self._verb_clause(text[start:end], tasks=False)
        if not reading and self._assigned and (assigned := self._assigned.search(folded, start, end)):
            # The task itself stands before “，由” and stays the measure's text.
            start = assigned.start()
            reading = self._verb_clause(f"由{assigned[1]}{assigned[2] or ''}负责", tasks=False)
        return (Clause(start, len(text), "sentence", reading),) if reading else ()


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
