"""The project's own folders: the only place that derives a path from `__file__`.

Does not belong here: the folders an office sets (data, share, config); those are in the settings.
"""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CONFIG = PROJECT / "config"
TEMPLATES = CONFIG / "templates"
