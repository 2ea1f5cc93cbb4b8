"""One HTML page with all sample letters of a period, each as HTML and as plain text.

Does not belong here: the letters themselves (`sample_letters`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from tasks.mail.sample_letters import Sample

_STYLE = """
body{margin:0;background:#fff;color:#1a1a1a;font:16px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif}
header,section{max-width:760px;margin:0 auto;padding:24px 16px}
section{border-top:1px solid #ccc}
h1{font-size:24px}h2{font-size:18px;margin:0 0 8px}
dl{display:grid;grid-template-columns:5em 1fr;margin:0 0 12px;font-size:14px}dt{color:#555}dd{margin:0}
pre{white-space:pre-wrap;background:#f6f6f4;padding:12px;font-size:14px}
@media print{section{break-inside:avoid}}
"""


def preview_page(title: str, samples: Sequence[Sample]) -> str:
    """One HTML page without external resources; the same samples give the same bytes."""
    index = "".join(
        f'<li><a href="#{number}">{escape(each.occasion)}</a></li>' for number, each in enumerate(samples, 1)
    )
    shown = "".join(_section(number, each) for number, each in enumerate(samples, 1))
    note = "以下是各类信件的样子。单位和事项取自方案，收件地址、问题和附件都是样例；这里的信一封也不会发出。"
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><header><h1>{escape(title)}</h1><p>{note}</p><ol>{index}</ol></header>"
        f"{shown}</body></html>\n"
    )


def _section(number: int, sample: Sample) -> str:
    letter = sample.letter
    rows = {
        "主题": letter.subject,
        "主送": "、".join(letter.to),
        "抄送": "、".join(letter.cc) or "无",
        "附件": "、".join(each.name for each in letter.attachments) or "无",
    }
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in rows.items())
    return (
        f'<section id="{number}"><h2>{number}. {escape(sample.occasion)}</h2><dl>{listed}</dl>{_body(letter.html)}'
        f"<details><summary>纯文本</summary><pre>{escape(letter.text)}</pre></details></section>\n"
    )


def _body(html: str) -> str:
    """The content of the letter's body element. Its styles are inline, so it looks the same on this page."""
    found = re.search(r"<body[^>]*>(.*)</body>", html, re.DOTALL)
    return found[1] if found else html
