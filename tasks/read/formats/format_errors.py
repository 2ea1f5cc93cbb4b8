"""The reasons why a file's format cannot be read. `read_originals` turns each into a finding."""

from __future__ import annotations


class EncryptedError(Exception):
    """A password is needed to open the file."""


class BrokenError(Exception):
    """The file is damaged, or contains something no spreadsheet program writes."""


class TooLargeError(Exception):
    """The file exceeds a limit. `what` is the size that was met, `limit` the size allowed; both in Chinese."""

    def __init__(self, what: str, limit: str) -> None:
        super().__init__(what)
        self.what, self.limit = what, limit
