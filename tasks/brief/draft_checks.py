"""送审核对: points for the coordinator to check before approving a draft.

Belongs here: the list of points, each naming unit and measure. Does not belong here: anything that blocks the draft: a
person decides, and the points shown are stored with the issue.
"""

from __future__ import annotations

from collections.abc import Sequence

from config.county import County
from config.settings import Settings
from tasks.brief.background import BriefBackground
from tasks.brief.brief_document import Correction
from tasks.brief.words.brief_wording import change_unit, disputes, metric_words
from tasks.brief.words.prose import joined, signed
from tasks.model.meeting import Matter
from tasks.model.progress import MeasureProgress, RollUp, TargetProgress
from tasks.model.submission import Standing
from tasks.model.words import SENT_BACK
from tasks.personal_numbers import find_personal_numbers
from tasks.text import figure_text, says_something


def draft_checks(
    rollup: RollUp,
    county: County,
    settings: Settings,
    background: BriefBackground,
    corrections: Sequence[Correction],
    matters: Sequence[Matter],
) -> tuple[str, ...]:
    """The points, the most serious first; empty where there are none."""
    return (
        *_missing(rollup.standings),
        *_open(rollup.standings),
        *_moved(rollup.figures, settings.brief.moved_share_pct),
        *_disputes(rollup.measures),
        *_unexplained(rollup.measures),
        *_unconfirmed(rollup.standings, county),
        *_personal_numbers(rollup.measures),
        *([f"往期简报有{len(corrections)}处更正，已列入本期，请核对"] if corrections else []),
        *_overdue(matters, rollup),
        *background.troubles,
    )


def _missing(standings: Sequence[Standing]) -> list[str]:
    units = list(dict.fromkeys(s.duty.unit for s in standings if s.name == "未报"))
    return [f"未报{len(units)}家：{joined(units)}"] if units else []


def _open(standings: Sequence[Standing]) -> list[str]:
    return [
        f"{s.duty.unit}{s.name}：{'；'.join(dict.fromkeys(f.text for f in s.findings)) or '原因见退回的问题清单'}"
        for s in standings
        if s.name in SENT_BACK
    ]


def _moved(figures: Sequence[TargetProgress], share_pct: float) -> list[str]:
    """Figures that changed by more than `share_pct` of their target, or fell."""
    points = []
    for item in figures:
        if not item.change:
            continue
        moved_pct = abs(item.change) / item.target * 100 if item.target else 0.0
        what = f"第{item.measure}项{metric_words(item.metric)}（{item.unit}）较上月{signed(item.change)}{change_unit(item.metric_unit)}"
        if moved_pct > share_pct:
            points.append(f"{what}，变动为目标的{moved_pct:.0f}%，超过{figure_text(share_pct)}%")
        elif item.change < 0 and item.operator in (">=", "=", "range"):
            points.append(f"{what}，累计数比上月减少")
    return points


def _disputes(measures: Sequence[MeasureProgress]) -> list[str]:
    return [f"第{m.no}项数据不一致：{'；'.join(disputes(m))}" for m in measures if disputes(m)]


def _unexplained(measures: Sequence[MeasureProgress]) -> list[str]:
    numbers = [m.no for m in measures if m.light == "红" and m.progress and not says_something(m.problems)]
    return [f"亮红灯而未写明存在问题：第{'、'.join(numbers)}项"] if numbers else []


def _unconfirmed(standings: Sequence[Standing], county: County) -> list[str]:
    units = list(dict.fromkeys(s.duty.unit for s in standings))
    unconfirmed = [unit.name for name in units if (unit := county.resolve(name)) and not unit.confirmed]
    return [f"单位名册中待确认的成员{len(unconfirmed)}家：{joined(unconfirmed, 8)}"] if unconfirmed else []


def _personal_numbers(measures: Sequence[MeasureProgress]) -> list[str]:
    fields = ("progress", "problems", "coordination", "next_steps", "highlights")
    numbers = [m.no for m in measures if any(find_personal_numbers(str(getattr(m, f))) for f in fields)]
    return [f"所报文字含身份证、银行卡或者手机号码，已遮盖：第{'、'.join(numbers)}项"] if numbers else []


def _overdue(matters: Sequence[Matter], rollup: RollUp) -> list[str]:
    late = [m.no for m in matters if m.is_overdue(rollup.as_of)]
    unassigned = [m.no for m in matters if m.state == "办理中" and not m.owner]
    points = [f"会议事项超期未销号：{joined(late)}"] if late else []
    return points + ([f"会议事项未写明责任单位：{joined(unassigned)}"] if unassigned else [])
