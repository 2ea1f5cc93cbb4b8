"""The Data Docs site in data/quality: the result of each rule in the last passes, as Great Expectations pages.

Belongs here: turning one pass into one page, and limiting the number of pages. A page has the number of files that failed
each rule, and no value or name: everyone who may read the folder can open it. The page is made from the recorded pass and
not while judging, so that no judging process waits for it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from expectations.catalogue import CATALOGUE, FAMILIES, general_text
from expectations.rule import Rule
from expectations.rule_meta import load_expectations
from tasks.storage.atomic_write import write_atomically
from tasks.validate.offline_page import offline_page

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


def write_docs(files: int, caught: Mapping[str, int], folder: Path, now: dt.datetime) -> Path:
    """Add the page of one pass to the site in `folder` and delete the oldest pages; returns the path of the index page.

    `files` is the number of files judged, `caught` the number that failed each rule, by code. The pages come from Great
    Expectations, changed to work offline; the index is our own, because the library's is all script.
    Raises OSError when the folder cannot be written.
    """
    load_expectations()
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view.view import DefaultJinjaPageView

    result = _result(files, caught, now)
    view: Any = DefaultJinjaPageView()
    page = offline_page(view.render(ValidationResultsPageRenderer().render(result)))
    rules = result.statistics["unsuccessful_expectations"]
    write_atomically(folder / f"{now:%Y-%m-%d_%H%M%S}_来件{files}份_查出{rules}条.html", page.encode())
    return _write_index(folder)


def _write_index(folder: Path) -> Path:
    """Write the index page, newest pass first, and delete the pages beyond the newest `_KEPT_RUNS`."""
    pages = sorted((match for each in folder.iterdir() if (match := _NAME.fullmatch(each.name))), key=lambda m: m[0])
    for page in pages[:-_KEPT_RUNS]:
        (folder / page[0]).unlink(missing_ok=True)
    kept = pages[-_KEPT_RUNS:][::-1]
    rows = [
        f'<tr><td><a href="{quote(each[0])}">{each[1]} {each[2]}:{each[3]}</a><td>{each[5]}份<td>{each[6]}条</tr>'
        for each in kept
    ]
    write_atomically(folder / "index.html", _INDEX.format(count=len(kept), rows="\n".join(rows)).encode())
    return folder / "index.html"


def _result(files: int, caught: Mapping[str, int], now: dt.datetime) -> Any:
    """One validation result of all rules over the files of a pass."""
    from great_expectations.core import ExpectationSuiteValidationResult, RunIdentifier

    outcomes = [_outcome(rule, caught.get(code, 0), files) for code, rule in CATALOGUE.items()]
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


def _outcome(rule: Rule, count: int, files: int) -> Any:
    """One rule of the catalogue as the result of an expectation: its words and the number of files that failed."""
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    return ExpectationValidationResult(
        success=not count,
        expectation_config=ExpectationConfiguration(
            # Any type would do whose page prints `observed_value` unchanged.
            type="expect_column_values_to_be_between",
            kwargs={"column": FAMILIES[rule.code[:2]], "max_value": 0},
            description=f"{rule.code}　{general_text(rule.title)}",
        ),
        result={"observed_value": f"{files}份来件中{count}份"},
        exception_info={"raised_exception": False, "exception_message": None, "exception_traceback": None},
    )
