"""Turns a Great Expectations page into one file that needs no network and has its fixed words in Chinese.

Belongs here: removing what the page would fetch from the internet (scripts, styles, pictures, advertising), and our own
style. An office's network often has no internet, and a request would tell third parties who reads the page.
"""

from __future__ import annotations

import re

_FETCHED = re.compile(
    r"<script\b.*?</script>|<footer\b.*?</footer>|<style\b.*?</style>|<link\b[^>]*>|<img\b[^>]*>|<nav\b.*?</nav>\s*(?:</div>\s*</nav>)?",
    re.DOTALL,
)
# Parts that need a script: the list of sections and its switches; and the details of the run, which the title has.
_SCRIPTED = re.compile(r'<div class="sticky">.*?(?=<div class="col-md-10)', re.DOTALL)
_DETAILS = re.compile(r'<div id="section-1-content-block-3".*?(?=<div id="section-2")', re.DOTALL)
# Links into the library's own site, which does not exist here.
_SITE_LINK = re.compile(r'<a href="\.\./[^"]*"\s*>(.*?)</a>', re.DOTALL)
_WORDS = {
    "Data documentation compiled by Great Expectations": "数据质量",
    "Expectation Validation Result": "数据质量",
    "Evaluates whether a batch of data matches expectations.": "各条规则查出的来件份数。只有数目，没有数值和姓名。",
    "Overview": "总体情况",
    "Expectation Suite:": "规则：",
    "Data asset: None<br>": "",
    "Status:": "结果：",
    "Failed": "有规则查出问题",
    "Succeeded": "没有查出问题",
    "Statistics": "统计",
    "Unsuccessful Expectations": "查出问题的规则",
    "Successful Expectations": "没有查出问题的规则",
    "Evaluated Expectations": "规则条数",
    "Success Percent": "没有查出问题的占比",
    "Observed Value": "查出",
    "Expectation": "规则",
    "Status": "结果",
}
_WORD = re.compile(
    r">(\s*)(" + "|".join(map(re.escape, sorted(_WORDS, key=len, reverse=True))) + r")(?=\s*<|\s*$)", re.M
)
_STYLE = """<style>
body{font:16px/1.7 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2em auto;max-width:62em;padding:0 1em;color:#222}
h4{font-size:1.5em;margin:0}h5,h6{font-size:1.1em;margin:.6em 0 0}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #ccc;padding:.3em .8em;text-align:left}
th:first-child,td:first-child{width:5em}th:last-child,td:last-child{width:12em}
.text-success::before{content:"✓";color:#1a7f37}.text-danger::before{content:"✗";color:#b42318;font-weight:bold}
i{font-style:normal}[hidden]{display:none}
@media print{body{margin:0}}
</style>"""


def offline_page(page: str) -> str:
    """The page without anything fetched, with our own style, its fixed words in Chinese."""
    page = _SITE_LINK.sub(r"\1", _FETCHED.sub("", page))
    page = _DETAILS.sub("</div></div>", _SCRIPTED.sub("</div>", page))
    page = _WORD.sub(lambda match: f">{match[1]}{_WORDS[match[2]]}", page)
    page = page.replace("<html>", '<html lang="zh-CN">', 1).replace("</head>", f"{_STYLE}</head>", 1)
    return re.sub(r"<title></title>|\n\s*(?=\n)", "", page)
