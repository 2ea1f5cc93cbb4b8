"""Counties, their units and groups: `counties/<county>/county.toml` with `units.csv` beside it.

Names resolve through the alias table only, after NFKC and removal of white space; never by likeness.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Unit(BaseModel):
    """One row of units.csv: a unit, or a group (各乡镇人民政府) that stands for its members.

    `group` names the group this unit is a member of. `confirmed` is False for members that the
    official document does not name: examples that a person must confirm.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    name: str
    kind: Literal["unit", "group"] = "unit"
    aliases: tuple[str, ...] = ()
    group: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    confirmed: bool = True
    line: int = 0

    def is_valid_on(self, day: dt.date) -> bool:
        """Whether the unit existed on that day (both ends inclusive)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class County(BaseModel):
    """One county: who convenes the joint meeting, who sends its mail, and every unit."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    full_name: str
    level: str
    convener: str
    office: str
    meeting: str
    mail_sender: str
    mail_sender_name: str
    coordinator_mail: str
    coordinator_phone: str
    units: tuple[Unit, ...]

    # The reader of the same module builds these; see `load_county`.
    # resolve(name) -> Unit | None ; members(group_name, day) -> tuple[Unit, ...] ; unit(name) -> Unit
