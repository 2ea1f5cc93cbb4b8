"""Libraries that Great Expectations imports needlessly stay out of memory until they are used."""

from __future__ import annotations

import subprocess
import sys

from config.paths import PROJECT

_SCRIPT = """
import sys
from expectations.rule_meta import load_expectations
load_expectations()
import tasks.validate.judge_chunk
print(sorted(name for name in sys.modules if name.startswith(("altair.", "scipy.stats."))))
from scipy import stats
print(round(stats.entropy([0.5, 0.5]), 3))
print(sys.modules["scipy.stats"].entropy is stats.entropy)
"""


def test_a_deferred_library_is_imported_on_first_use() -> None:
    # In a new process: in this one another test may have imported them.
    command, project = [sys.executable, "-W", "ignore", "-c", _SCRIPT], PROJECT
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines() == ["[]", "0.693", "True"], done.stderr
