"""Parts 四、亮点做法 and 五、存在问题及需联席会议协调事项: quotations from the units' reports.

Does not belong here: text that no unit wrote; requests to the units (`next_steps`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from config.settings import Settings
from tasks.brief.brief_document import Block, Heading, Paragraph, Run, text_paragraph
from tasks.brief.parts.followed_matters import IssueMatters, followed_blocks, raised_blocks
from tasks.brief.source_list import SourceList
from tasks.brief.words.prose import quoted
from tasks.model.progress import MeasureProgress, RollUp
from tasks.text import says_something


def highlights_part(rollup: RollUp, sources: SourceList, settings: Settings) -> list[Block]:
    """Each unit's highlight in its own words, numbered, or a sentence that there are none."""
    own = [m for m in rollup.measures if says_something(m.highlights)]
    blocks: list[Block] = [Heading(1, "四、亮点做法")]
    if not own:
        return [*blocks, text_paragraph("本期各单位未报送亮点做法。")]
    return blocks + quotation_blocks([(m, m.highlights) for m in own], sources, settings)


def problems_part(
    rollup: RollUp, matters: IssueMatters, on: dt.date, sources: SourceList, settings: Settings
) -> list[Block]:
    """（一）存在问题 in the units' words, （二）需协调事项 with their numbers, （三）往期事项办理情况."""
    problems = [(m, m.problems) for m in rollup.measures if says_something(m.problems)]
    blocks: list[Block] = [Heading(1, "五、存在问题及需联席会议协调事项"), Heading(2, "（一）存在问题")]
    blocks += (
        quotation_blocks(problems, sources, settings) if problems else [text_paragraph("本期各单位未报送存在问题。")]
    )
    blocks += raised_blocks(matters, on, sources, settings.brief.quote_chars)
    return blocks + followed_blocks(matters, on, settings.brief.quote_chars)


def quotation_blocks(
    texts: Sequence[tuple[MeasureProgress, str]], sources: SourceList, settings: Settings, *, numbered: bool = True
) -> list[Block]:
    """One paragraph per unit and text: the same text of a unit about several measures is quoted once."""
    groups: dict[tuple[str, str], list[MeasureProgress]] = {}
    for measure, words in texts:
        groups.setdefault((measure.unit, words.strip()), []).append(measure)
    blocks: list[Block] = []
    for number, ((unit, words), measures) in enumerate(groups.items(), start=1):
        head = f"{number}. " if numbered else ""
        which = "、".join(measure.no for measure in measures)
        text = quoted(words, settings.brief.quote_chars)
        runs = (Run(f"{head}{unit}（第{which}项）："), Run(text, source=sources.add(measures[0]), quote=True))
        blocks.append(Paragraph(runs))
    return blocks
