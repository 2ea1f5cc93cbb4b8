"""Consecutive mornings with random events between them must keep the ladder's invariants."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tasks.mail.ladder import LadderStep
from tasks.mail.ladder_letters import compose_ladder_letters
from tasks.model.letter import LetterKey
from tasks.model.submission import Contact, Duty, Standing
from tasks.model.words import StandingName
from tests.unit.tasks.mail.mail_values import CALENDAR, decided, duty, letter_builder, people, settings, standing

RULES = settings()
PAPER = letter_builder()
DAY = dt.timedelta(days=1)
UNITS = ("县甲局", "县乙局")


@dataclass
class Life:
    """The events of one duty, as days after its opening."""

    owed: Duty
    returns: list[int]
    queried: bool
    accepted: int | None
    extended: int | None

    def on(self, today: dt.date) -> Standing:
        """Its standing that morning."""
        owed = self.owed
        since = (today - owed.opens).days
        if self.extended is not None and since >= 8:
            owed = duty(owed.unit, owed.kind, owed.period, owed.due, owed.due + self.extended * DAY)
        if self.accepted is not None and since > self.accepted:
            return standing("按时", today, owed)
        if back := [each for each in self.returns if each < since]:
            name: StandingName = "待说明" if self.queried else "待更正"
            return standing(name, today, owed, returned_on=owed.opens + max(back) * DAY)
        if owed.extended_to and today <= owed.extended_to:
            return standing("延期", today, owed)
        return standing("未报" if today > (owed.extended_to or owed.due) else "未到期", today, owed)


@st.composite
def lives(draw: st.DrawFn) -> list[Life]:
    start = dt.date(2023, 1, 5) + draw(st.integers(0, 700)) * DAY
    found = []
    for unit in UNITS:
        for kind, period in draw(st.lists(st.sampled_from([("progress", "2023-10"), ("annual", "2023")]), unique=True)):
            due = CALENDAR.shift(start + draw(st.integers(10, 16)) * DAY, "next_workday")
            returns = draw(st.lists(st.integers(2, 35), max_size=3))
            accepted = draw(st.none() | st.integers(1, 40))
            extended = draw(st.none() | st.integers(1, 10))
            owed = duty(unit, kind, period, due)  # type: ignore[arg-type]
            found.append(Life(owed, returns, draw(st.booleans()), accepted, extended))
    return found


@dataclass
class Office:
    """The rungs sent for each duty since its ladder last started."""

    keys: set[LetterKey] = field(default_factory=set)
    climbed: dict[tuple[str, str, str, str], list[tuple[dt.date, int]]] = field(default_factory=dict)

    def climb(self, step: LadderStep, today: dt.date) -> None:
        """Record a step. It must be higher than every step since the ladder last started."""
        place = RULES.ladder.index(step.rung)
        assert all(place > before for before in self.since_return(step.standing)), f"{step.rung.name} again on {today}"
        self.climbed.setdefault(step.standing.duty.key, []).append((today, place))

    def since_return(self, now: Standing) -> list[int]:
        """The rungs sent since the duty's last return after its due day, if any."""
        last = now.duty.extended_to or now.duty.due
        returned = now.returned_at.date() if now.returned_at and now.returned_at.date() >= last else dt.date.min
        return [place for day, place in self.climbed.get(now.duty.key, []) if day > returned]


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives(), st.sets(st.integers(0, 60)), st.sampled_from(["all", "none", "one"]))
def test_on_every_morning_the_ladder_keeps_its_promises(all_lives: list[Life], missed: set[int], reach: str) -> None:
    contacts = {"all": people(UNITS[0], "a") + people(UNITS[1], "b"), "none": (), "one": people(UNITS[0], "a")}[reach]
    office = Office()
    first = min((life.owed.opens for life in all_lives), default=dt.date(2023, 10, 10))
    for number in range(60):
        if number not in missed:
            _morning(office, all_lives, contacts, first + number * DAY)


def _morning(office: Office, all_lives: list[Life], contacts: tuple[Contact, ...], today: dt.date) -> None:
    standings = [life.on(today) for life in all_lives]
    steps, calls = decided(standings, contacts, office.keys, today, RULES)
    if not CALENDAR.is_workday(today):
        assert (steps, calls) == ((), ())
        return
    assert len({step.standing.duty.key for step in steps}) == len(steps)
    for step in steps:
        assert step.standing.name in ("未报", "待更正", "待说明", "未到期")
        assert step.standing.name != "未到期" or step.rung.name == "提醒"
        assert step.standing.duty.opens <= today
        office.climb(step, today)
    letters = compose_ladder_letters(steps, PAPER, today)
    assert len({letter.unit for letter in letters}) == len(letters)
    assert all(letter.to for letter in letters)
    office.keys |= {letter.key for letter in letters}
    assert decided(standings, contacts, office.keys, today, RULES)[0] == ()
    reachable = {contact.unit for contact in contacts}
    called = {(call.unit, call.overdue_workdays) for call in calls}
    for now in standings:
        if now.overdue_workdays and (now.duty.unit, now.overdue_workdays) not in called:
            # Not on the call list, so it has had a letter: a rung since the ladder began, or while the time for
            # correction runs the return notice itself.
            assert now.duty.unit in reachable
            assert office.since_return(now) or _may_still_correct(now, today)


def _may_still_correct(now: Standing, today: dt.date) -> bool:
    if now.returned_at is None:
        return False
    return CALENDAR.workdays_between(now.returned_at.date(), today) < RULES.duties.correction_workdays
