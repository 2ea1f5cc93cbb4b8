"""Tables as offices draw them, and files that only look like a register."""

from __future__ import annotations

import docx
import pytest

from config.document_vocabulary import load_vocabulary
from tasks.errors import InputError
from tasks.register.draft import Draft
from tasks.register.parse_document import parse_document
from tests.unit.tasks.register import documents

Held = list[tuple[str, str, str]]


def read(content: bytes) -> Draft:
    return parse_document(content, "来件", load_vocabulary(), None)


def held(draft: Draft) -> Held:
    return [(each.no, " ".join(each.lead), " ".join(each.responsible)) for each in draft.measures]


def test_a_column_for_both_roles_is_read_by_what_its_cells_say() -> None:
    rows = [
        ["序号", "重点工作", "责任单位及分工", "完成时限"],
        ["1", "建设厂房5万平方米", "牵头单位：县工信局\n配合单位：县住建局、自然资源局", "6月底"],
        ["2", "招引项目10个", "县商务局（牵头）、县工信局、发改局", "12月底"],
        ["3", "培育企业8家", "县工信局牵头，县统计局、县发改局配合", "12月底"],
    ]
    assert held(read(documents.word(["责任清单"], [rows]))) == [
        ("1", "县工信局", "县住建局 县自然资源局"),
        ("2", "县商务局", "县工信局 县发改局"),
        ("3", "县工信局", "县统计局 县发改局"),
    ]


def test_a_lead_merged_down_the_rows_leads_each_of_them() -> None:
    document = docx.Document()
    table = document.add_table(rows=4, cols=4)
    for cell, title in zip(table.rows[0].cells, ("序号", "任务", "牵头单位", "配合单位"), strict=True):
        cell.text = title
    for at, (text, others) in enumerate(
        (("修水库", "县财政局"), ("清河道", "各乡镇人民政府"), ("修公路", "县公安局")), 1
    ):
        table.cell(at, 0).text, table.cell(at, 1).text, table.cell(at, 3).text = str(at), text, others
    table.cell(1, 2).merge(table.cell(2, 2)).text = "县水利局"
    table.cell(3, 2).text = "县交通局"
    assert held(read(documents.saved(document))) == [
        ("1", "县水利局", "县财政局"),
        ("2", "县水利局", "各乡镇人民政府"),
        ("3", "县交通局", "县公安局"),
    ]


def test_numbers_that_stand_only_in_words_styles_are_put_back() -> None:
    draft = read(documents.word_numbered_by_styles())
    assert [(each.no, each.section, each.text) for each in draft.measures] == [
        ("1", "一", "修路。"),
        ("2", "一", "架桥。"),
        ("1", "二", "办学。"),
    ]


TITLES = {40: "序号", 90: "主要任务", 280: "牵头单位", 380: "配合单位"}


@pytest.mark.parametrize("number_line", [0, 1], ids=["numbers on the first line", "numbers half way down"])
def test_a_pdf_table_without_rules_is_found_by_its_gutters_over_the_pages(number_line: int) -> None:
    def row(no: int, task: tuple[str, str, str], lead: str, others: tuple[str, str]) -> list[dict[int, str]]:
        lines = [{90: task[0], 380: others[0]}, {90: task[1], 380: others[1]}, {90: task[2]}]
        lines[number_line] = {40: str(no), 280: lead} | lines[number_line]
        return lines

    rows = [
        row(
            1,
            ("编制全县学校布局规划，并", "报县政府审定，统筹考虑人", "口变化。"),
            "县教育局",
            ("县自然资源局、", "发改局"),
        ),
        row(
            2,
            ("新建公办学校4所，新增学", "位3600个，全面消除大班", "额。"),
            "县住建局",
            ("县财政局、各", "乡镇人民政府"),
        ),
        row(3, ("建设乡村教师周转宿舍200", "套，改善乡村教师的生活条", "件。"), "县财政局", ("县人社局、教", "育局")),
        row(
            4,
            ("开展校园食品安全专项整治", "工作，严查违规经营行为见", "底清零。"),
            "县公安局",
            ("县司法局、团", "县委"),
        ),
    ]
    first = [
        "清岗县教育任务分解表",
        "为推进教育工作，现将任务分解如下，请认真抓好落实。",
        TITLES,
        *rows[0],
        *rows[1],
        "— 1 —",
    ]
    content = documents.pdf([first, [*rows[2], *rows[3], "联系人：某某，电话：某某，请各单位按时报送进展情况。"]])
    draft = read(content)
    assert held(draft) == [
        ("1", "县教育局", "县自然资源局 县发改局"),
        ("2", "县住建局", "县财政局 各乡镇人民政府"),
        ("3", "县财政局", "县人社局 县教育局"),
        ("4", "县公安局", "县司法局 团县委"),
    ]
    assert draft.measures[1].text == "新建公办学校4所，新增学位3600个，全面消除大班额。"


