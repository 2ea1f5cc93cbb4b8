"""The shape of the house: who imports whom, that every room says what it is for, and that nothing forbidden is in."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from config.paths import PROJECT

ROOMS = ("config", "expectations", "tasks", "flows")
MODULES = sorted(path for room in ROOMS for path in (PROJECT / room).rglob("*.py"))
# Not stages: values and files that every stage uses, and the units' side of a month for the demo and the tests.
SHARED = {"model", "storage", "demo_units"}
STAGES = sorted({path.parent.name for path in (PROJECT / "tasks").glob("*/__init__.py")} - SHARED)


def _names(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def test_import_contracts_of_the_architecture_are_kept() -> None:
    linted = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert " 0 broken" in linted.stdout


@pytest.mark.parametrize("path", MODULES, ids=_names)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{path} has no docstring"


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=_names)
def test_package_files_hold_a_docstring_and_no_imports(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)


@pytest.mark.parametrize("path", MODULES, ids=_names)
def test_modules_stay_small_and_none_touches_the_standard_mail_library(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 300
    imported = {
        alias.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import) for alias in node.names
    }
    imported |= {node.module or "" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
    assert "smtp" + "lib" not in imported


def test_every_stage_is_listed_in_the_order_of_the_datas_path_and_wears_a_prefect_coat() -> None:
    listed = [
        line.split()[0]
        for line in (PROJECT / "tasks/__init__.py").read_text(encoding="utf-8").splitlines()
        if "  " in line
    ]
    assert [name for name in listed if name in STAGES] == [
        name for name in listed if (PROJECT / "tasks" / name).is_dir() and name not in SHARED
    ]
    assert set(STAGES) <= set(listed)
    for stage in STAGES:
        assert (PROJECT / "tasks" / stage / "task.py").exists(), f"tasks/{stage}/task.py"


def test_dependencies_are_locked_and_fastapi_is_held_below_the_version_that_breaks_prefect() -> None:
    locked = tomllib.loads((PROJECT / "uv.lock").read_text(encoding="utf-8"))
    versions = {package["name"]: package.get("version", "") for package in locked["package"]}
    assert (0, 139) <= tuple(int(part) for part in versions["fastapi"].split(".")[:2]) < (0, 151)
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    for requirement in declared:
        name = requirement.split(">")[0].split("<")[0].split("[")[0].strip().lower()
        assert name in versions, f"{name} is declared but not locked"


def test_workbooks_are_given_out_on_the_day_that_the_settings_open_reporting() -> None:
    settings = tomllib.loads((PROJECT / "config/settings.toml").read_text(encoding="utf-8"))
    assert f'cron: "30 8 {settings["duties"]["opens_day"]} * *"' in (PROJECT / "prefect.yaml").read_text(
        encoding="utf-8"
    )
