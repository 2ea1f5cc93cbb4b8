"""The alarms of config/alarms.toml as Prefect's automations, created or brought up to date by every `lianxi up`.

Belongs here: one alarm -> one automation that runs the flow 报警, or one a plan where several are in hand: what one
plan still does must not hide what another no longer does, and each has a coordinator of its own. What the letter says
is `alarm`'s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from prefect.automations import AutomationCore, EventTrigger, Posture, RunDeployment
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.sorting import AutomationSort
from prefect.events.schemas.automations import Automation

from config.alarms import Alarm

PREFIX = "报警："
_RUN = "prefect.flow-run."


def automation_for(alarm: Alarm, deployment_id: UUID, plan: str | None = None) -> AutomationCore:
    """The automation that watches for one alarm; with `plan`, for what concerns that plan only."""
    is_run = any(event.startswith(_RUN) for event in alarm.on)
    match: dict[str, str | list[str]] = {"prefect.resource.id": f"{_RUN}*"} if is_run else {}
    related: list[Any] = [{"prefect.resource.role": "flow", "prefect.resource.name": list(alarm.flows)}]
    related = related if alarm.flows else []
    if plan and is_run:
        # The deployments of a plan, and so their runs, bear its name as a tag (`deployments`).
        related.append({"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{plan}"})
    elif plan:
        match["lianxi.plan"] = plan
    trigger = EventTrigger(
        expect=set(alarm.on),
        after=set(alarm.after),
        match=match,
        match_related=related,
        for_each=_counted_by(alarm),
        posture=Posture.Proactive if alarm.within_minutes else Posture.Reactive,
        threshold=1,
        within=dt.timedelta(minutes=alarm.within_minutes),
    )
    parameters = {"cause": alarm.cause, **({"plan": plan} if plan else {}), **_told(alarm, is_run)}
    action = RunDeployment(source="selected", deployment_id=deployment_id, parameters=parameters, job_variables=None)
    steps = " ".join(f"{number}. {step}" for number, step in enumerate(alarm.steps, 1))
    name = f"{PREFIX}{alarm.title}{f'（{plan}）' if plan else ''}"
    return AutomationCore(name=name, description=steps, trigger=trigger, actions=[action])


def _counted_by(alarm: Alarm) -> set[str]:
    """The label of which each value has a waiting time of its own.

    Without one Prefect waits from the start and does not heed `after`: a day without letters would be an alarm.
    """
    if alarm.each == "run":
        return {"prefect.resource.id"}
    return {"lianxi.plan"} if alarm.after else set()


def _told(alarm: Alarm, is_run: bool) -> dict[str, str]:
    """What the automation hands on of what it saw: of an absence there is nothing to tell but whose it is."""
    run = {"run": "运行 {{ labels.prefect.resource.id }}"} if alarm.each == "run" else {}
    if alarm.within_minutes:
        return run
    if is_run:
        return run | {"facts": "{{ flow_run.name }}：{{ flow_run.state.message }}"}
    return run | {"facts": "{{ event.payload.why }}"}


def automations(alarms: Iterable[Alarm], deployment_id: UUID, plans: Sequence[str]) -> list[AutomationCore]:
    """Every alarm's automation; with more than one plan in hand, one for each of them."""
    several = plans if len(plans) > 1 else (None,)
    return [
        automation_for(alarm, deployment_id, plan)
        for alarm in alarms
        for plan in (several if alarm.about == "plan" else (None,))
    ]


def sync_automations(client: SyncPrefectClient, every: Iterable[AutomationCore]) -> tuple[int, int]:
    """Create what is missing, change what differs, remove what is no longer wanted: (changed, kept as they were).

    One that is as it should be is left alone: changing it would start its waiting time anew.
    """
    wanted = {each.name: each for each in every}
    there: dict[str, list[Automation]] = {}
    for each in _all(client):
        if each.name.startswith(PREFIX):
            there.setdefault(each.name, []).append(each)
    changed = kept = 0
    for name, automation in wanted.items():
        same = [each for each in there.get(name, []) if _essence(each) == _essence(automation)]
        if same:
            kept += 1
        else:
            client.create_automation(automation)
            changed += 1
        for old in there.get(name, []):
            if old not in same[:1]:
                client.delete_automation(old.id)
    for name in there.keys() - wanted.keys():
        for old in there[name]:
            client.delete_automation(old.id)
    return changed, kept


PAGE = 200
"""The most that the server gives out at a time."""


def _all(client: SyncPrefectClient) -> list[Automation]:
    """Every automation: the server gives out no more than a page at a time."""
    found: list[Automation] = []
    while page := client.read_automations(sort=AutomationSort.NAME_ASC, limit=PAGE, offset=len(found)):
        found += page
    return found


def _essence(automation: AutomationCore) -> dict[str, Any]:
    """What makes two automations the same, whatever the server added."""
    trigger = automation.trigger.model_dump(mode="json", exclude={"id"})
    actions = [each.model_dump(mode="json") for each in automation.actions]
    for each in ("expect", "after", "for_each"):
        trigger[each] = sorted(trigger[each])
    return {"description": automation.description, "trigger": trigger, "actions": actions}
