"""The vocabulary: complete, with all faults reported together, and without the name of a document, place or office."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from config.config_errors import ConfigError
from config.county_file import load_county
from config.document_vocabulary import load_vocabulary
from config.plan_file import load_plan

FILE = Path(load_vocabulary.__code__.co_filename).with_name("document_vocabulary.toml")


def test_both_strings_of_characters_correspond() -> None:
    characters = load_vocabulary().characters
    table = str.maketrans(characters.traditional, characters.simplified)
    assert "縣稅務局牽頭，財政廳負責，為說產強".translate(table) == "县税务局牵头，财政厅负责，为说产强"
    assert "县税务局牵头，著名，乾隆".translate(table) == "县税务局牵头，著名，乾隆"


def test_no_entry_names_this_county_its_units_or_its_document() -> None:
    words = FILE.read_text(encoding="utf-8")
    county = load_county("yanqi")
    own = {county.name, county.full_name, county.name.rstrip("县"), "商工局", load_plan("yanqi-2023").document.no}
    assert not [name for name in own if name in words]


def test_every_fault_is_reported_with_its_line(tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8")
    text = text.replace("suggest_from = 70", "suggest_from = 170").replace('nouns = ["单位"', 'nouns = ["", "单位"')
    text = text.replace("[tables]", "unknown = 1\n\n[tables]", 1)
    broken = tmp_path / "document_vocabulary.toml"
    broken.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_vocabulary(broken)
    told = str(refused.value)
    assert "suggest_from" in told and "空词" in told and "unknown" in told
    assert all(fault.line for fault in refused.value.faults)


def test_an_office_can_add_a_word(tmp_path: Path) -> None:
    from tasks.register.parse_document import parse_document

    extended = tmp_path / "document_vocabulary.toml"
    text = FILE.read_text(encoding="utf-8").replace('lead = ["牵头", ', 'lead = ["领办", "牵头", ', 1)
    extended.write_text(text, encoding="utf-8")
    draft = parse_document("1. 修路。\n领办单位：县交通局\n".encode(), "a.txt", load_vocabulary(extended), None)
    assert draft.measures[0].lead == ("县交通局",)


def test_no_list_contains_a_word_in_both_scripts() -> None:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    for group in data.values():
        for words in group.values():
            if isinstance(words, list):
                assert all(isinstance(word, str) and word == word.strip() for word in words)
