"""Every alarm of config/alarms.toml on a real Prefect server: its event, or the absence of one, leads to a letter.

The waiting times are shortened to the least that Prefect knows; all else is what `lianxi up` puts in force.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow
from prefect.automations import AutomationCore, EventTrigger
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.states import Completed, Failed, Late, Running, State

from config.alarms import load_alarms
from flows.alarm import alarm
from flows.intake import intake
from flows.issue import issue
from flows.server.automations import PREFIX, automations, sync_automations
from flows.ui import events
from tests.conftest import use_data_folder

# Prefect's least for an absence.
SHORT = dt.timedelta(seconds=10)
PLAN, OTHER, NOW = "yanqi-2023", "hejing-2024", "2026-03-04T10:00"
TRIED = ("intake-missing", "mail")
WHY = "共享文件夹 /mnt/share 不存在"
Fired = list[dict[str, Any]]


@pytest.fixture(scope="module")
def client(prefect_api: str) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture(scope="module")
def fired(client: SyncPrefectClient) -> Iterator[Fired]:
    """Parameters of the runs of 报警, after one of each fault in one plan while the other plan's intake goes on."""
    deployment = client.create_deployment(client.create_flow(alarm), name="报警·试")
    every = [_hasty(each) for each in automations(load_alarms(), deployment, (PLAN, OTHER))]
    assert sync_automations(client, every) == (len(every), 0)
    assert sync_automations(client, every) == (0, len(every))
    _set_run_state(client, intake, PLAN, Running())
    _set_run_state(client, issue, PLAN, Failed(message="数据库打不开"))
    _set_run_state(client, issue, PLAN, Late())
    events.emit_share_unreachable(PLAN, WHY)
    events.emit_letters_held(PLAN, 2)
    runs: Fired = []
    wanted = {each.cause for each in load_alarms()}
    deadline = time.monotonic() + 150
    while {run["cause"] for run in runs if run.get("plan") in (PLAN, None)} != wanted and time.monotonic() < deadline:
        time.sleep(1)
        _set_run_state(client, intake, OTHER, Completed())
        of = DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
        runs = [run.parameters for run in client.read_flow_runs(deployment_filter=of, limit=200)]
    yield runs
    for automation in client.read_automations():
        if automation.name.startswith(PREFIX):
            client.delete_automation(automation.id)


def _hasty(automation: AutomationCore) -> AutomationCore:
    trigger = automation.trigger
    assert isinstance(trigger, EventTrigger)
    return automation.model_copy(update={"trigger": trigger.model_copy(update={"within": trigger.within and SHORT})})


def _set_run_state(client: SyncPrefectClient, flow: Flow[..., Any], plan: str, state: State[Any]) -> None:
    """Put a run with the plan's tag into this state; the server emits the event."""
    run = client.create_flow_run(flow, tags=[plan])
    client.set_flow_run_state(run.id, state, force=True)


def test_each_cause_starts_the_alarm_with_the_plan_it_is_about(fired: Fired) -> None:
    """The other plan's intake, which went on all the time, does not hide that this one's is missing."""
    causes = {each.cause: each for each in load_alarms()}
    assert {run["cause"] for run in fired if run.get("plan") != OTHER} == set(causes)
    for run in fired:
        assert ("plan" in run) == (causes[run["cause"]].about == "plan"), run
    told = {run["cause"]: run for run in fired if run.get("plan") == PLAN}
    assert told["share"]["facts"] == WHY
    assert told["failed"]["facts"].endswith("数据库打不开")
    assert all("prefect.flow-run." in told[cause]["run"] for cause in ("failed", "late", "stuck"))
    assert not {run["cause"] for run in fired if run.get("plan") == OTHER} & {
        "failed",
        "late",
        "stuck",
        "share",
        "mail",
    }


def test_an_alarm_raised_repeatedly_is_one_letter_that_says_what_to_do(
    fired: Fired, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_data_folder(monkeypatch, tmp_path)
    [missing, mail] = [next(run for run in fired if run == {"cause": cause, "plan": PLAN}) for cause in TRIED]
    assert [alarm(**run, now=NOW).sent for run in (missing, missing, mail)] == [1, 0, 1]
    letters = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in tmp_path.rglob("outbox/**/*.eml")
    ]
    known = {each.cause: each for each in load_alarms()}
    for cause in TRIED:
        [letter] = [each for each in letters if known[cause].title in str(each["Subject"])]
        assert all(_bare(step) in _bare(letter.get_body(("plain",)).get_content()) for step in known[cause].steps)
        assert letter["To"] == "coordinator@yanqi.invalid"
    assert len(letters) == len(TRIED)


def _bare(words: str) -> str:
    return "".join(words.split())


def test_more_alarms_than_a_page_of_the_server_are_made_once(
    client: SyncPrefectClient, fired: Fired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some dozens of active plans have more alarms than a page holds; here the page is small."""
    assert fired
    monkeypatch.setattr("flows.server.automations.PAGE", 4)
    deployment = client.create_deployment(client.create_flow(alarm), name="报警·多")
    every = automations(load_alarms(), deployment, (PLAN, OTHER))
    assert len(every) > 8
    assert sync_automations(client, every)[0] == len(every)
    assert sync_automations(client, every) == (0, len(every))
