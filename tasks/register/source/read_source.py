"""The bytes of a document -> numbered lines and tables, whatever the format.

Belongs here: telling the format, plain text and its encodings, size limits, and refusals in plain Chinese. `read_docx`
and `read_pdf` read the other formats; they are imported only for such files.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from tasks.errors import InputError
from tasks.register.source.blocks import SourceBlock, SourceLine, SourceTable

MAX_BYTES = 30 * 1024 * 1024
MAX_CHARACTERS = 12_000_000
_REMARK = re.compile(r"#+ [^#：:]{1,12}[：:]")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_source(content: bytes, name: str) -> tuple[SourceBlock, ...]:
    """Lines and tables of a .txt (UTF-8, GB18030, UTF-16), .docx or .pdf; the format is told by content, not by name.

    Raises InputError, in plain Chinese, for anything that cannot be read as one of them.
    """
    label = PurePath(name).name or "文件"
    if not content.strip():
        raise InputError(f"“{label}”是空文件：没有可读的文字。请检查后重新提供")
    if len(content) > MAX_BYTES:
        raise InputError(f"“{label}”有 {len(content) // 1048576} MB，超过 {MAX_BYTES // 1048576} MB 的上限，未读取")
    if content.startswith(b"PK\x03\x04"):
        from tasks.register.source.read_docx import is_large, read_docx

        if is_large(content):
            from tasks.register.source.read_in_sandbox import read_in_sandbox

            return read_in_sandbox("word", content, label)
        return read_docx(content, label)
    if b"%PDF-" in content[:1024]:
        # Always in the sandbox: a PDF does not list the sizes that its parts unpack to.
        from tasks.register.source.read_in_sandbox import read_in_sandbox

        return read_in_sandbox("pdf", content, label)
    if content.startswith(_OLE):
        raise InputError(_ole_message(content, label))
    return text_blocks(_decode(content, label), label)


def text_blocks(text: str, label: str) -> tuple[SourceBlock, ...]:
    """Lines of a plain text; runs of lines with tabs or | become tables. Remarks (# 标题: …) are left out."""
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"“{label}”有 {len(text)} 个字，超过 {MAX_CHARACTERS} 字的上限，未读取")
    blocks: list[SourceBlock] = []
    rows: list[tuple[int, tuple[str, ...]]] = []
    lines = re.split(r"\r\n|[\n\r\f\v\u2028\u2029\x85]", text)
    for number, line in enumerate(lines, start=1):
        cells = _cells(line)
        if not cells and rows and _is_heading_row(line, lines[number : number + 1], len(rows[-1][1])):
            cells = (line.strip(), *[""] * (len(rows[-1][1]) - 1))
        if cells and rows and all(re.fullmatch(":?-{2,}:?", cell) for cell in cells):
            continue
        if len(cells) >= 3 or (rows and len(cells) == 2):
            rows.append((number, cells))
            continue
        _flush(rows, blocks)
        if line.strip() and not _REMARK.match(line):
            blocks.append(SourceLine(number, line.strip()))
    _flush(rows, blocks)
    if not blocks:
        raise InputError(f"“{label}”里没有文字。请检查后重新提供")
    return tuple(blocks)


def _is_heading_row(line: str, following: list[str], width: int) -> bool:
    """Whether a short line between two rows, the next of them numbered, is a heading inside the table."""
    below = _cells(following[0]) if following else ()
    numbered = len(below) == width > 2 and re.fullmatch(r"[（(]?[\d一二三四五六七八九十]{1,4}[）)]?[.、．]?", below[0])
    return bool(numbered) and 0 < len(line.strip()) <= 40


def _flush(rows: list[tuple[int, tuple[str, ...]]], blocks: list[SourceBlock]) -> None:
    """A run of rows becomes a table; a lone row is a line with wide gaps."""
    if len(rows) > 1:
        numbers, cells = zip(*rows, strict=True)
        blocks.append(SourceTable(numbers[0], cells, numbers))
    else:
        blocks.extend(SourceLine(number, " ".join(cell for cell in cells if cell)) for number, cells in rows)
    rows.clear()


def _cells(line: str) -> tuple[str, ...]:
    if "\t" in line:
        return tuple(cell.strip().strip('"').strip() for cell in line.strip("\n").split("\t"))
    if line.count("|") >= 3 and line.strip().startswith("|"):
        return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
    return ()


def _decode(content: bytes, label: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as(content, "utf-16", label)
    if content.startswith(b"\xef\xbb\xbf"):
        return _as(content, "utf-8-sig", label)
    # Chinese text in UTF-16 without a mark: every ASCII character leaves a zero byte on one side.
    if b"\x00" in content[:4096]:
        head = content[:4096]
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) and min(even, odd) * 4 <= max(even, odd):
            return _as(content, "utf-16-be" if even > odd else "utf-16-le", label)
        raise InputError(f"“{label}”不是文字文件（含有二进制内容）。可以读的是 .txt、.docx 和有文字的 .pdf")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _as(content, "gb18030", label)


def _as(content: bytes, encoding: str, label: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(
            f"“{label}”的文字编码认不出来（试过 UTF-8、GB18030、UTF-16）。请另存为 UTF-8 编码的文本"
        ) from None
    # Bytes of other formats may decode as GB18030; text hardly ever holds control or private-use characters.
    odd = len(re.findall("[\x00-\x08\x0e-\x1f\ue000-\uf8ff\ufffd]", text[:20000]))
    if odd > 8 and odd * 50 > len(text[:20000]):
        raise InputError(f"“{label}”不是文字文件。可以读的是 .txt（UTF-8、GB18030、UTF-16）、.docx 和有文字的 .pdf")
    return text


def _ole_message(content: bytes, label: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return f"“{label}”加了密码，读不出来。请去掉密码后另存为 .docx"
    return f"“{label}”是旧版 Word（.doc）或 WPS 格式，读不出来。请用 Word 或 WPS 另存为 .docx"
