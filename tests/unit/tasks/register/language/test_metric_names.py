"""What a figure is called: the noun phrase an official would put in a table. All of it is made up."""

from __future__ import annotations

import pytest

from config.document_vocabulary import load_vocabulary
from tasks.register.language.grammar import Grammar
from tasks.register.language.text_dates import TextDateReader
from tasks.register.targets import TargetReader

GRAMMAR = Grammar(load_vocabulary())
TARGETS = TargetReader(GRAMMAR, TextDateReader(GRAMMAR, None))


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("对8家外贸企业进行走访。", ["走访外贸企业"]),
        ("为不少于300人次的残疾老人提供助浴服务。", ["为残疾老人提供助浴服务"]),
        ("机关、学校及医院停车场，按不低于20%的车位比例建设充电桩。", ["机关…医院停车场充电桩车位比例"]),
        ("加快冷库建设。到2025年实现重点乡镇全覆盖。", ["重点乡镇冷库覆盖率"]),
        ("全市符合条件的药店全部接入平台。", ["符合条件的药店接入平台比例"]),
        ("全县社保卡激活达90%。", ["社保卡激活率"]),
        ("绿色建筑达到60%以上。", ["绿色建筑比例"]),
        ("努力实现地区生产总值增长6%左右。", ["地区生产总值增长率"]),
        ("森林覆盖率提高0.5个百分点，审批时限压缩50%。", ["森林覆盖率提高幅度", "审批时限压缩幅度"]),
        ("推出赏花、采摘、垂钓等乡村休闲线路3条。", ["乡村休闲线路"]),
        ("组织银企对接等12场面向小微企业的融资专场活动。", ["融资专场活动"]),
        ("建设“两站一室”（即：文化站，阅览室）全年免费开放惠及群众不少于2万人次。", ["“两站一室”免费开放惠及群众"]),
        ("设立担保基金。规模不低于2亿元。", ["担保基金规模"]),
        ("建设实训基地。到2025年建成4个。", ["建成实训基地"]),
        ("将药店数量增加至2—3家。", ["药店数量"]),
    ],
)
def test_a_figure_is_named_as_in_a_table(text: str, metrics: list[str]) -> None:
    assert [each.metric for each in TARGETS.read(text)] == metrics


def test_a_column_of_aims_does_not_count_a_figure_twice() -> None:
    found = TARGETS.read("新增规上企业8家\n全年新增8家以上")
    assert [(each.metric, each.value) for each in found] == [("规上企业", 8)]


def test_the_words_of_a_figure_end_before_the_next_item() -> None:
    found = TARGETS.read("新建公园3座、广场5个。")
    assert [each.words for each in found] == ["新建公园3座", "广场5个"]
