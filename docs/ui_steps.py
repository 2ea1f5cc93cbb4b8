"""The coordinator's steps in the UI, click by click, for the pictures and for the test of a month in the UI.

Belongs here: what to click and what to wait for. Does not belong here: what the page must show (the test).
"""

from __future__ import annotations

import contextlib
from typing import Any

PATIENCE_MS = 60_000
_TRIES = 6


def log_in(tab: Any, ui: str, login: str) -> None:
    """Log in; `login` is the line `user:password` that `lianxi up` prints."""
    tab.goto(f"{ui}/login")
    tab.locator("input[type=password]").fill(login)
    tab.get_by_role("button", name="Login").click()
    tab.wait_for_url(lambda url: "/login" not in url, timeout=PATIENCE_MS)


def open_form(tab: Any, ui: str, deployment: str) -> None:
    """Open the form that starts a flow, and wait until its fields are there."""
    tab.goto(f"{ui}/deployments")
    # The list has several pages.
    tab.get_by_placeholder("Search deployments").fill(deployment, timeout=PATIENCE_MS)
    tab.get_by_role("link", name=deployment, exact=True).first.click(timeout=PATIENCE_MS)
    tab.wait_for_url("**/deployments/deployment/**", timeout=PATIENCE_MS)
    tab.goto(f"{tab.url.partition('?')[0]}/run")
    tab.get_by_text("Validate parameters").wait_for(timeout=PATIENCE_MS)


def fill(tab: Any, title: str, value: str) -> None:
    """Type into the field with that title."""
    tab.locator(".schema-form-property", has_text=title).locator("textarea, input").last.fill(value)


def choose(tab: Any, title: str, value: str) -> None:
    """Choose from the list with that title. It is opened by keyboard, because a click would close what the focus opens."""
    tab.locator(".schema-form-property", has_text=title).locator("button.p-select-button__control").focus()
    tab.keyboard.press("Space")
    tab.get_by_role("option", name=value, exact=True).click(timeout=PATIENCE_MS)


def submit(tab: Any) -> str:
    """Start the run; returns its id, taken from the link in the confirmation."""
    link = tab.locator("a[href*='/runs/flow-run/']").first
    _press_submit(tab, link, "visible")
    return str(link.get_attribute("href")).rpartition("/")[2].partition("?")[0]


def open_artifact(tab: Any, ui: str, key: str) -> None:
    """Open the newest artifact with that key."""
    tab.goto(f"{ui}/artifacts/key/{key}")
    tab.locator("a[href*='/artifacts/artifact/']").first.click(timeout=PATIENCE_MS)
    tab.locator(".markdown-renderer, table").first.wait_for(timeout=PATIENCE_MS)


def open_resume(tab: Any, ui: str, run: str) -> None:
    """Open the form behind the Resume button of a suspended run."""
    tab.goto(f"{ui}/runs/flow-run/{run}")
    tab.get_by_role("button", name="Resume").first.click(timeout=PATIENCE_MS)
    tab.get_by_text("审定人").first.wait_for(timeout=PATIENCE_MS)


def approve(tab: Any, by: str) -> None:
    """Fill in the open approval form and submit it."""
    fill(tab, "审定人", by)
    _press_submit(tab, tab.locator(".p-modal__title"), "hidden")


def _press_submit(tab: Any, sign: Any, state: str) -> None:
    """Press Submit until the element `sign`, which shows success, reaches `state`.

    A server with a busy database reports a failure and keeps the form open; a person presses the button again.
    """
    from playwright.sync_api import TimeoutError

    for _ in range(_TRIES):
        tab.get_by_role("button", name="Submit").click()
        with contextlib.suppress(TimeoutError):
            sign.wait_for(state=state, timeout=PATIENCE_MS / _TRIES)
            return
    raise AssertionError("the form was not accepted")
