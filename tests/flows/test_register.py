"""登记方案: a draft first, in force once confirmed, corrections by hand kept, changes listed by measure."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from config.config_errors import ConfigError
from config.paths import PROJECT
from config.plan_file import load_plan
from flows.register import Registered, register
from tasks.errors import InputError

DOCUMENT = """焉耆回族自治县人民政府办公室文件
焉政办发〔2024〕5号
关于印发《焉耆县提振消费工作任务分工方案》的通知
各有关部门：
现将方案印发你们，请认真组织实施。
一、重点任务
1. 全年举办购物节活动不少于3场，带动商贸企业销售。
牵头单位：县商工局
责任单位：县财政局、文旅局
2. 年内新增公共充电桩50个。
牵头单位：县住建局
责任单位：县发改委、供电公司
焉耆回族自治县人民政府办公室
2024年2月18日
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_api: str) -> Path:
    """A folder with a configuration, a data folder and the document."""
    shutil.copytree(PROJECT / "config/counties", tmp_path / "config/counties")
    monkeypatch.setenv("LIANXI_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("LIANXI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LIANXI_SHARE", str(tmp_path / "data/share"))
    (tmp_path / "方案.txt").write_text(DOCUMENT, encoding="gb18030")
    return tmp_path


def _register(folder: Path, *, confirm: bool = False) -> Registered:
    return register(str(folder / "方案.txt"), plan="xiaofei-2024", confirm=confirm)


def test_a_draft_a_checklist_and_a_summary_are_written_and_nothing_is_in_force(folder: Path) -> None:
    done = _register(folder)
    assert (done.measures, done.confirmed) == (2, False)
    assert {Path(path).name for path in done.files} == {"xiaofei-2024.toml", "register.xlsx", "摘要.md"}
    assert not (folder / "config/plans/xiaofei-2024.toml").exists()


def test_confirmed_it_is_in_force_and_the_whole_month_can_begin(folder: Path) -> None:
    _register(folder)
    done = _register(folder, confirm=True)
    assert done.confirmed
    plan = load_plan("xiaofei-2024", folder / "config")
    assert [measure.reporting_unit for measure in plan.measures] == ["县商工局", "县住建局"]
    assert plan.measures[0].responsible == ("县财政局", "县文旅局")
    assert [target.value for measure in plan.measures for target in measure.targets] == [3, 50]


def test_a_correction_made_in_the_draft_is_kept_and_comes_into_force(folder: Path) -> None:
    _register(folder)
    draft = folder / "data/register/xiaofei-2024/xiaofei-2024.toml"
    draft.write_text(draft.read_text(encoding="utf-8").replace("value = 50", "value = 60"), encoding="utf-8")
    _register(folder)
    assert "value = 60" in draft.read_text(encoding="utf-8")
    _register(folder, confirm=True)
    assert load_plan("xiaofei-2024", folder / "config").measures[1].targets[0].value == 60


def test_a_changed_document_shows_the_difference_by_measure_before_it_comes_into_force(folder: Path) -> None:
    _register(folder, confirm=True)
    changed = DOCUMENT.replace("牵头单位：县住建局", "牵头单位：县发改委").replace("县发改委、供电公司", "县住建局")
    (folder / "方案.txt").write_text(changed, encoding="utf-8")
    done = _register(folder)
    assert any("措施2" in change and "县发改委" in change for change in done.changes), done.changes
    assert load_plan("xiaofei-2024", folder / "config").measures[1].lead == ("县住建局",)
    _register(folder, confirm=True)
    assert load_plan("xiaofei-2024", folder / "config").measures[1].lead == ("县发改委",)
    assert len(list((folder / "data/register/xiaofei-2024").glob("原方案-*.toml"))) == 1


def test_a_draft_with_unknown_units_does_not_come_into_force_and_all_faults_are_reported(folder: Path) -> None:
    (folder / "方案.txt").write_text(DOCUMENT.replace("县财政局", "县月球局"), encoding="utf-8")
    _register(folder)
    with pytest.raises(ConfigError, match="县月球局"):
        _register(folder, confirm=True)
    assert not (folder / "config/plans/xiaofei-2024.toml").exists()


def test_a_document_without_a_register_says_what_was_looked_for_and_found(folder: Path) -> None:
    (folder / "方案.txt").write_text("关于放假的通知\n国庆节放假七天。\n", encoding="utf-8")
    with pytest.raises(InputError, match="牵头单位"):
        _register(folder)


def test_the_first_plans_document_gives_the_register_that_ships(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = PROJECT.parent / "shared/plans/seed.txt"
    if not seed.exists():
        pytest.skip("the first plan's document lies beside the project only where it is developed")
    from config.settings_file import load_settings
    from flows.cli.printing import print_register_json
    from flows.steps.documents import read_draft

    monkeypatch.delenv("LIANXI_CONFIG", raising=False)
    print_register_json(read_draft(seed, load_settings()))
    told = json.loads(capsys.readouterr().out)
    assert (len(told["measures"]), len(told["sections"]), len(told["members"])) == (52, 19, 22)
    plan = load_plan("yanqi-2023")
    assert [tuple(each["lead"]) for each in told["measures"]] == [measure.lead for measure in plan.measures]
