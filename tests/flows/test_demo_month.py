"""End to end: what the real flows leave behind after October 2023 of the demo."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from contextlib import nullcontext
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

import pytest
from openpyxl import load_workbook

from flows.admin.status import Status, read_status
from tests.conftest import use_data_folder

NOW = "2023-11-01T09:30"
Told = dict[str, list[dict[str, Any]]]


@pytest.fixture
def office(october: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_data_folder(monkeypatch, october)
    return october


@pytest.fixture
def told(played_month: Path) -> Told:
    """The Prefect server's records after the month, by kind: artifacts, logs, runs of flows and tasks."""
    return Told(json.loads((played_month / "server.json").read_text(encoding="utf-8")))


@pytest.fixture
def read(office: Path) -> Status:
    return read_status("2023-10", now=NOW)


def test_seventeen_units_owe_a_report_and_their_standings_follow_the_story(read: Status) -> None:
    standings = Counter(standing.name for standing in read.standings)
    assert standings == {"按时": 13, "零报告": 1, "迟报": 1, "未报": 2}
    assert read.rates == {"expected": 17, "received": 15, "accepted": 15, "on_time": 14}


@pytest.mark.parametrize(
    ("unit", "standing", "version"),
    [("县民政局", "按时", 2), ("县农业农村局", "按时", 1), ("县委组织部", "零报告", 1), ("县金融办", "迟报", 1),
     ("县总工会", "未报", None), ("县市场监督管理局", "未报", None)],
)  # fmt: skip
def test_the_standing_of_a_unit(read: Status, unit: str, standing: str, version: int | None) -> None:
    found = {each.duty.unit: each for each in read.standings}[unit]
    assert (found.name, found.version) == (standing, version)


def test_the_returned_workbook_lists_what_to_correct_and_is_the_units_own(office: Path) -> None:
    (path,) = (office / "share/县民政局/退回").glob("*退回*.xlsx")
    book = load_workbook(path)
    assert book.sheetnames[0] == "问题清单"
    assert "月度报送" in book.sheetnames
    words = " ".join(str(cell.value) for row in book["问题清单"].iter_rows() for cell in row if cell.value)
    for fault in ("约30", "存在问题", "进展情况"):
        assert fault in words
    commented = [cell.coordinate for row in book["月度报送"].iter_rows() for cell in row if cell.comment]
    assert len(commented) >= 4


def test_the_brief_is_there_as_word_html_and_ledger(office: Path) -> None:
    folder = office / "briefs/yanqi-2023/2023-10"
    assert {path.name for path in folder.iterdir() if path.is_file()} == {"简报.docx", "简报.html", "措施台账.xlsx"}
    page = (folder / "简报.html").read_text(encoding="utf-8")
    assert "应报17家，已报15家，其中按时14家" in page
    assert "县金融办" in page
    sheet = load_workbook(folder / "措施台账.xlsx").worksheets[0]
    numbers = {str(sheet.cell(row, 1).value) for row in range(1, sheet.max_row + 1)}
    assert {str(number) for number in range(1, 53)} <= numbers


def test_the_overdue_were_written_to_in_order_and_the_unreachable_is_on_the_call_list(
    office: Path, played_month: Path
) -> None:
    letters = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in (office / "outbox").rglob("*.eml")
    ]
    chased = [path.name for path in sorted((office / "outbox").rglob("*-县市场监督管理局-*.eml"))]
    rungs = [name[0] for name in chased if name[0] in "蓝黄红"]
    assert rungs == ["蓝", "黄", "红"]
    assert len({letter["Message-ID"] for letter in letters}) == len(letters)
    assert all(letter.get_body(("plain",)) and letter.get_body(("html",)) for letter in letters)
    red = next(path for path in (office / "outbox").rglob("红-*.eml"))
    attached = [
        part.get_filename() for part in message_from_bytes(red.read_bytes(), policy=policy.default).iter_attachments()
    ]
    assert "督办单_县市场监督管理局.docx" in attached
    assert not list((office / "outbox").rglob("[提蓝黄红]*-县总工会-*.eml"))
    screen = (played_month / "screen.txt").read_text(encoding="utf-8")
    assert "今天要打电话" in screen
    assert "县总工会" in screen


