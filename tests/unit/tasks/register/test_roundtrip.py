"""Random registers, printed in every form, come back as they were."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.document_vocabulary import load_vocabulary
from tasks.register.parse_document import parse_document

VOCABULARY = load_vocabulary()
BODIES = [
    "财政局",
    "发展改革委",
    "住房和城乡建设局",
    "文化和旅游局",
    "市场监督管理局",
    "公安局",
    "商务局",
    "乡村振兴局",
    "城市管理局",
    "人力资源和社会保障局",
    "金融办",
    "供销社",
    "机关事务管理中心",
    "交通委（市道运局）",
    "总工会",
    "行政审批局",
]
GROUPS = ["各乡镇人民政府", "各区、县级市", "各有关单位", "各级党政机关", "国务院相关部门", "各县（市、区）人民政府"]
DEEDS = [
    "支持举办汽车展销活动，鼓励企业让利销售",
    "统一、规范管理标准，完善服务体系",
    "对A、B两类项目分类施策（含续建项目）",
    "推进“放管服”改革，优化第一、第二批事项",
    "落实《某某条例》，做到应减尽减",
]
LEVELS = ["县", "市", "区", "省", "州"]


@dataclass(frozen=True)
class Made:
    """One measure as drawn: its words, who leads, who else."""

    text: str
    lead: tuple[str, ...]
    others: tuple[str, ...]


@st.composite
def registers(draw: st.DrawFn) -> tuple[str, list[list[Made]]]:
    """A level and sections of measures; no unit twice in a measure."""
    level = draw(st.sampled_from(LEVELS))
    sections = []
    for _ in range(draw(st.integers(1, 4))):
        measures = []
        for _ in range(draw(st.integers(1, 4))):
            names = draw(st.lists(st.sampled_from(BODIES), min_size=2, max_size=6, unique=True))
            leads = draw(st.integers(1, min(2, len(names) - 1)))
            group = draw(st.lists(st.sampled_from(GROUPS), max_size=1))
            text = "，".join(draw(st.lists(st.sampled_from(DEEDS), min_size=1, max_size=3, unique=True))) + "。"
            full = [level + name for name in names]
            measures.append(Made(text, tuple(full[:leads]), (*full[leads:], *group)))
        sections.append(measures)
    return level, sections


def listed(units: tuple[str, ...], level: str, short: bool) -> str:
    """A list as offices print it: the level once, groups behind a comma."""
    own = [unit for unit in units if unit.startswith(level)]
    groups = [unit for unit in units if not unit.startswith(level)]
    names = [own[0], *(unit[len(level) :] if short else unit for unit in own[1:])] if own else []
    return "，".join(part for part in ("、".join(names), "，".join(groups)) if part)


FORMS = {
    "lines": "\n牵头单位：{lead}\n责任单位：{others}",
    "lines of departments": "\n牵头部门:{lead}\n配合部门:{others}",
    "round": "（牵头单位：{lead}；责任单位：{others}）",
    "square": "[牵头单位:{lead};配合单位:{others}]",
    "verbs": "（{lead}牵头，{others}按职责分工负责）",
    "help": "（{lead}牵头负责；{others}配合）",
    "with": "（由{lead}会同{others}）",
    "sentence": "\n由{lead}牵头，{others}配合。",
}
NUMBERS = {
    "1.": lambda section, run, own: f"{run}.",
    "1、 restarting": lambda section, run, own: f"{own}、",
    "（一）": lambda section, run, own: f"（{han(run)}）",
}


def han(number: int) -> str:
    """A small number in Chinese."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else f"{digits[tens]}十") + (digits[ones] if ones or not tens else "")


def printed(level: str, sections: list[list[Made]], form: str, number: str, short: bool) -> str:
    """The register as a document with its notice, principles and closing."""
    lines = ["某地工作方案", "一、总体要求", "坚持统一、规范。各牵头单位要高度重视，各责任单位要积极配合。"]
    run = 0
    for index, measures in enumerate(sections, start=2):
        lines.append(f"{han(index)}、第{han(index)}类任务")
        for own, made in enumerate(measures, start=1):
            run += 1
            clause = FORMS[form].format(lead=listed(made.lead, level, short), others=listed(made.others, level, short))
            lines.append(f"{NUMBERS[number](index, run, own)}{made.text}{clause}")
    lines += [
        f"{han(len(sections) + 2)}、保障措施",
        "（一）加强领导。各单位要落实责任。",
        "抄送：有关单位。",
        "联系人：某某",
    ]
    return "\n".join(lines)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(registers(), st.sampled_from(sorted(FORMS)), st.sampled_from(sorted(NUMBERS)), st.booleans(), st.booleans())
def test_a_register_printed_in_any_form_comes_back(
    register: tuple[str, list[list[Made]]], form: str, number: str, short: bool, oneline: bool
) -> None:
    level, sections = register
    text = printed(level, sections, form, number, short)
    if oneline:
        text = text.replace("\n", "")
    draft = parse_document(text.encode(), "方案.txt", VOCABULARY, None)
    wanted = [(made.lead, made.others) for measures in sections for made in measures]
    assert [(each.lead, each.responsible) for each in draft.measures] == wanted
    assert [each.text for each in draft.measures] == [made.text for measures in sections for made in measures]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(registers(), st.booleans())
def test_a_register_printed_as_a_table_comes_back(register: tuple[str, list[list[Made]]], short: bool) -> None:
    level, sections = register
    rows = ["序号\t工作任务\t牵头单位\t责任单位\t完成时限"]
    measures = [made for section in sections for made in section]
    for index, made in enumerate(measures, start=1):
        lead, others = listed(made.lead, level, short), listed(made.others, level, short)
        rows.append(f"{index}\t{made.text}\t{lead}\t{others}\t2024年底")
    draft = parse_document("\n".join(["某地任务表", *rows]).encode(), "表.txt", VOCABULARY, None)
    assert [(each.no, each.text, each.lead, each.responsible) for each in draft.measures] == [
        (str(index), made.text, made.lead, made.others) for index, made in enumerate(measures, start=1)
    ]
    assert {each.deadlines for each in draft.measures} == {("2024-12-31",)}


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="（）【】一二、。，：1.县局牵头单位责任负责等和各\n 会同《》“”", max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    from tasks.errors import InputError

    try:
        draft = parse_document(text.encode(), "文件.txt", VOCABULARY, None)
    except InputError as refused:
        assert str(refused)
    else:
        assert draft.measures
        draft.to_plan("p", "c")
