"""Render office files for pictures: LibreOffice to PDF, PDF to PNG, with free fonts in place of the office's."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tasks.brief.writers.word_to_pdf import FREE_FONTS

# Font named in the document -> the free font of the same kind, where the machine has it.
SUBSTITUTES = {
    "仿宋_GB2312": "FandolFang",
    "方正小标宋简体": "FandolSong",
    "楷体_GB2312": "FandolKai",
    "黑体": "FandolHei",
    "宋体": "FandolSong",
    "微软雅黑": "Noto Sans CJK SC",
    "等线": "Noto Sans CJK SC",
}


def office_to_pdf(source: Path, folder: Path) -> Path:
    """Render `source` with LibreOffice into `folder`; returns the PDF. Raises FileNotFoundError without LibreOffice."""
    program = shutil.which("soffice")
    if program is None:
        raise FileNotFoundError("soffice")
    with tempfile.TemporaryDirectory() as profile:
        fonts = Path(profile) / "fonts.conf"
        fonts.write_text(_fonts(), encoding="utf-8")
        subprocess.run(
            [
                program,
                f"-env:UserInstallation=file://{profile}",
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                folder,
                source,
            ],
            env=os.environ | {"FONTCONFIG_FILE": str(fonts)},
            check=True,
            capture_output=True,
            timeout=180,
        )
    return folder / f"{source.stem}.pdf"


def pdf_to_png(pdf: Path, target: Path, pages: tuple[int, ...], dots_per_inch: int) -> None:
    """Write the pages (counted from 0) side by side into one PNG, with a thin frame around each."""
    import pypdfium2
    from PIL import Image, ImageOps

    with pypdfium2.PdfDocument(pdf) as document:
        shown = [page for page in pages if page < len(document)]
        images = [document[page].render(scale=dots_per_inch / 72 * 1.5).to_pil() for page in shown]
    framed = [ImageOps.expand(image.convert("RGB"), border=2, fill="#c8c8c8") for image in images]
    sheet = Image.new("RGB", (sum(image.width for image in framed), max(image.height for image in framed)), "white")
    left = 0
    for image in framed:
        sheet.paste(image, (left, 0))
        left += image.width
    sheet.quantize(64).save(target, optimize=True)


def screen_fonts(folder: Path) -> dict[str, str]:
    """Environment variables for chromium under which Chinese is shown in Noto Sans CJK, whatever fonts are installed."""
    fonts = folder / "fonts.conf"
    prefer = "".join(
        f"<alias binding='strong'><family>{family}</family><prefer><family>{free}</family></prefer></alias>"
        for family, free in (("sans-serif", "Noto Sans CJK SC"), ("serif", "Noto Serif CJK SC"))
    )
    fonts.write_text(
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        f"<dir>/usr/share/fonts/opentype/noto</dir><dir>/usr/share/fonts/truetype</dir>{prefer}</fontconfig>",
        encoding="utf-8",
    )
    return dict(os.environ) | {"FONTCONFIG_FILE": str(fonts)}


def _fonts() -> str:
    aliases = "".join(
        f"<match target='pattern'><test name='family'><string>{name}</string></test>"
        f"<edit name='family' mode='assign' binding='strong'><string>{free}</string></edit></match>"
        for name, free in SUBSTITUTES.items()
    )
    return (
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        f"<include ignore_missing='yes'>/etc/fonts/fonts.conf</include><dir>{FREE_FONTS}</dir>{aliases}</fontconfig>"
    )
