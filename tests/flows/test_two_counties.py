"""Two counties with units of the same names in one installation: separate from each other, together in the prefecture."""

from __future__ import annotations

import email
import email.policy
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import openpyxl
import pytest

from config.county import County
from config.plan import Plan
from flows.context import open_context
from tasks.model.submission import Submission
from tasks.store import outbox
from tasks.store.accepted_rows import contacts_on, load_accepted_rows
from tasks.store.submissions import load_received
from tests import factories, workbooks
from tests.conftest import use_data_folder
from tests.counties import configuration

FIRST, SECOND = "shili-2023", "yangban-2023"
SHARES = {FIRST: "share/shili-2023", SECOND: "样板的共享"}
NAMES = {FIRST: "示例县", SECOND: "样板县"}
MAIL = {FIRST: "shili.example", SECOND: "yangban.example"}
FIGURES = {FIRST: 300, SECOND: 500}
OWN = f"""
[for."{SECOND}"]
share = "../样板的共享"
[for."{SECOND}".duties]
due_day = 25
[for."{SECOND}".brief]
name = "样板工作简报"
report_to = ["样板县人民政府"]
"""


def offices() -> tuple[tuple[County, Plan], tuple[County, Plan]]:
    other = factories.county(
        id="yangban",
        name="样板县",
        full_name="样板县",
        meeting="样板县促消费联席会议",
        office="样板县促消费联席会议办公室",
        mail_sender="office@yangban.example",
        coordinator_mail="coordinator@yangban.example",
        units=tuple(
            replace(unit, aliases=tuple(alias.replace("示例县", "样板县") for alias in unit.aliases))
            for unit in factories.county().units
        ),
    )
    plan = factories.plan()
    words = {"no": "样政办发〔2023〕3号", "title": "样板县恢复扩大消费责任分解方案", "issuer": "样板县人民政府办公室"}
    document = plan.document.model_copy(update=words)
    return (factories.county(), plan), (other, factories.plan(id=SECOND, county="yangban", document=document))


def hand_in(root: Path, plan: str, name: str, content: bytes) -> None:
    path = root / SHARES[plan] / factories.HOUSING / "上报" / name
    path.write_bytes(content)
    os.utime(path, (1_697_500_000, 1_697_500_000))


def issued(root: Path, plan: str, period: str, title: str) -> bytes:
    folder = root / SHARES[plan] / factories.HOUSING / "发放"
    return (folder / f"{factories.HOUSING}_{period}_{title}.xlsx").read_bytes()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Iterator[Path]:
    """October in both counties, step by step in turn; returns the data folder."""
    from flows.brief import brief
    from flows.chase import chase
    from flows.intake import intake
    from flows.issue import issue

    root = tmp_path_factory.mktemp("两个县")
    config = configuration(root / "config", *offices(), changes=(("plans = []", f'plans = ["{FIRST}", "{SECOND}"]'),))
    with (config / "settings.toml").open("a", encoding="utf-8") as file:
        file.write(OWN)
    with pytest.MonkeyPatch.context() as patch:
        use_data_folder(patch, root)
        patch.setenv("LIANXI_CONFIG", str(config))
        for period, now in (("2023-09", "2023-09-21T09:00"), ("2023-10", "2023-10-10T08:30")):
            for plan in (FIRST, SECOND):
                issue(period, plan=plan, now=now)
        for plan in (FIRST, SECOND):
            people = workbooks.roster(
                issued(root, plan, "2023-09", "联系人名单"),
                {
                    "分管领导": {
                        "姓名": f"{NAMES[plan]}领导",
                        "职务": "副局长",
                        "电话": "0990-1234567",
                        "邮箱": f"ld@{MAIL[plan]}",
                    },
                    "业务负责人": {
                        "姓名": f"{NAMES[plan]}经办",
                        "职务": "股长",
                        "电话": "0990-1234568",
                        "邮箱": f"yw@{MAIL[plan]}",
                    },
                },
            )
            hand_in(root, plan, "联系人.xlsx", people)
            words = {"进展情况": f"{NAMES[plan]}已开工。", "本期累计": FIGURES[plan]}
            report = workbooks.filled(issued(root, plan, "2023-10", "月度报送"), **words)
            hand_in(root, plan, "10月.xlsx", report)
        # The other county's workbook, correctly signed, in this county's folder.
        stray = workbooks.filled(issued(root, SECOND, "2023-10", "月度报送"), 进展情况="别县的话。")
        hand_in(root, FIRST, "别县的.xlsx", stray)
        for plan in (FIRST, SECOND):
            intake(plan=plan, now="2023-10-18T09:00")
            chase(plan=plan, now="2023-10-23T09:00")
        for plan in (FIRST, SECOND):
            brief("2023-10", plan=plan, approval="given", now="2023-11-08T09:30")
        yield root


def received(plan: str) -> tuple[Submission, ...]:
    return load_received(open_context(plan).url, plan)


