"""更正: values that differ from an earlier issue, each corrected once."""

from __future__ import annotations

from dataclasses import replace

from tasks.brief.brief_document import Heading, Paragraph
from tasks.brief.parts.corrections import corrections_part, find_corrections
from tasks.brief.source_list import SourceList
from tests.golden import november, story


def test_a_changed_figure_is_a_correction_and_one_that_was_missing_is_filed_late() -> None:
    found = find_corrections((november.first_issue(),), (november.october(),), SourceList())
    assert [(c.measure, c.metric, c.before, c.after, c.issue) for c in found] == [
        ("3", "公租房", "79.2套", "81.2套", 1),
        ("4", "医保凭证激活率", "—", "60%", 1),
    ]


def test_a_correction_names_the_file_it_comes_from() -> None:
    sources = SourceList()
    (first, _) = find_corrections((november.first_issue(),), (november.october(),), sources)
    assert first.source is not None
    assert sources.all()[first.source].unit == "县住建局"


def test_a_correction_printed_by_a_later_issue_is_not_repeated() -> None:
    issues = (november.first_issue(), november.brief())
    assert find_corrections(issues, (november.october(),), SourceList()) == ()


def test_an_unchanged_month_has_none() -> None:
    assert find_corrections((november.first_issue(),), (story.rollup(),), SourceList()) == ()


def test_a_month_without_a_frozen_issue_is_never_corrected() -> None:
    assert find_corrections((), (november.october(),), SourceList()) == ()


def test_a_measure_without_figures_is_corrected_by_its_status() -> None:
    changed = [replace(m, status="已完成") if m.no == "2" else m for m in story.rollup().measures]
    month = replace(story.rollup(), measures=tuple(changed))
    (one,) = find_corrections((november.first_issue(),), (month,), SourceList())
    assert (one.measure, one.metric, one.before, one.after) == ("2", "进展状态", "正常推进", "已完成")


def test_the_part_counts_both_and_there_is_none_without_corrections() -> None:
    heading, text, table = corrections_part(november.brief().corrections)
    assert isinstance(heading, Heading)
    assert isinstance(text, Paragraph)
    assert "第1期（2023年10月）印发后，有关单位更正1处、补报1处" in text.runs[0].text
    assert len(table.rows) == 2  # type: ignore[union-attr]
    assert corrections_part(()) == []
