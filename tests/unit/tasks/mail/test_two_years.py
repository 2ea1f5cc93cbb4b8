"""Two years of mornings: every month's duty of three units, with events of units, mail and server in between.

Standings come from the roll-up itself, so that what is simulated is what runs; the truth they are held against is the
story of each duty.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tasks.mail.ladder import LadderStep
from tasks.mail.letter_keys import duty_field, duty_part
from tasks.model.letter import LetterKey
from tasks.model.submission import Contact, Duty, DutyKey, Standing, Submission
from tasks.model.words import State
from tasks.rollup.standing import decide_standings_at as decide_standings
from tests.unit.tasks.mail.mail_values import CALENDAR, PLAN, at, context, decided, people, settings

RULES = settings()
DAY = dt.timedelta(days=1)
FIRST, DAYS = dt.date(2023, 1, 1), 731
UNITS = ("县甲局", "县乙局", "县丙局")
MONTHS = [(year, month) for year in (2023, 2024) for month in range(1, 13)]
# What befalls one duty: how each version that comes fares, and how many days after opening it comes.
FATES: tuple[tuple[tuple[State, int], ...], ...] = (
    (("accepted", 4),),
    (("accepted", 10),),
    (("accepted", 14),),
    (("accepted", 30),),
    (("returned", 5), ("accepted", 8)),
    (("returned", 9), ("accepted", 12)),
    (("returned", 9), ("returned", 14), ("accepted", 30)),
    (("refused", 3), ("accepted", 25)),
    (("queried", 10), ("accepted", 13)),
    (("queried", 15),),
    (("returned", 16),),
    (("returned", 8),),
    (),
)


@dataclass(frozen=True)
class Story:
    """One duty and its events; `extended` is the number of days after the due day to which it was extended."""

    duty: Duty
    fate: tuple[tuple[State, int], ...]

    def submissions(self) -> list[Submission]:
        """Every version, each received at ten and decided at once."""
        found = []
        for number, (state, after) in enumerate(self.fate, start=1):
            moment = at(self.duty.opens + after * DAY, 10)
            key = (PLAN, self.duty.unit, "progress", self.duty.period)
            found.append(
                Submission(number, *key, number, state, "", "x", "x", moment, moment, False, ())  # type: ignore[arg-type]
            )
        return found

    def accepted_before(self, today: dt.date) -> bool:
        """Whether a version was accepted before that morning."""
        return any(state == "accepted" and self.duty.opens + after * DAY < today for state, after in self.fate)


def _story(unit: str, year: int, month: int, fate: int, extended: int) -> Story:
    due = CALENDAR.shift(dt.date(year, month, 20), "next_workday")
    opens, closes = dt.date(year, month, 10), min(CALENDAR.add_workdays(due, 7), dt.date(2024, 12, 31))
    until = due + extended * DAY if extended else None
    duty = Duty(PLAN, unit, "progress", f"{year}-{month:02}", opens, due, due, closes, "", ("3",), until)
    return Story(duty, FATES[fate])


@st.composite
def stories(draw: st.DrawFn) -> list[Story]:
    size = len(UNITS) * len(MONTHS)
    fates = draw(st.lists(st.integers(0, len(FATES) - 1), min_size=size, max_size=size))
    extended = draw(st.lists(st.sampled_from([0, 0, 0, 0, 3, 9]), min_size=size, max_size=size))
    owed = [(unit, year, month) for unit in UNITS for year, month in MONTHS]
    return [_story(*each, fate, more) for each, fate, more in zip(owed, fates, extended, strict=True)]


def spans(longest: int) -> st.SearchStrategy[set[int]]:
    """Some periods of days (counted from the first): a server down, an address gone."""
    span = st.tuples(st.integers(0, DAYS), st.integers(1, longest))
    return st.lists(span, max_size=6).map(
        lambda found: {day for start, size in found for day in range(start, start + size)}
    )


@dataclass
class Outbox:
    """Keys of letters sent, rungs by duty, and duties whose last letter was not delivered."""

    keys: set[LetterKey] = field(default_factory=set)
    climbed: dict[DutyKey, list[tuple[dt.date, int]]] = field(default_factory=lambda: defaultdict(list))
    undelivered: dict[DutyKey, str] = field(default_factory=dict)


_MORNINGS = (stories(), spans(5), spans(60), spans(3), st.integers(60, 2 * DAYS))
_CALM: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}


@hypothesis_settings(max_examples=3, **_CALM)
@given(*_MORNINGS)
def test_two_years_of_mornings_keep_every_promise(
    told: list[Story], server_down: set[int], clerk_gone: set[int], post_fails: set[int], dissolved: int
) -> None:
    _two_years(told, server_down, clerk_gone, post_fails, dissolved)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@hypothesis_settings(max_examples=100, **_CALM)
@given(*_MORNINGS)
def test_two_centuries_of_mornings_keep_every_promise(
    told: list[Story], server_down: set[int], clerk_gone: set[int], post_fails: set[int], dissolved: int
) -> None:
    _two_years(told, server_down, clerk_gone, post_fails, dissolved)


def _two_years(
    told: list[Story], server_down: set[int], clerk_gone: set[int], post_fails: set[int], dissolved: int
) -> None:
    """`dissolved`: the first day without the second unit, counted as the others; beyond the two years: it stays."""
    box, by_key = Outbox(), {story.duty.key: story for story in told}
    contacts = people(UNITS[0], "a") + people(UNITS[1], "b")
    for number in range(DAYS):
        today = FIRST + number * DAY
        if number in server_down:
            continue
        live = [story for story in told if today - 75 * DAY <= story.duty.opens <= today + DAY]
        received = [each for story in live for each in story.submissions()]
        now = decide_standings([story.duty for story in live], received, context(today, RULES))
        dead = {people(UNITS[0], "a")[0].mail} if number in clerk_gone else set()
        left = {UNITS[1]: FIRST + (dissolved - 1) * DAY} if number >= dissolved else {}
        _morning(box, now, by_key, contacts, dead, left, today, lost=number in post_fails)


def _morning(
    box: Outbox,
    now: tuple[Standing, ...],
    stories: dict[DutyKey, Story],
    contacts: tuple[Contact, ...],
    dead: set[str],
    left: dict[str, dt.date],
    today: dt.date,
    lost: bool,
) -> None:
    steps, calls = decided(now, contacts, box.keys, today, RULES, dead, box.undelivered, left)
    if not CALENDAR.is_workday(today):
        assert (steps, calls) == ((), ())
        return
    units = defaultdict(list)
    for step in steps:
        _concerns(step, stories[step.standing.duty.key], today)
        assert not {each.mail for each in step.to} & dead
        assert step.standing.duty.unit not in left
        _climb(box, step, today, lost)
        units[step.standing.duty.unit].append(step)
    # One mail a unit and morning; what nobody got leaves no key.
    for unit, group in units.items():
        parts = [duty_part(step.standing.duty, step.rung.name, step.rung.workdays) for step in group]
        if not lost:
            box.keys.add((PLAN, unit, duty_field(parts), group[0].rung.name, today.isoformat()))
    stepped = {step.standing.duty.key for step in steps}
    called = {(call.unit, call.overdue_workdays) for call in calls}
    for each in now:
        if each.overdue_workdays and (each.duty.unit, each.overdue_workdays) not in called:
            assert each.duty.key in stepped or _since_return(box, each) or _may_still_correct(each, today), each
    for key in stepped:
        box.undelivered.pop(key, None)
        if lost:
            box.undelivered[key] = "未能送达"
    if not lost:
        assert decided(now, contacts, box.keys, today, RULES, dead, None, left)[0] == ()


def _concerns(step: LadderStep, story: Story, today: dt.date) -> None:
    """No letters about accepted or extended duties; before the due day only the reminder."""
    duty, last = story.duty, story.duty.extended_to or story.duty.due
    assert not story.accepted_before(today)
    assert duty.opens <= today
    assert step.standing.name in ("未报", "待更正", "待说明", "未到期")
    if duty.extended_to and today <= duty.extended_to:
        # A file that came and was sent back is spoken of all the same.
        assert step.standing.name in ("待更正", "待说明")
    if today <= last:
        assert step.rung.name == "提醒"
    assert step.standing.name != "未到期" or step.rung.name == "提醒"


def _climb(box: Outbox, step: LadderStep, today: dt.date, lost: bool) -> None:
    """Each rung once and in order since the ladder last started."""
    place = RULES.ladder.index(step.rung)
    assert all(place > before for before in _since_return(box, step.standing)), f"{step.rung.name} again on {today}"
    if not lost:
        box.climbed[step.standing.duty.key].append((today, place))


def _since_return(box: Outbox, now: Standing) -> list[int]:
    last = now.duty.extended_to or now.duty.due
    came_back = now.returned_at.date() if now.name in ("待更正", "待说明") and now.returned_at else dt.date.min
    began = came_back if came_back >= last else dt.date.min
    return [place for day, place in box.climbed[now.duty.key] if day > began]


def _may_still_correct(now: Standing, today: dt.date) -> bool:
    if now.returned_at is None:
        return False
    return CALENDAR.workdays_between(now.returned_at.date(), today) < RULES.duties.correction_workdays
