"""Parts 二、各项措施进展 and 三、量化指标完成情况: text by section, the table of targets and its chart.

Belongs here: the progress text of each measure, and every figure with its target.
Does not belong here: highlights and problems (`highlights_problems`), next steps (`next_steps`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from config.plan import Plan, Target
from config.settings import Settings
from tasks.brief.brief_document import Bar, Block, Chart, Heading, Paragraph, Run, Table, TableColumn, text_paragraph
from tasks.brief.parts.trend import trend_table
from tasks.brief.source_list import SourceList
from tasks.brief.words.brief_wording import disputes, named_measures, short_title, target_words
from tasks.brief.words.prose import percent_words, quoted, signed
from tasks.model.progress import MeasureProgress, RollUp, TargetProgress
from tasks.model.submission import Standing
from tasks.model.words import LIGHT_NAMES, LIGHTS
from tasks.text import figure_text, says_something

_CHANGE = "较上月"
_COLUMNS = (
    TableColumn("措施", 11),
    TableColumn("指标", 36, "left"),
    TableColumn("牵头单位", 24, "left"),
    TableColumn("目标", 18),
    TableColumn("累计", 14),
    TableColumn("完成率", 14),
    TableColumn("序时", 11),
    TableColumn("亮灯", 11),
    TableColumn(_CHANGE, 17),
)
_LABEL_CHARS = 17
# As many bars as fit on one page.
MOST_BARS = 30
_NO_TEXT: dict[str, str] = {
    "零报告": "本期零报告",
    "待更正": "所报内容待更正，暂不采用",
    "待说明": "所报数据待说明，暂不采用",
    "按时": "本期未填写进展情况",
    "迟报": "本期未填写进展情况",
}


def measures_part(rollup: RollUp, plan: Plan, sources: SourceList, settings: Settings) -> list[Block]:
    """Per section: a heading, counts by light with the measures without text, then a paragraph per reported measure."""
    blocks: list[Block] = [Heading(1, "二、各项措施进展")]
    monthly = [s for s in rollup.standings if s.duty.kind == "progress" and s.duty.period == rollup.period]
    standings = {s.duty.unit: s for s in monthly}
    if rollup.measures and not any(m.reported for m in rollup.measures):
        # One sentence instead of the same one under every section; the attachments list the missing units.
        blocks.append(text_paragraph(f"本期{len(rollup.measures)}项措施均未取得可采用的进展报告。"))
        return blocks
    for section in plan.sections:
        own = [measure for measure in rollup.measures if measure.section == section.no]
        if own:
            blocks.append(Heading(2, f"（{section.no}）{section.title}"))
            blocks += _section(own, standings, sources, settings)
    return blocks


def _section(
    measures: Sequence[MeasureProgress], standings: Mapping[str, Standing], sources: SourceList, settings: Settings
) -> list[Block]:
    counts = [(light, sum(m.light == light for m in measures)) for light in LIGHTS]
    present = [(LIGHT_NAMES[light], count) for light, count in counts if count]
    lights = "、".join(f"{name}{count}项" for name, count in present)
    summary = (
        f"{len(measures)}项措施均为{present[0][0]}。" if len(present) == 1 else f"{len(measures)}项措施中，{lights}。"
    )
    # A single measure needs no count; where no measure has a light, the sentence about missing reports says why.
    counted = len(measures) > 1 and any(light != "无" for light, count in counts if count)
    text = (summary if counted else "") + _without_text(measures, standings)
    blocks: list[Block] = [text_paragraph(text)] if text else []
    blocks += [_measure(m, sources, settings) for m in measures if says_something(m.progress)]
    return blocks


def _measure(measure: MeasureProgress, sources: SourceList, settings: Settings) -> Paragraph:
    head = f"{measure.no}. {short_title(measure.text)}（{measure.unit}，"
    runs = [
        Run(head),
        Run(LIGHT_NAMES[measure.light], light=measure.light),
        Run("）。"),
        Run(quoted(measure.progress, settings.brief.quote_chars), source=sources.add(measure), quote=True),
    ]
    if lines := disputes(measure):
        runs.append(Run(f"{'；'.join(lines)}，请核对。"))
    return Paragraph(tuple(runs))


def _without_text(measures: Sequence[MeasureProgress], standings: Mapping[str, Standing]) -> str:
    """Why measures have no progress text: nil report, sent back, awaiting an explanation, or not reported."""
    groups: dict[str, list[MeasureProgress]] = {}
    for measure in measures:
        if not says_something(measure.progress):
            standing = standings.get(measure.unit)
            groups.setdefault(standing.name if standing else "未报", []).append(measure)
    return "".join(f"{named_measures(own)}{_NO_TEXT.get(name, '本期未报进展')}。" for name, own in groups.items())


def figures_part(
    rollup: RollUp, plan: Plan, sources: SourceList, settings: Settings, past: Sequence[RollUp] = ()
) -> list[Block]:
    """The table of targets, the chart, the table of the year's months; empty for a plan without targets."""
    if not rollup.figures:
        return []
    targets = {(m.no, t.metric): t for m in plan.measures for t in m.targets}
    rows = tuple(_row(item, targets.get((item.measure, item.metric)), sources) for item in rollup.figures)
    compared = any(item.change is not None for item in rollup.figures)
    table = Table("量化指标完成情况表", _COLUMNS, rows)
    blocks: list[Block] = [
        Heading(1, "三、量化指标完成情况"),
        table if compared else _without_change(table),
        text_paragraph(_note(settings, compared), "note"),
    ]
    return [*blocks, *_chart(rollup.figures, sources), *trend_table(rollup, past, sources)]


