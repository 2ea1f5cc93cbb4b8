"""Responsibility in verbs: 甲牵头，乙、丙按职责分工负责; 由甲会同乙; with days and remarks behind the units.

Belongs here: one such clause -> units by role. Where clauses stand in a paragraph is `responsibility_clauses`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from tasks.register.language.brackets import LONGEST_CLAUSE, split_spans
from tasks.register.language.grammar import Grammar
from tasks.register.language.unit_lists import UnitListReader
from tasks.register.language.unit_names import UnitName

ClauseRole = Literal["lead", "duty", "help"]
ClauseRoles = tuple[tuple[ClauseRole, tuple[UnitName, ...]], ...]
ROLE_VERB = re.compile("牵头|负责|主办|会同")

_TASK_ROLES: dict[str, ClauseRole] = {"牵头": "lead", "负责": "duty", "配合": "help", "协助": "help"}
_TASK = re.compile(f"^(.+?)({'|'.join(_TASK_ROLES)})(.{{2,}})$")
_BY = re.compile(r"^ *(?:并|且)?由 *")
_SUMMED_UP = re.compile("[^高中初]等(?:有关|相关|各)?(?:部门|單位|部門|单位) *$")
_PAUSE_AFTER_VERB = re.compile("(?<=牵头)、|(?<=负责)、|(?<=配合)、|(?<=参与)、")
_DEADLINE = re.compile(
    r"^(?:于|在|并)?[^，]{0,16}(?:\d *月|\d *年|年[底末内]|[一二三四]季度|上半年|下半年|持续|长期|常态)[^，]{0,12}$"
)


@dataclass(frozen=True, slots=True)
class RoleReading:
    """What one label's value, cell or bracket says: units by role, deadlines, whether 等 leaves the list open.

    `same_as_above` are the roles for which it says 同上.
    """

    roles: ClauseRoles
    deadlines: tuple[str, ...] = ()
    open_ended: bool = False
    same_as_above: tuple[ClauseRole, ...] = ()


@dataclass(frozen=True, slots=True)
class _ClausePart:
    """One part between commas: units by role, and units that no verb of the part gives a role."""

    roles: ClauseRoles
    unassigned: tuple[UnitName, ...]
    open_ended: bool


class VerbClauseReader:
    """Reads verb clauses with one grammar and one reader of unit lists."""

    def __init__(self, grammar: Grammar, units: UnitListReader) -> None:
        self._grammar, self._units = grammar, units

    def read(self, value: str, default: ClauseRole | None = None, tasks: bool = False) -> RoleReading | None:
        """A verb clause, or None where any part of it is not a list of units with a role.

        `default` is the role of lists that no verb closes; `tasks` allows “甲负责某事”.
        """
        folded = self._grammar.without_declaration(self._grammar.fold(value))
        folded = _PAUSE_AFTER_VERB.sub("，", folded)
        roles: list[tuple[ClauseRole, tuple[UnitName, ...]]] = []
        unassigned: list[tuple[UnitName, ...]] = []
        deadlines: list[str] = []
        open_ended = assigned = False
        for start, end in split_spans(folded, "，；。", "（【", "）】"):
            text = folded[start:end]
            if not text.strip(" ，。；、") or text.strip() in ("下同", "以下同"):
                continue
            part = self._part(value[start:end], text, tasks)
            if part is None and _DEADLINE.match(text.strip()):
                deadlines.append(value[start:end].strip())
            elif part is None and assigned and tasks and not ROLE_VERB.search(text):
                # A remark behind the units (重要情况及时报告) does not make the clause prose.
                continue
            elif part is None:
                return None
            else:
                open_ended |= part.open_ended
                if part.roles:
                    # Lists before the first verb (甲，乙、丙牵头) share its role.
                    roles.extend((part.roles[0][0], names) for names in unassigned)
                    roles.extend((role, names) for role, names in part.roles if names)
                    unassigned, assigned = [], True
                elif part.unassigned:
                    unassigned.append(part.unassigned)
        if unassigned:
            rest = "help" if any(role == "lead" for role, _ in roles) else default
            if rest is None and not assigned:
                return None
            roles.extend((rest or "duty", names) for names in unassigned)
        return RoleReading(self._mark_after_level(roles), tuple(deadlines), open_ended) if roles else None

    def _mark_after_level(self, roles: Sequence[tuple[ClauseRole, tuple[UnitName, ...]]]) -> ClauseRoles:
        """A comma ends a list's level: mark the names of the parts behind it."""
        marked: list[tuple[ClauseRole, tuple[UnitName, ...]]] = []
        after_level = False
        for role, names in roles:
            marked.append((role, tuple(replace(name, after_level=name.after_level or after_level) for name in names)))
            after_level = after_level or any(self._units.names.level_of(name.name) for name in names)
        return tuple(marked)

    def _part(self, printed: str, folded: str, tasks: bool) -> _ClausePart | None:
        """One part between commas; None where it is prose."""
        skip = _BY.match(folded)
        at = skip.end() if skip else 0
        printed, folded = printed[at:], folded[at:]
        role: ClauseRole | None = None
        if label := self._grammar.spaced_label.match(folded):
            role, printed, folded = role_of(label), printed[label.end() :], folded[label.end() :]
        verb = self._grammar.verb.search(folded)
        if verb:
            role, printed, folded = role_of(verb), printed[: verb.start()], folded[: verb.start()]
        elif tasks and role is None and (task := _TASK.match(folded)) and not self._grammar.join.search(folded):
            role, printed, folded = _TASK_ROLES[task[2]], printed[: task.end(1)], task[1]
        roles: list[tuple[ClauseRole, tuple[UnitName, ...]]] = []
        unassigned: tuple[UnitName, ...] = ()
        open_ended = False
        for list_role, text in self._split_at_join(printed, folded, role):
            names, is_open = self._units.read(text)
            units = tuple(name for name in names if not name.written.startswith(("其他", "其它")))
            is_open |= len(units) < len(names)
            open_ended |= is_open
            believed = self._units.names.are_units(units, verb is not None, _SUMMED_UP.search(text) is not None)
            if not believed or (text.strip() and not units and not is_open):
                return None
            if list_role:
                roles.append((list_role, units))
            else:
                unassigned = units
        return _ClausePart(tuple(roles), unassigned, open_ended)

    def _split_at_join(self, printed: str, folded: str, role: ClauseRole | None) -> list[tuple[ClauseRole | None, str]]:
        """甲会同乙: 甲 leads, 乙 helps. A part without such a word has one role."""
        # A few tries are enough: prose full of such words is no clause, and each try reads the whole part.
        for found in islice(self._grammar.join.finditer(folded[:LONGEST_CLAUSE]), 4):
            left, right = printed[: found.start()], printed[found.end() :]
            if verb := self._grammar.verb.search(folded[: found.start()]):
                left = printed[: verb.start()]
            if self._units.all_units(right) and (not left.strip() or self._units.all_units(left)):
                return [("lead", left), ("help", right)] if left.strip() else [("help", right)]
        return [(role, printed)]


def role_of(match: re.Match[str]) -> ClauseRole:
    """The role that a label or a verb names."""
    groups = match.groupdict()
    return "lead" if groups.get("lead") else "help" if groups.get("help") else "duty"
