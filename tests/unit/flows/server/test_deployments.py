"""Several plans are deployed separately from one prefect.yaml; a single plan uses prefect.yaml as it is."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
import yaml

from config.paths import PROJECT
from flows.server.deployments import deploy_options, deployments_of_plans, is_stale_deployment
from tests import factories
from tests.counties import configuration

WRITTEN = yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))


def test_every_scheduled_deployment_once_a_plan_with_its_schedule_and_its_own_limit() -> None:
    made = {each["name"]: each for each in deployments_of_plans(WRITTEN, ["a-2023", "b-2023"])["deployments"]}
    scheduled = [each["name"] for each in WRITTEN["deployments"] if each.get("schedules") and each["name"] != "备份"]
    for deployment in WRITTEN["deployments"]:
        name = deployment["name"]
        # The nightly backup holds all plans: it is deployed once.
        if name not in scheduled:
            assert made[name] == deployment
            assert f"{name} b-2023" not in made
            continue
        for plan, called in (("a-2023", name), ("b-2023", f"{name} b-2023")):
            one = made[called]
            assert one["parameters"] == {**deployment.get("parameters", {}), "plan": plan}
            same = ("entrypoint", "schedules", "concurrency_limit", "work_pool")
            assert [one.get(key) for key in same] == [deployment.get(key) for key in same]
    assert len(made) == len(WRITTEN["deployments"]) + len(scheduled)


def test_what_a_deployment_is_given_is_what_its_flow_takes() -> None:
    """A run fails at once if a parameter is not its flow's."""
    for deployment in deployments_of_plans(WRITTEN, ["a-2023", "b-2023"])["deployments"]:
        path, _, name = deployment["entrypoint"].partition(":")
        flow = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)
        assert set(deployment.get("parameters", {})) <= set(flow.parameters.properties), deployment["name"]


def test_one_plan_is_deployed_from_the_file_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIANXI_CONFIG", raising=False)
    assert deploy_options(tmp_path) == []
    two = ("plans = []", 'plans = ["shili-2023", "wuhe-2023"]')
    config = configuration(tmp_path / "config", (factories.county(), factories.plan()), changes=(two,))
    monkeypatch.setenv("LIANXI_CONFIG", str(config))
    flag, path = deploy_options(tmp_path)
    assert flag == "--prefect-file"
    again = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    assert again == deployments_of_plans(WRITTEN, ("shili-2023", "wuhe-2023"))


@pytest.mark.parametrize(
    ("name", "tags", "plans", "gone"),
    [
        ("收集报送 b-2023", ["b-2023"], ["a-2023"], True),
        ("收集报送 b-2023", ["b-2023"], ["b-2023", "a-2023"], True),
        ("收集报送 b-2023", ["b-2023"], ["a-2023", "b-2023"], False),
        ("收集报送", ["b-2023"], ["a-2023"], False),
        ("收集报送 b-2023", [], ["a-2023"], False),
        ("别人的 b-2023", ["b-2023"], ["a-2023"], False),
    ],
)
def test_a_deployment_is_stale_only_if_its_plan_is_no_longer_active(
    name: str, tags: list[str], plans: list[str], gone: bool
) -> None:
    assert is_stale_deployment(name, tags, WRITTEN, plans) == gone
