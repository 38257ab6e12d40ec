"""What can be wrong with a source description or a delivered file."""

from __future__ import annotations

from transliteration.errors import MendableError


class SourceError(MendableError):
    """A description or file that cannot be used.

    `what` and `mend` never hold the value of a cell. `where` may hold a file name; leave it out of logs (`private`).
    """

    @property
    def private(self) -> str:
        """The message without the place, fit for a log: a file name may hold a person's name."""
        return " ".join(f"{self.what}; {self.mend}".split())
