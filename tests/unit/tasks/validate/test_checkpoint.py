"""The run of Great Expectations is independent of other processes."""

from __future__ import annotations

import os
import signal

import pandas as pd

from tasks.validate.checkpoint import run_checkpoint
from tasks.validate.suites import file_suite


def test_a_process_killed_during_a_run_does_not_block_the_others() -> None:
    from tqdm.auto import tqdm

    assert [miss.code for miss in run_checkpoint(pd.DataFrame({"faults": ["V305"]}, dtype="object"), file_suite())] == [
        "V305"
    ]
    if (pid := os.fork()) == 0:
        tqdm.get_lock().acquire()
        os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    assert tqdm.get_lock().acquire(blocking=False)
    tqdm.get_lock().release()
