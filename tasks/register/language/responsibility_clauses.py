"""Responsibility clauses: who leads, answers and helps, in every form an office prints them.

Belongs here: from the text of one paragraph to its clauses with their places. Forms: labels on a line of their own,
labels in brackets or in running text, verb clauses (（甲牵头，乙、丙按职责分工负责）, 由甲会同乙), bare lists in
brackets.
Which measure a clause belongs to is said by `outline`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tasks.register.language.grammar import Grammar, any_of
from tasks.register.language.spans import LONGEST, pairs, value_end
from tasks.register.language.unit_lists import UnitListReader
from tasks.register.language.unit_names import UnitName
from tasks.register.language.verb_clauses import STRONG, ClauseRole, ClauseRoles, RoleReading, VerbClauseReader, role_of

_EXPLAINED = ("部门", "单位", "机构", "企业", "地区", "等")
_CLOSING = re.compile(f"{STRONG.pattern}|(?:单位|部门|主体)[为是]")
_LEADING = re.compile(r"^(.+?)[（(【\[](?:牵头(?:单位|部门)?|主办|总牵头)[）)】\]]$")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: text[start:end] of its paragraph, the units by role, deadlines named in it.

    `form` is line, bracket, inline, sentence, list or bare; `same` lists roles that say 同上; `opened` marks 等.
    """

    start: int
    end: int
    form: str
    roles: ClauseRoles
    until: tuple[str, ...] = ()
    opened: bool = False
    same: tuple[ClauseRole, ...] = ()


