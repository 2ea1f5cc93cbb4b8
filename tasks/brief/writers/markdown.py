"""The brief as Markdown, for the Prefect UI.

Does not belong here: the sentences (`parts`), the UI's artifacts (`flows.ui`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tasks.brief.brief_document import Annex, Block, Brief, Chart, Heading, Paragraph, Run, Table
from tasks.brief.words.prose import joined, long_date

_SPECIAL = re.compile(r"([\\`*_\[\]|#~])")


def to_markdown(brief: Brief) -> str:
    """The whole issue. Units' text is escaped, so it cannot break a table or become markup."""
    parts = [
        f"# {_plain(brief.name)}",
        f"{brief.year}年第{brief.issue_no}期　{_plain(brief.office)}　{long_date(brief.date)}",
        f"## {_plain(brief.title)}",
    ]
    for block in brief.blocks:
        parts += _block(block)
    parts += ["---", *(f"{mark}：{_plain(joined(names))}" for mark, names in brief.distribution)]
    return "\n\n".join(parts) + "\n"


def checks_markdown(brief: Brief) -> str:
    """The reasons for which earlier drafts were sent back, and the points of 送审核对 as a checklist."""
    points = "\n".join(f"- [ ] {_plain(point)}" for point in brief.checks) or "没有需要特别核对的问题。"
    remarks = "\n".join(f"- {_plain(remark)}" for remark in brief.remarks)
    sent_back = f"## 退回修改意见\n\n{remarks}\n\n" if remarks else ""
    return f"{sent_back}## 送审核对（{len(brief.checks)}项）\n\n{points}\n\n---\n\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * (block.level + 2)} {_plain(block.text)}"
    elif isinstance(block, Paragraph):
        text = _runs(block.runs)
        yield f"*{text}*" if block.style == "note" else text
    elif isinstance(block, Table):
        yield from [f"**{_plain(block.caption)}**"] if block.caption else []
        cells = ([_runs([cell]) for cell in row] for row in block.rows)
        yield _table([column.title for column in block.columns], cells)
    elif isinstance(block, Chart):
        yield f"**{_plain(block.caption)}**"
        titles = ["指标", "完成", "时间进度", "情况"]
        bars = ((_plain(b.label), _pct(b.done_pct), _pct(b.elapsed_pct), _plain(b.text)) for b in block.bars)
        yield _table(titles, bars)
    elif isinstance(block, Annex):
        where = f"（另附文件：{_plain(block.file)}）" if block.file else ""
        yield f"### 附件{block.no}　{_plain(block.title)}{where}"


def _runs(runs: Sequence[Run]) -> str:
    # Bold whitespace would be rendered as literal asterisks.
    return "".join(f"**{_plain(run.text)}**" if run.strong and run.text.strip() else _plain(run.text) for run in runs)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _pct(value: int | None) -> str:
    return "未报" if value is None else f"{value}%"


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("&", "&amp;").replace("<", "&lt;")
