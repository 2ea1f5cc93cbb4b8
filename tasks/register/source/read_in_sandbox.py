"""Reads a PDF or a large Word file in a child process with limited memory and time.

A small file may unpack to more than the machine holds; then only the child dies. The reading itself is `read_pdf` and
`read_docx`.
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
    """The blocks of a document of this kind (`pdf`, `word`), read by a child process.

    Raises InputError as the reader does, and where the child runs out of memory or time.
    """
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", "from tasks.register.source.read_in_sandbox import serve; serve()", kind, label]
    try:
        done = subprocess.run(command, input=content, env=environment, capture_output=True, timeout=_WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        raise InputError(_too_costly(label)) from None
    if done.returncode == _REFUSED:
        raise InputError(done.stdout.decode("utf-8"))
    if done.returncode != 0:
        raise InputError(_too_costly(label))
    return tuple(_block(each) for each in json.loads(done.stdout))


def _too_costly(label: str) -> str:
    return f"“{label}”读取时占用的内存或时间超出上限，未读取：文件可能有问题。请重新导出，或提供 .docx、.txt"


def _block(fields: list[object]) -> SourceBlock:
    if len(fields) == 2:
        return SourceLine(*fields)  # type: ignore[arg-type]
    no, rows, lines = fields
    return SourceTable(no, tuple(tuple(row) for row in rows), tuple(lines))  # type: ignore[arg-type, attr-defined]


def serve() -> None:
    """The child process: reads one document from standard input, writes its blocks or the error to standard output."""
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
    fields = [
        [each.no, each.text] if isinstance(each, SourceLine) else [each.no, each.rows, each.lines] for each in blocks
    ]
    sys.stdout.buffer.write(json.dumps(fields, ensure_ascii=True).encode("ascii"))
