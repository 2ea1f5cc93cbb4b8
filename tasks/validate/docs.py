"""The Data Docs site in data/quality: what became of the rules in the last passes, as Great Expectations' own pages.

Belongs here: turning one pass into one page, and keeping the site small. A page says of every rule how many of the files
it caught: numbers only, never a value or a name, for the site is open to whoever may read the folder. It is made from the
pass as recorded, not while judging: chunks are judged in several processes, and none of them waits for a page.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from config.workbook import Layout
from expectations.catalogue import CATALOGUE, in_general
from expectations.marks import library, rules_of
from tasks.files import write_atomically
from tasks.shapes import Submission

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

SUITE = "报送数据规则"
_KEPT_RUNS = 60
_NAME = re.compile(r"(\d{4}-\d\d-\d\d)_(\d\d)(\d\d)(\d\d)_来件(\d+)份_查出(\d+)条.html")
_INDEX = """<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><title>数据质量</title>
<style>body{{font:16px/1.8 sans-serif;margin:2em auto;max-width:46em}}td,th{{padding:.2em 1.2em;text-align:left}}</style>
<h1>数据质量</h1><p>最近{count}次收件，各条规则查出的来件份数。只有数目，没有数值和姓名。</p>
<table><tr><th>收件时间<th>来件<th>查出问题的规则</tr>
{rows}
</table></html>
"""


def write_docs(submissions: Sequence[Submission], layout: Layout, folder: Path, now: dt.datetime) -> Path:
    """Add the page of one pass to the site in `folder`, and drop the oldest pages; returns the site's first page.

    The pages are Great Expectations'. The first page is not: theirs is a script that asks the internet for its table.
    Raises OSError when the folder cannot be written.
    """
    library()
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view.view import DefaultJinjaPageView

    result = _result(submissions, layout, now)
    view: Any = DefaultJinjaPageView()
    page: str = view.render(ValidationResultsPageRenderer().render(result))
    caught = result.statistics["unsuccessful_expectations"]
    write_atomically(folder / f"{now:%Y-%m-%d_%H%M%S}_来件{len(submissions)}份_查出{caught}条.html", page.encode())
    return _write_index(folder)


def _write_index(folder: Path) -> Path:
    """The first page, newest pass first; what has grown too old goes."""
    pages = sorted((found for each in folder.iterdir() if (found := _NAME.fullmatch(each.name))), key=lambda f: f[0])
    for old in pages[:-_KEPT_RUNS]:
        (folder / old[0]).unlink(missing_ok=True)
    kept = pages[-_KEPT_RUNS:][::-1]
    rows = [
        f'<tr><td><a href="{quote(each[0])}">{each[1]} {each[2]}:{each[3]}</a><td>{each[5]}份<td>{each[6]}条</tr>'
        for each in kept
    ]
    write_atomically(folder / "index.html", _INDEX.format(count=len(kept), rows="\n".join(rows)).encode())
    return folder / "index.html"


def _result(submissions: Sequence[Submission], layout: Layout, now: dt.datetime) -> Any:
    """One validation result of all rules over the files of a pass."""
    from great_expectations.core import ExpectationSuiteValidationResult, RunIdentifier

    caught = Counter(code for each in submissions for code in {found.code for found in each.findings})
    outcomes = [_outcome(code, rule, caught[code], len(submissions)) for code, rule in sorted(_rules(layout).items())]
    passed = sum(bool(outcome.success) for outcome in outcomes)
    run = RunIdentifier(run_name=f"{now:%Y-%m-%d %H:%M}", run_time=now)
    return ExpectationSuiteValidationResult(
        success=passed == len(outcomes),
        results=outcomes,
        suite_name=SUITE,
        statistics={
            "evaluated_expectations": len(outcomes),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(outcomes) - passed,
            "success_percent": 100 * passed / len(outcomes),
        },
        meta={"run_id": run, "active_batch_definition": {}, "batch_markers": {}},
    )


def _rules(layout: Layout) -> Mapping[str, Expectation]:
    """An expectation for each rule: a rule may be tested in several columns, and several in one."""
    from expectations.month import month_expectations
    from expectations.roster import person_expectations, roster_expectations
    from expectations.submission import file_expectations, row_expectations

    statuses = tuple(choice.value for choice in layout.statuses)
    suites = (
        file_expectations(), row_expectations(statuses), month_expectations(), roster_expectations(), person_expectations()
    )  # fmt: skip
    every = (each for suite in suites for each in suite)
    return {mark["code"]: each for each in every if each.meta for mark in rules_of(each.meta)}


def _outcome(code: str, rule: Expectation, count: int, files: int) -> Any:
    from great_expectations.core import ExpectationValidationResult

    config = rule.configuration
    config.description = f"{code}　{in_general(CATALOGUE[code].title)}"
    return ExpectationValidationResult(
        success=not count,
        expectation_config=config,
        result={
            "element_count": files,
            "unexpected_count": count,
            "unexpected_percent": 100 * count / files,
            "observed_value": f"{files}份来件中{count}份",
        },
        exception_info={"raised_exception": False, "exception_message": None, "exception_traceback": None},
    )
