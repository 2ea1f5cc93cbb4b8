"""The findings in the damaged workbooks, independent of chunks: `python -m tests.golden.findings` writes them again.

Belongs here: the office they are judged in, with last month on record, and verdicts told as text.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.workload import NOW
from flows.steps.judge_one_chunk import read_and_judge
from tasks.model.run_context import Context
from tasks.model.submission import Original, ProgressRow, Verdict
from tasks.store.duty_table import write_duties
from tasks.store.migrate import migrate
from tasks.store.record_verdicts import write_verdicts
from tests import factories
from tests.golden import damaged

JSON = Path(__file__).with_name("findings.json")
LAST_MONTH = "2023-09"
# The fields of an accepted row that are compared in addition to its figures.
_WORDS = ("status", "progress", "problems", "coordination", "next_steps", "expected", "explanation")


def office_in(root: Path) -> tuple[Context, list[Original]]:
    """The office and its files, oldest first; everything lies below `root`."""
    office = damaged.Office(root, damaged.COUNT)
    migrate(office.url)
    write_duties(office.url, office.duties)
    write_verdicts(office.url, [_last_month(office, number) for number in range(damaged.COUNT)], NOW)
    return office.context, [_kept(office, *file) for file in damaged.files(office)]


def _kept(office: damaged.Office, unit: str, fault: str, content: bytes) -> Original:
    digest, stored = factories.kept(content, office.originals, office.plan.id)
    kind = {b"%P": "pdf", b"": "xlsx", b"PK": "zip" if "压缩" in fault else "xlsx"}.get(content[:2], "csv")
    path = f"{unit}/上报/{fault}.{kind}"
    return factories.original(path, plan=office.plan.id, sha256=digest, stored=stored, received_at=NOW)


def _last_month(office: damaged.Office, number: int) -> Verdict:
    """September's figures: a fifth of each target."""
    unit = office.names[number]
    original = factories.original(
        f"{unit}/上报/9月.xlsx", plan=office.plan.id, sha256=unit.encode().hex().zfill(64)[-64:]
    )
    rows = [_september(office, unit, no, row) for row, no in enumerate(office.measures(number), 9)]
    reading = factories.reading(original=original, plan=office.plan.id, unit=unit, period=LAST_MONTH)
    return Verdict(reading, "accepted", (), tuple(rows))


def _september(office: damaged.Office, unit: str, no: str, row: int) -> ProgressRow:
    target = next(iter(office.plan.measure(no).targets), None)
    return factories.progress_row(
        no,
        target.metric if target else "",
        plan=office.plan.id,
        unit=unit,
        period=LAST_MONTH,
        metric_unit=target.unit if target else "",
        target=target.value if target else None,
        cumulative=round(target.value / 5, 3) if target else None,
        row=row,
        cell=f"{'H' if target else 'J'}{row}",
    )


def as_text(verdicts: Iterable[Verdict]) -> dict[str, dict[str, Any]]:
    """path -> state, findings (code, severity, cells, value read) and accepted rows, as comparable text."""
    return {verdict.reading.original.path: _verdict_text(verdict) for verdict in verdicts}


def _verdict_text(verdict: Verdict) -> dict[str, Any]:
    findings = sorted(f"{each.code} {each.severity} {','.join(each.cells)} {each.value!r}" for each in verdict.findings)
    text = {"state": verdict.state, "findings": findings}
    return text | ({"rows": [_row(row) for row in verdict.rows]} if verdict.rows else {})


def _row(row: ProgressRow) -> str:
    words = " ".join(f"{name}={getattr(row, name)}" for name in _WORDS if getattr(row, name))
    return f"{row.cell} {row.measure} {row.metric} {row.cumulative}/{row.target}{row.metric_unit} {words}"


def golden() -> Mapping[str, Any]:
    """The findings that a person last approved."""
    read: Mapping[str, Any] = json.loads(JSON.read_text(encoding="utf-8"))
    return read


def chunks_of(files: Sequence[Original], size: int) -> list[Sequence[Original]]:
    """The files in chunks, in order."""
    return [files[start : start + size] for start in range(0, len(files), size)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        context, files = office_in(Path(folder))
        text = json.dumps(as_text(read_and_judge(files, context)), ensure_ascii=False, indent=1)
        JSON.write_text(text + "\n", encoding="utf-8")
