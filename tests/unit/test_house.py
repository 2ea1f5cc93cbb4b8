"""The shape of the project: who imports whom, names, sizes, docstrings, and the two tables that newcomers go by."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
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


def _module_of(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


TREES = {_module_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def _imports(tree: ast.Module) -> Iterator[str]:
    """Every module of ours that a module imports, at its top, inside a function or for the type checker."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in TREES else node.module for name in names)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _is_flow(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(each, ast.Call) and ast.unparse(each.func) == "flow" for each in function.decorator_list)


def test_no_modules_import_one_another_in_a_circle() -> None:
    graph = {module: {name for name in _imports(tree) if name in TREES} for module, tree in TREES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def test_no_function_has_more_than_seven_parameters_but_forms_and_commands() -> None:
    many = []
    for module, tree in TREES.items():
        for function in _functions(tree):
            given = function.args
            names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
            is_form = _is_flow(function) or (module.startswith("flows.cli.") and function.name.endswith("_command"))
            if len([name for name in names if name not in ("self", "cls")]) > 7 and not is_form:
                many.append(f"{module}.{function.name}")
    assert many == []


# The flow, the command and the stage of one name are one thing seen from three sides. Alembic asks for the names of
# migrations; `task` is each stage's Prefect tasks.
SAME_THING = {"__init__", "task", "upgrade", "downgrade"}


def test_no_public_name_is_used_twice() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for module, tree in TREES.items():
        package, _, stem = module.rpartition(".")
        if f"{package}.{stem}" not in {_module_of(path) for path in MODULES if path.name == "__init__.py"}:
            places[f"module {stem}"].append(package)
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith(
                "_"
            ):
                places[node.name].append(module)
    twice = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in twice.items() if name.removeprefix("module ") not in SAME_THING} == {}


def _is_there(place: str) -> bool:
    """Whether `path`, or `path:name` for something defined in the file, is in the tree."""
    path, _, name = place.partition(":")
    if not name:
        return (PROJECT / path).exists()
    tree = TREES.get(path.removesuffix(".py").replace("/", "."))
    defined = {
        target.id if isinstance(target, ast.Name) else getattr(target, "name", "")
        for node in (tree.body if tree else ())
        for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", node)])
    }
    return name in defined


@pytest.mark.parametrize("page", ["glossary.md", "makers.md"])
def test_what_the_makers_pages_name_is_in_the_tree(page: str) -> None:
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:config|expectations|tasks|flows|tests)/[^`\s]*|prefect\.yaml)`", text))
    assert len(named) > 40
    assert sorted(place for place in named if not _is_there(place)) == []


def test_every_word_of_the_glossary_says_where_it_is_defined() -> None:
    text = (PROJECT / "docs/glossary.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    words = [row for row in rows if row[1].strip() != "word"]
    assert len(words) >= 55
    assert [row[1].strip() for row in words if not re.fullmatch(r" `[^`]+` ", row[4])] == []


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


def test_every_stage_is_listed_in_the_order_of_the_datas_path() -> None:
    listed = [
        line.split()[0]
        for line in (PROJECT / "tasks/__init__.py").read_text(encoding="utf-8").splitlines()
        if "  " in line
    ]
    assert [name for name in listed if name in STAGES] == [
        name for name in listed if (PROJECT / "tasks" / name).is_dir() and name not in SHARED
    ]
    assert set(STAGES) <= set(listed)


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