def test_a_unit_whose_file_was_sent_back_is_reminded_with_that_file(office: Path) -> None:
    (path,) = (office / "outbox/2023-10-20").glob("提醒-县民政局-*.eml")
    letter = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert letter["Subject"] == "【提醒】2023年10月月度报送请于今日（10月20日）内更正"
    assert [part.get_filename() for part in letter.iter_attachments()] == [
        "县民政局_2023-10_月度报送_第1版_退回更正.xlsx"
    ]
    assert "更正后的报表" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_telephone_numbers_and_addresses_are_only_in_letters_and_the_units_own_files(
    office: Path, played_month: Path
) -> None:
    """The units' own files: the share, the originals (also beside the brief), and the returned copies."""
    theirs = ("outbox", "share", "originals", "returned", "lianxi.db", "briefs/yanqi-2023/原件")
    people = re.compile(rb"(?:yewu|fenguan)\d{3}@|0996-60000\d\d")
    files = [path for path in office.rglob("*") if path.is_file()]
    assert any(people.search(path.read_bytes()) for path in files if "outbox" in path.parts)
    kept = [path for path in files if not path.relative_to(office).as_posix().startswith(theirs)]
    kept += [path for path in (played_month / "prefect").rglob("*") if path.is_file()]
    assert {"prefect.db", "简报.docx", "简报.html", "督办单_县市场监督管理局.docx"} <= {path.name for path in kept}
    for path in kept:
        with ZipFile(path) if is_zipfile(path) else nullcontext() as packed:
            parts = [packed.read(name) for name in packed.namelist()] if packed else [path.read_bytes()]
        assert not any(people.search(part) for part in parts), path


def test_accepted_units_are_not_chased(office: Path) -> None:
    after_due = [path for path in (office / "outbox").rglob("*.eml") if path.parent.name > "2023-10-20"]
    chased = {path.name.split("-")[1] for path in after_due if path.name[0] in "蓝黄红"}
    assert chased == {"县市场监督管理局", "县金融办"}


def test_the_screen_ends_with_where_to_look_in_both_languages(played_month: Path) -> None:
    screen = (played_month / "screen.txt").read_text(encoding="utf-8")
    for words in ("What happened", "发生了什么", "Where to look", "到哪里看", "简报.docx", "lianxi.db", "make up"):
        assert words in screen


def test_running_every_flow_again_changes_nothing(office: Path, prefect_api: str) -> None:
    from flows.brief import brief
    from flows.chase import chase
    from flows.intake import intake
    from flows.issue import issue

    before = _everything(office)
    issue("2023-10", now="2023-10-10T08:30")
    assert intake(now=NOW).received == 0
    chase(now="2023-10-27T09:00")
    brief("2023-10", approval="given", now="2023-11-03T10:00")
    assert _everything(office) == before


def _everything(root: Path) -> dict[str, str]:
    """The digest of every file, and the ledger's rows."""
    kept = {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
        and path.relative_to(root).parts[0] not in ("prefect", "logs")
        and "lianxi.db" not in path.name
    }
    from tasks.store.outbox import load_letters
    from tasks.store.submissions import load_received

    url = f"sqlite:///{root}/lianxi.db"
    kept["submissions"] = repr(load_received(url, "yanqi-2023"))
    kept["letters"] = repr([(letter.key, state) for letter, state, _ in load_letters(url, "yanqi-2023")])
    return kept


def test_status_json_names_every_duty_and_its_standing(read: Status, capsys: pytest.CaptureFixture[str]) -> None:
    from flows.cli.printing import print_status_json

    print_status_json(read)
    told = json.loads(capsys.readouterr().out)
    assert (told["plan"], told["period"], len(told["duties"])) == ("yanqi-2023", "2023-10", 17)
    wanted = {"unit", "kind", "standing", "due", "first_received", "first_accepted", "version", "findings"}
    assert all(set(duty) == wanted for duty in told["duties"])
    assert told["rates"] == {"expected": 17, "received": 15, "accepted": 15, "on_time": 14}


def test_the_coordinators_artifacts_are_published_in_chinese(told: Told) -> None:
    found = {artifact["key"]: artifact["data"] for artifact in told["artifacts"]}
    for key in (
        "matrix-yanqi-2023-2023-10",
        "findings-yanqi-2023-2023-10",
        "calls-yanqi-2023",
        "letters-yanqi-2023",
        "brief-yanqi-2023-2023-10",
    ):
        assert key in found
    assert "县市场监督管理局" in str(found["matrix-yanqi-2023-2023-10"])
    assert "县总工会" in str(found["calls-yanqi-2023"])


def test_rechecking_what_was_accepted_finds_nothing_new_under_the_same_rules_and_changes_nothing(office: Path) -> None:
    from flows.admin.recheck import recheck_period

    before = _everything(office)
    done = recheck_period("2023-10", now=NOW)
    assert (done.accepted, done.differing) == (15, ())
    assert _everything(office) == before


def test_no_artifact_log_or_brief_shows_a_persons_number_or_address(office: Path, told: Told) -> None:
    shown = " ".join(str(artifact["data"]) for artifact in told["artifacts"])
    shown += " ".join(log["message"] for log in told["logs"])
    shown += (office / "briefs/yanqi-2023/2023-10/简报.html").read_text(encoding="utf-8")
    assert "0996-600" not in shown
    assert not re.search(r"[\w.-]@[\w.-]", shown)


def test_runs_are_named_in_chinese_and_say_what_they_work_on(told: Told) -> None:
    flows = {run["name"] for run in told["flow_runs"]}
    tasks = {run["name"] for run in told["task_runs"]}
    assert {"发放报表 2023-10", "收集报送 2023-10-20", "催报 2023-10-23", "编发简报 2023-10"} <= flows
    assert any(name.startswith("校验 1–") for name in tasks)
