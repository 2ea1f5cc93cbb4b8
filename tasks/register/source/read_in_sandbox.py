"""A document is read in a process of its own, with an end to its memory and time: what it unpacks to is not known before.

Only what a hostile document can do to a reader is kept in here; what the reader reads is `pdffile`'s and `wordfile`'s.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys

from config.paths import PROJECT
from tasks.errors import InputError
from tasks.register.source.blocks import SourceBlock, SourceLine, SourceTable

_MEMORY_BYTES = 2**30
_CPU_SECONDS, _WAIT_SECONDS = 90, 300
_REFUSED = 3


def read_in_sandbox(kind: str, content: bytes, label: str) -> tuple[SourceBlock, ...]:
    """The blocks of a document of this kind (`pdf`, `word`), read by a child process that may die of it.

    Raises InputError as the reader does, and for a document on which the child ran out of memory or time.
    """
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", "from tasks.register.source.read_in_sandbox import serve; serve()", kind, label]
    try:
        done = subprocess.run(command, input=content, env=environment, capture_output=True, timeout=_WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        raise InputError(_beyond(label)) from None
    if done.returncode == _REFUSED:
        raise InputError(done.stdout.decode("utf-8"))
    if done.returncode != 0:
        raise InputError(_beyond(label))
    return tuple(_block(each) for each in json.loads(done.stdout))


def _beyond(label: str) -> str:
    return f"“{label}”读取时占用的内存或时间超出上限，未读取：文件可能有问题。请重新导出，或提供 .docx、.txt"


def _block(told: list[object]) -> SourceBlock:
    if len(told) == 2:
        return SourceLine(*told)  # type: ignore[arg-type]
    no, rows, lines = told
    return SourceTable(no, tuple(tuple(row) for row in rows), tuple(lines))  # type: ignore[arg-type, attr-defined]


def serve() -> None:
    """The child: limits first, then one document from standard input; blocks, or the reason against, to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kind, label = sys.argv[1:]
    content = sys.stdin.buffer.read()
    try:
        if kind == "pdf":
            from tasks.register.source.read_pdf import read_pdf

            blocks = read_pdf(content, label)
        else:
            from tasks.register.source.read_docx import read_docx

            blocks = read_docx(content, label)
    except InputError as fault:
        sys.stdout.buffer.write(str(fault).encode("utf-8"))
        sys.exit(_REFUSED)
    told = [
        [each.no, each.text] if isinstance(each, SourceLine) else [each.no, each.rows, each.lines] for each in blocks
    ]
    sys.stdout.buffer.write(json.dumps(told, ensure_ascii=True).encode("ascii"))
