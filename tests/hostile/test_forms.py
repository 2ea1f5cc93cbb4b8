"""Hostile input in every field of every form in the UI: refused in plain words, nothing changed.

These tests call the flow behind the form. Free text is tested where it is printed (`hostile_words`), the uploaded document
in `test_documents`.
"""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import os
import re
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from config.config_errors import ConfigError
from config.paths import PROJECT
from flows.ui.forms import Words
from tasks.errors import InputError
from tests.unit.config.test_holiday_notice import NOTICE

FORMS = {
    each["name"]: each["entrypoint"]
    for each in yaml.safe_load((PROJECT / "prefect.yaml").read_text("utf-8"))["deployments"]
}
# Input that could leave a folder, overflow, or break a message, a name or a query.
HARM = ("../../x", "a\x00{{7*7}}%(x)s' OR 1=1", "x" * 5000)
# Fields that the program interprets.
INTERPRETED = {
    "plan", "now", "period", "year", "county", "document", "called_at", "unit", "cause", "owner", "due", "closed_on", "no",
    "text",
}  # fmt: skip
# Valid values for the other fields, so that the program reaches the field under test.
VALID = {
    "unit": "县财政局", "period": "2023-10", "words": "x", "reason": "x", "submission": 1, "document": "a.txt",
    "cause": "failed", "now": "2023-10-17T09:00", "plan": "yanqi-2023",
    "text": NOTICE,
}  # fmt: skip
# Free text, or a number that only names a run: printed, never looked up.
FREE_TEXT = {"words", "progress", "reason", "by", "note", "facts", "run"}


def fields(entrypoint: str) -> dict[str, Any]:
    module, _, name = entrypoint.removesuffix(".py").replace("/", ".").replace(".py", "").partition(":")
    flow = getattr(importlib.import_module(module), name)
    return {"": flow.fn, **typing.get_type_hints(flow.fn, include_extras=True)}


def is_text(kind: Any) -> bool:
    return (
        kind in (str, Words) or (get_origin(kind) is not Literal and any(map(is_text, get_args(kind)[:2])))
        if kind
        else False
    )


def text_fields() -> Iterator[tuple[str, str]]:
    for form, entrypoint in FORMS.items():
        yield from (
            (form, name) for name, kind in fields(entrypoint).items() if name not in ("", "return") and is_text(kind)
        )


def test_every_text_field_is_listed_here_and_every_other_field_accepts_only_its_type() -> None:
    for form, entrypoint in FORMS.items():
        for name, kind in fields(entrypoint).items():
            if name in ("", "return"):
                continue
            if is_text(kind):
                assert name in INTERPRETED or name in FREE_TEXT, (form, name)
                assert name in INTERPRETED or Words in (kind, *get_args(kind)), (form, name)
                continue
            assert kind in (int, bool) or get_origin(kind) is Literal or dt.date in get_args(kind), (form, name, kind)
            for harm in HARM:
                with pytest.raises(ValidationError):
                    TypeAdapter(kind).validate_python(harm)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Iterator[Path]:
    """One folder for all tests: none of them may change it."""
    root = tmp_path_factory.mktemp("forms")
    (root / "house/data/inbox").mkdir(parents=True)
    (root / "house/data/inbox/a.txt").write_text("一、工作\n1.修路。\n牵头单位：县交通运输局\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("LIANXI_")]:
            patch.delenv(name)
        patch.setenv("LIANXI_DATA", str(root / "house/data"))
        # As if started from a form, when a document can only come from data/inbox.
        patch.setattr("flows.register.deployment.id", "started-from-a-form", raising=False)
        yield root


@pytest.mark.parametrize(("form", "name"), [pair for pair in text_fields() if pair[1] in INTERPRETED])
def test_a_field_that_the_program_interprets_refuses_hostile_input(house: Path, form: str, name: str) -> None:
    run: Callable[..., Any] = fields(FORMS[form])[""]
    wanted = inspect.signature(run).parameters
    # A form sends nothing for an empty field: the flow uses its default.
    left = {key: each.default.default for key, each in wanted.items() if isinstance(each.default, FieldInfo)}
    filled = {key: VALID.get(key, value) for key, value in left.items()}
    for harm in HARM if name in ("plan", "county", "document") else HARM[1:2]:
        with pytest.raises((InputError, ConfigError)) as caught:
            run(**filled | {name: harm})
        message = str(caught.value)
        assert 0 < len(message) < 600 and "\x00" not in message and "root:" not in message, (harm, message)
    # Files that earlier steps wrote are in the data folder, under names that no input chose.
    made = {path.relative_to(house).as_posix() for path in house.rglob("*")} - {"house", "house/data"}
    own = r"house/data/(inbox(/a.txt)?|outbox|originals|share|audit|prefect|register|secret.key|lianxi.db(-wal|-shm)?|\.\w+)"
    assert [path for path in made if not re.fullmatch(own, path)] == []