def _without_change(table: Table) -> Table:
    """The table without 较上月, its width given to 指标: in a first month that column would be all dashes."""
    room = next(column.width_mm for column in table.columns if column.title == _CHANGE)
    columns = [replace(c, width_mm=c.width_mm + room) if c.title == "指标" else c for c in table.columns[:-1]]
    return replace(table, columns=tuple(columns), rows=tuple(row[:-1] for row in table.rows))


def _chart(figures: Sequence[TargetProgress], sources: SourceList) -> list[Block]:
    """The targets not reached yet, those furthest behind time first. No chart below two bars."""
    known = [item for item in figures if item.share is not None]
    unmet = sorted((item for item in known if not item.is_done), key=_ahead_of_time)
    if len(unmet) < 2:
        return []
    bars = tuple(_bar(item, sources) for item in unmet[:MOST_BARS])
    left_out = (len(known) - len(unmet), len(figures) - len(known), len(unmet) - len(bars))
    note = text_paragraph(_chart_note(*left_out), "note")
    return [Chart("图1  完成率与序时进度对照图", bars), note]


def _ahead_of_time(item: TargetProgress) -> float:
    return min(item.share or 0.0, 1.0) - item.elapsed


def _chart_note(done: int, unknown: int, less_behind: int) -> str:
    text = "注：横条为完成率，竖线为序时进度，横条不到竖线的落后于序时；自上而下落后程度由大到小。"
    parts = ((done, "已完成的{}项"), (unknown, "未取得有效数据的{}项"), (less_behind, "落后较少的{}项"))
    left = "、".join(words.format(count) for count, words in parts if count)
    return text + (f"{left}未列入。" if left else "")


def _note(settings: Settings, compared: bool) -> str:
    yellow, red = figure_text(settings.lights.yellow_points), figure_text(settings.lights.red_points)
    change = "（“较上月”栏为没有上月数据可比）" if compared else ""
    return (
        f"注：落后序时进度不足{yellow}个百分点为绿灯，{yellow}至{red}个百分点为黄灯，"
        f"超过{red}个百分点或者逾期未完成为红灯；“—”为本期未取得有效数据{change}。"
    )


def _row(item: TargetProgress, target: Target | None, sources: SourceList) -> tuple[Run, ...]:
    source = sources.add(item)
    share = "—" if item.share is None else f"{percent_words(item.share)}%"
    return (
        Run(item.measure),
        Run(item.metric),
        Run(item.unit),
        Run(target_words(item, target.value_max if target else None)),
        Run("—" if item.cumulative is None else figure_text(item.cumulative), source=source),
        Run(share),
        Run(f"{percent_words(item.elapsed)}%"),
        Run("不评" if target and target.soft else LIGHT_NAMES[item.light][:1].replace("未", "—"), light=item.light),
        Run("—" if item.change is None else signed(item.change)),
    )


def bar_label(metric: str) -> str:
    """A metric's name, shortened to the width of a chart's label."""
    return metric if len(metric) <= _LABEL_CHARS else metric[: _LABEL_CHARS - 1] + "…"


def _bar(item: TargetProgress, sources: SourceList) -> Bar:
    done = percent_words(item.share or 0.0)
    return Bar(bar_label(item.metric), done, percent_words(item.elapsed), item.light, f"{done}%", sources.add(item))
