"""The bytes of an official document -> Draft: the steps of reading, in order.

Belongs here: the order of the readers, and how what they find becomes measures and sections. Each step is a module of
its own; `parse_document` reads as their table of contents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from config.county import County
from config.document_vocabulary import Vocabulary
from config.plan import Document, DutyRule, Measure, Section
from tasks.errors import InputError
from tasks.register.document_heading import guess_year, read_heading
from tasks.register.draft import Draft, MeasureClause
from tasks.register.duties_and_deadlines import DutyReader, numbered_duties
from tasks.register.language.grammar import Grammar
from tasks.register.language.inherited_levels import full_names, restore_levels
from tasks.register.language.names_with_own_place import places_of_document
from tasks.register.language.responsibility_clauses import ClauseReader
from tasks.register.language.text_dates import TextDateReader
from tasks.register.language.unit_lists import UnitListReader
from tasks.register.language.unit_names import UnitName
from tasks.register.meeting_members import read_members
from tasks.register.outline_measures import Outline, OutlineReader, RawClause, RawMeasure
from tasks.register.review_draft import review_draft
from tasks.register.source.blocks import SourceLine, SourceTable
from tasks.register.source.paragraphs import DocumentElement, ParagraphJoiner, SourceParagraph
from tasks.register.source.read_source import read_source
from tasks.register.table_measures import MeasureTableReader, join_split_tables
from tasks.register.targets import TargetReader


@dataclass(frozen=True, slots=True)
class _ClauseUnits:
    """The units of one clause, before the levels of bare names are restored over the whole document."""

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
    lines = tuple(block for block in blocks if isinstance(block, SourceLine))
    elements = tuple(join_split_tables(ParagraphJoiner(grammar, lines).join(blocks)))
    paragraphs = tuple(element for element in elements if isinstance(element, SourceParagraph))
    document = read_heading(grammar, paragraphs)
    own = county if county and _is_own_document(county, document, paragraphs, grammar) else None
    units = UnitListReader(grammar, own, places_of_document(document, grammar))
    outline = _read_outline(grammar, units, elements)
    if not outline.measures:
        raise InputError(_nothing_found(name, elements))
    clauses = _clause_units(outline.measures)
    members = read_members(grammar, units, [text for _, text, _ in outline.other_paragraphs])
    lists = [names for measure in clauses for clause in measure for names in (clause.lead, clause.others)]
    restored = restore_levels(units.names, units.levels, [*lists, members])
    dates = TextDateReader(grammar, document.issued_on, guess_year(document))
    duty_reader = DutyReader(grammar, dates, units)
    assembler = _MeasureAssembler(TargetReader(grammar, dates), duty_reader, restored)
    sections, section_numbers = _sections(outline.measures)
    measures = tuple(map(assembler.measure, outline.measures, clauses, section_numbers))
    draft = Draft(
        document,
        sections,
        measures,
        tuple(assembler.clauses),
        full_names(members, restored),
        numbered_duties((*duty_reader.read_paragraphs(outline.other_paragraphs), *assembler.duties)),
        text="\n".join(line.text for line in lines),
    )
    return review_draft(draft, outline, restored, grammar, own, asked=county)


def _is_own_document(
    county: County, document: Document, paragraphs: Sequence[SourceParagraph], grammar: Grammar
) -> bool:
    """Whether a document is this county's own: its issuer, title or first lines name the county.

    Another office's 人民银行 must not become this county's branch.
    """
    head = grammar.simplify(" ".join([document.issuer, document.title, *(each.text[:200] for each in paragraphs[:8])]))
    return any(form and form in head for form in (county.name, county.full_name))


def _read_outline(grammar: Grammar, units: UnitListReader, elements: Sequence[DocumentElement]) -> Outline:
    """The outline of a document; where no usual clause is found, sentences that assign a task are taken too.

    One such sentence may be prose: they count only where most numbered items of the document end in one.
    """
    for loose in (False, True):
        clauses = ClauseReader(grammar, units, loose)
        outline = OutlineReader(grammar, clauses, MeasureTableReader(grammar, clauses)).read(elements)
        if all(_holds_no_task(raw.text, grammar) for raw in outline.measures):
            # Labels without any task are the fields of a form (建设单位：…), not a register.
            outline = Outline((), outline.other_paragraphs, outline.unassigned)
        if not loose and outline.measures:
            return outline
    enough = len(outline.measures) >= 3 and len(outline.unassigned) * 3 <= len(outline.measures)
    return outline if enough else Outline((), outline.other_paragraphs, outline.unassigned)


def _holds_no_task(text: str, grammar: Grammar) -> bool:
    """Whether a text is empty or only the fields of a form (项目名称：…。中标金额：…。)."""
    fields = [part for part in re.split("[。；]", grammar.fold(text).strip(" 。；，")) if part.strip()]
    labels = [re.match("[^，、：]{2,10}：", field.strip()) for field in fields]
    titles = (*grammar.vocabulary.tables.measure, *grammar.vocabulary.tables.detail)
    tasks = tuple(f"{title}：" for title in titles if not title.endswith("名称"))
    return all(label is not None and not label[0].endswith(tasks) for label in labels)


class _MeasureAssembler:
    """Turns raw measures into measures, gathering their clauses and the duties found in them."""

    def __init__(self, targets: TargetReader, duty_reader: DutyReader, restored: dict[str, UnitName]) -> None:
        self._targets, self._duty_reader, self._restored = targets, duty_reader, restored
        self.clauses: list[tuple[MeasureClause, ...]] = []
        self.duties: list[DutyRule] = []

    def measure(self, raw: RawMeasure, clause_units: tuple[_ClauseUnits, ...], section: str) -> Measure:
        """One measure: clauses merged, figures and days read, flagged for what a person should look at."""
        clauses = tuple(map(self._clause, clause_units))
        self.clauses.append(clauses)
        lead = tuple(dict.fromkeys(unit for clause in clauses for unit in clause.lead))
        others = (unit for clause in clauses for unit in clause.responsible if unit not in lead)
        responsible = tuple(dict.fromkeys(others))
        deadlines = tuple(dict.fromkeys(value for clause in raw.clauses for value in clause.reading.deadlines))
        place = f"{raw.path}，第{raw.line}行".strip("，")
        dates = self._duty_reader.read_measure(raw.text, raw.no, (lead or responsible or (None,))[0], deadlines, place)
        self.duties.extend(dates.duties)
        names = [name for clause in clause_units for name in (*clause.lead, *clause.others)]
        printed_leads = any(role == "lead" for clause in raw.clauses for role, _ in clause.reading.roles)
        flags = {
            "lead_inferred": not lead,
            "first_listed_leads": raw.first_leads and not printed_leads,
            "several_clauses": sum(bool(clause.lead or clause.responsible) for clause in clauses) > 1,
            "open_list": any(clause.reading.open_ended for clause in raw.clauses),
            "level_inferred": any(name.bare and name.name in self._restored for name in names),
            "year_inferred": any("year_inferred" in duty.flags for duty in dates.duties),
            "joined_lines": raw.joins > 0,
        }
        return Measure(
            no=raw.no,
            section=section,
            text=raw.text,
            lead=lead,
            responsible=responsible,
            targets=self._targets.read(raw.text),
            expires=dates.expires,
            deadlines=dates.deadlines,
            flags=tuple(flag for flag, holds in flags.items() if holds),
            place=place,
        )

    def _clause(self, units: _ClauseUnits) -> MeasureClause:
        lead = full_names(units.lead, self._restored)
        others = full_names(units.others, self._restored)
        return MeasureClause(units.text, lead, tuple(unit for unit in others if unit not in lead))


def _clause_units(measures: Sequence[RawMeasure]) -> list[tuple[_ClauseUnits, ...]]:
    """The clauses of each measure, with 同上 filled in and labels that follow one another (牵头, 责任) as one clause."""
    above: dict[str, tuple[UnitName, ...]] = {}
    result: list[tuple[_ClauseUnits, ...]] = []
    for raw in measures:
        groups: list[list[RawClause]] = []
        for clause in raw.clauses:
            if groups and not clause.text.strip(" 。；，\n"):
                groups[-1].append(clause)
            elif clause.reading.roles or clause.reading.same_as_above or not groups:
                groups.append([clause])
        settled: list[_ClauseUnits] = []
        for group in groups:
            roles = [role for clause in group for role in clause.reading.roles]
            roles += [(role, above[role]) for clause in group for role in clause.reading.same_as_above if role in above]
            above.update(roles)
            lead = tuple(name for role, names in roles if role == "lead" for name in names)
            others = tuple(name for role, names in roles if role != "lead" for name in names)
            if raw.first_leads and not lead:
                lead, others = others[:1], others[1:]
            settled.append(_ClauseUnits("".join(clause.text for clause in group).strip(), lead, others))
        result.append(tuple(settled))
    return result


def _sections(measures: Sequence[RawMeasure]) -> tuple[tuple[Section, ...], list[str]]:
    """Headings that hold measures, in order, and the section number of each measure.

    Numbers that restart under each part carry the part before them.
    """
    keys: list[tuple[int, str]] = []
    headings: dict[tuple[int, str], tuple[str, str, str, str]] = {}
    for raw in measures:
        node = raw.section
        key = (id(node), "") if node else (0, raw.heading)
        keys.append(key)
        if node and key not in headings:
            above = node.heading.no if node.heading else ""
            headings[key] = (node.no, node.title, f"{above}（{node.no}）" if above else node.no, f"第{node.line}行")
        elif raw.heading and key not in headings:
            count = str(len(headings) + 1)
            headings[key] = (count, raw.heading, count, f"第{raw.line}行")
    printed = Counter(no for no, *_ in headings.values())
    numbers: dict[tuple[int, str], str] = {}
    for key, (no, _, full, _) in headings.items():
        wanted = no if printed[no] == 1 else full
        numbers[key] = wanted if wanted not in numbers.values() else f"{wanted}-{len(numbers) + 1}"
    sections = tuple(
        Section(no=numbers[key], title=title, place=place) for key, (_, title, _, place) in headings.items()
    )
    return sections, [numbers.get(key, "") for key in keys]


def _nothing_found(name: str, elements: Sequence[DocumentElement]) -> str:
    paragraphs = [element.text for element in elements if isinstance(element, SourceParagraph)]
    tables = sum(isinstance(element, SourceTable) for element in elements)
    first = next((text.strip() for text in paragraphs if text.strip()), "")
    return (
        f"“{name}”里没有找到责任分工。找过：“牵头单位：”“责任单位：”“配合单位：”等标签，"
        "（某某牵头，某某负责）一类的括号和句子，以及有“牵头单位”“责任单位”等栏目的表格。"
        f"实际读到 {len(paragraphs)} 段文字、{tables} 张表，开头是“{first[:40]}”。"
        "请确认送来的是分工文件本身（而不只是通知），且不是图片"
    )
