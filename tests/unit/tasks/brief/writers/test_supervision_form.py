"""The 督办单 as a Word file: every text of the form, and blank rows for the unit's answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from docx import Document

from tasks.brief.writers.supervision_form import write_forms
from tasks.model.letter import Supervision

FORM = Supervision(
    keys=(("demo-2023", "县某局", "progress", "2023-10"),),
    unit="县某局",
    no="督办〔2023〕3号",
    heading="某县促消费联席会议督办单",
    reason=("根据《某方案》（某政办发〔2023〕1号），你单位下列事项逾期较久，仍未办结：",),
    matters=("2023年10月月度报送：应于2023年10月20日报送，未报，已逾期5个工作日。", "联系人名单：待更正。"),
    missing=("措施3：本期累计小于上期累计\x0b（月度报送：H7）。请核对后改正",),
    demand=("请立即将填好的报表放入共享文件夹。", "受理通过后予以销号。"),
    signature="某县促消费联席会议办公室",
    contact="联系电话：0990-0000000",
    day="2023年10月27日",
)


def test_the_form_has_a_number_every_word_and_room_for_the_answer_and_the_closing(tmp_path: Path) -> None:
    [written] = write_forms([FORM], tmp_path / "supervision", tmp_path)
    assert written.path == "supervision/督办单_县某局.docx"
    document = Document(str(tmp_path / written.path))
    above = [paragraph.text for paragraph in document.paragraphs]
    assert above[:2] == [FORM.heading, "编号：督办〔2023〕3号\t2023年10月27日"]
    [table] = document.tables
    rows = {row.cells[0].text.split("\n")[0]: row.cells[1].text for row in table.rows}
    assert list(rows) == [
        "承办单位", "督办事由", "督办事项", "待解决问题", "办理要求", "督办单位", "办理情况", "销号意见",
    ]  # fmt: skip
    assert rows["督办事项"].split("\n") == [f"1. {FORM.matters[0]}", f"2. {FORM.matters[1]}"]
    assert rows["办理要求"].split("\n") == list(FORM.demand)
    assert "本期累计小于上期累计" in rows["待解决问题"]
    assert rows["督办单位"].startswith(FORM.signature)
    assert rows["办理情况"].startswith("分管领导（签字）")


def test_a_unit_that_sent_nothing_has_no_list_of_faults_and_the_same_words_give_the_same_bytes(tmp_path: Path) -> None:
    plain = replace(FORM, missing=(), matters=FORM.matters[:1])
    first, second = (write_forms([plain], tmp_path / folder, tmp_path)[0] for folder in ("a", "b"))
    assert first.sha256 == second.sha256
    labels = [row.cells[0].text for row in Document(str(tmp_path / first.path)).tables[0].rows]
    assert "待解决问题" not in labels
    assert Document(str(tmp_path / first.path)).tables[0].rows[2].cells[1].text == FORM.matters[0]
