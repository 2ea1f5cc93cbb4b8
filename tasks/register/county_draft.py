"""The draft of a new county's two files, `county.toml` and `units.csv`, from an official document.

What the document lacks (members of groups, addresses, telephones) is filled with examples marked as such. Belongs
here: the drafts and their words. The flow writes them, `config` checks them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from config.county_file import UNIT_COLUMNS
from config.document_vocabulary import Vocabulary
from config.name_matching import normalise
from config.plan import DutyRule, Plan, Section
from config.plan_checks import WHO_WORDS
from tasks.errors import InputError
from tasks.register.draft import Draft
from tasks.register.language.grammar import HAN, Grammar, any_of
from tasks.register.language.unit_names import UnitNameRecogniser

_NATIONS = re.compile(rf"^([{HAN}]{{2,}}?)(?:[{HAN}]{{1,4}}?族)+自治([县州旗])$")
_MEETING = re.compile(
    rf"(?:建立|成立|组建|设立|召开)(?:[^，。；\n]{{0,6}}?[县市区旗州])?([{HAN}]{{2,12}}?(?:联席会议|领导小组))"
)
# Words that begin a title and are no county.
_NO_PLACE = "关于|根据|按照|为了|全[县市区]|[本我该各][县市区]"
_EXAMPLES_EACH = 2
_CONFIRMED, _EXAMPLE = "已确认", "示例待确认"
# A level word of one character stands at the head of a unit's name: 县财政局.
_LEVELS = "县市区旗州"


@dataclass(frozen=True, slots=True)
class CountyNames:
    """A county's short name (焉耆县), full name (焉耆回族自治县) and level word (县)."""

    name: str
    full_name: str
    level: str


@dataclass(frozen=True, slots=True)
class CountyDraft:
    """A county's files as drafted, and what a person has to check in them."""

    county: CountyNames
    county_toml: str
    units_csv: bytes
    units: tuple[str, ...]
    groups: tuple[str, ...]
    convener: str
    convener_is_guess: bool


def county_names_of(draft: Draft, vocabulary: Vocabulary, name: str | None = None) -> CountyNames:
    """The names of the county that issued a document, by its issuer, title or first lines; or as given in `name`.

    Raises InputError where neither names a county.
    """
    levels = any_of(level for level in vocabulary.units.placed_levels if level[-1] in _LEVELS)
    named = rf"(?:中共)?((?!{_NO_PLACE})[{HAN}]{{1,9}}?(?:{levels}))"
    # A line of the text must be an office's name; issuer and title begin with the place whatever follows.
    of_title, of_line = re.compile(rf"{named}(?=[{HAN}“”《]|$)"), re.compile(f"{named}(?=人民政府|政府办|委办)")
    if name:
        full = name.strip() if re.fullmatch(rf"[{HAN}]{{1,12}}[{_LEVELS}]", name.strip()) else ""
    else:
        heads = [*(of_title.match(text.strip()) for text in (draft.document.issuer, draft.document.title))]
        heads += [of_line.match(line.strip()) for line in draft.text.split("\n")[:8]]
        full = next((head[1] for head in heads if head), "")
    if not full:
        raise InputError("看不出这份文件是哪个县的：请用 --name 写明，如 --name 青山县")
    nations = _NATIONS.match(full)
    short = f"{nations[1]}{nations[2]}" if nations else full
    return CountyNames(short, full, full[-1])


def draft_county(draft: Draft, county: CountyNames, county_id: str, vocabulary: Vocabulary) -> CountyDraft:
    """The county's files for the units that a document names. Raises InputError where it names no single unit."""
    recogniser = UnitNameRecogniser(Grammar(vocabulary))
    names = _names(draft)
    groups = tuple(filter(recogniser.is_group, names))
    units = tuple(name for name in names if name not in groups)
    if not units:
        raise InputError("文件里没有一个可作单位的名称，建不了单位名册，请检查是不是责任分解方案")
    convener = next((name for name in draft.members if name in units), "")
    guess = next((name for name in draft.units() if name in units), units[0])
    rows = [*_unit_rows(units, names, county), *_group_rows(groups)]
    toml = _county_toml(county, county_id, convener or guess, draft)
    return CountyDraft(county, toml, _csv(rows), units, groups, convener or guess, not convener)


def similar_names(units: Iterable[str], county: CountyNames) -> tuple[tuple[str, str], ...]:
    """Pairs of names that may be one unit (县市场监管局, 县市场监督管理局): for a person, never used to decide."""
    bare = {name: name.removeprefix(county.level) for name in units}
    pairs = [(short, long) for short in bare for long in bare if len(bare[short]) < len(bare[long])]
    return tuple(pair for pair in pairs if _may_abbreviate(bare[pair[0]], bare[pair[1]]))


def _may_abbreviate(short: str, long: str) -> bool:
    """Whether the characters of `short` stand in `long` in the same order, and both begin or end alike."""
    letters = iter(long)
    return all(letter in letters for letter in short) and (short[:2] == long[:2] or short[-2:] == long[-2:])


