"""The one way in: the bytes of an official document -> Draft.

Belongs here: the order in which the readers work, and how their parts become measures. Each step is a module of its
own; this one reads as their table of contents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from config.county import County
from config.plan import Document, DutyRule, Measure, Section
from config.vocabulary import Vocabulary
from tasks.errors import InputError
from tasks.register.document_heading import guessed_year, read_heading, read_members
from tasks.register.draft import Draft, MeasureClause, full_names
from tasks.register.duties_and_deadlines import DutyReader, numbered_duties
from tasks.register.language.grammar import Grammar
from tasks.register.language.inherited_levels import restore_levels
from tasks.register.language.placed_names import own_name_stems
from tasks.register.language.responsibility_clauses import ClauseReader
from tasks.register.language.text_dates import TextDateReader
from tasks.register.language.unit_lists import UnitListReader
from tasks.register.language.unit_names import UnitName
from tasks.register.outline_measures import Outline, OutlineReader, RawClause, RawMeasure
from tasks.register.review_draft import review_draft
from tasks.register.source.blocks import SourceLine, SourceTable
from tasks.register.source.paragraphs import DocumentElement, ParagraphJoiner, SourceParagraph
from tasks.register.source.read_source import read_source
from tasks.register.table_measures import MeasureTableReader, join_split_tables
from tasks.register.targets import TargetReader


@dataclass(frozen=True, slots=True)
class _Held:
    """Who holds one clause, before bare names are settled over the whole document."""

    text: str
    lead: tuple[UnitName, ...]
    others: tuple[UnitName, ...]


def parse_document(content: bytes, name: str, vocabulary: Vocabulary, county: County | None) -> Draft:
    """Read an official responsibility document (.txt, .docx, .pdf with text).

    `name` is the file's name, for messages only. `county` resolves aliases where the document is that county's own.
    Raises InputError, in plain Chinese, for a file that cannot be read or holds no register.
    """
    grammar = Grammar(vocabulary)
    blocks = read_source(content, name)
    layout = ParagraphJoiner(grammar, (block for block in blocks if isinstance(block, SourceLine)))
    pieces = tuple(join_split_tables(layout.pieces(blocks)))
    paragraphs = tuple(piece for piece in pieces if isinstance(piece, SourceParagraph))
    document = read_heading(grammar, paragraphs)
    own = county if county and is_own_document(county, document, paragraphs, grammar) else None
    units = UnitListReader(grammar, own, own_name_stems(document, grammar))
    outline = _outline(grammar, units, pieces)
    if not outline.measures:
        raise InputError(_nothing_found(name, pieces))
    dates = TextDateReader(grammar, document.issued_on, guessed_year(document))
    held = _held(outline.measures)
    members = read_members(grammar, units, [text for _, text, _ in outline.others])
    settled = restore_levels(
        units,
        [*(names for parts in held for part in parts for names in (part.lead, part.others)), members],
    )
    duty_reader = DutyReader(grammar, dates, units)
    sections, section_of = _sections(outline.measures)
    assembler = _Assembler(TargetReader(grammar, dates), duty_reader, settled)
    measures = tuple(
        assembler.measure(raw, parts, section_of[index])
        for index, (raw, parts) in enumerate(zip(outline.measures, held, strict=True))
    )
    duties = numbered_duties((*duty_reader.general(outline.others), *assembler.duties))
    draft = Draft(
        document,
        sections,
        measures,
        tuple(assembler.parts),
        full_names(members, settled),
        duties,
        text="\n".join(block.text for block in blocks if isinstance(block, SourceLine)),
    )
    return review_draft(draft, outline, settled, grammar, own, asked=county)


def _outline(grammar: Grammar, units: UnitListReader, pieces: Sequence[DocumentElement]) -> Outline:
    """The outline of a document; where no usual form is found, sentences that hand something over are taken too.

    One such sentence is prose: they count only where most numbered items of the document end in one.
    """
    for loose in (False, True):
        clauses = ClauseReader(grammar, units, loose)
        outline = OutlineReader(grammar, clauses, MeasureTableReader(grammar, clauses, units)).read(pieces)
        if all(_particulars(raw.text, grammar) for raw in outline.measures):
            # Labels with nothing to do behind any of them are a form's particulars (建设单位：…), no register.
            outline = Outline((), outline.others, outline.idle)
        if not loose and outline.measures:
            return outline
    enough = len(outline.measures) >= 3 and len(outline.idle) * 3 <= len(outline.measures)
    return outline if enough else Outline((), outline.others, outline.idle)


def _particulars(text: str, grammar: Grammar) -> bool:
    """Whether a text says nothing, or nothing but the fields of a form (项目名称：…。中标金额：…。)."""
    fields = [part for part in re.split("[。；]", grammar.fold(text).strip(" 。；，")) if part.strip()]
    found = [re.match("[^，、：]{2,10}：", field.strip()) for field in fields]
    titles = (*grammar.vocabulary.tables.measure, *grammar.vocabulary.tables.detail)
    tasks = tuple(title for title in titles if not title.endswith("名称"))
    return all(field is not None and not field[0].endswith(tuple(f"{task}：" for task in tasks)) for field in found)


def is_own_document(
    county: County, document: Document, paragraphs: Sequence[SourceParagraph], grammar: Grammar
) -> bool:
    """Whether a document is this county's own: its issuer, title or first lines name the county.

    Another office's 人民银行 must not become this county's branch.
    """
    head = grammar.simplify(" ".join([document.issuer, document.title, *(each.text[:200] for each in paragraphs[:8])]))
    return any(form and form in head for form in (county.name, county.full_name))


class _Assembler:
    """Turns raw measures into measures, gathering their clauses and the duties found in them."""

    def __init__(self, targets: TargetReader, duties: DutyReader, settled: dict[str, UnitName]) -> None:
        self._targets, self._reader, self._settled = targets, duties, settled
        self.parts: list[tuple[MeasureClause, ...]] = []
        self.duties: list[DutyRule] = []

    def measure(self, raw: RawMeasure, held: tuple[_Held, ...], section: str) -> Measure:
        """One measure: clauses merged, figures and days read, flagged for what a person should look at."""
        work = tuple(self._clausework(part) for part in held)
        self.parts.append(work)
        lead = tuple(dict.fromkeys(unit for part in work for unit in part.lead))
        others = tuple(dict.fromkeys(unit for part in work for unit in part.responsible if unit not in lead))
        reporting = (lead or others or (None,))[0]
        until = tuple(dict.fromkeys(value for part in raw.parts for value in part.until))
        place = f"{raw.path}，第{raw.line}行".strip("，")
        said = self._reader.measure(raw.text, raw.no, reporting, until, place)
        self.duties.extend(said.duties)
        names = [name for part in held for name in (*part.lead, *part.others)]
        flags = {
            "lead_inferred": not lead,
            "first_listed_leads": raw.first_leads
            and not any(role == "lead" for part in raw.parts for role, _ in part.roles),
            "several_clauses": sum(bool(part.lead or part.responsible) for part in work) > 1,
            "open_list": any(part.opened for part in raw.parts),
            "level_inferred": any(name.bare and name.name in self._settled for name in names),
            "year_inferred": any("year_inferred" in duty.flags for duty in said.duties),
            "joined_lines": raw.joins > 0,
        }
        return Measure(
            no=raw.no,
            section=section,
            text=raw.text,
            lead=lead,
            responsible=others,
            targets=self._targets.read(raw.text),
            expires=said.expires,
            deadlines=said.deadlines,
            flags=tuple(flag for flag, holds in flags.items() if holds),
            place=place,
        )

    def _clausework(self, part: _Held) -> MeasureClause:
        lead = full_names(part.lead, self._settled)
        others = tuple(unit for unit in full_names(part.others, self._settled) if unit not in lead)
        return MeasureClause(part.text, lead, others)


def _held(measures: Sequence[RawMeasure]) -> list[tuple[_Held, ...]]:
    """Clauses of each measure with 同上 filled in and labels of one clause (牵头, 责任) put together."""
    previous: dict[str, tuple[UnitName, ...]] = {}
    result: list[tuple[_Held, ...]] = []
    for raw in measures:
        groups: list[list[RawClause]] = []
        for part in raw.parts:
            if groups and not part.text.strip(" 。；，\n"):
                groups[-1].append(part)
            elif part.roles or part.same or not groups:
                groups.append([part])
        held: list[_Held] = []
        for group in groups:
            roles = [role for part in group for role in part.roles]
            roles += [(same, previous[same]) for part in group for same in part.same if same in previous]  # type: ignore[misc]
            previous.update({role: names for role, names in roles})
            lead = tuple(name for role, names in roles if role == "lead" for name in names)
            others = tuple(name for role, names in roles if role != "lead" for name in names)
            if raw.first_leads and not lead:
                lead, others = others[:1], others[1:]
            held.append(_Held("".join(part.text for part in group).strip(), lead, others))
        result.append(tuple(held))
    return result


def _sections(measures: Sequence[RawMeasure]) -> tuple[tuple[Section, ...], list[str]]:
    """Headings that hold measures, in order, and the section number of each measure.

    Numbers that restart under each part carry the part before them.
    """
    keys: list[tuple[int, str]] = []
    found: dict[tuple[int, str], tuple[str, str, str, str]] = {}
    for raw in measures:
        node = raw.section
        key = (id(node), "") if node else (0, raw.heading)
        keys.append(key)
        if node and key not in found:
            above = node.parent.no if node.parent and node.parent.kind else ""
            found[key] = (node.no, node.title, f"{above}（{node.no}）" if above else node.no, f"第{node.line}行")
        elif raw.heading and key not in found:
            found[key] = (str(len(found) + 1), raw.heading, str(len(found) + 1), f"第{raw.line}行")
    printed = Counter(no for no, *_ in found.values())
    numbers: dict[tuple[int, str], str] = {}
    taken: set[str] = set()
    for key, (no, _, full, _) in found.items():
        wanted = no if printed[no] == 1 else full
        numbers[key] = wanted if wanted not in taken else f"{wanted}-{len(numbers) + 1}"
        taken.add(numbers[key])
    sections = tuple(Section(no=numbers[key], title=title, place=place) for key, (_, title, _, place) in found.items())
    return sections, [numbers.get(key, "") for key in keys]


def _nothing_found(name: str, pieces: Sequence[DocumentElement]) -> str:
    paragraphs = [piece.text for piece in pieces if isinstance(piece, SourceParagraph)]
    tables = sum(isinstance(piece, SourceTable) for piece in pieces)
    first = next((text.strip() for text in paragraphs if text.strip()), "")
    return (
        f"“{name}”里没有找到责任分工。找过：“牵头单位：”“责任单位：”“配合单位：”等标签，"
        "（某某牵头，某某负责）一类的括号和句子，以及有“牵头单位”“责任单位”等栏目的表格。"
        f"实际读到 {len(paragraphs)} 段文字、{tables} 张表，开头是“{first[:40]}”。"
        "请确认送来的是分工文件本身（而不只是通知），且不是图片"
    )
