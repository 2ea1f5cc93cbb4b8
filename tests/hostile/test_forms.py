"""Every field of every form in the UI, filled in by somebody who means harm: refused in plain words, nothing touched.

A form is only one of the ways in: what is tried here is the flow behind it. Fields for words of one's own are tried
where those words end (`hostile_words`), the uploaded document in `test_documents`.
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

FORMS = {
    each["name"]: each["entrypoint"]
    for each in yaml.safe_load((PROJECT / "prefect.yaml").read_text("utf-8"))["deployments"]
}
# What such a field could be used for: to climb, to overflow, to break a message, a name, a query.
HARM = ("../../x", "a\x00{{7*7}}%(x)s' OR 1=1", "x" * 5000)
# Fields whose words mean something to the program.
MEANT = {
    "plan", "now", "period", "year", "county", "document", "called_at", "unit", "cause", "owner", "due", "closed_on", "no",
}  # fmt: skip
# What else a form asks for, so that the program comes as far as to the field in question.
OTHERWISE = {
    "unit": "县财政局", "period": "2023-10", "words": "x", "reason": "x", "submission": 1, "document": "a.txt",
    "cause": "failed", "now": "2023-10-17T09:00", "plan": "yanqi-2023",
}  # fmt: skip
# Words for people to read, or a number that only names a run: they are shown, never looked up.
READ = {"words", "progress", "reason", "by", "note", "facts", "run"}


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


def asked() -> Iterator[tuple[str, str]]:
    for form, entrypoint in FORMS.items():
        yield from (
            (form, name) for name, kind in fields(entrypoint).items() if name not in ("", "return") and is_text(kind)
        )


def test_every_field_for_text_is_known_here_and_every_other_takes_only_its_own_kind() -> None:
    for form, entrypoint in FORMS.items():
        for name, kind in fields(entrypoint).items():
            if name in ("", "return"):
                continue
            if is_text(kind):
                assert name in MEANT or name in READ, (form, name)
                assert name in MEANT or Words in (kind, *get_args(kind)), (form, name)
                continue
            assert kind in (int, bool) or get_origin(kind) is Literal or dt.date in get_args(kind), (form, name, kind)
            for harm in HARM:
                with pytest.raises(ValidationError):
                    TypeAdapter(kind).validate_python(harm)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Iterator[Path]:
    """One for all: nothing that is tried here may change it."""
    root = tmp_path_factory.mktemp("forms")
    (root / "house/data/inbox").mkdir(parents=True)
    (root / "house/data/inbox/a.txt").write_text("一、工作\n1.修路。\n牵头单位：县交通运输局\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("LIANXI_")]:
            patch.delenv(name)
        patch.setenv("LIANXI_DATA", str(root / "house/data"))
        # As when a form started it: a document is then only one in data/inbox.
        patch.setattr("flows.register.deployment.id", "started-from-a-form", raising=False)
        yield root


@pytest.mark.parametrize(("form", "name"), [pair for pair in asked() if pair[1] in MEANT])
def test_a_field_that_means_something_refuses_what_means_harm(house: Path, form: str, name: str) -> None:
    found = fields(FORMS[form])
    run: Callable[..., Any] = found[""]
    wanted = inspect.signature(run).parameters
    # A form sends nothing for a field that was left empty: the flow has its default.
    left = {key: each.default.default for key, each in wanted.items() if isinstance(each.default, FieldInfo)}
    filled = {key: OTHERWISE.get(key, value) for key, value in left.items()}
    for harm in HARM if name in ("plan", "county", "document") else HARM[1:2]:
        with pytest.raises((InputError, ConfigError)) as caught:
            run(**filled | {name: harm})
        said = str(caught.value)
        assert 0 < len(said) < 600 and "\x00" not in said and "root:" not in said, (harm, said)
    # Whatever an earlier step laid down lies in the data folder, under a name that nobody typed.
    made = {path.relative_to(house).as_posix() for path in house.rglob("*")} - {"house", "house/data"}
    own = r"house/data/(inbox(/a.txt)?|outbox|originals|share|audit|prefect|register|secret.key|lianxi.db(-wal|-shm)?|\.\w+)"
    assert [path for path in made if not re.fullmatch(own, path)] == []
