"""Letters on their way: into the outbox first, then sent one by one, each row closed with the server's answer.

Order only: what letters say is decided in `tasks.mail`, what a row may become in `tasks.store`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.office import Office
from tasks.shapes import Letter
from tasks.store import outbox
from tasks.store.task import enqueue, ready_letters

# What the post says of a letter, and what its row in the outbox becomes.
_CLOSED: Mapping[str, outbox.ClosedState] = {
    "sent": "sent", "uncertain": "uncertain", "retry": "failed", "permanent": "refused",
}


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one run's letters: how many were sent (written, in a dry run), and which were not, with why."""

    sent: int = 0
    troubles: tuple[str, ...] = ()


def post(office: Office, letters: Sequence[Letter]) -> Posted:
    """Put `letters` into the outbox, then send everything that is ready, left-overs of an earlier run included."""
    if letters:
        enqueue(office.url, letters, office.now, label=f"{len(letters)} 封")
    waiting = ready_letters(office.url, office.plan.id, label=office.plan.id)
    return _send(office, waiting, label=f"{len(waiting)} 封") if waiting else Posted()


# No retries: what left is closed in the outbox, and the next run takes up what did not.
@task(name="寄送", task_run_name="寄送 {label}", cache_policy=NO_CACHE)
def _send(office: Office, waiting: Sequence[Letter], *, label: str) -> Posted:
    """One connection for the batch; a row is closed right after its letter, before the next one leaves."""
    # Imported here: a run without letters needs no mail library.
    from tasks.mail.parcel import Counter
    from tasks.mail.post import deliver

    county = office.county
    counter = Counter(office.data, (county.mail_sender, county.mail_sender_name), county.coordinator_mail, office.share)
    subjects = {letter.key: letter.subject for letter in waiting}
    sent, troubles = 0, []
    for key, state, answer in deliver(_taken(office, waiting), office.settings.mail, counter, office.now, lambda _: None):
        outbox.close(office.url, key, _CLOSED[state], answer, office.now)
        if state == "sent":
            sent += 1
        else:
            troubles.append(f"{key[1]}《{subjects[key]}》：{answer}")
    get_run_logger().info("%s：寄出 %d 封，未寄出 %d 封", label, sent, len(troubles))
    return Posted(sent, tuple(troubles))


def _taken(office: Office, waiting: Sequence[Letter]) -> Iterator[Letter]:
    """The letters this process takes, one at a time: of two runs at once only one gets each."""
    for letter in waiting:
        if outbox.mark_sending(office.url, letter.key):
            yield letter
