"""Starts senders and kills them at random: `python -m tests.unit.tasks.mail.killed_senders FOLDER KILLS SEED`.

It runs as a process of its own, because it forks each sender, which is safe only without threads. It prints what
happened as JSON; `test_sender_killed` asserts what must hold.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter as Tally
from pathlib import Path
from typing import Any

from config.settings import MailSettings
from flows.steps.send_letters import dispatch
from tasks.mail import deliver as _imported_before_the_first_fork  # noqa: F401
from tasks.mail.message import Sender
from tasks.model.letter import Attachment
from tasks.store import outbox
from tasks.store.migrate import migrate
from tests.mailserver import PASSWORD, USER, Authority, Faults, MailServer
from tests.unit.tasks.mail.mail_values import PLAN, at, letter, mail

SENDER = ("notice@office.example", "某县促消费联席会议办公室")
OPEN = ("ready", "sending", "uncertain", "failed")
# The simulated time passes while senders die: no letter may be given up meanwhile.
PATIENT: dict[str, Any] = {"retry_minutes": (10,), "give_up_hours": 1_000_000}
BATCH, SENDERS, STALL_SECONDS = 40, 2, 2.2
BODIES = ["", "", "", "", "", "", "before-data", "body", "after-data"]
REPLIES = ["", "", "", "", "", "", "", "421 closing", "450 try later"]
FINISHED = "-- the last line of this test's letters --"


def play(folder: Path, kills: int, seed: int) -> dict[str, object]:
    """Kill senders until `kills` have died at work, then let one finish. Returns the outcome of every letter."""
    chance = random.Random(seed)
    url, log = f"sqlite:///{folder}/lianxi.db", folder / "taken.jsonl"
    migrate(url)
    _watch_doubts(folder)
    (folder / "form.docx").write_bytes(chance.randbytes(60_000))
    authority = Authority(folder)
    server, port, lifeline = _server(authority, folder, log, chance)
    settings = mail(port, "ssl", authority.ca_file, user=USER, password=PASSWORD, timeout_seconds=2, **PATIENT)
    sender, now, letters, killed = Sender(folder, SENDER), at(dt.date(2023, 10, 23), 9), 0, 0
    while killed < kills:
        now += dt.timedelta(minutes=11)
        if len(outbox.letter_records(url, PLAN, OPEN)) < BATCH:
            letters += _enqueue(url, letters, now)
        killed += _one_round(url, settings, sender, now, chance)
    rounds = 0
    while outbox.letter_records(url, PLAN, OPEN) and rounds < 400:
        now, rounds = now + dt.timedelta(minutes=11), rounds + 1
        pid, started = _fork_sender(url, settings, sender, now)
        _wait(pid)
        os.close(started)
    os.close(lifeline)
    _wait(server)
    return _tally(url, folder, log, killed, letters)


def _server(authority: Authority, folder: Path, log: Path, chance: random.Random) -> tuple[int, int, int]:
    """A failing server in a child process, until the pipe `lifeline` is closed: (pid, port, lifeline)."""
    wait_end, lifeline = os.pipe()
    port_end, write_end = os.pipe()
    pid = os.fork()
    if pid:
        os.close(wait_end)
        os.close(write_end)
        return pid, int(os.read(port_end, 10)), lifeline
    os.close(lifeline)
    # The server library warns of its own attribute at every login.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    faults = Faults(
        greeting=chance.choices(["", "421 busy"], [19, 1], k=100_000),
        sender=chance.choices(REPLIES, k=100_000),
        data=chance.choices(REPLIES, k=100_000),
        drop=chance.choices([*BODIES, "stall"], [40] * len(BODIES) + [1], k=100_000),
        stall_seconds=STALL_SECONDS,
    )
    with MailServer(authority, "ssl", faults, log=log) as server:
        os.write(write_end, str(server.port).encode())
        os.read(wait_end, 1)
    os._exit(0)


def _enqueue(url: str, count: int, now: dt.datetime) -> int:
    form = (Attachment("督办单.docx", "form.docx"),)
    made = [letter(number, attachments=form, text=f"{FINISHED}\n") for number in range(count, count + BATCH)]
    return len(outbox.enqueue_letters(url, made, now))


def _one_round(url: str, settings: MailSettings, sender: Sender, now: dt.datetime, chance: random.Random) -> int:
    """Start senders side by side and kill each at a random time, before or while it sends. Returns how many died."""
    started = [_fork_sender(url, settings, sender, now) for _ in range(SENDERS)]
    died = 0
    for pid, sending in started:
        if chance.random() < 0.8:
            os.read(sending, 1)
        time.sleep(chance.uniform(0.0, 0.15))
        os.kill(pid, signal.SIGKILL)
        os.close(sending)
        died += _wait(pid) == -signal.SIGKILL
    return died


def _fork_sender(url: str, settings: MailSettings, sender: Sender, now: dt.datetime) -> tuple[int, int]:
    """Start a sender in a child process: (pid, a pipe that it writes to before it sends)."""
    sending, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            waiting = outbox.load_ready_letters(url, PLAN, now, "resend", outbox.Patience(**PATIENT))
            os.write(write_end, b".")
            dispatch(url, waiting, settings, sender, now, on_sent=lambda _: None)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    os.close(write_end)
    return pid, sending


def _wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _watch_doubts(folder: Path) -> None:
    """Let a trigger record each letter whose connection dropped after DATA (died = 0) or whose sender died (died = 1)."""
    with sqlite3.connect(folder / "lianxi.db") as connection:
        connection.execute("CREATE TABLE doubt (message_id TEXT, died INTEGER)")
        connection.execute(
            "CREATE TRIGGER note AFTER UPDATE OF state ON letter WHEN OLD.state = 'sending' AND NEW.state = 'uncertain' "
            "BEGIN INSERT INTO doubt VALUES (NEW.message_id, NEW.answer LIKE '发送中断%'); END"
        )


def _tally(url: str, folder: Path, log: Path, killed: int, letters: int) -> dict[str, object]:
    with sqlite3.connect(folder / "lianxi.db") as connection:
        doubts = connection.execute("SELECT message_id, died FROM doubt").fetchall()
    taken = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return {
        "kills": killed,
        "letters": letters,
        "states": Tally(each.state for each in outbox.letter_records(url, PLAN)),
        "ids": {each.to[0]: each.message_id for each in outbox.letter_records(url, PLAN)},
        "taken": taken,
        "dropped": Tally(message_id for message_id, died in doubts if not died),
        "died": Tally(message_id for message_id, died in doubts if died),
    }


if __name__ == "__main__":
    print(json.dumps(play(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
