"""The files of deploy/: what they name exists, they hold no secret, and they agree with docs/deploy.md."""

from __future__ import annotations

import configparser
import inspect
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from config.paths import PROJECT
from config.settings_file import ENVIRONMENT
from flows.cli import main

DEPLOY = PROJECT / "deploy"
GUIDE = (PROJECT / "docs/deploy.md").read_text("utf-8")


def unit() -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(DEPLOY / "lianxi.service", "utf-8")
    return read


def test_the_service_runs_the_command_from_where_the_guide_puts_it_and_stops_it_as_ctrl_c_does() -> None:
    service = unit()["Service"]
    home = service["WorkingDirectory"]
    assert service["ExecStart"] == f"{home}/.venv/bin/lianxi up"
    assert service["KillSignal"] == "SIGINT"
    assert service["User"] != "root"
    assert f"git clone <项目地址> {home}" in GUIDE
    assert service["EnvironmentFile"].removeprefix("-") in GUIDE
    assert service["Environment"] == f"LIANXI_DATA=/var/lib/{service['StateDirectory']}"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="没有 systemd-analyze，不能核对服务文件")
def test_systemd_understands_the_service(tmp_path: Path) -> None:
    # The program is not installed here, and the test must not depend on the user being there.
    text = (DEPLOY / "lianxi.service").read_text("utf-8").replace("/opt/lianxi/.venv/bin/lianxi", "/bin/true")
    path = tmp_path / "lianxi.service"
    path.write_text(re.sub(r"^(User|Group|WorkingDirectory)=.*\n", "", text, flags=re.MULTILINE), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True, timeout=60)
    own = [line for line in (done.stdout + done.stderr).splitlines() if "lianxi" in line]
    assert own == []


def test_the_container_keeps_its_data_in_a_volume_listens_on_loopback_and_does_not_run_as_root() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    service = compose["services"]["lianxi"]
    assert (DEPLOY / service["build"]["context"]).resolve() == PROJECT
    image = (PROJECT / service["build"]["dockerfile"]).read_text("utf-8")
    assert "ports" not in service
    assert service["network_mode"] == "host"
    assert f"data:{service['environment']['LIANXI_DATA']}" in service["volumes"]
    assert f"LIANXI_DATA={service['environment']['LIANXI_DATA']}" in image
    assert set(compose["volumes"]) == {"data"}
    assert (service["stop_signal"], "STOPSIGNAL SIGINT" in image) == ("SIGINT", True)
    assert image.index("USER lianxi") < image.index("CMD")
    targets = re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"RUN make (\w+)", image)) <= set(targets)


def test_the_container_is_asked_for_its_health_where_the_server_answers_and_finds_the_offices_own_configuration() -> (
    None
):
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    service = compose["services"]["lianxi"]
    image = (PROJECT / service["build"]["dockerfile"]).read_text("utf-8")
    [home] = re.findall(r"^WORKDIR (\S+)", image, re.MULTILINE)
    probe, command = (json.loads(found) for found in re.findall(r"^ *CMD (\[.*\])", image, re.MULTILINE))
    # The same port as `lianxi up` without options.
    assert command == [".venv/bin/lianxi", "up"]
    port = inspect.signature(main.up_command).parameters["port"].default
    assert f"http://127.0.0.1:{port}/api/health" in probe[-1]
    compile(probe[-1], "probe", "exec")
    bound = {each["target"]: each["source"] for each in service["volumes"] if isinstance(each, dict)}
    # The program reads config/ (also alarms, holidays, layout) beside its code, so it is mounted there.
    assert (DEPLOY / bound[f"{home}/config"]).resolve() == PROJECT / "config"
    assert service["environment"]["LIANXI_SHARE"] in bound
    assert set(service["environment"]) <= set(ENVIRONMENT)
    assert f"useradd --create-home --uid {re.findall('用户编号是 (.*?)。', GUIDE)[0]} " in image
    [version] = re.findall(r"^FROM python:([\d.]+)", image, re.MULTILINE)
    wanted = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert SpecifierSet(wanted).contains(version)


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_no_secret_lies_in_the_files(path: Path) -> None:
    for name, value in re.findall(
        r"(\w*(?:PASSWORD|SECRET|TOKEN|KEY)\w*)[ \t]*[=:][ \t]*(\S*)", path.read_text("utf-8")
    ):
        assert not value, (path, name)


def test_what_the_image_must_not_hold_is_left_out() -> None:
    ignored = (PROJECT / ".dockerignore").read_text("utf-8").split()
    assert {".git", ".venv", "data", "*.env", "*.key"} <= set(ignored)


def test_the_guide_names_files_that_are_there_and_settings_that_exist() -> None:
    for name in set(re.findall(r"\b(deploy/[\w.]+|config/\w+\.toml)", GUIDE)) - {"deploy/lianxi.env"}:
        assert (PROJECT / name).is_file(), name
    assert "files_url" in (PROJECT / "config/settings.toml").read_text("utf-8")
    example = (DEPLOY / "lianxi.env.example").read_text("utf-8")
    assert set(re.findall(r"^#(LIANXI_\w+)=", example, re.MULTILINE)) <= {*ENVIRONMENT, "LIANXI_PASSWORD"}
