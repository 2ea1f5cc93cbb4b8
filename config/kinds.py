"""Kinds of duty: what a unit reports, and the title people read for each.

Belongs here: this one list, because `config` may not import `tasks.model.words`, which holds every other closed list.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Kind = Literal["progress", "roster", "deliverable", "annual"]

KIND_TITLES: Mapping[Kind, str] = MappingProxyType(
    {"progress": "月度报送", "roster": "联系人名单", "deliverable": "专项报送", "annual": "全年总结"}
)
"""The title of each kind, in the order in which people see the kinds."""

FORMER_KIND_TITLES: Mapping[str, Kind] = MappingProxyType(
    {
        "专项成果": "deliverable",
        "专项材料": "deliverable",
        "成果报送": "deliverable",
        "年度总结": "annual",
        "进展报送": "progress",
    }
)
"""Titles that earlier versions used. Issued workbooks, clerks' file names and commands still carry them."""


def kind_of_title(title: str) -> Kind | None:
    """The kind with exactly this title, in today's or a former word; None for any other text."""
    return {title: kind for kind, title in KIND_TITLES.items()}.get(title) or FORMER_KIND_TITLES.get(title)