class ClauseReader:
    """Finds and reads responsibility clauses with one grammar and one reader of units."""

    def __init__(self, grammar: Grammar, units: UnitListReader, loose: bool = False) -> None:
        """`loose` also takes sentences that hand something over (由甲会同乙等部门研究提出意见)."""
        self._grammar, self._units = grammar, units
        self._spoken = VerbClauseReader(grammar, units).read
        self._handed = (
            re.compile(
                f"(?:^|，)由([^，。；]+?)(等[^，。；、]{{0,8}}?)?(?:{any_of(grammar.vocabulary.verbs.handed)})[^，。；、]*$"
            )
            if loose
            else None
        )

    def declares_first(self, folded: str) -> bool:
        """Whether a text declares that the unit listed first leads."""
        return self._grammar.first_listed.search(folded) is not None

    def find(self, text: str) -> tuple[Clause, ...]:
        """The clauses of one paragraph, in order."""
        folded = self._grammar.fold(text)
        if "：" in folded:
            # 甲局（责任人：某某）: blanked, so that offsets stay and the person is no unit.
            aside = [found.span() for found in self._grammar.person.finditer(folded)] + self._declarations(folded)
            text, folded = _blanked(text, aside), _blanked(folded, aside)
        if self._grammar.label.match(folded.lstrip(" *")):
            return self._line(text, folded, 0, len(text))
        if not self._grammar.has_role.search(folded) and "（" not in folded and "【" not in folded:
            return ()
        if found := self._spaced_line(text, folded):
            return found
        brackets = self._bracketed(text, folded)
        labels = self._inline(text, folded, brackets)
        taken = sorted((*brackets, *labels), key=lambda clause: clause.start)
        return (*taken, *self._closing_sentence(text, folded, taken))

    def _declarations(self, folded: str) -> list[tuple[int, int]]:
        """Brackets behind a list that hold nothing but the declaration of the first listed."""
        if not self._grammar.first_listed.search(folded):
            return []
        rest = self._grammar.without_declaration
        return [
            (start, end + 1) for start, end in pairs(folded) if not rest(folded[start + 1 : end]).strip(" ，。；、")
        ]

    def _line(self, text: str, folded: str, start: int, end: int) -> tuple[Clause, ...]:
        found, stop = self._labelled(text, folded, start, end)
        if found is None and (label := self._grammar.label.match(folded.lstrip(" *"))):
            return self._particular(text, folded, label)
        return (Clause(start, stop, "line", found.roles, found.until, found.opened, found.same),) if found else ()

    def _particular(self, text: str, folded: str, label: re.Match[str]) -> tuple[Clause, ...]:
        """A line that names a person or a day only (牵头领导：某某): no unit's, and no part of the measure's words."""
        value = folded.lstrip(" *")[label.end() :].strip(" 。；，")
        if not (label["person"] or label["until"]) or len(value) > 60 or "。" in value:
            return ()
        return (Clause(0, len(text), "line", (), (value,) if label["until"] and value else ()),)

    def _spaced_line(self, text: str, folded: str) -> tuple[Clause, ...]:
        """A line such as “责任单位 县财政局”, without a colon: believed only where every name is a unit's."""
        label = self._grammar.spaced_label.match(folded)
        if not label or len(folded) > LONGEST or label.end() == len(folded) or folded[label.end() - 1] != " ":
            return ()
        names, opened = self._units.read(text[label.end() :])
        if not names or not all(self._units.plausible(name.written) for name in names):
            return ()
        return (Clause(0, len(text), "line", ((role_of(label), names),), opened=opened),)

    def bare_line(self, text: str) -> tuple[Clause, ...]:
        """A line that is nothing but units, in a document that said the first listed leads."""
        if len(text) > LONGEST or text.rstrip().endswith(("：", ":")):
            return ()
        names, opened = self._units.read(text)
        if not self._units.believable(names) or not (len(names) > 1 or any(map(self._units.levelled, names))):
            return ()
        return (Clause(0, len(text), "bare", (("duty", names),), opened=opened),)

    def bare_tail(self, text: str) -> tuple[Clause, ...]:
        """Units and nothing else behind the last full stop of an item, in such a document printed without line ends."""
        start = max(text.rstrip(" 。").rfind(mark) for mark in "。；") + 1
        found = self.bare_line(text[start:]) if start else ()
        return tuple(replace(clause, start=start, end=len(text)) for clause in found)

    def _bracketed(self, text: str, folded: str) -> list[Clause]:
        clauses: list[Clause] = []
        for start, end in pairs(folded):
            if clauses and start < clauses[-1].end:
                continue
            inner = folded[start + 1 : end]
            if not self._grammar.has_role.search(inner):
                found, form = self._bare_list(text, folded, start, end), "list"
            elif self._grammar.label.search(inner):
                found, form = self._labelled(text, folded, start + 1, end)[0], "bracket"
            else:
                found, form = self._spoken(text[start + 1 : end], tasks=True), "bracket"
            if found:
                clauses.append(Clause(start, end + 1, form, found.roles, found.until, found.opened, found.same))
        return clauses

    def _inline(self, text: str, folded: str, taken: list[Clause]) -> list[Clause]:
        """Labels in running text outside brackets: each run of them to the end of its sentence is one clause."""
        clauses: list[Clause] = []
        position = passed = 0
        while found := self._grammar.label.search(folded, position):
            while passed < len(taken) and taken[passed].end <= found.start():
                passed += 1
            if passed < len(taken) and taken[passed].start <= found.start():
                position = taken[passed].end
                continue
            read, stop = self._labelled(text, folded, found.start(), len(text))
            position = max(stop, found.end())
            if read:
                clauses.append(Clause(found.start(), stop, "inline", read.roles, read.until, read.opened, read.same))
        return clauses

    def _labelled(self, text: str, folded: str, start: int, end: int) -> tuple[RoleReading | None, int]:
        """The labels from `start`, one after another; stops where a value's sentence ends and no label follows."""
        roles: list[tuple[ClauseRole, tuple[UnitName, ...]]] = []
        until: list[str] = []
        same: list[ClauseRole] = []
        opened = False
        label = self._grammar.label.search(folded, start, end)
        stop = start
        while label:
            following = self._grammar.label.search(folded, label.end(), end)
            stop = value_end(folded, label.end(), following.start() if following else end)
            value = text[label.end() : stop]
            if label["until"]:
                until.append(value.strip(" ，。；;,、"))
            elif not label["person"]:
                read = self.cell(value, role_of(label))
                roles.extend(read.roles)
                same.extend(read.same)
                until.extend(read.until)
                opened |= read.opened
            gap = following is not None and folded[stop : following.start()].strip(" 。；，、（【*") == ""
            label = following if gap else None
        if not roles and not same:
            return None, stop
        return RoleReading(tuple(roles), tuple(until), opened, tuple(same)), min(
            stop + (folded[stop : stop + 1] == "。"), end
        )

    def cell(self, value: str, role: ClauseRole) -> RoleReading:
        """What stands behind a label or in a cell of that role: a list, a verb clause, 同上, or nothing."""
        bare = self._grammar.simplify(value).strip(" ，。；;,、\n")
        if bare in self._grammar.vocabulary.units.same_as_above:
            return RoleReading((), same=(role,))
        if not bare or bare in self._grammar.vocabulary.units.none:
            return RoleReading(())
        marked = re.search("[（(【\\[](?:牵头|主办|总牵头)", bare)
        spoken = self._spoken(value, role) if not marked and STRONG.search(self._grammar.fold(value)) else None
        return spoken or self._plain(value, role)

    def _plain(self, value: str, role: ClauseRole) -> RoleReading:
        names, opened = self._units.read(value)
        leads = tuple(name for name in names if _LEADING.match(name.written))
        if leads and role != "lead":
            rest = tuple(name for name in names if name not in leads)
            cleaned = self._units.read("、".join(_LEADING.sub(r"\1", name.name) for name in leads))[0]
            return RoleReading((("lead", cleaned), ("help", rest)), opened=opened)
        return RoleReading(((role, names),) if names else (), opened=opened)

    def _bare_list(self, text: str, folded: str, start: int, end: int) -> RoleReading | None:
        """（县财政局、县人社局） after a full stop: a list of units and nothing else."""
        stopped = folded[:start].rstrip()[-1:] in ("。", "；")
        last = not folded[end + 1 :].strip(" 。；") and not folded[:start].rstrip().endswith(_EXPLAINED)
        if end - start < 4 or end - start > 200 or not (stopped or last):
            return None
        names, opened = self._units.read(text[start + 1 : end])
        if len(names) < (1 if stopped else 2) or not all(self._units.plausible(name.written) for name in names):
            return None
        return RoleReading((("duty", names),), opened=opened)

    def _closing_sentence(self, text: str, folded: str, taken: list[Clause]) -> tuple[Clause, ...]:
        """A last sentence that says nothing but who leads and who helps (由甲牵头，乙配合。)."""
        end = len(folded.rstrip(" 。；"))
        start = max(folded.rfind(mark, 0, end) for mark in "。；！") + 1
        if any(clause.end > start for clause in taken) or end - start > 240 or not _CLOSING.search(folded, start, end):
            return ()
        found = self._spoken(text[start:end], tasks=False)
        if not found and self._handed and (said := self._handed.search(folded, start, end)):
            # What is handed over stands before “，由” and stays the measure's text.
            found, start = self._spoken(f"由{said[1]}{said[2] or ''}负责", tasks=False), said.start()
        if not found:
            return ()
        return (Clause(start, len(text), "sentence", found.roles, found.until, found.opened),)


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
