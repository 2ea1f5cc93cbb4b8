"""`make pictures`: the README's pictures, from the demo's output. Needs chromium and soffice on PATH.

Belongs here: turning the demo's files (brief, returned workbook, letter) into PNG files. Does not belong here: pictures
of the UI (`ui_pictures`).
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.paths import PROJECT
from docs.rendering import office_to_pdf, pdf_to_png, screen_fonts
from tasks.brief.writers.word_to_pdf import find_soffice, write_pdf

PICTURES = PROJECT / "docs" / "pictures"
DEMO = PROJECT / "data" / "demo"
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def main() -> None:
    """Make every picture; runs the demo first where it has not run yet."""
    for program in ("chromium", "soffice"):
        if shutil.which(program) is None:
            sys.exit(f"需要 {program} 才能生成图片（{program} is needed for the pictures）")
    if not list((DEMO / "briefs").rglob("*.docx")):
        subprocess.run([sys.executable, "-m", "flows.cli.main", "demo"], cwd=PROJECT, check=True)
    PICTURES.mkdir(exist_ok=True)
    picture_brief()
    picture_returned()
    picture_mail()
    from docs import letters

    letters.main()


def picture_brief() -> None:
    """The first two pages of the brief, as printed."""
    source = next(path for path in (DEMO / "briefs").rglob("简报.docx") if path.parent.name != "送审稿")
    with tempfile.TemporaryDirectory() as folder:
        # Converted by the product itself, so that the fonts are those of an office's PDF.
        pdf = write_pdf(source, Path(folder) / "brief.pdf", find_soffice())
        assert pdf is not None, "soffice is gone"
        pdf_to_png(pdf, PICTURES / "brief.png", pages=(0, 1), dots_per_inch=72)


def picture_returned() -> None:
    """The first sheet of a returned workbook: the list of corrections to make."""
    source = next(iter(sorted((DEMO / "returned").rglob("*退回*.xlsx"))), None)
    if source is None:
        sys.exit("演示没有留下退回的报表（the demo left no returned workbook）")
    with tempfile.TemporaryDirectory() as folder:
        pdf_to_png(office_to_pdf(source, Path(folder)), PICTURES / "returned.png", pages=(0,), dots_per_inch=72)


def picture_mail() -> None:
    """One reminder as a mail client shows it."""
    from email import message_from_bytes, policy

    letter = next(iter(sorted((DEMO / "outbox").rglob("黄-*.eml"))), None) or next(
        iter((DEMO / "outbox").rglob("*.eml"))
    )
    message = message_from_bytes(letter.read_bytes(), policy=policy.default)
    body = message.get_body(("html",))
    assert body is not None, letter
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "mail.html"
        page.write_text(body.get_content(), encoding="utf-8")
        with browser(760, 900) as tab:
            tab.goto(page.as_uri())
            tab.screenshot(path=str(PICTURES / "mail.png"))


@contextlib.contextmanager
def browser(width: int, height: int, **options: Any) -> Iterator[Any]:
    """A tab of Debian's chromium: light theme, Chinese, time of Shanghai; `options` go to playwright's `new_page`."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        chromium = player.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(CHROMIUM_ARGUMENTS), env=screen_fonts(Path(folder))
        )
        yield chromium.new_page(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            color_scheme="light",
            timezone_id="Asia/Shanghai",
            **options,
        )
        chromium.close()


if __name__ == "__main__":
    main()
