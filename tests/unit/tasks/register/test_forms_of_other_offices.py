"""Forms that provinces, ministries, banners, streets and divisions print. All of it is made up."""

from __future__ import annotations

import pytest

from config.vocabulary import load_vocabulary
from tasks.errors import InputError
from tasks.register.draft import Draft
from tasks.register.parse_document import parse_document

Expected = dict[str, tuple[str, str]]


def read(text: str) -> Draft:
    return parse_document(text.encode(), "文件.txt", load_vocabulary(), None)


def found(text: str) -> Expected:
    return {each.no: (" ".join(each.lead), " ".join(each.responsible)) for each in read(text).measures}


LISTS: dict[str, tuple[str, Expected]] = {
    "a firm with its own name takes no level, a trade does": (
        "1.保供电。（市城管局牵头，市水利局、供电公司、晨光水务集团、城投集团配合）\n2.保供气。（市住建局负责）",
        {"1": ("市城管局", "市水利局 市供电公司 晨光水务集团 市城投集团"), "2": ("", "市住建局")},
    ),
    "streets and districts bring their own place": (
        "1.整治市容。（责任部门：区城管局、住建局、柳园街道办、桥头镇人民政府）\n2.植树。（责任部门：市园林局、东湖区）",
        {"1": ("", "区城管局 区住建局 柳园街道办 桥头镇人民政府"), "2": ("", "市园林局 东湖区")},
    ),
    "the document's own place is no place for a level": (
        "青川省人民政府办公厅关于加快发展的若干措施\n1.融资。（省财政厅、发展改革委、青川证监局、青川股权交易中心负责）\n2.减税。（省税务局负责）",
        {"1": ("", "省财政厅 省发展改革委 青川证监局 青川股权交易中心"), "2": ("", "省税务局")},
    ),
    "等 with the words that sum the list up": (
        "1.办事。（县人社局、公安局、燃气公司等窗口单位负责）\n2.联通。（省水利厅等省有关部门和各地级以上市人民政府负责）",
        {"1": ("", "县人社局 县公安局 县燃气公司"), "2": ("", "省水利厅 各地级以上市人民政府")},
    ),
    "groups of several levels stay whole": (
        "1.普查。（责任单位：省统计局，各市〔州〕、县〔市、区、特区〕人民政府）\n"
        "2.巡查。（责任单位：县应急局，各县（区）委、县（区）政府，各乡镇、街道办事处）\n"
        "3.宣传。（责任单位：省文旅厅，各市州、直管市、松岭林区人民政府）",
        {
            "1": ("", "省统计局 各市〔州〕、县〔市、区、特区〕人民政府"),
            "2": ("", "县应急局 各县（区）委、县（区）政府 各乡镇 各街道办事处"),
            "3": ("", "省文旅厅 各市州、直管市、松岭林区人民政府"),
        },
    ),
    "及 before a group of levels ends the name before it": (
        "1.防震。由民政部、地震局及各省、自治区、直辖市人民政府负责。\n2.防汛。由水利部负责。",
        {"1": ("", "民政部 地震局 各省、自治区、直辖市人民政府"), "2": ("", "水利部")},
    ),
    "party organs of a division and a region": (
        "1.宣讲。（牵头单位：师市党委宣传部；责任单位：师市党委组织部、政法委、文联）\n"
        "2.培训。（责任单位：县委组织部、党校、人社局）",
        {
            "1": ("师市党委宣传部", "师市党委组织部 师市党委政法委 师市文联"),
            "2": ("", "县委组织部 县委党校 县人社局"),
        },
    ),
    "a name that begins like another word": (
        "1.低保。（市财政局、市民政局、市民族宗教局负责）\n2.水运。（镇远港市交通局、商务局负责）",
        {"1": ("", "市财政局 市民政局 市民族宗教局"), "2": ("", "镇远港市交通局 镇远港市商务局")},
    ),
    "a comma ends the level": (
        "1.甲。（旗商务局牵头，旗供销社，邮政公司、旗供电公司负责）\n2.乙。（旗水利局负责）\n3.丙。（旗林草局负责）\n"
        "4.丁。（旗民政局负责）\n5.戊。（旗司法局负责）",
        {
            "1": ("旗商务局", "旗供销社 邮政公司 旗供电公司"),
            "2": ("", "旗水利局"),
            "3": ("", "旗林草局"),
            "4": ("", "旗民政局"),
            "5": ("", "旗司法局"),
        },
    ),
    "a prefecture's units": (
        "1.就业。牵头单位：地区人社局；责任单位：地区财政局、税务局，各县市人民政府\n2.创业。责任单位：地区妇联、工会",
        {"1": ("地区人社局", "地区财政局 地区税务局 各县市人民政府"), "2": ("", "地区妇联 地区工会")},
    ),
    "departments by their short names": (
        "1.养老。（财政、住房城乡建设、卫生健康等部门按职责分工负责）\n2.托育。（卫生健康部门牵头，教育、公安等部门配合）",
        {"1": ("", "财政 住房城乡建设 卫生健康"), "2": ("卫生健康部门", "教育 公安")},
    ),
    "towns summed up as municipal governments take no level": (
        "1.岸线。（责任单位：省海洋局、临海、望洋、长滩等市政府）\n2.港口。（责任单位：省交通厅）",
        {"1": ("", "省海洋局 临海 望洋 长滩"), "2": ("", "省交通厅")},
    ),
}

