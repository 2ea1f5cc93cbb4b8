"""Reads `workbook.toml` into the layout of the workbooks, with every fault, its line and remedy.

Belongs here: file -> values. The meaning of a column or a choice is in `workbook`, the checks across them are in
`workbook_checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.config_errors import ConfigError
from config.paths import CONFIG
from config.toml_file import KeyPath, TomlFile, read_toml
from config.validation_errors import check_model, field_title
from config.workbook import WorkbookLayout
from config.workbook_checks import layout_faults

_PATH = CONFIG / "workbook.toml"
# The file has one [[sheet]] block per sheet; the model has one list `sheets`.
_FILE_KEYS = {"sheets": "sheet", "columns": "column", "heading": "heading"}


def load_layout(path: Path | None = None) -> WorkbookLayout:
    """Read the layout. Raises ConfigError with every fault of the file, each with its line and remedy."""
    file = read_toml(path or _PATH)
    layout, faults = check_model(
        WorkbookLayout,
        _model_values(file),
        lambda key_path: file.line_of(_file_key_path(key_path)),
        lambda key_path: field_title(_file_key_path(key_path)),
    )
    if layout is not None:
        faults = layout_faults(layout, lambda key_path: file.line_of(_file_key_path(key_path)))
    if layout is None or faults:
        raise ConfigError(file.path, faults)
    return layout


def _model_values(file: TomlFile) -> dict[str, Any]:
    """The file's tables under the model's names, and each choice column with its words."""
    data = dict(file.data)
    lists = data.get("choices", {})
    data["sheets"] = [
        {
            **{key: value for key, value in sheet.items() if key != "column"},
            "columns": _with_choices(sheet, "column", lists),
        }
        for sheet in data.pop("sheet", [])
    ]
    data["heading"] = _with_choices(data, "heading", lists)
    data["choices"] = {
        name: [{"value": value, "synonyms": synonyms} for value, synonyms in words.items()]
        for name, words in lists.items()
    }
    return data


def _with_choices(table: Mapping[str, Any], key: str, lists: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {**column, "values": list(lists.get(column["choice"], ()))} if "choice" in column else column
        for column in table.get(key, [])
    ]


def _file_key_path(key_path: KeyPath) -> KeyPath:
    return tuple(_FILE_KEYS.get(part, part) if isinstance(part, str) else part for part in key_path)
