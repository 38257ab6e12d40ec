"""The base of all errors that a person can mend; every room's own errors stand under it.

    MendableError                  what is wrong, where, how to mend it
    ├── sources.errors.SourceError         a description or a delivered file that cannot be used
    ├── matching.errors.LinkageError       a spec, model, frame or cluster that cannot be linked with
    ├── keys.errors.KeysError               the ring, a holder or a recipient cannot be used
    ├── registry.errors.RegistryError      a fault of the registry, the queue, the feed or the database
    └── pipelines.cli.console.UserError    a command that was called with what it cannot work on

It stands in the lowest room, because every room that raises one imports this. Whoever shows an error to a person needs
this type alone: anything else is a defect of the program, and its message may quote a value.
"""

from __future__ import annotations

from functools import partial
from typing import Any


class MendableError(Exception):
    """What is wrong, where, and how to mend it, in one line that never holds the value of a record.

    Attributes:
        what: What is wrong, in one sentence.
        where: File and line, sheet and row, frame and column; may hold the name of a file, which may name a person.
        mend: What to do about it; '' where nothing can be done.
    """

    def __init__(self, what: str, where: str = "", mend: str = "") -> None:
        super().__init__(what, where, mend)
        self.what, self.where, self.mend = what, where, mend

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return " ".join(f"{place}{self.private}".split())

    @property
    def private(self) -> str:
        """The message without the place, fit for a log."""
        said = f"{self.what.rstrip('.')}. {self.mend.rstrip('.')}" if self.mend else self.what
        return " ".join(said.split())

    def __reduce__(self) -> tuple[Any, ...]:
        """Come whole out of another process."""
        return partial(type(self), where=self.where, mend=self.mend), (self.what,)