NO_REGISTER = {
    "a tender notice on one line": "某市交易中心招标公告。一、项目名称：智慧城管平台。二、采购单位：市城管局，责任单位：市城管局。"
    "三、预算金额：320万元。四、联系人：王某，电话：某某。",
    "a result of a tender": "中标结果公示\n项目名称：校舍维修项目。项目编号：01。中标金额：120万元。监督单位：县财政局。"
    "实施单位：县教育局。责任单位：县教育局。",
    "a speech": "在全县会议上的讲话\n一、抓项目\n（一）各部门要主动担当，发改、财政等部门要密切配合，县领导牵头负责重点项目。\n"
    "（二）县工信局、县商务局要主动服务企业。\n二、加强领导\n各级党委要切实负起责任，主要负责同志要亲自抓。",
    "minutes": "县政府常务会议纪要\n一、会议听取了县教育局的汇报，同意县教育局的意见。\n二、会议研究了供水问题，认为县住建局做了大量工作。",
    "a regulation": "养老服务条例\n第一条 为了规范养老服务，制定本条例。\n第二条 县级以上人民政府民政部门负责本行政区域内的养老服务工作。"
    "发展改革、教育等部门按照各自职责做好相关工作。\n第三条 养老机构由民政部门负责备案。",
    "news": "本报讯（记者 李某）3月12日，县林业局、县住建局、团县委等单位200余人参加植树。今年计划造林3.2万亩，由县林业局牵头组织。"
    "县林业局局长表示，将确保成活率达到90%以上。（责任编辑：王某）",
    "a list of names": "优秀公务员名单\n县教育局：张三、李四\n县财政局：王五\n县住建局：赵六",
    "an emergency plan's duties": "应急预案\n2.2 成员单位职责\n县应急局：负责综合协调。\n县公安局：负责治安维护。",
    "a table of contacts": "单位\t姓名\t职务\t电话\n县教育局\t张三\t副局长\t123\n县财政局\t李四\t科长\t456",
    "minutes with a by-clause": "会议纪要\n一、会议学习了文件。\n二、由县发改局根据意见修改后印发。\n"
    "三、各部门要加强协作。\n列席：县发改局、县财政局",
    "a regulation of the police": "管理条例\n第一条 为加强管理，制定本条例。\n第二条 公安机关负责登记工作。\n"
    "第三条 街道办事处应当协助有关部门。",
    "a tender notice": "招标公告\n一、项目名称：道路改造工程\n二、建设单位：县城投公司\n三、监督单位：县住建局\n四、实施单位：县市政中心",
    "tasks of an office": "部门职责\n（一）牵头组织改善环境；配合做好防灾工作。\n（二）内设办公室、计财股。\n"
    "单位\t支出\t合计\n机关\t5\t7\n站\t3\t4",
    "a report": "政府工作报告\n一、去年回顾\n（一）生产总值增长6%。\n二、今年安排\n1.实施项目100个。\n2.引进项目20个。",
}


@pytest.mark.parametrize("kind", NO_REGISTER)
def test_a_text_that_assigns_no_task_is_no_register(kind: str) -> None:
    with pytest.raises(InputError, match=r"没有找到责任分工。找过：.*实际读到"):
        read(NO_REGISTER[kind].encode())
