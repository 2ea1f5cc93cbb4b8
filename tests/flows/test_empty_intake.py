"""A pass that finds nothing new must be cheap: it imports neither pandas nor Great Expectations nor SQLAlchemy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.paths import PROJECT
from flows.intake import intake
from tests.conftest import use_data_folder

_HEAVY = ("pandas", "numpy", "great_expectations", "openpyxl", "xlsxwriter", "docx", "yagmail", "python_calamine")
_PASS = """
import json, sys
from flows.server.environment import prepare_prefect
from pathlib import Path
prepare_prefect(Path(sys.argv[1]))
from flows.intake import intake
taken = intake(now="2023-10-18T09:00")
print(json.dumps([taken.received, sorted(set(sys.argv[2:]) & set(sys.modules))]))
"""


def _pass(data: Path, api_url: str, *more: str) -> str:
    """Run one pass in a process against the running server; returns the last line it printed."""
    environment = os.environ | {
        "LIANXI_DATA": str(data),
        "LIANXI_SHARE": str(data / "share"),
        "LIANXI_MAIL": "dry-run",
        "PREFECT_API_URL": api_url,
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-c", _PASS, str(data), *_HEAVY, *more]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose share has the units' folders, without any file."""
    data = tmp_path / "数据 data"
    use_data_folder(monkeypatch, data)
    for unit in ("县商工局", "县财政局"):
        (data / "share" / unit / "上报").mkdir(parents=True)
    return data


def test_a_pass_that_finds_nothing_new_imports_no_heavy_library(data: Path, prefect_api: str) -> None:
    """Neither the first pass, over an empty share, nor one over a file that was collected before."""
    assert _pass(data, prefect_api) == "[0, []]"
    seen = data / "share" / "县商工局" / "上报" / "10月.txt"
    seen.write_text("不是报表", encoding="utf-8")
    os.utime(seen, (1_697_500_000, 1_697_500_000))
    assert intake(now="2023-10-18T09:00").received == 1
    assert _pass(data, prefect_api, "sqlalchemy", "alembic") == "[0, []]"
