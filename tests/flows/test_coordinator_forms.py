"""The coordinator's flows: extensions, unidentified files and alarms, each recorded and sent once."""

from __future__ import annotations

import datetime as dt
import sys
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from flows.admin.status import read_status
from flows.alarm import alarm
from flows.assign import assign
from flows.cli import main
from flows.context import open_context
from flows.extend import extend
from flows.intake import intake
from flows.issue import issue
from flows.steps.audit_trail import operator
from flows.ui.todo import read_todo
from tasks.errors import InputError, ShareUnreachableError
from tasks.store.audit_chain import audit_entries
from tests import hostile_words
from tests.conftest import use_data_folder

NOW = "2023-10-19T10:00"


@pytest.fixture(scope="module")
def office(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """October is issued; one unit asks for an extension, another's workbook is in 公共上报 without its signature."""
    root = tmp_path_factory.mktemp("决定 desk")
    with pytest.MonkeyPatch.context() as patch:
        use_data_folder(patch, root)
        issue("2023-10", now="2023-10-10T08:30")
        drop(
            root,
            "县委组织部",
            root / "share/县委组织部/上报/申请.xlsx",
            {"申请延期至": "2023-10-25", "延期理由": "数据待核"},
        )
        told = {
            "进展状态": "正常推进",
            "进展情况": "组织活动22批次、1150人次。",
            "存在问题": "无",
            "下一步计划": "继续组织。",
        }
        head = {"填报人": "示例甲", "联系电话": "0996-6001234", "审核领导": "示例乙", "填报日期": "2023-10-18"}
        drop(root, "县总工会", root / "share/公共上报/报表.xlsx", head, told, signed=False)
        intake(now="2023-10-18T18:00")
    return root


@pytest.fixture
def entered(office: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_data_folder(monkeypatch, office)
    return office


def drop(
    root: Path, unit: str, to: Path, head: dict[str, str], row: dict[str, str] | None = None, *, signed: bool = True
) -> None:
    """Fill in the unit's issued workbook as a clerk would, and save it as `to`."""
    book = load_workbook(root / f"share/{unit}/发放/{unit}_2023-10_月度报送.xlsx")
    sheet = book["月度报送"]
    header = next(cell.row for cell in sheet["A"] if cell.value == "措施序号")
    titles = {sheet.cell(header, column).value: column for column in range(1, sheet.max_column + 1)}
    for title, value in (row or {}).items():
        line = header + 1
        while sheet.cell(line, 1).value:
            sheet.cell(line, titles[title], value)
            line += 1
    for label, value in head.items():
        cell = next(each for line in sheet.iter_rows(max_row=header) for each in line if _label(each.value) == label)
        merged = [each for each in sheet.merged_cells.ranges if cell.coordinate in each]
        sheet.cell(cell.row, merged[0].max_col + 1 if merged else cell.column + 1, value)
    if not signed:
        for name in book.sheetnames:
            if book[name].sheet_state != "visible":
                del book[name]
    to.parent.mkdir(parents=True, exist_ok=True)
    book.save(to)


def url_of(root: Path) -> str:
    return f"sqlite:///{root}/lianxi.db"


def typed(patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """Run a command that must succeed; returns its output."""
    patch.setattr(sys, "argv", ["lianxi", *command, "--now", NOW])
    with pytest.raises(SystemExit) as left:
        main.main()
    said = capsys.readouterr()
    assert left.value.code in (0, None), said.err
    return said.out


def _label(value: object) -> str:
    return str(value or "").rstrip("：")


def standing(unit: str, now: str) -> str:
    return next(each.name for each in read_status("2023-10", now=now).standings if each.duty.unit == unit)


def test_the_todo_list_shows_requests_and_files_with_their_numbers(entered: Path, prefect_api: str) -> None:
    waiting = read_todo(open_context(None, NOW))
    assert [(each.key[1], each.until.isoformat(), each.reason) for each in waiting.requests] == [
        ("县委组织部", "2023-10-25", "数据待核")
    ]
    assert [(each.path, each.unit) for each in waiting.doubtful] == [("公共上报/报表.xlsx", None)]
    # Anybody can write to 公共上报: the file must not count for the unit that it names.
    assert standing("县总工会", NOW) == "未到期"
    shown = next(
        each for each in artifacts(prefect_api) if each["key"] == "todo-yanqi-2023" and "数据待核" in each["data"]
    )
    assert str(waiting.doubtful[0].id) in shown["data"]


def test_a_file_assigned_by_a_person_becomes_the_units_report_once(
    entered: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [file] = read_todo(open_context(None, NOW)).doubtful
    for name, period in (("县不存在局", "2023-10"), ("各乡镇人民政府", "2023-10"), ("县总工会", "2023-02")):
        with pytest.raises(InputError):
            assign(file.id, name, period, now=NOW)
    with pytest.raises(InputError, match="lianxi todo"):
        assign(99999, "县总工会", "2023-10", now=NOW)
    done = assign(file.id, "县总工会", "2023-10", now=NOW)
    assert (done.unit, done.version, done.state) == ("县总工会", 1, "accepted")
    # The same from the command line; the audit log has it once.
    assert "第1版：受理" in typed(monkeypatch, capsys, "assign", str(file.id), "县总工会", "2023-10")
    assert [one.by for one in audit_entries(url_of(entered)) if one.act == "认定来件"] == ["联席会议办公室"]
    assert standing("县总工会", NOW) == "按时"
    assert read_todo(open_context(None, NOW)).doubtful == ()
    assert list((entered / "share/县总工会/退回").glob("*第1版_受理回执.xlsx"))
    assert not (entered / "share/县总工会/人工认定").exists()


def test_an_extension_is_refused_then_granted_and_the_ladder_follows(
    entered: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError, match="没有待批复"):
        extend("县财政局", "2023-10", "不批准", reason="不同意", now=NOW)
    with pytest.raises(InputError, match="晚于"):
        extend("县委组织部", "2023-10", "批准", dt.date(2023, 10, 19), "同意", now=NOW)
    said = typed(monkeypatch, capsys, "extend", "县委组织部", "2023-10", "--refuse", "--reason", "请按期报送")
    assert "不批准，期限 2023-10-20" in said
    last = audit_entries(url_of(entered))[-1]
    assert (last.act, last.by) == ("不批准延期", operator())
    assert read_todo(open_context(None, NOW)).requests == ()
    assert standing("县委组织部", "2023-10-23T09:00") != "延期"
    granted = extend("县委组织部", "2023-10", reason=hostile_words.WORDS, by=hostile_words.WORDS, now=NOW)
    assert (granted.granted, granted.until) == (True, dt.date(2023, 10, 25))
    duty = next(each.duty for each in read_status("2023-10", now=NOW).standings if each.duty.unit == "县委组织部")
    assert duty.extended_to == dt.date(2023, 10, 25)
    with pytest.raises(InputError, match="压缩到"):
        extend("县委组织部", "2023-10", reason="长" * 5_001, now=NOW)


def test_the_same_alarm_is_written_once_a_day_and_says_what_to_do(entered: Path) -> None:
    raised = "Flow run encountered an exception: ShareUnreachableError: 共享文件夹 /x 不存在"
    facts = f"收集报送：{raised}{hostile_words.WORDS}"
    first = alarm("failed", facts, "运行 prefect.flow-run.0-1", now=NOW)
    again = alarm("share", "共享文件夹 /x 不存在", now="2023-10-19T15:00")
    tomorrow = alarm("share", "", now="2023-10-20T09:00")
    assert (first.sent, again.sent, tomorrow.sent) == (1, 0, 1)
    letters = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((entered / "outbox").rglob("*报警*.eml"))
    ]
    assert len(letters) == 2
    assert letters[0]["To"] == "coordinator@yanqi.invalid"
    assert "共享文件夹连不上" in letters[0]["Subject"]
    words = letters[0].get_body(("plain",))
    assert words is not None
    for said in ("怎么办", "LIANXI_SHARE", "/x 不存在", "0-1"):
        assert said in words.get_content()
    html = letters[0].get_body(("html",))
    assert html is not None
    assert hostile_words.MARK in html.get_content()
    assert hostile_words.harm_in_html(html.get_content()) == hostile_words.harm_in_mail(letters[0]) == []
    with pytest.raises(InputError, match="share"):
        alarm("no-such-cause", now=NOW)


def test_the_event_feed_shows_the_months_course_and_names_no_person(entered: Path, prefect_api: str) -> None:
    """Prefect sends events in a thread: wait until they have arrived."""
    import time

    deadline = time.monotonic() + 60
    wanted = {"submission.received", "submission.accepted", "letter.sent"}
    while time.monotonic() < deadline:
        found = events(prefect_api)
        if {each["event"] for each in found} >= wanted and any("县总工会" in _about(each) for each in found):
            break
        time.sleep(0.3)
    assert {each["event"] for each in found} >= wanted
    assert any(each["event"] == "submission.accepted" and "县总工会" in _about(each) for each in found)
    said = " ".join(str(each["resource"]) + str(each["payload"]) for each in found)
    for private in ("示例甲", "示例乙", "0996-600", "@", "数据待核"):
        assert private not in said


def test_a_share_that_is_gone_is_an_event_of_its_own(prefect_api: str, tmp_path: Path, monkeypatch: Any) -> None:
    import time

    use_data_folder(monkeypatch, tmp_path)
    (tmp_path / "share").write_text("a file where the folder should be")
    with pytest.raises(ShareUnreachableError, match="共享文件夹"):
        intake(now=NOW)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any(e["event"] == "share.unreachable" for e in events(prefect_api)):
        time.sleep(0.3)
    assert any(each["event"] == "share.unreachable" for each in events(prefect_api))


def _about(event: dict[str, Any]) -> str:
    return str(event["resource"]["prefect.resource.id"])


def events(api: str) -> list[dict[str, Any]]:
    names = ["submission.received", "submission.accepted", "letter.sent", "share.unreachable", "brief.approved"]
    body = {"filter": {"event": {"name": names}}, "limit": 50}
    return list(httpx.post(f"{api}/events/filter", json=body, timeout=30).raise_for_status().json()["events"])


def artifacts(api: str) -> list[dict[str, Any]]:
    body = {"artifacts": {"key": {"any_": ["todo-yanqi-2023"]}}}
    return list(httpx.post(f"{api}/artifacts/filter", json=body, timeout=30).raise_for_status().json())
