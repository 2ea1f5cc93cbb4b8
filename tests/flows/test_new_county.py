"""`lianxi new` for another county with another form of document, and all commands of the README's section about it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from config.county_file import load_county
from config.paths import PROJECT
from config.plan_file import is_draft, load_plan
from flows.cli import main
from tasks.errors import InputError
from tasks.store import audit_chain
from tests.unit.tasks.register.documents import word

SHARED = PROJECT.parent / "shared" / "plans"
NOW = "2024-03-05T09:00"
# Leads and helpers in brackets behind each item, as many offices print it; a group, a party organ, a name written twice.
LINES = (
    "青山回族自治县人民政府办公室",
    "关于印发《青山县2024年数字乡村建设重点任务分工》的通知",
    "青政办发〔2024〕6号",
    "一、夯实设施",
    "1.新建农村快递网点12个。（县商务局牵头，县财政局、县供销社、各乡镇人民政府配合）",
    "2.建成乡镇寄递共配站点5个。（县商务局牵头，县市场监管局、县交通运输局配合）",
    "二、培育人才",
    "3.培训农村电商人员300人次。（县人社局牵头，县委组织部、县商务局配合）",
    "4.开展合格证进村活动。（县市场监督管理局牵头，县农业农村局配合）",
    "三、工作要求",
    "成立数字乡村建设联席会议，由县商务局、县财政局、县人社局、县市场监管局等部门组成，县商务局为牵头单位。",
    "各牵头单位每月报送工作进展情况。各有关单位于2024年3月15日前将联系人名单报送县商务局，"
    "并于2024年3月25日前首次报送工作进展情况。",
    "青山回族自治县人民政府办公室",
    "2024年3月1日",
)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose config folder has no county yet."""
    for name in [name for name in os.environ if name.startswith("LIANXI_")]:
        monkeypatch.delenv(name)
    (tmp_path / "config/plans").mkdir(parents=True)
    monkeypatch.setenv("LIANXI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LIANXI_CONFIG", str(tmp_path / "config"))
    return tmp_path


@pytest.fixture
def document(installation: Path) -> Path:
    path = installation / "qs6.docx"
    path.write_bytes(word(LINES))
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".db"}


def test_a_document_becomes_a_county_with_a_first_set_of_workbooks(installation: Path, document: Path) -> None:
    from flows.admin.new_county import new_county

    done = new_county("qingshan", document, now=NOW)
    county = load_county("qingshan", installation / "config")
    assert (county.name, county.full_name, county.level) == ("青山县", "青山回族自治县", "县")
    assert (county.meeting, county.convener) == ("数字乡村建设联席会议", "县商务局")
    # Short and full names resolve, and the party organ's name without its committee.
    for written, unit in {"商务局": "县商务局", "青山县财政局": "县财政局", "组织部": "县委组织部"}.items():
        assert county.unit(written).name == unit
    examples = county.members("各乡镇人民政府")
    assert len(examples) == 2 and not any(unit.confirmed for unit in examples)

    plan = load_plan(done.plan, installation / "config")
    assert (done.plan, len(plan.measures), done.measures) == ("qingshan-qs6", 4, 4)
    assert plan.measures[0].lead == ("县商务局",) and plan.measures[0].targets[0].value == 12
    assert is_draft(installation / "config/plans/qingshan-qs6.toml")

    # A workbook for every unit with a duty; no workbook and no folder for an example township.
    share = installation / "data/share"
    assert done.period == "2024-03" and done.workbooks > 0
    assert len(list(share.glob("*/发放/*.xlsx"))) == done.workbooks
    assert (share / "县商务局/发放/县商务局_2024-03_月度报送.xlsx").is_file()
    assert (share / "县供销社/上报").is_dir() and not any("示例" in path.name for path in share.iterdir())

    told = "\n".join(done.todo)
    assert "县市场监管局与县市场监督管理局" in told and "各乡镇人民政府" in told and ".invalid" in told
    assert [one.act for one in audit_chain.audit_entries(f"sqlite:///{installation}/data/lianxi.db")] == ["新建县"]


def test_a_second_run_changes_nothing_and_other_content_is_not_overwritten(installation: Path, document: Path) -> None:
    from flows.admin.new_county import new_county

    first = new_county("qingshan", document, now=NOW)
    before = files(installation)
    assert new_county("qingshan", document, now=NOW).workbooks == first.workbooks
    assert files(installation) == before
    units = installation / "config/counties/qingshan/units.csv"
    units.write_bytes(units.read_bytes().replace("商务局".encode(), "商务和粮食局".encode(), 1))
    before = files(installation)
    with pytest.raises(InputError, match="不会覆盖"):
        new_county("qingshan", document, now=NOW)
    assert files(installation) == before


