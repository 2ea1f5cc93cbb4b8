"""The summary beside a draft: what was read, and what a person should settle before it comes into force.

Belongs here: the wording of that page (Markdown, plain Chinese).
"""

from __future__ import annotations

from tasks.register.draft import WHO, Draft

_ORDER = ("请确认", "请核对", "提示")


def summary_text(draft: Draft, plan_id: str) -> str:
    """The page as Markdown; the same draft always gives the same text."""
    document = draft.document
    targets = [target for measure in draft.measures for target in measure.targets]
    leads = {unit for measure in draft.measures for unit in measure.lead}
    lines = [
        f"# 登记摘要：{document.title or plan_id}",
        "",
        "本页由系统从文件读出，**经人工确认后方可生效**。请逐项核对 register.xlsx，并处理下列事项。",
        "",
        f"- 文号：{document.no or '（未读到）'}",
        f"- 印发机关：{document.issuer or '（未读到）'}；印发日期：{document.issued_on or '（未读到）'}",
        f"- 措施 {len(draft.measures)} 条，分 {len(draft.sections)} 个部分",
        f"- 牵头单位 {len(leads)} 家；涉及单位（含群组）{len(draft.units())} 家",
        f"- 量化指标 {len(targets)} 项（其中措辞有弹性 {sum(target.soft for target in targets)} 项）；"
        f"政策到期日 {sum(len(measure.expires) for measure in draft.measures)} 处",
        f"- 联席会议成员 {len(draft.members)} 家",
        "",
        "## 报送要求",
        "",
        *_duties(draft),
    ]
    for weight in _ORDER:
        found = [each for each in draft.uncertainties if each.weight == weight]
        if found:
            lines += ["", f"## {weight}（{len(found)} 项）", ""]
            lines += [
                f"{index}. {each.text}" + (f"〔{each.place}〕" if each.place else "")
                for index, each in enumerate(found, start=1)
            ]
    lines += ["", "## 各单位措施数", "", "| 单位 | 牵头 | 责任 |", "|---|---:|---:|"]
    lines += [f"| {unit} | {led} | {other} |" for unit, (led, other) in draft.units().items()]
    return "\n".join(lines) + "\n"


def _duties(draft: Draft) -> list[str]:
    if not draft.duties:
        return ["文件没有写报送要求；每月几日报送，请在设置中确定。"]
    return [
        f"- {duty.id} {'、'.join(WHO.get(who, who) for who in duty.who)}：{duty.text}，"
        + (
            f"{duty.due.isoformat()} 前"
            if duty.due
            else "每月（未写日期，请确定）"
            if duty.every_month
            else "（未写日期，请确定）"
        )
        for duty in draft.duties
    ]
