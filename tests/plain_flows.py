"""Flows as plain functions, for tests that play many days: no Prefect server, every step the function it is.

Belongs here: what stands in for Prefect's own services (pages, events). Nothing of ours is replaced; the
letters' templates, which do not change while a test plays, are read once instead of at every step.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from prefect.logging import disable_run_logger

import flows.ui.artifacts
import flows.ui.events
import flows.ui.holidays_page
import flows.ui.todo
import tasks.mail.letter_builder
import tasks.mail.letter_templates
from tasks.mail.letter_templates import load_templates

Pages = dict[str, str]


@contextmanager
def without_prefect(patch: pytest.MonkeyPatch) -> Iterator[Pages]:
    """The pages that flows show, by their key, as they are after the last flow."""
    pages: Pages = {}

    def show(markdown: str, key: str, description: str = "") -> None:
        pages[key] = f"{description}\n{markdown}"

    class _Shown:
        @staticmethod
        def get(key: str) -> str | None:
            return pages.get(key)

    for module in (flows.ui.artifacts, flows.ui.holidays_page, flows.ui.todo):
        patch.setattr(module, "create_markdown_artifact", show)
    patch.setattr(flows.ui.artifacts, "Artifact", _Shown)
    patch.setattr(flows.ui.events, "emit_event", lambda *_, **__: None)
    known = functools.cache(load_templates)
    for place in (tasks.mail.letter_templates, tasks.mail.letter_builder):
        patch.setattr(place, "load_templates", known)
    with disable_run_logger():
        yield pages


def unknown_from(year: int) -> Callable[[dt.date], bool | None]:
    """In place of the national tables: as they are, but for what no table held before the notice of that year."""
    from config.calendar import _official

    return lambda day: None if day.year >= year else _official(day)
