"""The tables of the ledger, typed. A change here needs a migration: a test compares the two.

Belongs here: tables, keys, constraints. Does not belong here: queries, or anything that leaves this stage.
Unknown unit, kind or period of a file is '' and never NULL, so that unique keys hold for it too.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, Index, MetaData, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tasks.model.words import LETTER_STATES, STATES
from tasks.store.schema.columns import AnyText, Instant, Json, Texts


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Base(DeclarativeBase):
    """Names every constraint, so that a later migration can speak of it on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, dt.datetime: Instant, float: Double, tuple[str, ...]: Texts, Any: Json}  # noqa: RUF012


class DutyRow(Base):
    """One duty: (plan, unit, kind, period). `extended_to` is the extension in force."""

    __tablename__ = "duty"
    __table_args__ = (UniqueConstraint("plan", "unit", "kind", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    unit: Mapped[str]
    kind: Mapped[str]
    period: Mapped[str]
    opens: Mapped[dt.date]
    due: Mapped[dt.date]
    grace_until: Mapped[dt.date]
    closes: Mapped[dt.date]
    text: Mapped[str]
    measures: Mapped[tuple[str, ...]]
    extended_to: Mapped[dt.date | None]


class ExtensionRow(Base):
    """One granted extension: until when, why, by whom. The last one granted is in force."""

    __tablename__ = "extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), index=True)
    until: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(AnyText)
    granted_by: Mapped[str]
    granted_at: Mapped[dt.datetime]


class PlaceRow(Base):
    """What lies at one path of the share now, so that a file seen before costs one stat.

    `path_key` is the path's sha256: a path may be longer than PostgreSQL can index.
    """

    __tablename__ = "place"

    plan: Mapped[str] = mapped_column(primary_key=True)
    path_key: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(AnyText)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    mtime_ns: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[dt.datetime]


class OriginalRow(Base):
    """One byte-exact original: (plan, sha256, path), with a verdict or a sighting once `settled`; see `holding`."""

    __tablename__ = "original"
    __table_args__ = (
        UniqueConstraint("plan", "sha256", "path_key"),
        Index("ix_original_open", "plan", sqlite_where=text("NOT settled"), postgresql_where=text("NOT settled")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    sha256: Mapped[str]
    path_key: Mapped[str]
    path: Mapped[str] = mapped_column(AnyText)
    folder_unit: Mapped[str | None] = mapped_column(AnyText)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    mtime_ns: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[dt.datetime]
    stored: Mapped[str] = mapped_column(AnyText)
    settled: Mapped[bool]
    claimed_by: Mapped[str | None]


class SubmissionRow(Base):
    """One version of one file. `verdict` is the state as decided and never changes; `state` is the state now.

    `part` counts the workbooks inside one original (a zip). `sender` is the unit, or the owner of the folder where
    the unit is unknown. A reply has been written once `replied_at` is set.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("original_id", "part"),
        UniqueConstraint("plan", "unit", "kind", "period", "version"),
        _one_of("state", STATES),
        # The database itself guarantees that one file counts, whatever a program does.
        Index(
            "uq_submission_in_force",
            "plan",
            "unit",
            "kind",
            "period",
            unique=True,
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
        Index(
            "ix_submission_unanswered",
            "plan",
            sqlite_where=text("replied_at IS NULL"),
            postgresql_where=text("replied_at IS NULL"),
        ),
        Index("ix_submission_plan_period", "plan", "period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    original_id: Mapped[int] = mapped_column(ForeignKey("original.id"))
    part: Mapped[int]
    plan: Mapped[str]
    unit: Mapped[str]
    sender: Mapped[str] = mapped_column(AnyText)
    kind: Mapped[str]
    period: Mapped[str]
    period_start: Mapped[dt.date | None]
    period_end: Mapped[dt.date | None]
    version: Mapped[int]
    verdict: Mapped[str]
    state: Mapped[str]
    superseded_by: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    received_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime]
    nil: Mapped[bool]
    extend_to: Mapped[dt.date | None]
    extend_reason: Mapped[str | None] = mapped_column(AnyText)
    identified_by: Mapped[str]
    template: Mapped[str | None] = mapped_column(AnyText)
    format: Mapped[str]
    sheet: Mapped[str] = mapped_column(AnyText)
    repairs: Mapped[Any]
    replied_at: Mapped[dt.datetime | None]
    reply_path: Mapped[str | None] = mapped_column(AnyText)
    reply_sha256: Mapped[str | None]


class SightingRow(Base):
    """The same bytes seen again: an original that is no version of its own but a duplicate of a submission."""

    __tablename__ = "sighting"

    original_id: Mapped[int] = mapped_column(ForeignKey("original.id"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True, index=True)


class FindingRow(Base):
    """One finding of one submission, in the order they were made."""

    __tablename__ = "finding"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    severity: Mapped[str]
    text: Mapped[str] = mapped_column(AnyText)
    remedy: Mapped[str] = mapped_column(AnyText)
    sheet: Mapped[str] = mapped_column(AnyText)
    cells: Mapped[tuple[str, ...]]
    measure: Mapped[str | None] = mapped_column(AnyText)
    value: Mapped[str] = mapped_column(AnyText)
    expected: Mapped[str] = mapped_column(AnyText)


class ProgressRecord(Base):
    """One validated row of one submission, which holds its plan, unit and period. Figures are in `metric_unit`."""

    __tablename__ = "progress"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(AnyText)
    role: Mapped[str] = mapped_column(AnyText)
    metric: Mapped[str] = mapped_column(AnyText)
    metric_unit: Mapped[str] = mapped_column(AnyText)
    target: Mapped[float | None]
    cumulative: Mapped[float | None]
    status: Mapped[str] = mapped_column(AnyText)
    progress: Mapped[str] = mapped_column(AnyText)
    problems: Mapped[str] = mapped_column(AnyText)
    coordination: Mapped[str] = mapped_column(AnyText)
    coordination_unit: Mapped[str] = mapped_column(AnyText)
    next_steps: Mapped[str] = mapped_column(AnyText)
    highlights: Mapped[str] = mapped_column(AnyText)
    expected: Mapped[str] = mapped_column(AnyText)
    explanation: Mapped[str] = mapped_column(AnyText)
    row: Mapped[int]
    cell: Mapped[str]


class ContactRow(Base):
    """One person of one accepted roster. A unit's people on a day are those of its last roster valid by then."""

    __tablename__ = "contact"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[dt.date]
    unit: Mapped[str] = mapped_column(AnyText)
    role: Mapped[str] = mapped_column(AnyText)
    name: Mapped[str] = mapped_column(AnyText)
    title: Mapped[str] = mapped_column(AnyText)
    phone: Mapped[str] = mapped_column(AnyText)
    mail: Mapped[str] = mapped_column(AnyText)


class LetterRow(Base):
    """One letter of the outbox. `sender` names the process that is sending it; `attempts` counts the tries.

    `retry_after` is the instant before which it is not tried again; `dead` the recipients that do not exist any more;
    `doubtful` once it may have arrived, whatever is said later; `code` what the program must know of the answer.
    """

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("plan", "unit", "duty", "rung", "day"),
        UniqueConstraint("message_id"),
        _one_of("state", LETTER_STATES),
        Index("ix_letter_plan_state", "plan", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    unit: Mapped[str]
    duty: Mapped[str]
    rung: Mapped[str]
    day: Mapped[dt.date]
    to: Mapped[Any]
    cc: Mapped[Any]
    subject: Mapped[str] = mapped_column(AnyText)
    text: Mapped[str] = mapped_column(AnyText)
    html: Mapped[str] = mapped_column(AnyText)
    message_id: Mapped[str]
    attachments: Mapped[Any]
    state: Mapped[str]
    answer: Mapped[str] = mapped_column(AnyText)
    attempts: Mapped[int]
    sender: Mapped[str | None]
    enqueued_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    retry_after: Mapped[dt.datetime | None]
    dead: Mapped[Any] = mapped_column(nullable=True)
    doubtful: Mapped[bool | None]
    code: Mapped[str | None]


class BriefRow(Base):
    """One issue of the brief. Numbered once within (plan, year); frozen content never changes."""

    __tablename__ = "brief"
    __table_args__ = (
        UniqueConstraint("plan", "year", "issue_no"),
        _one_of("state", ("draft", "frozen")),
    )

    plan: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int]
    issue_no: Mapped[int]
    state: Mapped[str]
    content_json: Mapped[str] = mapped_column(AnyText)
    drafted_at: Mapped[dt.datetime]
    frozen_at: Mapped[dt.datetime | None]
    frozen_by: Mapped[str | None]
