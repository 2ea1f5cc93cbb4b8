"""Convert the Word brief to PDF where LibreOffice is installed. Its absence is no error.

Belongs here: one headless conversion, with free substitutes for the office's fonts.
Does not belong here: the brief's content and styles (`word`, `build_template`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tasks.brief.writers.word_styles import FANG, HEI, KAI, LATIN, SONG, TITLE
from tasks.errors import RetryableError
from tasks.storage.atomic_write import write_atomically

_SUBSTITUTES: Mapping[str, Sequence[str]] = {
    FANG: ("FandolFang", "FangSong", "STFangsong"),
    KAI: ("FandolKai", "KaiTi", "AR PL KaitiM GB"),
    HEI: ("FandolHei", "SimHei", "Noto Sans CJK SC"),
    SONG: ("FandolSong", "SimSun", "Noto Serif CJK SC"),
    TITLE: ("FandolSong", "SimSun", "Noto Serif CJK SC"),
    LATIN: ("Liberation Serif", "Tinos", "Nimbus Roman", "FreeSerif", "FandolSong"),
}
# Folder of Debian's texlive-lang-chinese with the only free 仿宋 that covers GB2312; fontconfig does not search it.
FREE_FONTS = Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol")


def find_soffice() -> Path | None:
    """LibreOffice on the PATH, or None."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return Path(found) if found else None


def write_pdf(docx: Path, pdf: Path, soffice: Path | None, timeout_seconds: float = 120) -> Path | None:
    """Convert `docx` to `pdf`; returns `pdf`, or None without LibreOffice. Raises RetryableError on failure."""
    if soffice is None:
        return None
    with tempfile.TemporaryDirectory(prefix="lianxi-pdf-") as name:
        folder = Path(name)
        fonts = folder / "fonts.conf"
        fonts.write_text(_font_config(folder / "cache"), encoding="utf-8")
        shutil.copyfile(docx, folder / "brief.docx")
        # A separate profile: LibreOffice locks its profile, so a second instance would fail.
        command = [str(soffice), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", "pdf", "--outdir", str(folder), str(folder / "brief.docx")]
        env = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
        try:
            # Safe: no shell, and no argument comes from outside; the input is a copy under a fixed name.
            subprocess.run(command, env=env, capture_output=True, check=True, timeout=timeout_seconds)
            write_atomically(pdf, (folder / "brief.pdf").read_bytes())
        except (subprocess.SubprocessError, FileNotFoundError) as error:
            raise RetryableError(f"LibreOffice 未能把 {docx.name} 转为 PDF；Word 文件不受影响，可稍后重试") from error
    return pdf


def _font_config(cache: Path) -> str:
    """A fontconfig file that prefers the office's font, then our substitutes, then the system's choice."""
    aliases = "".join(
        f'<match target="pattern"><test name="family"><string>{wanted}</string></test>'
        f'<edit name="family" mode="append" binding="same">'
        f"{''.join(f'<string>{name}</string>' for name in names)}</edit></match>"
        for wanted, names in _SUBSTITUTES.items()
    )
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"<dir>{FREE_FONTS}</dir><cachedir>{cache}</cachedir>{aliases}</fontconfig>"
    )
