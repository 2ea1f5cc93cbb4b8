"""The brief's parts and sentences: counts that add up, names, nothing invented, no personal numbers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from dataclasses import replace

import pytest

from tasks.brief.brief_document import Annex, Brief, Chart, Heading, Paragraph, Table
from tasks.brief.brief_json import to_json
from tasks.brief.compose import compose_content
from tasks.model.progress import RollUp
from tasks.rollup.roll_up import roll_up
from tasks.rollup.standing import decide_standings_at
from tests.golden import november, story


def composed(rollup: RollUp) -> Brief:
    return compose_content(rollup, story.context(), 1)


def text_of(brief: Brief) -> str:
    return "\n".join("".join(run.text for run in block.runs) for block in brief.blocks if isinstance(block, Paragraph))


def test_the_parts_come_in_the_order_of_a_bulletin() -> None:
    headings = [block.text for block in story.brief().blocks if isinstance(block, Heading) and block.level == 1]
    assert headings == [
        "一、总体情况", "二、各项措施进展", "三、量化指标完成情况",
        "四、亮点做法", "五、存在问题及需联席会议协调事项", "六、下一步工作",
    ]  # fmt: skip
    attached = [(block.no, block.title, block.file) for block in story.brief().blocks if isinstance(block, Annex)]
    assert attached == [(1, "报送情况表", ""), (2, "未报送、迟报单位名单", ""), (3, "措施台账", "措施台账.xlsx")]


def test_a_plan_without_figures_has_no_third_part_and_no_gap_in_the_numbers() -> None:
    brief = composed(dataclasses.replace(story.rollup(), figures=()))
    headings = [block.text for block in brief.blocks if isinstance(block, Heading) and block.level == 1]
    assert headings[2] == "三、亮点做法"
    assert not any(isinstance(block, Chart) for block in brief.blocks)


def test_units_not_on_time_are_counted_and_named_and_add_up() -> None:
    assert (
        "月度报送应报17家，已报15家，其中按时12家（含零报告1家），按时率71%。迟报1家（县人社局）、"
        "已报待更正1家（县民政局）、已报待说明1家（县医保局）、未报送2家（县卫健委、县供销社）。"
    ) in text_of(story.brief())


def test_when_all_are_on_time_one_clause_says_so() -> None:
    on_time = tuple(
        dataclasses.replace(s, name="按时", first_received=story.NOW)
        for s in story.standings()
        if s.duty.kind == "progress"
    )
    assert "月度报送应报17家，已报17家，全部按时。" in text_of(
        composed(dataclasses.replace(story.rollup(), standings=on_time))
    )


def test_every_measure_is_in_the_second_part_exactly_once() -> None:
    text = text_of(story.brief())
    quoted_numbers = re.findall(r"(?m)^(\d+)\. 开展第", text)
    silent = [
        no
        for found in re.findall(r"第([\d、]+)项（[^）]+）[^。（]*(?:未报进展|零报告|暂不采用)", text)
        for no in found.split("、")
    ]
    listed = re.findall(r"第(\d+)项（县卫健委）、第(\d+)项（县供销社）", text)[0]
    assert sorted({*quoted_numbers, *silent, *listed}, key=int) == [str(n) for n in range(1, 26)]


def test_no_personal_number_is_in_any_part_of_the_brief() -> None:
    everything = to_json(story.brief())
    assert "13800138000" not in everything
    assert "652801199001011234" not in everything
    assert "138****8000" in everything


def test_a_month_in_which_nobody_reported_is_told_in_whole_sentences_not_in_zeros() -> None:
    standings = decide_standings_at(story.duties()[:17], (), story.context())
    silent = roll_up(story.context(), story.PERIOD, standings, (), ())
    text = text_of(composed(silent))
    for words in ("月度报送应报17家，均未报送。", "25项措施均未取得可采用的进展报告。"):
        assert text.count(words) == 1
    assert not re.search(r"(?<!\d)0[家项%]", text)


def test_a_month_in_which_nobody_said_anything_says_so_and_invents_nothing() -> None:
    silent = tuple(
        dataclasses.replace(
            m, progress="", problems="", coordination="", highlights="", next_steps="", reported=False, light="无"
        )
        for m in story.rollup().measures
    )
    figures = tuple(
        dataclasses.replace(f, cumulative=None, share=None, change=None, light="无") for f in story.rollup().figures
    )
    rollup = dataclasses.replace(story.rollup(), measures=silent, figures=figures, standings=(), expiring=())
    text = text_of(composed(rollup))
    assert "本期各单位未报送亮点做法。" in text
    assert "本期各单位未报送存在问题。" in text
    assert "本期各单位未提出需联席会议协调的事项。" in text
    assert "各单位按既定安排推进，按期报送下期进展。" in text
    assert "“" not in text.replace("“—”", "")


def test_every_source_points_at_a_version_and_a_cell() -> None:
    brief = story.brief()
    assert brief.sources
    assert all(source.submission and source.version and source.cell for source in brief.sources)
    used = {row.source for row in brief.ledger} - {None}
    assert used <= set(range(len(brief.sources)))


def test_what_a_figure_in_the_table_cites_is_the_unit_that_reported_it() -> None:
    brief = story.brief()
    table = next(b for b in brief.blocks if isinstance(b, Table) and "量化指标" in b.caption)
    cited = [(row[2].text, row[4].source) for row in table.rows if row[4].source is not None]
    assert cited
    assert all(brief.sources[source].unit == unit for unit, source in cited)


def test_the_ledger_has_one_row_per_measure_and_metric() -> None:
    rows = [(row.measure, row.metric) for row in story.brief().ledger]
    assert len(rows) == len(set(rows)) == 25 + 1
    assert ("3", "公租房") in rows
    assert ("2", "") in rows


def test_the_lead_and_a_responsible_unit_that_disagree_are_both_named() -> None:
    assert "县财政局报“公租房”累计66套，与县住建局所报79.2套不一致，请核对。" in text_of(story.brief())


def test_a_roll_up_of_another_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="other-2023"):
        composed(dataclasses.replace(story.rollup(), plan="other-2023"))


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("关于印发《甲县贯彻落实〈乙方案〉的责任分解方案》的通知", "《甲县贯彻落实〈乙方案〉的责任分解方案》"),
        ("甲县贯彻落实《乙方案》的责任分解方案", "《甲县贯彻落实〈乙方案〉的责任分解方案》"),
        ("甲县责任分解方案", "《甲县责任分解方案》"),
    ],
)
def test_the_opening_names_the_document_itself_and_not_what_it_follows(title: str, named: str) -> None:
    plan = story.plan()
    plan = plan.model_copy(update={"document": plan.document.model_copy(update={"title": title})})
    brief = compose_content(story.rollup(), replace(story.context(), plan=plan), 1)
    assert text_of(brief).startswith(f"2023年9月19日印发的{named}（示政办发〔2023〕9号）明确措施25项")


def test_every_lead_unit_has_a_line_and_the_lines_add_up() -> None:
    (table,) = [b for b in story.brief().blocks if isinstance(b, Table) and "牵头单位" in b.caption]
    *rows, total = ([0 if run.text == "—" else run.text for run in row] for row in table.rows)
    assert len(rows) == 17
    assert [int(cell) for cell in total[1:]] == [sum(int(row[at]) for row in rows) for at in range(1, 9)]
    assert [row[0] for row in rows[:3]] == ["县住建局", "县商工局", "县机关事务管理中心"]


def test_policies_that_end_are_told_by_their_day_those_of_one_day_together() -> None:
    ends = [("6", dt.date(2023, 10, 30), "减免至10月30日"), ("2", dt.date(2023, 12, 25), "贴息政策")]
    ends += [("3", dt.date(2023, 12, 25), "免征政策。")]
    text = text_of(composed(dataclasses.replace(story.rollup(), expiring=tuple(ends))))
    assert (
        "政策衔接。第6项（县税务局）“减免至10月30日”已于2023年10月30日到期。"
        "将于2023年12月25日到期的2项：第2项（县财政局）“贴息政策”；第3项（县住建局）“免征政策”。"
    ) in text


def test_a_unit_that_reported_without_a_word_is_not_quoted_and_not_called_silent() -> None:
    measures = tuple(dataclasses.replace(m, progress="无。") if m.no == "2" else m for m in story.rollup().measures)
    text = text_of(composed(dataclasses.replace(story.rollup(), measures=measures)))
    assert "第2项（县财政局）本期未填写进展情况。" in text
    assert "“无。”" not in text


def test_in_a_first_month_no_column_stands_for_a_month_before() -> None:
    first = tuple(dataclasses.replace(f, change=None) for f in story.rollup().figures)
    (table,) = [b for b in composed(dataclasses.replace(story.rollup(), figures=first)).blocks
                if isinstance(b, Table) and "量化指标" in b.caption]  # fmt: skip
    assert [column.title for column in table.columns][-1] == "亮灯"
    assert {len(row) for row in table.rows} == {8}
    assert sum(column.width_mm for column in table.columns) == 156


@pytest.mark.parametrize(("count", "bars", "left_out"), [(30, 30, ""), (31, 30, "落后较少的1项未列入。")])
def test_a_chart_never_outgrows_its_page(count: int, bars: int, left_out: str) -> None:
    behind = dataclasses.replace(story.rollup().figures[0], share=0.5)
    figures = tuple(dataclasses.replace(behind, metric=f"指标{n}", elapsed=n / 100) for n in range(count))
    blocks = composed(dataclasses.replace(story.rollup(), figures=figures)).blocks
    (at,) = [i for i, block in enumerate(blocks) if isinstance(block, Chart)]
    chart, note = blocks[at : at + 2]
    assert isinstance(chart, Chart) and isinstance(note, Paragraph)
    assert (len(chart.bars), chart.bars[0].label) == (bars, f"指标{count - 1}")
    assert note.runs[0].text.partition("由大到小。")[2] == left_out


def test_parts_and_tables_are_numbered_on() -> None:
    blocks = november.brief().blocks
    assert [b.text[:2] for b in blocks if isinstance(b, Heading) and b.level == 1] == [
        f"{n}、" for n in "一二三四五六七"
    ]
    captions = [b.caption.split()[0] for b in blocks if isinstance(b, Table) and b.caption]
    assert captions == [f"表{n}" for n in range(1, 6)]
