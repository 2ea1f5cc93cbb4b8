"""Tables of incoming files: paths in the share, originals, submissions and what belongs to a submission.

A change here needs a migration: a test compares the two.
An unknown unit, kind or period of a file is '' and never NULL, so that the unique keys hold for it too.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tasks.model.words import STATES
from tasks.store.schema.base import Base, one_of
from tasks.store.schema.columns import AnyText


class PlaceRow(Base):
    """The file at one path of the share as last seen, so that an unchanged file costs one stat.

    `path_key` is the sha256 of the path: a path may be longer than PostgreSQL can index.
    """

    __tablename__ = "place"

    plan: Mapped[str] = mapped_column(primary_key=True)
    path_key: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(AnyText)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    mtime_ns: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[dt.datetime]


class OriginalRow(Base):
    """One byte-exact original: (plan, sha256, path). Once `settled` it has a verdict or is a sighting."""

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
    """One version of one file. `verdict` is the state as decided and never changes; `state` is the current state.

    `part` numbers the workbooks inside one original (a zip). `sender` is the unit, or the owner of the folder where
    the unit is unknown. `replied_at` is set once the reply has been written.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("original_id", "part"),
        UniqueConstraint("plan", "unit", "kind", "period", "version"),
        one_of("state", STATES),
        # The database itself guarantees that only one version counts.
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
    """An original with the bytes of an earlier submission: a duplicate, not a version of its own."""

    __tablename__ = "sighting"

    original_id: Mapped[int] = mapped_column(ForeignKey("original.id"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True, index=True)


class FindingRow(Base):
    """One finding of one submission; `position` keeps the order in which the findings were made."""

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
    """One validated row of one submission; plan, unit and period are the submission's. Figures are in `metric_unit`."""

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
    """One person of one accepted roster. The contacts of a unit on a day are those of its last roster valid by then."""

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
