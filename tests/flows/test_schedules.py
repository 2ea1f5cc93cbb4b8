"""Scheduled runs: none for a plan that is no longer active, and no failure for one that is still a draft."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.flow_engine import run_flow
from prefect.states import Pending

from config.plan_file import DRAFT_MARK
from flows.annual import annual
from flows.intake import intake
from flows.issue import Issued, issue
from flows.server.deployments import POOL
from flows.server.provision import remove_stale_deployments
from flows.steps.brief_draft import Briefed
from tasks.errors import InputError
from tests import factories
from tests.conftest import use_data_folder
from tests.counties import configuration


def test_deployments_of_a_plan_that_left_the_list_are_removed_and_no_others(prefect_api: str) -> None:
    with get_client(sync_client=True) as client:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process"), overwrite=True)
        flow = client.create_flow(intake)
        made = [
            _deployed(client, flow, "收集报送", ["a-2023"]),
            _deployed(client, flow, "收集报送 b-2023", ["b-2023"]),
            _deployed(client, flow, "收集报送 c-2023", ["c-2023"]),
            _deployed(client, flow, "办公室自己的 b-2023", ["b-2023"]),
        ]
        elsewhere = client.create_deployment(flow, name="收集报送 d-2023", tags=["d-2023"])
        try:
            assert remove_stale_deployments(client, ("a-2023", "c-2023")) == ("收集报送 b-2023",)
            assert remove_stale_deployments(client, ("a-2023", "c-2023")) == ()
            assert {each.id for each in client.read_deployments()} >= {made[0], *made[2:], elsewhere}
        finally:
            for each in (made[0], *made[2:], elsewhere):
                client.delete_deployment(each)


def _deployed(client: SyncPrefectClient, flow: UUID, name: str, tags: list[str]) -> UUID:
    return client.create_deployment(flow, name=name, tags=tags, work_pool_name=POOL)


def test_with_nothing_to_do_a_manual_run_reports_why_and_a_scheduled_run_does_not_fail(
    prefect_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_data_folder(monkeypatch, tmp_path / "data")
    config = configuration(tmp_path / "config", (factories.county(), factories.plan()))
    plan = config / "plans/shili-2023.toml"
    plan.write_text(DRAFT_MARK + plan.read_text("utf-8"), encoding="utf-8")
    monkeypatch.setenv("LIANXI_CONFIG", str(config))
    with pytest.raises(InputError, match=r"还是草稿.*--confirm"):
        issue(now="2023-10-10T08:30")
    with pytest.raises(InputError, match="还没有已定稿的简报"):
        annual(now="2023-12-31T16:00")
    with get_client(sync_client=True) as client:
        schedule = DeploymentScheduleCreate(schedule=IntervalSchedule(interval=dt.timedelta(days=1)))
        of, of_year = (
            client.create_deployment(
                client.create_flow(flow),
                name="草稿",
                schedules=[schedule],
                parameters={empty: None, "plan": None, "now": "2023-10-10T08:30"},
            )
            for flow, empty in ((issue, "period"), (annual, "year"))
        )
        runs, (at_the_years_end, *_) = _scheduled_runs(client, of), _scheduled_runs(client, of_year)
        drafted = _run_as_worker(client, issue, runs[0])
        plan.write_text(plan.read_text("utf-8").removeprefix(DRAFT_MARK), encoding="utf-8")
        early = _run_as_worker(client, issue, runs[1], now="2023-02-10T08:30")
        unwritten = _run_as_worker(client, annual, at_the_years_end, now="2023-12-31T16:00")
        for each in (of, of_year):
            client.delete_deployment(each)
    assert "方案“shili-2023”还是草稿" in drafted and "--confirm" in drafted
    assert "没有应报事项" in early
    assert "2023年还没有已定稿的简报" in unwritten
    assert not list((tmp_path / "data").rglob("*.xlsx"))


def _scheduled_runs(client: SyncPrefectClient, deployment: UUID) -> list[FlowRun]:
    """Two runs made by the server's scheduler, which looks for new deployments every few seconds."""
    deadline, wanted = time.monotonic() + 120, DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
    while len(runs := client.read_flow_runs(deployment_filter=wanted)) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert len(runs) > 1 and runs[0].auto_scheduled, "the server starts nothing by its schedule"
    return runs


def _run_as_worker(client: SyncPrefectClient, flow: Flow[..., Any], run: FlowRun, **given: str) -> str:
    """Run it as a worker does. It must complete; returns the message of its final state."""
    client.set_flow_run_state(run.id, Pending(), force=True)
    done = run_flow(flow, client.read_flow_run(run.id), run.parameters | given)
    assert isinstance(done, Issued | Briefed) and done.posted.sent == 0
    state = client.read_flow_run(run.id).state
    assert state is not None and state.is_completed()
    return str(state.message)
