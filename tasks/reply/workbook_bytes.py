"""A workbook -> reproducible bytes: no current time in the properties or in the archive."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

from openpyxl.workbook import Workbook

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_CORE = "docProps/core.xml"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def workbook_bytes(book: Workbook, changed_at: dt.datetime) -> bytes:
    """The workbook as .xlsx bytes. `changed_at` (aware) becomes the modification time in its properties."""
    moment = changed_at.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
    # openpyxl sets the current time as the creation time of a new workbook, and of one without that property.
    if book.properties.created.replace(tzinfo=None) >= moment:
        book.properties.created = moment
    buffer = io.BytesIO()
    book.save(buffer)
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    result = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(result, "w") as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == _CORE:
                # openpyxl writes the current time here on every save.
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            info = zipfile.ZipInfo(member.filename, date_time=_EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(info, content)
    return result.getvalue()