CLAUSES: dict[str, tuple[str, Expected]] = {
    "labels in black brackets without a colon": (
        "1.筹资。【牵头单位】县财政局【配合单位】县审计局、各镇\n2.监管。【责任单位】县审计局",
        {"1": ("县财政局", "县审计局 各镇"), "2": ("", "县审计局")},
    ),
    "labels with a level before them": (
        "1.展销。\n市级牵头单位：市商务局    市级配合单位：市财政局\n"
        "县级责任单位：各县（市、区）人民政府\n2.通关。\n责任单位：市口岸办",
        {"1": ("市商务局", "市财政局 各县（市、区）人民政府"), "2": ("", "市口岸办")},
    ),
    "days and remarks behind those who are named": (
        "1.清欠。（县工信局牵头，县财政局配合；2024年9月底前完成）\n2.核查。（县审计局、县财政局负责，重要情况及时报告县政府）",
        {"1": ("县工信局", "县财政局"), "2": ("", "县审计局 县财政局")},
    ),
    "a mark of the pause behind the verb": (
        "1.巡检。由县应急局牵头、县公安局参与。\n2.演练。由县应急局负责。",
        {"1": ("县应急局", "县公安局"), "2": ("", "县应急局")},
    ),
    "a label in black brackets at the end of a line": (
        "1.筹资。【牵头单位】县财政局【配合单位】\n县审计局，各镇\n2.监管。【责任单位】县审计局",
        {"1": ("县财政局", "县审计局 各镇"), "2": ("", "县审计局")},
    ),
    "bare lines of units where the notice said that the first leads": (
        "任务分工中，排第一位的为牵头单位，其他为配合单位。\n（一）疏浚航道。加快推进。\n省交通厅、水利厅，沿江各市人民政府\n"
        "（二）建设港口。\n省交通厅、省港口集团\n三、要求\n（一）加强领导。\n某省人民政府办公厅\n2024年5月6日",
        {"一": ("省交通厅", "省水利厅 沿江各市人民政府"), "二": ("省交通厅", "省港口集团")},
    ),
    "bureaus of a ministry and offices of every province": (
        "1.标准。（工业部装备司、节能司牵头，规划司配合）\n2.监管。（应急部牵头，各省、自治区、直辖市及生产建设兵团工业主管部门配合）",
        {"1": ("工业部装备司 节能司", "规划司"), "2": ("应急部", "各省、自治区、直辖市及生产建设兵团工业主管部门")},
    ),
    "a bare list in brackets before the full stop, and one that only explains": (
        "1.核查。依法处理违规项目（省住建厅、省水利厅和南河供电公司）。\n"
        "2.会商。定期会商，结果通报有关部门（省公安厅、省司法厅）。责任单位：省住建厅",
        {"1": ("", "省住建厅 省水利厅 南河供电公司"), "2": ("", "省住建厅")},
    ),
    "firms and towns as answering ones": (
        "1.混改。\n责任处室：改革处\n责任企业：市城投集团、市水务集团\n2.扩面。\n牵头处室：产权处\n责任乡镇：各乡镇",
        {"1": ("", "改革处 市城投集团 市水务集团"), "2": ("产权处", "各乡镇")},
    ),
    "persons in brackets behind a unit": (
        "1.修路。\n牵头单位：区交通局（责任人：张某）\n责任单位：区财政局（责任人：李某）、区住建局（责任人：王某）\n2.植树。\n责任单位：区园林局",
        {"1": ("区交通局", "区财政局 区住建局"), "2": ("", "区园林局")},
    ),
    "the first listed said in a bracket behind the list": (
        "1.值守。责任单位：县应急局、县公安局（列第一位的为牵头单位）。\n2.抢修。责任单位：县住建局、县水利局。",
        {"1": ("县应急局", "县公安局"), "2": ("县住建局", "县水利局")},
    ),
    "a label that goes on with 为": (
        "1.供能。责任单位为市发改委（市能源局）、市供电公司。\n2.供水。责任单位为市水利局。",
        {"1": ("", "市发改委（市能源局） 市供电公司"), "2": ("", "市水利局")},
    ),
    "sub-items in one running paragraph": (
        "1.要素改革：（1）土地改革，盘活存量。（市自然资源局负责）（2）人才改革，放宽落户。（市人社局牵头，市公安局配合）（3）技术改革。（市科技局负责）\n"
        "2.监管。（市市场监管局负责）",
        {"1": ("市人社局", "市自然资源局 市公安局 市科技局"), "2": ("", "市市场监管局")},
    ),
    "nothing but sentences that hand something over": (
        "（一）关于“稳定产量”的问题，由农业部会同财政部、粮食局等部门研究提出落实意见。\n"
        "（二）关于“保护耕地”的问题，由国土资源部会同农业部等部门负责落实。\n"
        "（三）关于“推广良种”的问题，由农业部负责落实。",
        {"一": ("农业部", "财政部 粮食局"), "二": ("国土资源部", "农业部"), "三": ("", "农业部")},
    ),
    "one line without breaks, headings right behind the title": (
        "某市促进就业重点任务分工一、扩大岗位（一）开发岗位。责任单位：市人社局、市财政局；完成时限：2024年全年（二）组织招聘。"
        "责任单位：市总工会；完成时限：10月底前二、加强培训（三）办好培训。责任单位：市教育局",
        {"一": ("", "市人社局 市财政局"), "二": ("", "市总工会"), "三": ("", "市教育局")},
    ),
}

