"""The site's table of contents, an mkdocs hook: one tree for coordinators (Chinese), one for makers (English).

Belongs here: the order of pages. A page named here that does not exist is left out. An existing page that is not named
comes last in the tree of its language, so that pages can be added and removed without a change here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_TREES: dict[str, dict[str, str]] = {
    "给协调员": {
        "index.md": "首页",
        "month.md": "一个月怎么做",
        "letters.md": "信件的样子",
        "rules.md": "报送数据规则",
        "counties.md": "几个方案、几个县",
    },
    "For makers": {
        "makers.md": "How it is built",
        "glossary.md": "Glossary",
        "deploy.md": "Deploy",
        "scale.md": "Scale",
        "security.md": "Security",
        "release.md": "Release checklist",
    },
}


def on_config(config: Any) -> Any:
    """Fill in `nav` from the existing pages."""
    folder = Path(config["docs_dir"])
    pages = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.md"))
    named = {page for tree in _TREES.values() for page in tree}
    trees = {title: [{words: page} for page, words in tree.items() if page in pages] for title, tree in _TREES.items()}
    coordinators, makers = trees.values()
    for page in pages:
        if page not in named:
            (coordinators if _is_chinese(folder / page) else makers).append(page)
    config["nav"] = [{title: tree} for title, tree in trees.items()]
    return config


def _is_chinese(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return len(re.findall(r"[一-龥]", text)) * 4 > len(re.findall(r"[A-Za-z]", text))
