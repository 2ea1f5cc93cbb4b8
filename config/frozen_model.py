"""The base of every configuration value: frozen, and a key the model does not know is a fault."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

NonEmptyText = Annotated[str, Field(min_length=1)]


class FrozenModel(BaseModel):
    """Values that never change after reading. `extra="forbid"` turns a mistyped key into a fault instead of ignoring it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
