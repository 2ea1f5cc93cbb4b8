"""A workbook -> its bytes, the same each time: no clock in the properties, no clock in the archive."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

from openpyxl.workbook import Workbook

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_CORE = "docProps/core.xml"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def packed(book: Workbook, changed_at: dt.datetime) -> bytes:
    """The workbook as .xlsx bytes. `changed_at` (aware) stands in its properties as the time of the last change."""
    moment = changed_at.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
    # openpyxl takes the clock for a workbook that does not say when it was made: one of our own, or a stripped one.
    if book.properties.created.replace(tzinfo=None) >= moment:
        book.properties.created = moment
    buffer = io.BytesIO()
    book.save(buffer)
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    packed_again = io.BytesIO()
    with zipfile.ZipFile(buffer) as before, zipfile.ZipFile(packed_again, "w") as after:
        for member in before.infolist():
            content = before.read(member)
            if member.filename == _CORE:
                # openpyxl writes the clock here on every save.
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            info = zipfile.ZipInfo(member.filename, date_time=_EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            after.writestr(info, content)
    return packed_again.getvalue()
