"""Where the project lies: the folder with `config/`, and what ships in it.

Belongs here: the one look at `__file__`. What an office keeps elsewhere comes from the settings.
"""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CONFIG = PROJECT / "config"
TEMPLATES = CONFIG / "templates"
