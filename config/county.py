"""Counties, their units and groups: `counties/<county>/county.toml` with `units.csv` beside it.

Names resolve through the alias table only, after NFKC and removal of white space; never by similarity.
Belongs here: the types and their lookups. The reader is `county_file`, the cross checks are `county_checks`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from config.frozen_model import FrozenModel, NonEmptyText
from config.name_matching import normalise, written_forms
from config.validation_errors import closest_name, printable

MailAddress = Annotated[str, Field(pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$")]


class UnknownUnit(LookupError):
    """No unit of the county goes by this name. The text is plain Chinese and suggests the closest known name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One row of units.csv: a unit, or a group (各乡镇人民政府) that stands for its members.

    `group` names the group this unit is a member of. `confirmed` is False for members that the
    official document does not name: examples that a person must confirm.
    """

    # A dataclass, not a pydantic model: every process holds all units, and a dataclass takes a tenth of the memory.
    code: str
    name: str
    kind: Literal["unit", "group"] = "unit"
    aliases: tuple[str, ...] = ()
    group: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    confirmed: bool = True
    line: int = 0
    note: str = ""

    def is_valid_on(self, day: dt.date) -> bool:
        """Whether the unit existed on that day (both ends inclusive)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class County(FrozenModel):
    """One county: who convenes the joint meeting, who sends its mail, and every unit.

    `prefixes` are the written-out forms of `level` at the head of a unit's name (焉耆县财政局 = 县财政局);
    `keep_apart` lists names that must never resolve to one unit.
    """

    id: str
    name: NonEmptyText
    full_name: NonEmptyText
    level: NonEmptyText
    convener: NonEmptyText
    office: NonEmptyText
    meeting: NonEmptyText
    mail_sender: MailAddress
    mail_sender_name: NonEmptyText
    coordinator_mail: MailAddress
    coordinator_phone: str
    units: tuple[Unit, ...]
    convener_mail: MailAddress | None = None
    prefixes: tuple[NonEmptyText, ...] = ()
    keep_apart: tuple[tuple[NonEmptyText, ...], ...] = ()

    def resolve(self, name: str) -> Unit | None:
        """The unit or group that goes by this name or alias, after normalising; None if the table has no such name."""
        return self._table.get(normalise(name))

    def unit(self, name: str) -> Unit:
        """As `resolve`, for a name that must be known. Raises UnknownUnit."""
        if (known := self.resolve(name)) is None:
            near = closest_name(name, [unit.name for unit in self.units])
            raise UnknownUnit(
                f"单位名册里没有“{printable(name)}”{near}。请改正名称，或在 units.csv 里补上这个单位或别名"
            )
        return known

    def members(self, group_name: str, day: dt.date | None = None) -> tuple[Unit, ...]:
        """The members of a group, or the unit itself, that are valid on `day` (None: on any day), in the order of units.csv.

        Raises UnknownUnit.
        """
        group = self.unit(group_name)
        units = self._members.get(group.name, ()) if group.kind == "group" else (group,)
        return tuple(unit for unit in units if day is None or unit.is_valid_on(day))

    @cached_property
    def _table(self) -> dict[str, Unit]:
        return {
            normalise(form): unit
            for unit in self.units
            for name in (unit.name, *unit.aliases)
            for form in written_forms(name, self.level, self.prefixes)
        }

    @cached_property
    def _members(self) -> dict[str, tuple[Unit, ...]]:
        groups = {unit.name: unit for unit in self.units if unit.kind == "group"}
        return {name: tuple(unit for unit in self.units if unit.group == name) for name in groups}
