"""Personal numbers: what is found, how it is masked, and which figures are not taken for one."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.personal_numbers import find_personal_numbers, leave_out_personal_numbers, mask_personal_numbers

MASKED = {
    # Mobile telephones, however they are grouped.
    "联系张某13812345678。": "联系张某138****5678。",
    "电话138 1234 5678": "电话138****5678",
    "138-1234-5678": "138****5678",
    "电话１３８００１３８０００": "电话138****8000",
    "+86 138—0013—8000": "+86 138****8000",
    "+8613800138000": "+86138****8000",
    "008613800138000": "0086138****8000",
    "8613800138000": "86138****8000",
    "13800 138000或138 001 38000": "138****8000或138****8000",
    "138\u200b0013\u200b8000": "138****8000",
    "（19912345678）": "（199****5678）",
    "**13812345678**": "**138****5678**",
    "手机١٣٨١٢٣٤٥٦٧٨": "手机138****5678",
    # Identity cards: with a check digit, mistyped, old, spaced, in full width; residence permits of 港澳台.
    "身份证11010519491231002X。": "身份证110105********002X。",
    "身份证652801199001011234号": "身份证652801********1234号",
    "身份证65280119900101123X。": "身份证652801********123X。",
    "652801 19900101 123x": "652801********123X",
    "652801-1990-0101-1234": "652801********1234",
    "６５２８０１１９９００１０１１２３Ｘ": "652801********123X",
    "652801 900101 123": "652801********123",
    "旧证652801900101123": "旧证652801********123",
    "居住证810000199408230021": "居住证810000********0021",
    "居住证830000199201300022": "居住证830000********0022",
    # Bank cards and accounts.
    "卡号6222021234567890123已发": "卡号6222********123已发",
    "卡号6222 0212 3456 7890": "卡号6222********7890",
    "转入6222-0212-3456-7890": "转入6222********7890",
    "６２２２ ０２１２ ３４５６ ７８９０": "6222********7890",
    "6222020200112233445": "6222********445",
    "4111 1111 1111 1111": "4111********1111",
    "378282246310005": "3782********005",
    "账号：3000 1234 5678 9": "账号：3000********9",
    "开户账户65050161543600000123": "开户账户6505********0123",
    # Passports and permits.
    "护照E12345678": "护照E1****78",
    "持G12345678入境": "持G1****78入境",
    "护照EA1234567": "护照EA****67",
    "护照号码：ｅ１２３４５６７８": "护照号码：E1****78",
    "外交护照DE1234567": "外交护照DE****67",
    "护照K1234567": "护照K1****67",
    "H12345678": "H1****78",
    "回乡证H1234567890": "回乡证H1****90",
    "M87654321往来": "M8****21往来",
    "台胞证12345678": "台胞证12****78",
    "台湾居民来往大陆通行证号码：1234567890": "台湾居民来往大陆通行证号码：12****90",
    "往来港澳通行证C12345678": "往来港澳通行证C1****78",
    # Landline telephones.
    "固定电话0996-6021234": "固定电话0996-****34",
    "0991-1234567": "0991-****67",
    "0991-2834567": "0991-****67",
    "(0996) 6022222": "0996-****22",
    "（0996）6022222": "0996-****22",
    "0996 602 1234": "0996-****34",
    "09966021234": "0996-****34",
    "010-62345678": "010-****78",
    "+86 0996 6021234": "+86 0996-****34",
    "０９９６－６０２１２３４": "0996-****34",
    "办公电话6021234": "办公电话****34",
    "电话：60212345": "电话：****45",
    "0996-6021234、13812345678": "0996-****34、138****5678",
}

LEFT_ALONE = (
    "",
    "本期走访企业13家，解决问题9个。",
    "带动消费13800万元，2023年10月31日",
    "累计1234567890元",
    "累计12345678901元",
    "支出13800138000.50元",
    "完成投资1234567890123元",
    "完成产值4111111111111111元",
    "发电6222021234567890千瓦时",
    "销售额604,123,456.78元",
    "占比0.13812345678",
    "对2021 2022 2023 2024年度",
    "分别为1200 1300 1400 1500万元",
    "各季度4111 1112 1113 1114万元",
    "焉政办发〔2023〕22号",
    "巴政办函〔2023〕1234567号",
    "项目代码2310-652826-04-01-123456",
    "2023-10-27",
    "2023年10月1日至2023年12月31日",
    "20231027",
    "20231027153000",
    "2023-10-27 15:30:00",
    "2023102720231231",
    "编号20230001",
    "型号G20231027",
    "G30连霍高速",
    "G0711乌若高速",
    "批次E2023",
    "措施22、23、24、25、26、27、28",
    "文号0996号",
    "12345热线",
    "400-800",
    "第1234567号",
    "邮编841100",
    "坐标86.574067,42.062398",
    "统一社会信用代码91652826MA7756L1X3",
    "IP 192.168.100.101",
    "车牌新M12345",
    "5000 6000 7000",
    "1 2 3 4 5 6 7 8 9 10 11 12",
)


@pytest.mark.parametrize(("text", "masked"), MASKED.items())
def test_a_personal_number_is_masked_in_the_middle(text: str, masked: str) -> None:
    assert mask_personal_numbers(text) == masked


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_amounts_dates_documents_and_counts_are_left_alone(text: str) -> None:
    assert mask_personal_numbers(text) == text
    assert find_personal_numbers(text) == ()


def test_each_number_has_its_kind_and_its_place() -> None:
    text = "张某，手机+86 13812345678，身份证11010519491231002X，电话0996-6021234"
    found = find_personal_numbers(text)
    assert [(each.kind, text[each.start : each.end]) for each in found] == [
        ("手机", "+86 13812345678"),
        ("身份证", "11010519491231002X"),
        ("固定电话", "0996-6021234"),
    ]
    assert leave_out_personal_numbers(text, "（略）") == "张某，手机（略），身份证（略），电话（略）"


_TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="0123456789 -年，万元", max_size=60),
    st.lists(
        st.one_of(
            st.from_regex(
                r"1[3-9][0-9]{9}|[1-6][0-9]{14,18}[0-9X]?|0996-?[2-8][0-9]{6}|[EGHM][0-9]{8}", fullmatch=True
            ),
            st.sampled_from([" ", "-", "、", "电话", "卡号", "（", "）", "元", "\u200b", "，"]),
        ),
        max_size=8,
    ).map("".join),
)


@given(_TEXTS)
def test_nothing_found_survives_masking_and_masking_twice_is_masking_once(text: str) -> None:
    masked = mask_personal_numbers(text)
    assert find_personal_numbers(masked) == ()
    assert mask_personal_numbers(masked) == masked
    assert len(masked) <= 2 * len(text)
    found = find_personal_numbers(text)
    assert all(each.start < each.end for each in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


@given(st.text(alphabet="0123456789 -年，万元", max_size=60))
def test_no_mobile_number_survives_the_mask(text: str) -> None:
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", mask_personal_numbers(text))


@given(st.text().filter(lambda text: not re.search(r"\d", text)))
def test_a_text_without_digits_is_unchanged(text: str) -> None:
    assert mask_personal_numbers(text) == text
