"""The words an official document is read by (`vocabulary.toml`): roles, levels, groups, numerals, figures.

Belongs here: the typed reader and the characters table. Does not belong here: any rule that uses a word; those are in
`tasks/register`. No entry may name one document, place or office.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from config.config_errors import ConfigError
from config.tomlfile import read_toml
from config.validation_errors import Wrong, check_model

_PATH = Path(__file__).with_name("vocabulary.toml")

Words = tuple[str, ...]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="after")
    def _no_empty_words(self) -> _Group:
        """An empty word would match everywhere."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, tuple) and any(not word for word in value):
                raise Wrong(f"“{name}”里有空词", "请删去空的引号")
        return self


class Roles(_Group):
    """Words of the labels before a colon; a label is a role word plus a noun (牵头 + 单位)."""

    lead: Words
    duty: Words
    help: Words
    nouns: Words
    bare_labels: Words
    persons: Words
    deadlines: Words


class Verbs(_Group):
    """Words of the sentence form: who leads, answers, helps, and how lists are joined."""

    lead: Words
    duty: Words
    help: Words
    manner: Words
    join: Words
    join_between: Words
    first_listed: Words
    first_listed_lead: Words
    handed: Words


class UnitWords(_Group):
    """How names of units and groups begin, end, and inherit their level."""

    levels: Words
    placed_levels: Words
    not_levels: Words
    party_organs: Words
    full_committees: Words
    independent: Words
    own_places: Words
    trades: Words
    group_starts: Words
    group_ends: Words
    collective: Words
    group_levels: Words
    group_tails: Words
    open_tails: Words
    suffixes: Words
    generic: Words
    not_units: Words
    not_in_units: Words
    same_as_above: Words
    none: Words
    state_organs: Words


class TableWords(_Group):
    """Titles of table columns."""

    number: Words
    section: Words
    measure: Words
    detail: Words
    ignored: Words


class OutlineWords(_Group):
    """Lines that close a document, ends of titles and of issuers' names."""

    closings: Words
    title_ends: Words
    issuer_ends: Words


class Numerals(_Group):
    """Chinese numerals: digits, other writings of them, powers of ten, large units."""

    digits: str
    also: Mapping[str, int]
    powers: Mapping[str, int]
    large: Mapping[str, int]


class TargetWords(_Group):
    """Units of measure and the cues that tell a target from a policy's parameter and from a count of what exists."""

    measures: Words
    times: Words
    at_least: Words
    at_most: Words
    at_least_after: Words
    at_most_after: Words
    raise_to: Words
    lower_to: Words
    raise_verbs: Words
    lower_verbs: Words
    make: Words
    full_verbs: Words
    lead_in: Words
    wholes: Words
    rate_nouns: Words
    rate_verbs: Words
    modifiers: Words
    modifiers_of_work: Words
    work_nouns: Words
    soft: Words
    policy: Words
    scope: Words
    not_after: Words


class DateWords(_Group):
    """Cues that tell policy windows, deliverables and recurring reports from plain deadlines."""

    window: Words
    not_window: Words
    permit: Words
    deliver: Words
    deliver_object: Words
    report_verbs: Words
    roster: Words
    progress: Words
    annual: Words
    annual_object: Words
    monthly: Words
    quarterly: Words


class MemberWords(_Group):
    """How a document names the members of its joint meeting."""

    bodies: Words
    composed: Words
    labels: Words


class CheckWords(_Group):
    """Likeness, 0 to 100, from which a known name is suggested to a person."""

    suggest_from: float = Field(ge=0, le=100)


class Characters(_Group):
    """Traditional characters and, at the same place of the other string, the simplified ones."""

    traditional: str
    simplified: str

    @model_validator(mode="after")
    def _same_length(self) -> Characters:
        if len(self.traditional) != len(self.simplified):
            raise Wrong("繁体与简体两串长短不一", "请逐字对应")
        return self


class Vocabulary(_Group):
    """The whole of `vocabulary.toml`."""

    roles: Roles
    verbs: Verbs
    units: UnitWords
    tables: TableWords
    outline: OutlineWords
    numerals: Numerals
    targets: TargetWords
    dates: DateWords
    members: MemberWords
    checks: CheckWords
    characters: Characters


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """Read the vocabulary (None = the one beside this module). Raises ConfigError with every fault of the file."""
    file = read_toml(path or _PATH)
    vocabulary, faults = check_model(Vocabulary, file.data, file.line_of)
    if vocabulary is None:
        raise ConfigError(file.path, faults)
    return vocabulary
