"""The words by which the parser understands an official document (`document_vocabulary.toml`): roles, levels, groups, numerals.

Belongs here: the typed reader and the table of characters. Does not belong here: the rules that use the words
(`tasks/register`). No entry may name a single document, place or office.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, model_validator

from config.config_errors import ConfigError
from config.frozen_model import FrozenModel
from config.paths import CONFIG
from config.toml_file import read_toml
from config.validation_errors import InvalidValueError, check_model

_PATH = CONFIG / "document_vocabulary.toml"

WordList = tuple[str, ...]


class _Group(FrozenModel):
    @model_validator(mode="after")
    def _check_words(self) -> _Group:
        """An empty word would match everywhere."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, tuple) and any(not word for word in value):
                raise InvalidValueError(f"“{name}”里有空词", "请删去空的引号")
        return self


class RoleWords(_Group):
    """Labels before a colon; a label is a role word plus a noun (牵头 + 单位)."""

    lead: WordList
    duty: WordList
    help: WordList
    nouns: WordList
    bare_labels: WordList
    persons: WordList
    deadlines: WordList


class VerbWords(_Group):
    """Verbs in running text: who leads, is responsible, helps, and how lists are joined."""

    lead: WordList
    duty: WordList
    help: WordList
    manner: WordList
    join: WordList
    join_between: WordList
    first_listed: WordList
    first_listed_lead: WordList
    handed: WordList


class UnitWords(_Group):
    """How names of units and groups begin, end, and inherit their level."""

    levels: WordList
    placed_levels: WordList
    not_levels: WordList
    party_organs: WordList
    full_committees: WordList
    independent: WordList
    own_places: WordList
    trades: WordList
    group_starts: WordList
    group_ends: WordList
    collective: WordList
    group_levels: WordList
    group_tails: WordList
    open_tails: WordList
    suffixes: WordList
    generic: WordList
    not_units: WordList
    not_in_units: WordList
    same_as_above: WordList
    none: WordList
    state_organs: WordList


class TableWords(_Group):
    """Titles of table columns."""

    number: WordList
    section: WordList
    measure: WordList
    detail: WordList
    ignored: WordList


class OutlineWords(_Group):
    """Lines that close a document, ends of titles and of issuers' names."""

    closings: WordList
    title_ends: WordList
    issuer_ends: WordList


class Numerals(_Group):
    """Chinese numerals: digits, other writings of them, powers of ten, large units."""

    digits: str
    also: Mapping[str, int]
    powers: Mapping[str, int]
    large: Mapping[str, int]


class TargetWords(_Group):
    """Units of measure, and the words that distinguish a target from a parameter of a policy and from a count."""

    measures: WordList
    times: WordList
    at_least: WordList
    at_most: WordList
    at_least_after: WordList
    at_most_after: WordList
    raise_to: WordList
    lower_to: WordList
    raise_verbs: WordList
    lower_verbs: WordList
    make: WordList
    full_verbs: WordList
    lead_in: WordList
    wholes: WordList
    rate_nouns: WordList
    rate_verbs: WordList
    modifiers: WordList
    modifiers_of_work: WordList
    work_nouns: WordList
    soft: WordList
    policy: WordList
    scope: WordList
    not_after: WordList


class DateWords(_Group):
    """WordList that distinguish policy windows, deliverables and recurring reports from plain deadlines."""

    window: WordList
    not_window: WordList
    permit: WordList
    deliver: WordList
    deliver_object: WordList
    report_verbs: WordList
    roster: WordList
    progress: WordList
    annual: WordList
    annual_object: WordList
    monthly: WordList
    quarterly: WordList


class MemberWords(_Group):
    """How a document names the members of its joint meeting."""

    bodies: WordList
    composed: WordList
    labels: WordList


class CheckWords(_Group):
    """The similarity (0 to 100) from which a known name is suggested to a person."""

    suggest_from: float = Field(ge=0, le=100)


class Characters(_Group):
    """Traditional characters and, at the same positions of the second string, the simplified ones."""

    traditional: str
    simplified: str

    @model_validator(mode="after")
    def _check_lengths(self) -> Characters:
        if len(self.traditional) != len(self.simplified):
            raise InvalidValueError("繁体与简体两串长短不一", "请逐字对应")
        return self


class Vocabulary(_Group):
    """The whole of `document_vocabulary.toml`."""

    roles: RoleWords
    verbs: VerbWords
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