TABLES: dict[str, tuple[str, Expected]] = {
    "a heading of one cell between the rows of a text table": (
        "序号\t重点任务\t牵头单位\t责任单位\n一、兴业\n1\t建厂\t县工信局\t县财政局、各镇\n2\t招商\t县商务局\t/\n二、惠民\n3\t建校\t县教育局\t县住建局",
        {"1": ("县工信局", "县财政局 各镇"), "2": ("县商务局", ""), "3": ("县教育局", "县住建局")},
    ),
    "the title of a column says that the first listed leads": (
        "| 序号 | 任务 | 责任单位（排名第一的为牵头单位） |\n| --- | --- | --- |\n"
        "| 1 | 招聘 | 县人社局、县总工会 |\n| 2 | 通勤 | 县交通局 |",
        {"1": ("县人社局", "县总工会"), "2": ("县交通局", "")},
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_units_keep_or_take_their_level(name: str) -> None:
    text, expected = LISTS[name]
    assert found(text) == expected


@pytest.mark.parametrize("name", CLAUSES)
def test_clauses_are_read_in_their_form(name: str) -> None:
    text, expected = CLAUSES[name]
    assert found(text) == expected


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_text_are_read(name: str) -> None:
    text, expected = TABLES[name]
    assert found(text) == expected


def test_a_day_inside_a_clause_is_the_measures_deadline() -> None:
    measure = read("1.清欠。（县工信局牵头，县财政局配合；2024年9月底前完成）\n2.核查。（县审计局负责）").measures[0]
    assert measure.deadlines == ("2024-09-30",)


@pytest.mark.parametrize(
    "text",
    [
        "会议纪要\n一、会议学习了文件。\n二、由县发改局根据意见修改后印发。\n三、各部门要加强协作。\n列席：县发改局、县财政局",
        "管理条例\n第一条 为加强管理，制定本条例。\n第二条 公安机关负责登记工作。\n第三条 街道办事处应当协助有关部门。",
        "招标公告\n一、项目名称：道路改造工程\n二、建设单位：县城投公司\n三、监督单位：县住建局\n四、实施单位：县市政中心",
        "部门职责\n（一）牵头组织改善环境；配合做好防灾工作。\n（二）内设办公室、计财股。\n单位\t支出\t合计\n机关\t5\t7\n站\t3\t4",
    ],
)
def test_a_text_that_hands_nothing_out_holds_no_register(text: str) -> None:
    with pytest.raises(InputError, match="没有找到责任分工"):
        read(text)