def test_each_ledger_holds_its_own_countys_figures_and_people(root: Path) -> None:
    for plan in (FIRST, SECOND):
        url = open_context(plan).url
        assert {row.cumulative for row in load_accepted_rows(url, plan, "2023-10") if row.metric} == {FIGURES[plan]}
        people = contacts_on(url, plan, open_context(plan, "2023-10-20").now.date())
        assert {person.mail for person in people} == {f"ld@{MAIL[plan]}", f"yw@{MAIL[plan]}"}
    assert len(received(SECOND)) == 2


def test_another_countys_workbook_is_not_counted(root: Path) -> None:
    [stray] = [each for each in received(FIRST) if each.path.endswith("别县的.xlsx")]
    assert stray.state in ("returned", "refused")
    assert "R015" in {finding.code for finding in stray.findings}


def test_each_has_due_days_of_its_own_and_its_letters_go_to_its_own_people(root: Path) -> None:
    assert {plan: open_context(plan).settings.duties.due_day for plan in SHARES} == {FIRST: 20, SECOND: 25}
    for plan, other in ((FIRST, SECOND), (SECOND, FIRST)):
        sent = outbox.load_letters(open_context(plan).url, plan)
        assert sent
        for letter, _, _ in sent:
            assert all(to.endswith(MAIL[plan]) for to in (*letter.to, *letter.cc))
            assert NAMES[other] not in letter.text + letter.html + letter.subject
    found = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in root.glob("outbox/**/*.eml")
    ]
    states = [state for plan in SHARES for _, state, _ in outbox.load_letters(open_context(plan).url, plan)]
    assert len(found) == states.count("sent") > 2
    for letter in found:
        [domain] = {domain for domain in MAIL.values() if domain in str(letter["From"])}
        assert domain in str(letter["To"])


def test_no_file_of_one_lies_where_the_others_do(root: Path) -> None:
    for plan, other in ((FIRST, SECOND), (SECOND, FIRST)):
        for folder in ("briefs", "returned", "originals"):
            assert any((root / folder / plan).rglob("*.*" if folder != "originals" else "*"))
        text = (root / "briefs" / plan / "2023-10" / "简报.html").read_text("utf-8")
        assert (NAMES[plan] in text, NAMES[other] in text) == (True, False)
        for path in (root / SHARES[plan]).rglob("退回/*.xlsx"):
            words = " ".join(str(cell.value) for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row)
            # The misplaced workbook itself is returned to the folder it was found in.
            assert NAMES[other] not in words or "另一个方案的报表" in words
    apart = {plan: {path.name for path in (root / "briefs" / plan).rglob("*")} for plan in SHARES}
    assert apart[FIRST] == apart[SECOND]


def test_artifacts_carry_the_plan_in_their_keys_and_nothing_of_the_other(root: Path, prefect_api: str) -> None:
    answer = httpx.post(f"{prefect_api}/artifacts/latest/filter", json={"limit": 200}, timeout=30).raise_for_status()
    ours = {each["key"]: str(each["data"]) for each in answer.json() if any(plan in each["key"] for plan in SHARES)}
    for plan, other in ((FIRST, SECOND), (SECOND, FIRST)):
        own = {key: data for key, data in ours.items() if plan in key}
        assert {f"matrix-{plan}-2023-10", f"brief-{plan}-2023-10", f"letters-{plan}", f"calls-{plan}"} <= set(own)
        assert [key for key, data in own.items() if NAMES[other] in data] == []


def test_the_prefectures_numbers_are_the_sum_of_the_counties(root: Path) -> None:
    from flows.admin.status import read_status
    from flows.prefecture import prefecture

    done = prefecture("2023-10", now="2023-11-08T10:00")
    assert {line.plan: line.name for line in done.lines} == NAMES
    for line in done.lines:
        counted = [
            each
            for each in read_status("2023-10", line.plan, "2023-11-08T10:00").standings
            if each.duty.kind == "progress"
        ]
        assert line.tally.expected == len(counted)
        assert line.tally.on_time == sum(each.name in ("按时", "零报告") for each in counted) == 1
    book = openpyxl.load_workbook(root / "briefs/各县/2023-10/各县情况.xlsx")
    for sheet in book:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
        whole = next(row for row in rows if "合计" in row)
        counties = [row for row in rows if set(row) & set(NAMES.values())]
        titles = [cell.value for cell in sheet[3]]
        for title, total, *parts in zip(titles, whole, *counties, strict=True):
            if title not in ("名次", "县（市）", "按时率"):
                assert total == sum(parts), title
    assert done.unreadable == ()


def test_a_county_that_cannot_be_read_stops_no_other_and_is_named(root: Path) -> None:
    from flows.intake import intake
    from flows.prefecture import prefecture

    file = root / "config/counties/yangban/county.toml"
    shutil.copy(file, file.with_suffix(".kept"))
    try:
        file.write_text("name = 县\n", "utf-8")
        assert intake(plan=FIRST, now="2023-11-08T10:10").troubles == ()
        done = prefecture("2023-10", now="2023-11-08T10:10")
    finally:
        os.replace(file.with_suffix(".kept"), file)
    assert [line.plan for line in done.lines] == [FIRST]
    [unreadable] = done.unreadable
    assert unreadable.plan == SECOND
    assert "未能汇总" in (root / "briefs/各县/2023-10/各县情况.html").read_text("utf-8")
