"""The command line: exit codes, and one plain message without a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import main
from tests.conftest import use_data_folder

LIANXI = Path(sys.executable).with_name("lianxi")


def lianxi(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the console script as a process, in an empty folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIANXI_", "PREFECT_"))}
    return subprocess.run(
        [LIANXI, *arguments],
        env=kept | {"LIANXI_DATA": str(data), "COLUMNS": "120"} | environment,
        capture_output=True,
        text=True,
        timeout=240,
    )


def typed(patch: pytest.MonkeyPatch, data: Path, *arguments: str) -> object:
    """Run a command in this process, which saves the imports; returns its exit code."""
    use_data_folder(patch, data)
    patch.setenv("COLUMNS", "120")
    patch.setattr(sys, "argv", ["lianxi", *arguments])
    with pytest.raises(SystemExit) as left:
        main.main()
    return left.value.code


@pytest.mark.parametrize(
    "command",
    [
        ("register",),
        ("issue",),
        ("intake",),
        ("chase",),
        ("letters",),
        ("call",),
        ("brief",),
        ("summary",),
        ("status",),
        ("demo",),
        ("up",),
        ("new",),
        ("doctor",),
        ("audit",),
        ("backup",),
        ("restore",),
        ("forget",),
    ],
)
def test_help_teaches_in_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    assert typed(monkeypatch, tmp_path, *command, "--help") in (0, None)
    told = capsys.readouterr().out
    assert any(
        word in told
        for word in (
            "报送",
            "方案",
            "报表",
            "催报",
            "简报",
            "总结",
            "演示",
            "运行",
            "规则",
            "信件",
            "体检",
            "备份",
            "核验",
            "删除",
        )
    )


def test_version_and_help_are_printed(tmp_path: Path) -> None:
    assert lianxi(tmp_path, "--version").stdout.startswith("lianxi 0.")
    assert "报送" in lianxi(tmp_path, "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("status", "2023-13"), "2023-13"),
        (("status", "2023-10"), "lianxi issue 2023-10"),
        (("status", "--now", "昨天"), "2023-10-20T09:00"),
        (("status", "--plan", "nowhere-1999"), "nowhere-1999"),
        (("register", "no such file.txt", "--json"), "no such file.txt"),
        (("brief",), "PERIOD"),
    ],
)
def test_input_that_cannot_be_used_exits_2_with_one_plain_message(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    told = lianxi(tmp_path, *arguments)
    assert told.returncode == 2
    assert says in told.stderr
    assert "Traceback" not in told.stderr + told.stdout


def test_all_faults_of_the_settings_are_reported_together(tmp_path: Path) -> None:
    told = lianxi(tmp_path, "status", "2023-10", LIANXI_MAIL="loudly", LIANXI_SMTP_SECURITY="maybe")
    assert told.returncode == 2
    assert "LIANXI_MAIL" in told.stderr
    assert "LIANXI_SMTP_SECURITY" in told.stderr


def test_a_share_that_cannot_be_written_exits_1_and_says_what_to_mend(tmp_path: Path, prefect_api: str) -> None:
    (tmp_path / "share").write_text("a file where the folder should be")
    told = lianxi(tmp_path, "issue", "2023-10", "--now", "2023-10-10T08:30", PREFECT_API_URL=prefect_api)
    assert told.returncode == 1
    assert "共享文件夹" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_period_without_duties_exits_2(
    tmp_path: Path, prefect_api: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, tmp_path, "issue", "2023-02") == 2
    assert "没有应报事项" in capsys.readouterr().err


def test_the_month_by_hand_command_after_command(
    tmp_path: Path, prefect_api: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """issue, a filled workbook, intake, status, each as a process, as the README shows."""
    from openpyxl import load_workbook

    assert (
        lianxi(tmp_path, "issue", "2023-10", "--now", "2023-10-10T08:30", PREFECT_API_URL=prefect_api).returncode == 0
    )
    book = load_workbook(tmp_path / "share/县总工会/发放/县总工会_2023-10_月度报送.xlsx")
    sheet = book["月度报送"]
    header = next(cell.row for cell in sheet["A"] if cell.value == "措施序号")
    titles = {sheet.cell(header, column).value: column for column in range(1, sheet.max_column + 1)}
    told = {
        "进展状态": "正常推进",
        "进展情况": "组织职工开展周边游活动22批次、1150人次。",
        "存在问题": "无",
        "下一步计划": "继续组织。",
    }
    for title, value in told.items():
        sheet.cell(header + 1, titles[title], value)
    _head(sheet, "填报人", "示例甲")
    _head(sheet, "联系电话", "0996-6001234")
    _head(sheet, "审核领导", "示例乙")
    _head(sheet, "填报日期", "2023-10-18")
    book.save(tmp_path / "share/县总工会/上报/报表.xlsx")
    passed = lianxi(tmp_path, "intake", "--now", "2023-10-18T18:00", PREFECT_API_URL=prefect_api)
    assert passed.returncode == 0, passed.stderr
    told_json = lianxi(tmp_path, "status", "2023-10", "--json", "--now", "2023-10-19T09:00")
    duties = {duty["unit"]: duty for duty in json.loads(told_json.stdout)["duties"]}
    assert len(duties) == 17
    assert duties["县总工会"]["first_accepted"], duties["县总工会"]
    assert typed(monkeypatch, tmp_path, "intake", "--now", "2023-10-18T18:10") in (0, None)
    assert "没有新的报表" in capsys.readouterr().out


def _head(sheet: object, label: str, value: str) -> None:
    for row in sheet.iter_rows(max_row=12):  # type: ignore[attr-defined]
        for cell in row:
            if str(cell.value or "").rstrip("：") == label:
                merged = [each for each in sheet.merged_cells.ranges if cell.coordinate in each]  # type: ignore[attr-defined]
                right = merged[0].max_col + 1 if merged else cell.column + 1
                sheet.cell(cell.row, right, value)  # type: ignore[attr-defined]
                return
    raise AssertionError(label)
