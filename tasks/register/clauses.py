"""Responsibility clauses: who leads, answers and helps, in every form an office prints them.

Belongs here: from the text of one paragraph to its clauses with their places. Forms: labels on a line of their own,
labels in brackets or in running text, verb clauses (（甲牵头，乙、丙按职责分工负责）, 由甲会同乙), bare lists in
brackets.
Which measure a clause belongs to is said by `outline`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from tasks.register.grammar import Grammar
from tasks.register.spans import LONGEST, pairs, pieces, value_end
from tasks.register.units import Name, UnitReader

Role = Literal["lead", "duty", "help"]
Roles = tuple[tuple[Role, tuple[Name, ...]], ...]

_BY = re.compile(r"^ *(?:并|且)?由 *")
_WHEN = re.compile(
    r"^(?:于|在|并)?[^，]{0,16}(?:\d *月|\d *年|年[底末内]|[一二三四]季度|上半年|下半年|持续|长期|常态)[^，]{0,12}$"
)
_LEADING = re.compile(r"^(.+?)[（(【\[](?:牵头(?:单位|部门)?|主办|总牵头)[）)】\]]$")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: text[start:end] of its paragraph, the units by role, deadlines named in it.

    `form` is line, bracket, inline, sentence or list; `same` lists roles that say 同上; `opened` marks 等.
    """

    start: int
    end: int
    form: str
    roles: Roles
    until: tuple[str, ...] = ()
    opened: bool = False
    same: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What one label's value or one bracket says."""

    roles: Roles
    until: tuple[str, ...] = ()
    opened: bool = False
    same: tuple[Role, ...] = ()