def with_default_section(plan: Plan) -> Plan:
    """The plan with a section of its own for measures that stand in none."""
    known = {section.no for section in plan.sections}
    if all(measure.section in known for measure in plan.measures):
        return plan
    own = Section(no="一" if "一" not in known else "其他", title="各项措施")
    measures = tuple(
        each if each.section in known else each.model_copy(update={"section": own.no}) for each in plan.measures
    )
    return plan.model_copy(update={"sections": (*plan.sections, own), "measures": measures})


def with_default_duties(plan: Plan, first: dt.date) -> tuple[Plan, bool]:
    """The plan with the usual reports where its document asks for none, and whether they were added.

    `first` is the day of the first report.
    """
    if plan.duties:
        return plan, False
    usual = (
        DutyRule(
            id="roster",
            kind="roster",
            who=("measure_units",),
            text="报送联系人名单",
            due=first,
            period=f"{first:%Y-%m}",
        ),
        DutyRule(
            id="first", kind="progress", who=("reporting_units",), text="首次报送", due=first, period=f"{first:%Y-%m}"
        ),
        DutyRule(id="monthly", kind="progress", who=("reporting_units",), text="月度报送", every_month=True),
    )
    return plan.model_copy(update={"duties": usual}), True


def _names(draft: Draft) -> tuple[str, ...]:
    """Every unit that a document names: members first, then by the number of measures."""
    named = (who for duty in draft.duties for who in duty.who if who not in WHO_WORDS)
    return tuple(dict.fromkeys((*draft.members, *draft.units(), *named)))


def _unit_rows(units: Iterable[str], taken: Iterable[str], county: CountyNames) -> Iterator[tuple[str, ...]]:
    forms = {normalise(name) for name in taken}
    for number, name in enumerate(units, start=101):
        aliases = []
        # 县委组织部 is 组织部 too.
        bare = name.removeprefix(f"{county.level}委") or name.removeprefix(county.level)
        bare = bare if bare != name else name.removeprefix(county.level)
        # The name without its level is an alias only where no other unit has it.
        if bare != name and len(bare) > 1 and normalise(bare) not in forms:
            aliases.append(bare)
            forms.add(normalise(bare))
        yield (str(number), name, "unit", "；".join(aliases), "", "", "", _CONFIRMED, "文件中的单位；请补上常用简称")


def _group_rows(groups: Iterable[str]) -> Iterator[tuple[str, ...]]:
    for number, name in enumerate(groups, start=1):
        code = f"G{number:02}"
        yield (code, name, "group", "", "", "", "", _CONFIRMED, "文件未列成员，由本表展开")
        for each in range(1, _EXAMPLES_EACH + 1):
            member = f"{name.removeprefix('各')}示例{each}"
            note = f"“{name}”的成员举例：请换成实际单位，有几个写几行"
            yield (f"{code}-{each}", member, "unit", "", name, "", "", _EXAMPLE, note)


def _csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(UNIT_COLUMNS)
    writer.writerows(rows)
    # Excel and WPS recognise UTF-8 by this mark.
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def _county_toml(county: CountyNames, county_id: str, convener: str, draft: Draft) -> str:
    meeting = _MEETING.search(draft.text)
    about = meeting[1] if meeting else "联席会议"
    forms = dict.fromkeys((county.full_name, county.name))
    values = {
        "name": county.name, "full": county.full_name, "level": county.level, "meeting": about, "convener": convener,
        "office": f"{county.name}{about}办公室", "mail": f"lianxi@{county_id}.invalid",
        "coordinator": f"coordinator@{county_id}.invalid", "convener_mail": f"convener@{county_id}.invalid",
    }  # fmt: skip
    quoted = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
    prefixes = ", ".join(json.dumps(form, ensure_ascii=False) for form in forms)
    return _COUNTY.format(**quoted, prefixes=prefixes)


_COUNTY = """\
# 由 lianxi new 根据文件起草，请逐项核对。单位名册在同一文件夹的 units.csv。
# Drafted by `lianxi new` from the document; check every line. The units are in units.csv beside this file.

# 简称、全称、级别字（单位名称开头的那个字）。 Short name, full name, level word.
name = {name}
full_name = {full}
level = {level}

# 单位名称开头的级别字可以写成这些全称。 Written-out forms of the level word at the head of a unit's name.
prefixes = [{prefixes}]

# 联席会议名称、召集（牵头）单位、承担日常工作的办公室。 The joint meeting, who convenes it, its office.
meeting = {meeting}
convener = {convener}
office = {office}

# 发信邮箱和署名。.invalid 是不存在的域名，正式发信前必须换成本单位的邮箱。
# Sender; `.invalid` never exists, replace it before mail is sent.
mail_sender = {mail}
mail_sender_name = {office}

# 协调员（收每日摘要、待拨电话清单）和召集人（收红色督办单抄件）的邮箱；协调员的电话印在每封信末。
# The coordinator, and the convener who is copied on red letters. The phone number is an example.
coordinator_mail = {coordinator}
convener_mail = {convener_mail}
coordinator_phone = "0000-0000000"
"""
