"""The alarms of config/alarms.toml as Prefect automations; every `lianxi up` creates or updates them.

Belongs here: one alarm -> one automation that runs the flow 报警. With several active plans it is one automation per
plan: an event of one plan must not count for another, and each plan has its own coordinator.
Does not belong here: the letter's content (`flows.alarm`).
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
PAGE = 200
"""Automations per page: the most that the server returns at a time."""
_RUN = "prefect.flow-run."


def automation_for(alarm: Alarm, deployment_id: UUID, plan: str | None = None) -> AutomationCore:
    """The automation of one alarm; with `plan`, it counts that plan's events only."""
    is_run = any(event.startswith(_RUN) for event in alarm.on)
    match: dict[str, str | list[str]] = {"prefect.resource.id": f"{_RUN}*"} if is_run else {}
    related: list[Any] = [{"prefect.resource.role": "flow", "prefect.resource.name": list(alarm.flows)}]
    related = related if alarm.flows else []
    if plan and is_run:
        # A plan's deployments, and so their runs, have its id as a tag (see `deployments`).
        related.append({"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{plan}"})
    elif plan:
        match["lianxi.plan"] = plan
    trigger = EventTrigger(
        expect=set(alarm.on),
        after=set(alarm.after),
        match=match,
        match_related=related,
        for_each=_group_by_labels(alarm),
        posture=Posture.Proactive if alarm.within_minutes else Posture.Reactive,
        threshold=1,
        within=dt.timedelta(minutes=alarm.within_minutes),
    )
    parameters = {"cause": alarm.cause, **({"plan": plan} if plan else {}), **_event_parameters(alarm, is_run)}
    action = RunDeployment(source="selected", deployment_id=deployment_id, parameters=parameters, job_variables=None)
    steps = " ".join(f"{number}. {step}" for number, step in enumerate(alarm.steps, 1))
    name = f"{PREFIX}{alarm.title}{f'（{plan}）' if plan else ''}"
    return AutomationCore(name=name, description=steps, trigger=trigger, actions=[action])


def _group_by_labels(alarm: Alarm) -> set[str]:
    """The event label to group the waiting time by.

    Without a label Prefect starts waiting at once and ignores `after`: a day without letters would raise an alarm.
    """
    if alarm.each == "run":
        return {"prefect.resource.id"}
    return {"lianxi.plan"} if alarm.after else set()


def _event_parameters(alarm: Alarm, is_run: bool) -> dict[str, str]:
    """Flow parameters taken from the event, as Jinja templates. A missing event gives at most the run."""
    run = {"run": "运行 {{ labels.prefect.resource.id }}"} if alarm.each == "run" else {}
    if alarm.within_minutes:
        return run
    if is_run:
        return run | {"facts": "{{ flow_run.name }}：{{ flow_run.state.message }}"}
    return run | {"facts": "{{ event.payload.why }}"}


def automations(alarms: Iterable[Alarm], deployment_id: UUID, plans: Sequence[str]) -> list[AutomationCore]:
    """The automations of all alarms; with several active plans, one per plan for alarms about a plan."""
    several = plans if len(plans) > 1 else (None,)
    return [
        automation_for(alarm, deployment_id, plan)
        for alarm in alarms
        for plan in (several if alarm.about == "plan" else (None,))
    ]


def sync_automations(client: SyncPrefectClient, every: Iterable[AutomationCore]) -> tuple[int, int]:
    """Create missing automations, replace changed ones, delete those no longer wanted: (changed, kept).

    An automation that is up to date is left alone: replacing it would restart its waiting time.
    """
    wanted = {each.name: each for each in every}
    existing: dict[str, list[Automation]] = {}
    for each in _read_automations(client):
        if each.name.startswith(PREFIX):
            existing.setdefault(each.name, []).append(each)
    changed = kept = 0
    for name, automation in wanted.items():
        same = [each for each in existing.get(name, []) if _comparable(each) == _comparable(automation)]
        if same:
            kept += 1
        else:
            client.create_automation(automation)
            changed += 1
        for old in existing.get(name, []):
            if old not in same[:1]:
                client.delete_automation(old.id)
    for name in existing.keys() - wanted.keys():
        for old in existing[name]:
            client.delete_automation(old.id)
    return changed, kept


def _read_automations(client: SyncPrefectClient) -> list[Automation]:
    """All automations on the server, read page by page."""
    found: list[Automation] = []
    while page := client.read_automations(sort=AutomationSort.NAME_ASC, limit=PAGE, offset=len(found)):
        found += page
    return found


def _comparable(automation: AutomationCore) -> dict[str, Any]:
    """The fields to compare: without ids and order, which the server adds or changes."""
    trigger = automation.trigger.model_dump(mode="json", exclude={"id"})
    actions = [each.model_dump(mode="json") for each in automation.actions]
    for each in ("expect", "after", "for_each"):
        trigger[each] = sorted(trigger[each])
    return {"description": automation.description, "trigger": trigger, "actions": actions}
