"""Attack 19, first half: 发放 falls on a day off. The forms are out on the day; the notice leaves when people are at work."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from config.calendar import load_calendar
from flows.chase import chase
from flows.intake import intake
from flows.issue import issue
from tasks.model.letter import LetterOutcome
from tasks.model.submission import Verdict
from tasks.store import outbox
from tasks.store.migrate import migrate
from tasks.store.originals import record_originals
from tasks.store.record_verdicts import write_verdicts
from tests import factories
from tests.counties import configuration
from tests.factories import HOUSING, ZONE
from tests.plain_flows import without_prefect
from tests.unit.tasks.mail import mail_values

BEGIN = dt.datetime(2024, 1, 2, 9, tzinfo=ZONE)


def _house(root: Path, patch: pytest.MonkeyPatch, opens_day: int, due_day: int) -> str:
    """An office of 2024 that knows one unit's contact; its ledger's address."""
    document = factories.plan().document.model_copy(update={"issued_on": dt.date(2024, 1, 1)})
    plan = factories.plan(document=document, duties=(factories.rules()[2],))
    changes = (("opens_day = 10", f"opens_day = {opens_day}"), ("due_day = 20", f"due_day = {due_day}"))
    patch.setenv("LIANXI_CONFIG", str(configuration(root / "config", (factories.county(), plan), changes=changes)))
    patch.setenv("LIANXI_DATA", str(root / "data"))
    url = f"sqlite:///{root}/data/lianxi.db"
    migrate(url)
    original = factories.original(f"{HOUSING}/上报/名单.xlsx", received_at=BEGIN)
    record_originals(url, [original], BEGIN, original.plan)
    reading = factories.reading(original=original, kind="roster", period="2024-01")
    write_verdicts(url, [Verdict(reading, "accepted", (), contacts=(factories.contact(),))], BEGIN)
    return url


def _notices(url: str) -> list[tuple[str, str]]:
    return [(each.duty, each.state) for each in outbox.letter_records(url, "shili-2023") if each.rung == "发放"]


@pytest.mark.parametrize(
    ("opens_day", "day_off", "workday"),
    [
        # The whole of 国庆; 正月初一; a Saturday.
        (1, "2024-10-01", "2024-10-08"),
        (10, "2024-02-10", "2024-02-18"),
        (10, "2024-08-10", "2024-08-12"),
        # 调休: a Sunday that is worked is no day off.
        (29, "2024-09-29", "2024-09-29"),
    ],
)
def test_attack_19_the_forms_are_out_and_the_notice_leaves_on_the_next_workday(
    opens_day: int, day_off: str, workday: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, month = _house(tmp_path, monkeypatch, opens_day, 30), day_off[:7]
    with without_prefect(monkeypatch):
        done = issue.fn(None, None, f"{day_off}T08:30")
        held = int(day_off != workday)
        assert (done.posted.sent, done.posted.held) == (1 - held, held)
        assert (tmp_path / "data" / "share" / HOUSING / "发放" / f"{HOUSING}_{month}_月度报送.xlsx").is_file()
        day = dt.date.fromisoformat(day_off)
        while day < dt.date.fromisoformat(workday):
            intake.fn(None, f"{day}T12:00")
            chase.fn(None, f"{day}T13:00")
            assert _notices(url) == [(f"progress/{month}", "ready")]
            day += dt.timedelta(days=1)
        intake.fn(None, f"{workday}T08:10")
        assert _notices(url) == [(f"progress/{month}", "sent")]
        # It is dated the day on which it leaves, and given out again it is not written again.
        [letter] = [each for each, *_ in outbox.load_letters(url, "shili-2023") if each.rung == "发放"]
        assert f"{day.year}年{day.month}月{day.day}日\n" in letter.text and letter.day == day
        issue.fn(month, None, f"{workday}T10:00")
        assert len(_notices(url)) == 1


def test_attack_19_days_off_that_run_into_the_next_month_do_not_skip_the_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 30 and 31 March 2024 are a weekend: what opens on the 30th opens on 1 April.
    url = _house(tmp_path, monkeypatch, 30, 31)
    with without_prefect(monkeypatch):
        done = issue.fn(None, None, "2024-03-30T08:30")
        assert done.periods == ("2024-03",) and done.posted.held == 1
        chase.fn(None, "2024-04-01T09:00")
        assert ("progress/2024-03", "sent") in _notices(url)


def test_attack_19_a_notice_that_waited_a_week_has_its_tries_from_the_day_it_may_leave(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/lianxi.db"
    migrate(url)
    opens = load_calendar().shift(dt.date(2024, 2, 10), "next_workday")
    letter = replace(mail_values.letter(), rung="发放", day=opens)
    outbox.enqueue_letters(url, [letter], dt.datetime(2024, 2, 10, 8, 30, tzinfo=ZONE))
    for hours, state in ((9, "failed"), (71, "failed"), (73, "refused")):
        now = dt.datetime.combine(opens, dt.time(), ZONE) + dt.timedelta(hours=hours)
        assert outbox.mark_sending(url, letter.key, now)
        outbox.close_letter(url, letter.key, LetterOutcome("failed", "连不上"), now)
        assert [each.state for each in outbox.letter_records(url, letter.plan)] == [state]
