"""READMEs and documentation pages: every command in them runs, every file they link to exists."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from config.paths import PROJECT
from expectations.catalogue import catalogue_markdown
from flows.cli import main
from tests.running import copy_data

READMES = ("README.md", "README.zh-CN.md")
PAGES = (*READMES, *sorted(path.relative_to(PROJECT).as_posix() for path in (PROJECT / "docs").rglob("*.md")))
# Programs that are not ours, by their first words, and the test that runs them as the pages do.
ELSEWHERE = {
    "prefect worker start": "tests/flows/test_several_workers.py",
}


def _commands(page: str) -> list[list[str]]:
    """The command lines in the page's `sh` blocks, without comments."""
    blocks = re.findall(r"```sh\n(.*?)```", (PROJECT / page).read_text(encoding="utf-8"), re.DOTALL)
    return [parts for block in blocks for line in block.splitlines() if (parts := shlex.split(line, comments=True))]


def _our_commands() -> dict[str, list[str]]:
    """The different `lianxi` commands of all pages, with their parts."""
    found = [parts for page in PAGES for parts in _commands(page) if parts[0] == "lianxi"]
    return {" ".join(parts): parts for parts in found}


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_named_exists(page: str) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", (PROJECT / page).read_text(encoding="utf-8"), re.MULTILINE))
    assert page not in READMES or {"demo", "up"} <= named
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named), named


@pytest.mark.parametrize("page", PAGES)
def test_every_file_and_picture_pointed_to_is_there(page: str) -> None:
    path = PROJECT / page
    targets = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if "://" not in target and not (path.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_is_run_by_some_test(page: str) -> None:
    strangers = [
        " ".join(parts)
        for parts in _commands(page)
        if parts[0] not in ("lianxi", "make") and not " ".join(parts).startswith(tuple(ELSEWHERE))
    ]
    assert strangers == [], "name the test that runs them in ELSEWHERE"
    assert [test for test in ELSEWHERE.values() if not (PROJECT / test).exists()] == []


def test_the_page_of_rules_is_the_catalogues_own() -> None:
    """`python -m expectations.catalogue > docs/rules.md` updates the page."""
    assert (PROJECT / "docs/rules.md").read_text(encoding="utf-8") == catalogue_markdown()


def test_both_readmes_show_the_same_commands() -> None:
    shown = [[parts for parts in _commands(readme) if parts[0] == "lianxi"] for readme in READMES]
    assert shown[0] == shown[1]
    assert len(shown[0]) >= 7


@pytest.mark.parametrize("parts", _our_commands().values(), ids=" ".join)
def test_every_lianxi_command_runs(
    parts: list[str],
    october: Path,
    adopted: Path,
    prefect_api: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In a copy of the demo's data and of a new county's configuration, as of the first of November.

    That each is a process's own exit code and messages is shown by `test_command_line`.
    """
    for name in [name for name in os.environ if name.startswith("LIANXI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LIANXI_DATA", str(copy_data(october, tmp_path / "data")))
    monkeypatch.setenv("LIANXI_CONFIG", str(adopted))
    monkeypatch.chdir(adopted)
    when = [] if parts[1] == "rules" else ["--now", "2023-11-01T09:30"]
    monkeypatch.setattr(sys, "argv", [*parts, *when])
    with pytest.raises(SystemExit) as left:
        main.main()
    # `doctor` exits with 1 in a folder that is not set up yet.
    assert left.value.code in ((0, 1) if parts[1] == "doctor" else (0, None)), capsys.readouterr()
    if "--confirm" in parts:
        assert (adopted / "plans/yours-2024.toml").exists()


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration without counties, and the document that the README's commands register."""
    from docx import Document

    root = tmp_path_factory.mktemp("换一个县") / "config"
    shutil.copytree(PROJECT / "config", root, ignore=shutil.ignore_patterns("__pycache__", "*.py", "templates"))
    document = Document()
    for line in (
        "示例县人民政府办公室关于印发《示例县提振消费工作任务分工方案》的通知",
        "示政办发〔2024〕3号",
        "一、重点任务",
        "1. 举办购物节活动不少于3场，带动商贸企业销售。",
        "牵头单位：县商工局",
        "责任单位：县财政局、文旅局",
        "2. 年内新增充电桩50个。",
        "牵头单位：县住建局",
        "责任单位：县发改委",
        "示例县人民政府办公室",
        "2024年2月18日",
    ):
        document.add_paragraph(line)
    document.save(str(root / "your-document.docx"))
    return root
