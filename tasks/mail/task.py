"""Prefect task of the mail stage. Sending has its own in the flow, which closes the outbox row of each letter."""

from __future__ import annotations

from tasks.mail.morning import decide_steps
from tasks.task import as_task

decide_steps_task = as_task(
    decide_steps,
    "研判催报",
    run_name="研判催报 {context.now:%Y-%m-%d}",
    log=lambda decided: f"催报 {len(decided[0])} 项，电话 {len(decided[1])} 项",
)
