"""The members of the joint meeting, from 联席会议由甲、乙……组成 or 成员单位：甲、乙."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.register.language.grammar import Grammar, any_of
from tasks.register.language.unit_lists import UnitListReader
from tasks.register.language.unit_names import UnitName


def read_members(grammar: Grammar, units: UnitListReader, texts: Sequence[str]) -> tuple[UnitName, ...]:
    """The members that the first paragraph with such a list names; none where no paragraph has one."""
    cue = grammar.vocabulary.members
    composed = re.compile(
        f"(?:{any_of(cue.bodies)})[^。；]{{0,40}}?由(?P<list>[^。；]{{4,900}}?)(?:等[^，。；、]{{0,16}}?)?"
        f"(?:{any_of(cue.composed)})"
    )
    label = re.compile(f"(?:{any_of(cue.labels)})(?:包括|为|有)?：(?P<list>[^。；]{{4,900}})")
    for text in texts:
        folded = grammar.fold(text)
        if not any(word in folded for word in cue.bodies):
            continue
        if found := composed.search(folded) or label.search(folded):
            listed = re.split("等(?:单位|部门|有关|相关|成员)", text[slice(*found.span("list"))], maxsplit=1)[0]
            names, _ = units.read(listed)
            members = tuple(
                each for each in names if units.names.is_unit(each.written) or units.names.is_group(each.name)
            )
            if len(members) >= 2:
                return members
    return ()