@pytest.mark.parametrize("county", ["../x", "青山", "Qingshan", "a/b", "", "x" * 41, "-x", "qingshan\x00"])
def test_a_name_that_cannot_be_a_folder_makes_nothing(installation: Path, document: Path, county: str) -> None:
    from flows.admin.new_county import new_county

    before, beside = files(installation), set(installation.parent.iterdir())
    for wrong in ((county, None), ("qingshan", county or "../y")):
        with pytest.raises(InputError, match="不能用"):
            new_county(wrong[0], document, plan=wrong[1], now=NOW)
    assert files(installation) == before and set(installation.parent.iterdir()) == beside


def test_a_document_without_a_county_asks_for_its_name(installation: Path) -> None:
    from flows.admin.new_county import new_county

    path = installation / "plain.txt"
    path.write_text("重点任务分工\n1.修路。\n牵头单位：县交通运输局\n2.办学。\n牵头单位：县教育局\n", encoding="utf-8")
    with pytest.raises(InputError, match="--name"):
        new_county("qingshan", path, now=NOW)
    done = new_county("qingshan", path, name="青山县", now=NOW)
    # The document asks for no reports: the usual ones are assumed, and the to-do list says so.
    assert done.period == "2024-03" and any("按惯例" in line for line in done.todo)


def story(readme: str) -> list[list[str]]:
    """The commands of the README's section on another county, in order."""
    text = (PROJECT / readme).read_text(encoding="utf-8")
    block = re.search(r"## (?:Another county|换一个县用)\n.*?```sh\n(.*?)```", text, re.DOTALL)
    assert block
    return [shlex.split(line, comments=True) for line in block[1].splitlines()]


def test_the_readmes_story_is_followed_to_a_month_given_out(
    installation: Path, prefect_api: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new, confirm, check = story("README.md")
    assert story("README.zh-CN.md") == [new, confirm, check]
    # The document, under the README's name for it, in the working folder.
    (installation / "your-document.docx").write_bytes(word(LINES))
    monkeypatch.chdir(installation)

    def typed(*command: str) -> tuple[object, str]:
        monkeypatch.setattr(sys, "argv", [*command, "--now", NOW])
        with pytest.raises(SystemExit) as left:
            main.main()
        said = capsys.readouterr()
        return left.value.code, said.out + said.err

    code, said = typed(*new)
    assert code in (0, None)
    assert "units.csv" in said and " ".join(confirm[3:]) in said
    plan = "yours-2024"
    # The draft is not confirmed: it is not issued, and the message says what to do.
    code, said = typed("lianxi", "issue", "2024-03", "--plan", plan)
    assert code == 2 and "还是草稿" in said.replace("\n", "") and "--confirm" in said.replace("\n", "")
    assert typed(*check)[0] == 1
    # The person merges two names of one bureau.
    units = installation / "config/counties/yours/units.csv"
    lines = units.read_text(encoding="utf-8-sig").splitlines()
    lines = [line for line in lines if ",县市场监管局," not in line]
    lines = [line.replace("unit,市场监督管理局", "unit,市场监督管理局；县市场监管局；市场监管局") for line in lines]
    units.write_text("\n".join(lines), encoding="utf-8-sig")
    assert typed(*confirm)[0] in (0, None)
    assert "县市场监督管理局" in load_plan(plan, installation / "config").measures[1].responsible
    # "Then name the plan in config/settings.toml."
    settings = (PROJECT / "config/settings.toml").read_text(encoding="utf-8")
    named = settings.replace('plan = "yanqi-2023"', f'plan = "{plan}"', 1)
    (installation / "config/settings.toml").write_text(named, encoding="utf-8")
    assert "✓ 方案" in typed(*check)[1]
    entries = audit_chain.audit_entries(f"sqlite:///{installation}/data/lianxi.db")
    assert [one.act for one in entries] == ["新建县", "确认方案"] and audit_chain.check_chain(entries) is None
    assert typed("lianxi", "issue", "2024-03")[0] in (0, None)
    code, said = typed("lianxi", "status", "2024-03", "--json")
    assert {each["unit"] for each in json.loads(said)["duties"]} >= {"县商务局", "县人社局"}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared plans do not lie beside the project")
@pytest.mark.parametrize(
    "name", ["13_huangshi_xialu2020.txt", "15_shiyan_fangxian2023.txt", "03_guofa2018-42_nongji.txt"]
)
def test_real_documents_of_other_offices_make_a_county_too(installation: Path, name: str) -> None:
    from flows.admin.new_county import new_county

    shutil.copy(SHARED / name, installation / "document.txt")
    done = new_county("elsewhere", installation / "document.txt", name="青山县", now=NOW)
    assert done.workbooks > 0 and load_county("elsewhere", installation / "config").units
    assert load_plan(done.plan, installation / "config").measures
