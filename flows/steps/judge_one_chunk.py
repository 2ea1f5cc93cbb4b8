"""One chunk of files from kept bytes to verdicts. The intake, its working processes and the benchmark all call this.

Belongs here: the order of the calls. No Prefect: a process that only reads and judges needs none.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.model.run_context import Context
from tasks.model.submission import Original, Reading, Verdict


def read_and_judge(chunk: Sequence[Original], context: Context, *, apart: bool = False) -> tuple[Verdict, ...]:
    """Read and judge one chunk. Nothing is written. Raises PipelineError when an original or the ledger is gone.

    With `apart` the files are read in another process, so that a file which kills its reader costs that file only.
    """
    # Imported here: only a pass with files needs them.
    from tasks.read.read_in_subprocess import read_in_subprocess
    from tasks.read.read_originals import read_originals

    return judge_readings((read_in_subprocess if apart else read_originals)(chunk, context), context)


def judge_readings(readings: Sequence[Reading], context: Context) -> tuple[Verdict, ...]:
    """Judge readings against what the ledger holds of their units: duties, last month's rows, explanations given."""
    from tasks.store.accepted_rows import load_previous_rows
    from tasks.store.duty_table import read_duties
    from tasks.store.settled_queries import load_answered_queries
    from tasks.validate.judge import judge

    url, plan = context.url, context.plan.id
    units = sorted({reading.unit for reading in readings if reading.unit})
    periods = sorted({reading.period for reading in readings if reading.period})
    previous = [row for period in periods for row in load_previous_rows(url, plan, period, units)]
    answered = load_answered_queries(url, plan, periods, units)
    return judge(readings, context, read_duties(url, plan, units=units), previous, answered)
