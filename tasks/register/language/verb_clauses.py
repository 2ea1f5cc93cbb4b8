"""Verb clauses: 甲牵头，乙、丙按职责分工负责; 由甲会同乙; with days and words behind those who are named.

Belongs here: what one such clause says of units and roles. Where clauses stand in a paragraph is found by `clauses`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from tasks.register.language.grammar import Grammar
from tasks.register.language.spans import LONGEST, pieces
from tasks.register.language.unit_lists import UnitListReader
from tasks.register.language.unit_names import UnitName

ClauseRole = Literal["lead", "duty", "help"]
ClauseRoles = tuple[tuple[ClauseRole, tuple[UnitName, ...]], ...]
STRONG = re.compile("牵头|负责|主办|会同")

_BY = re.compile(r"^ *(?:并|且)?由 *")
_SUMMED = re.compile("[^高中初]等(?:有关|相关|各)?(?:部门|單位|部門|单位) *$")
_AFTER_VERB = re.compile("(?<=牵头)、|(?<=负责)、|(?<=配合)、|(?<=参与)、")
_WHEN = re.compile(
    r"^(?:于|在|并)?[^，]{0,16}(?:\d *月|\d *年|年[底末内]|[一二三四]季度|上半年|下半年|持续|长期|常态)[^，]{0,12}$"
)


@dataclass(frozen=True, slots=True)
class RoleReading:
    """What one label's value or one bracket says."""

    roles: ClauseRoles
    until: tuple[str, ...] = ()
    opened: bool = False
    same: tuple[ClauseRole, ...] = ()


class VerbClauseReader:
    """Reads verb clauses with one grammar and one reader of units."""

    def __init__(self, grammar: Grammar, units: UnitListReader) -> None:
        self._grammar, self._units = grammar, units
        self._join = grammar.join
        self._task = re.compile("^(.+?)(牵头|负责|配合|协助)(.{2,})$")

    def read(self, value: str, default: ClauseRole | None = None, tasks: bool = False) -> RoleReading | None:
        """A verb clause, or None where anything in it is not a list of units with a role.

        `default` is the role of lists that no verb closes; `tasks` allows “甲负责某事”.
        """
        folded = self._grammar.fold(value)
        folded = _AFTER_VERB.sub("，", self._grammar.without_declaration(folded))
        roles: list[tuple[ClauseRole, tuple[UnitName, ...]]] = []
        pending: list[tuple[UnitName, ...]] = []
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
            if read is None and said and tasks and not STRONG.search(piece):
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
            rest: ClauseRole | None = "help" if any(role == "lead" for role, _ in roles) else default
            if rest is None and not said:
                return None
            roles.extend((rest or "duty", names) for names in pending)
        return RoleReading(self._apart(roles), tuple(until), opened) if roles else None

    def _apart(self, roles: list[tuple[ClauseRole, tuple[UnitName, ...]]]) -> ClauseRoles:
        """The comma ends a list's level: bare names in the parts behind it are marked."""
        marked: list[tuple[ClauseRole, tuple[UnitName, ...]]] = []
        levelled = False
        for role, names in roles:
            marked.append((role, tuple(replace(name, apart=name.apart or levelled) for name in names)))
            levelled = levelled or any(self._units.levelled(name) for name in names)
        return tuple(marked)

    def _piece(
        self, raw: str, piece: str, tasks: bool
    ) -> tuple[list[tuple[ClauseRole, tuple[UnitName, ...]]], tuple[UnitName, ...], bool] | None:
        """One part between commas: (roles said, units without a role, open list); None where it is prose."""
        skip = _BY.match(piece)
        at = skip.end() if skip else 0
        raw, piece = raw[at:], piece[at:]
        role: ClauseRole | None = None
        if label := self._grammar.spaced_label.match(piece):
            role, raw, piece = role_of(label), raw[label.end() :], piece[label.end() :]
        verb = self._grammar.verb.search(piece)
        if verb:
            role, raw, piece = role_of(verb), raw[: verb.start()], piece[: verb.start()]
        elif tasks and role is None and (task := self._task.match(piece)) and not self._join.search(piece):
            role = {"牵头": "lead", "负责": "duty", "配合": "help", "协助": "help"}[task[2]]  # type: ignore[assignment]
            raw, piece = raw[: task.end(1)], task[1]
        parts = self._joined(raw, piece, role)
        found: list[tuple[ClauseRole, tuple[UnitName, ...]]] = []
        loose: tuple[UnitName, ...] = ()
        opened = False
        for part_role, text in parts:
            names, is_open = self._units.read(text)
            opened |= is_open
            others = tuple(name for name in names if name.written.startswith(("其他", "其它")))
            opened |= bool(others)
            names = tuple(name for name in names if name not in others)
            if not self._units.believable(names, verb is not None, _SUMMED.search(text) is not None) or (
                text.strip() and not names and not is_open and not others
            ):
                return None
            if part_role:
                found.append((part_role, names))
            else:
                loose = names
        return found, loose, opened

    def _joined(self, raw: str, piece: str, role: ClauseRole | None) -> list[tuple[ClauseRole | None, str]]:
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


def role_of(match: re.Match[str]) -> ClauseRole:
    """The role a label or a verb names."""
    groups = match.groupdict()
    return "lead" if groups.get("lead") else "help" if groups.get("help") else "duty"
