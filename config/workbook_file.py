"""Reads `workbook.toml` into the layout of the workbooks, with every fault, its line and remedy.

Belongs here: file -> values. What a column or a choice means is in `workbook`; what must hold between them in
`workbook_checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.config_errors import ConfigError
from config.paths import CONFIG
from config.tomlfile import Place, TomlFile, read_toml
from config.validation_errors import check_model, field_title
from config.workbook import WorkbookLayout
from config.workbook_checks import layout_faults

_PATH = CONFIG / "workbook.toml"
# The file names one thing a block ([[sheet]]) where the model holds many (`sheets`).
_SINGULAR = {"sheets": "sheet", "columns": "column", "heading": "heading"}


def load_layout(path: Path | None = None) -> WorkbookLayout:
    """Read the layout. Raises ConfigError with every fault of the file, each with its line and remedy."""
    file = read_toml(path or _PATH)
    layout, faults = check_model(
        WorkbookLayout,
        _values(file),
        lambda place: file.line_of(_in_file(place)),
        lambda place: field_title(_in_file(place)),
    )
    if layout is not None:
        faults = layout_faults(layout, lambda place: file.line_of(_in_file(place)))
    if layout is None or faults:
        raise ConfigError(file.path, faults)
    return layout


def _values(file: TomlFile) -> dict[str, Any]:
    """The file's tables under the model's names, and each choice column with its words filled in."""
    data = dict(file.data)
    lists = data.get("choices", {})
    data["sheets"] = [
        {**{key: value for key, value in sheet.items() if key != "column"}, "columns": _filled(sheet, "column", lists)}
        for sheet in data.pop("sheet", [])
    ]
    data["heading"] = _filled(data, "heading", lists)
    data["choices"] = {
        name: [{"value": value, "synonyms": synonyms} for value, synonyms in words.items()]
        for name, words in lists.items()
    }
    return data


def _filled(table: Mapping[str, Any], key: str, lists: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {**column, "values": list(lists.get(column["choice"], ()))} if "choice" in column else column
        for column in table.get(key, [])
    ]


def _in_file(place: Place) -> Place:
    return tuple(_SINGULAR.get(part, part) if isinstance(part, str) else part for part in place)
