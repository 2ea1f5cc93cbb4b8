"""Short names of measures, and counts with percentages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.brief.words.brief_wording import short_title, units_counted


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4))
def test_parts_named_with_percentages_sum_to_the_whole(counts: list[int]) -> None:
    words = units_counted(list(zip(("绿灯", "黄灯", "红灯", "未评定"), counts, strict=True)), "项")
    assert sum(map(int, re.findall(r"(\d+)项", words))) == sum(counts)
    assert sum(map(int, re.findall(r"(\d+)%", words))) == (100 if sum(counts) else 0)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("举办饮食主题活动。结合烧烤季活动打造品牌。", "举办饮食主题活动"),
        ("2023年1月1日至2027年12月31日，对小型企业减按标准征收。", "对小型企业减按标准征收"),
        ("到2025年，建成示范区。", "建成示范区"),
        ("推进停车设施建设，" + "对符合条件的项目予以支持" * 4 + "。", "推进停车设施建设"),
        ("甲" * 45, "甲" * 45),
        ("甲" * 46, "甲" * 43 + "……"),
        ("乙" * 40 + "20231231日", "乙" * 40 + "……"),
        # A clause that only leads up to the next takes it along, or is left out with it.
        (
            "对小微企业的部分，减按标准计入应纳税所得额，免征税款，按期申报办理。",
            "对小微企业的部分，减按标准计入应纳税所得额，免征税款",
        ),
        (
            "享受缓缴政策的企业，缓缴政策到期后，" + "允许企业补缴到位" * 2 + "。",
            "享受缓缴政策的企业，缓缴政策到期后，" + "允许企业补缴到位" * 2,
        ),
        (
            "以家电为重点，举办" + "绿色建材下乡、" * 6 + "以旧换新。",
            "以家电为重点，举办" + "、".join(["绿色建材下乡"] * 5) + "等",
        ),
        # Brackets are not torn open; half-width marks of the document are printed full-width.
        ("复合利用建设土地，发展休闲农业、乡村旅游、农（牧）家乐等产业和其他多种多样的经营。", "复合利用建设土地"),
        ("促进商超(家电、建材)消费,组织活动。", "促进商超（家电、建材）消费，组织活动"),
    ],
)
def test_a_measure_is_named_by_its_opening_words(text: str, title: str) -> None:
    assert short_title(text) == title