class ClauseReader:
    """Finds and reads responsibility clauses with one grammar and one reader of units."""

    def __init__(self, grammar: Grammar, units: UnitReader) -> None:
        self._grammar, self._units = grammar, units
        self._join = grammar.join
        self._task = re.compile("^(.+?)(牵头|负责|配合|协助)(.{2,})$")
        self._strong = re.compile("牵头|负责|主办|会同")

    def declares_first(self, folded: str) -> bool:
        """Whether a text declares that the unit listed first leads."""
        return self._grammar.first_listed.search(folded) is not None

    def find(self, text: str) -> tuple[Clause, ...]:
        """The clauses of one paragraph, in order."""
        folded = self._grammar.fold(text)
        if not self._grammar.has_role.search(folded) and "（" not in folded and "【" not in folded:
            return ()
        if self._grammar.label.match(folded.lstrip(" *")):
            return self._line(text, folded, 0, len(text))
        if found := self._spaced_line(text, folded):
            return found
        brackets = self._bracketed(text, folded)
        labels = self._inline(text, folded, brackets)
        taken = sorted((*brackets, *labels), key=lambda clause: clause.start)
        return (*taken, *self._closing_sentence(text, folded, taken))

    def _line(self, text: str, folded: str, start: int, end: int) -> tuple[Clause, ...]:
        found, stop = self._labelled(text, folded, start, end)
        return (Clause(start, stop, "line", found.roles, found.until, found.opened, found.same),) if found else ()

    def _spaced_line(self, text: str, folded: str) -> tuple[Clause, ...]:
        """A line such as “责任单位 县财政局”, without a colon: believed only where every name is a unit's."""
        label = self._grammar.spaced_label.match(folded)
        if not label or len(folded) > LONGEST or label.end() == len(folded) or folded[label.end() - 1] != " ":
            return ()
        names, opened = self._units.read(text[label.end() :])
        if not names or not all(self._units.plausible(name.written) for name in names):
            return ()
        return (Clause(0, len(text), "line", ((_role(label), names),), opened=opened),)

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

    def _labelled(self, text: str, folded: str, start: int, end: int) -> tuple[Found | None, int]:
        """The labels from `start`, one after another; stops where a value's sentence ends and no label follows."""
        roles: list[tuple[Role, tuple[Name, ...]]] = []
        until: list[str] = []
        same: list[Role] = []
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
                read = self.cell(value, _role(label))
                roles.extend(read.roles)
                same.extend(read.same)
                until.extend(read.until)
                opened |= read.opened
            gap = following is not None and folded[stop : following.start()].strip(" 。；，、（【*") == ""
            label = following if gap else None
        if not roles and not same:
            return None, stop
        return Found(tuple(roles), tuple(until), opened, tuple(same)), min(
            stop + (folded[stop : stop + 1] == "。"), end
        )

    def cell(self, value: str, role: Role) -> Found:
        """What stands behind a label or in a cell of that role: a list, a verb clause, 同上, or nothing."""
        bare = value.strip(" ，。；;,、\n")
        if self._grammar.simplify(bare) in self._grammar.words.units.same_as_above:
            return Found((), same=(role,))
        if not bare or bare in self._grammar.words.units.none:
            return Found(())
        marked = re.search("[（(【\\[](?:牵头|主办|总牵头)", bare)
        spoken = self._spoken(value, role) if not marked and self._strong.search(self._grammar.fold(value)) else None
        return spoken or self._plain(value, role)

    def _plain(self, value: str, role: Role) -> Found:
        names, opened = self._units.read(value)
        leads = tuple(name for name in names if _LEADING.match(name.written))
        if leads and role != "lead":
            rest = tuple(name for name in names if name not in leads)
            cleaned = self._units.read("、".join(_LEADING.sub(r"\1", name.name) for name in leads))[0]
            return Found((("lead", cleaned), ("help", rest)), opened=opened)
        return Found(((role, names),) if names else (), opened=opened)

    def _bare_list(self, text: str, folded: str, start: int, end: int) -> Found | None:
        """（县财政局、县人社局） after a full stop: a list of units and nothing else."""
        if end - start < 4 or end - start > 200 or folded[:start].rstrip()[-1:] not in ("。", "；"):
            return None
        names, opened = self._units.read(text[start + 1 : end])
        if not names or not all(self._units.plausible(name.written) for name in names):
            return None
        return Found((("duty", names),), opened=opened)

    def _closing_sentence(self, text: str, folded: str, taken: list[Clause]) -> tuple[Clause, ...]:
        """A last sentence that says nothing but who leads and who helps (由甲牵头，乙配合。)."""
        end = len(folded.rstrip(" 。；"))
        start = max(folded.rfind(mark, 0, end) for mark in "。；！") + 1
        if (
            any(clause.end > start for clause in taken)
            or end - start > 240
            or not self._strong.search(folded, start, end)
        ):
            return ()
        found = self._spoken(text[start:end], tasks=False)
        if not found:
            return ()
        return (Clause(start, len(text), "sentence", found.roles, found.until, found.opened),)

    def _spoken(self, value: str, default: Role | None = None, tasks: bool = False) -> Found | None:
        """A verb clause, or None where anything in it is not a list of units with a role.

        `default` is the role of lists that no verb closes; `tasks` allows “甲负责某事”.
        """
        folded = self._grammar.fold(value)
        folded = self._grammar.without_declaration(folded)
        roles: list[tuple[Role, tuple[Name, ...]]] = []
        pending: list[tuple[Name, ...]] = []
        until: list[str] = []
        opened = said = False
        for start, end in pieces(folded):
            piece = folded[start:end]
            if not piece.strip(" ，。；、") or piece.strip() in ("下同", "以下同"):
                continue
            read = self._piece(value[start:end], piece, tasks)
            if read is None and _WHEN.match(piece.strip()):
                until.append(value[start:end].strip())
                continue
            if read is None and said and tasks and not self._strong.search(piece):
                # Words behind those who were named (重要情况及时报告) take nothing back.
                continue
            if read is None:
                return None
            found, loose, is_open = read
            opened |= is_open
            if found:
                said = True
                if pending:
                    roles.extend((found[0][0], names) for names in pending)
                    pending = []
                roles.extend((role, names) for role, names in found if names)
            elif loose:
                pending.append(loose)
        if pending:
            rest: Role | None = "help" if any(role == "lead" for role, _ in roles) else default
            if rest is None and not said:
                return None
            roles.extend((rest or "duty", names) for names in pending)
        return Found(tuple(roles), tuple(until), opened) if roles else None

    def _piece(
        self, raw: str, piece: str, tasks: bool
    ) -> tuple[list[tuple[Role, tuple[Name, ...]]], tuple[Name, ...], bool] | None:
        """One part between commas: (roles said, units without a role, open list); None where it is prose."""
        skip = _BY.match(piece)
        at = skip.end() if skip else 0
        raw, piece = raw[at:], piece[at:]
        role: Role | None = None
        if label := self._grammar.spaced_label.match(piece):
            role, raw, piece = _role(label), raw[label.end() :], piece[label.end() :]
        verb = self._grammar.verb.search(piece)
        if verb:
            role, raw, piece = _role(verb), raw[: verb.start()], piece[: verb.start()]
        elif tasks and role is None and (task := self._task.match(piece)) and not self._join.search(piece):
            role = {"牵头": "lead", "负责": "duty", "配合": "help", "协助": "help"}[task[2]]  # type: ignore[assignment]
            raw, piece = raw[: task.end(1)], task[1]
        parts = self._joined(raw, piece, role)
        found: list[tuple[Role, tuple[Name, ...]]] = []
        loose: tuple[Name, ...] = ()
        opened = False
        for part_role, text in parts:
            names, is_open = self._units.read(text)
            opened |= is_open
            others = tuple(name for name in names if name.written.startswith(("其他", "其它")))
            opened |= bool(others)
            names = tuple(name for name in names if name not in others)
            if not all(self._units.plausible(name.written) for name in names) or (
                text.strip() and not names and not is_open and not others
            ):
                return None
            if part_role:
                found.append((part_role, names))
            else:
                loose = names
        return found, loose, opened

    def _joined(self, raw: str, piece: str, role: Role | None) -> list[tuple[Role | None, str]]:
        """甲会同乙: 甲 leads, 乙 helps. A piece without such a word has one role."""
        # A few tries: prose full of such words is no clause, and each try reads the whole piece.
        for found in islice(self._join.finditer(piece[:LONGEST]), 4):
            left, right = raw[: found.start()], raw[found.end() :]
            verb = self._grammar.verb.search(piece[: found.start()])
            if verb:
                left = raw[: verb.start()]
            if self._all_units(right) and (not left.strip() or self._all_units(left)):
                return [("lead", left), ("help", right)] if left.strip() else [("help", right)]
        return [(role, raw)]

    def _all_units(self, text: str) -> bool:
        names, _ = self._units.read(text)
        return bool(names) and all(self._units.plausible(name.written) for name in names)


def _role(match: re.Match[str]) -> Role:
    groups = match.groupdict()
    return "lead" if groups.get("lead") else "help" if groups.get("help") else "duty"
