"""The units of a county: every name the plan uses, groups and members, and registers that must be refused."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from config.config_errors import ConfigError
from config.county import UnknownUnit
from config.county_file import load_county

COUNTY = load_county("yanqi")
CONFIG = Path(load_county.__code__.co_filename).parent
HEADER = "code,name,kind,aliases,group,valid_from,valid_to,status,note"
GOOD = ("1,县商工局,unit,商工局,,,,已确认,", "2,县财政局,unit,财政局,,,,已确认,")

NAMED = """
县税务局 县人社局 中国人民银行焉耆县支行 县商工局 县机关事务管理中心 县住建局 县金融办
县发改委 县住房公积金管理中心
县委组织部 县总工会 县文旅局 县医保局 县民政局 县农业农村局
县市场监督管理局 县财政局 县交通运输局 县自然资源局 县公安局 县卫健委 县统计局
县供电公司 县供销社 县工信局 县教育局 焉耆工业园区管委会
"""


@pytest.mark.parametrize("name", NAMED.split())
def test_every_unit_the_plan_names_is_known_and_confirmed(name: str) -> None:
    unit = COUNTY.unit(name)
    assert (unit.name, unit.kind, unit.confirmed) == (name, "unit", True)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("人行", "中国人民银行焉耆县支行"),
        ("人民银行焉耆支行", "中国人民银行焉耆县支行"),
        ("公积金管理中心", "县住房公积金管理中心"),
        ("工会", "县总工会"),
        ("市场监管局", "县市场监督管理局"),
        ("市监局", "县市场监督管理局"),
        ("供电公司", "县供电公司"),
        ("农牧场管委会", "各农牧场管委会"),
        ("焉耆县商工局", "县商工局"),
        ("焉耆回族自治县 住房和城乡建设局", "县住建局"),
        ("焉耆县委组织部", "县委组织部"),
        ("县财政局\u3000", "县财政局"),
    ],
)
def test_names_as_offices_write_them(written: str, name: str) -> None:
    assert COUNTY.unit(written).name == name


@pytest.mark.parametrize("written", ["商务局", "县财政", "县商工信局", "", "和静县财政局"])
def test_a_name_that_is_not_in_the_table_is_never_guessed(written: str) -> None:
    assert COUNTY.resolve(written) is None
    with pytest.raises(UnknownUnit, match="单位名册里没有"):
        COUNTY.unit(written)


@pytest.mark.parametrize(("one", "other"), [("商工局", "工信局"), ("财政局", "税务局"), ("县商工局", "县工信局")])
def test_units_that_sound_alike_stay_apart(one: str, other: str) -> None:
    assert COUNTY.unit(one) != COUNTY.unit(other)


@pytest.mark.parametrize(
    ("group", "count", "confirmed"),
    [("各乡镇人民政府", 8, False), ("各农牧场管委会", 2, False), ("各驻焉银行", 6, False), ("县直各单位", 22, True)],
)
def test_groups_expand_to_members_with_their_confirmation(group: str, count: int, confirmed: bool) -> None:
    members = COUNTY.members(group)
    assert COUNTY.unit(group).kind == "group"
    assert len(members) == count
    assert {member.confirmed for member in members} == {confirmed}
    assert all(member.kind == "unit" for member in members)


def test_a_unit_stands_for_itself() -> None:
    assert [member.name for member in COUNTY.members("财政局")] == ["县财政局"]


def test_the_shipped_mail_addresses_are_invalid() -> None:
    for address in (COUNTY.mail_sender, COUNTY.coordinator_mail, COUNTY.convener_mail):
        assert address is not None and address.endswith(".invalid")


def written(
    tmp_path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8-sig", toml: str | None = None
) -> Path:
    folder = tmp_path / "counties" / "yanqi"
    folder.mkdir(parents=True, exist_ok=True)
    if toml is None:
        shutil.copy(CONFIG / "counties" / "yanqi" / "county.toml", folder)
    else:
        (folder / "county.toml").write_text(toml, "utf-8")
    (folder / "units.csv").write_bytes("\r\n".join((header, *rows)).encode(encoding))
    return tmp_path


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_the_units_file_is_read_in_every_encoding_a_spreadsheet_writes(tmp_path: Path, encoding: str) -> None:
    county = load_county("yanqi", written(tmp_path, *GOOD, encoding=encoding))
    assert [unit.name for unit in county.units] == ["县商工局", "县财政局"]


def test_members_are_valid_between_their_dates(tmp_path: Path) -> None:
    rows = (
        *GOOD,
        "3,各镇,group,,,,,已确认,",
        "4,甲镇,unit,,各镇,,2023/9/30,示例待确认,",
        "5,乙镇,unit,,各镇,2023-10-01,,示例待确认,",
    )
    county = load_county("yanqi", written(tmp_path, *rows))
    names = [
        [unit.name for unit in county.members("各镇", day)]
        for day in (dt.date(2023, 9, 30), dt.date(2023, 10, 1), None)
    ]
    assert names == [["甲镇"], ["乙镇"], ["甲镇", "乙镇"]]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("3,县税务局,unit,财政局,,,,已确认,", ("“财政局”同时指“县财政局”（第3行）和“县税务局”",)),
        ("3,焉耆县财政局,unit,,,,,已确认,", ("同时指",)),
        ("2,县税务局,unit,,,,,已确认,", ("编码 2", "第3行")),
        ("3,县税务局,unit,,各部门,,,已确认,", ("群组“各部门”不存在",)),
        ("3,各部门,group,,,,,已确认,", ("没有成员",)),
        ("3,县税务局,bureau,,,,,已确认,", ("bureau", "group")),
        ("3,县税务局,unit,,,2023-02-30,,已确认,", ("2023-02-30", "不是日期")),
        ("3,县税务局,unit,,,2023-05-01,2023-04-30,已确认,", ("早于",)),
        ("3,县税务局,unit,,,,,确认,", ("示例待确认",)),
        (",县税务局,unit,,,,,已确认,", ("code 为空",)),
        ("3,,unit,,,,,已确认,", ("name 为空",)),
        ("3,县税务局,unit,税务局,国税,,,,已确认,", ("多出内容",)),
    ],
)
def test_a_register_with_a_fault_is_refused_with_line_and_remedy(
    tmp_path: Path, row: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_county("yanqi", written(tmp_path, *GOOD, row + ("x" if "国税" in row else "")))
    faults = [fault for fault in caught.value.faults if all(word in str(fault) for word in words)]
    assert faults and all(fault.line == 4 and fault.remedy for fault in faults), str(caught.value)


def test_all_faults_of_a_register_come_at_once(tmp_path: Path) -> None:
    rows = ("1,县甲局,unit,,,,,已确认,", "1,县乙局,office,,无,,,已确认,", "3,县丙局,unit,县甲局,,昨天,,已确认,")
    with pytest.raises(ConfigError) as caught:
        load_county("yanqi", written(tmp_path, *GOOD, *rows))
    assert [fault.line for fault in caught.value.faults] == [4, 5, 5, 5, 6, 6]
    assert "有 6 处需要修改" in str(caught.value)


def test_merging_two_units_that_must_stay_apart_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="“商工局”和“工信局”都归到了“县商工局”") as caught:
        load_county("yanqi", written(tmp_path, "1,县商工局,unit,商工局；工信局,,,,已确认,"))
    [line] = [fault.line or 0 for fault in caught.value.faults]
    text = (CONFIG / "counties" / "yanqi" / "county.toml").read_text("utf-8")
    assert '["商工局", "工信局"]' in text.split("\n")[line - 1]


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ('convener = "县商工局"', 'convener = "县商务局"', "召集单位“县商务局”"),
        ('mail_sender = "lianxi@yanqi.invalid"', 'mail_sender = "lianxi"', "mail_sender"),
        ('level = "县"', 'levle = "县"', "levle"),
        ('level = "县"', 'level = "县"\nid = "x"', "id"),
    ],
)
def test_a_county_file_with_a_fault_is_refused(tmp_path: Path, before: str, after: str, word: str) -> None:
    text = (CONFIG / "counties" / "yanqi" / "county.toml").read_text("utf-8")
    assert before in text
    with pytest.raises(ConfigError, match=word) as caught:
        load_county("yanqi", written(tmp_path, *GOOD, toml=text.replace(before, after)))
    assert all(fault.remedy for fault in caught.value.faults)


@pytest.mark.parametrize(("header", "encoding"), [("code,name", "utf-8"), (HEADER, "utf-16")])
def test_a_units_file_with_a_wrong_header_or_encoding_is_refused(tmp_path: Path, header: str, encoding: str) -> None:
    with pytest.raises(ConfigError, match=r"缺少列|编码"):
        load_county("yanqi", written(tmp_path, *GOOD, header=header, encoding=encoding))


def test_a_county_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="不存在"):
        load_county("nowhere", tmp_path)
