"""What can be wrong with a source description or a delivered file."""

from __future__ import annotations


class SourceError(Exception):
    """A description or file that cannot be used: what is wrong, where, and how to mend it, in one line.

    `what` and `mend` never hold the value of a cell. `where` may hold a file name; leave it out of logs (`private`).
    """

    def __init__(self, what: str, where: str, mend: str) -> None:
        super().__init__(what, where, mend)
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        return " ".join(f"{self.where}: {self.what}; {self.mend}".split())

    @property
    def private(self) -> str:
        """The message without the place, fit for a log: a file name may hold a person's name."""
        return " ".join(f"{self.what}; {self.mend}".split())
