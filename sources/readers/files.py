"""The delivered file: what its bytes are, and whether that is what its name and its description say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sources.description.reader_options import CommonOptions, compiled
from sources.errors import SourceError
from sources.readers.kinds import MEND, PROMISED, READS, WORDS, Content, content_of


@dataclass(frozen=True)
class SourceFile:
    """A file to read: where its bytes are, and the name under which it was delivered.

    `member` is its path inside the ZIP or folder that it was delivered in; '' when it came alone. `form` is the table
    of the form that this one is a repeat group of.
    """

    path: Path
    name: str
    member: str = ""
    form: SourceFile | None = None

    def error(self, what: str, mend: str, at: str = "") -> SourceError:
        """Make an error that names this file."""
        return SourceError(what, f"{self.name} {at}".strip(), mend)

    def unreadable(self, error: OSError) -> SourceError:
        """Make the error of a file that cannot be opened."""
        return self.error(
            f"the file cannot be read ({(error.strerror or 'unreadable').lower()})",
            "name an existing file you may read",
        )


def open_file(file: SourceFile, reader: str) -> SourceFile:
    """Check that a file can be read, is not empty, and is what its name and the reader say.

    Raises:
        SourceError: otherwise.
    """
    path, expected = file.path, READS[reader]
    try:
        content = content_of(path)
    except OSError as error:
        raise file.unreadable(error) from None
    if content == "empty":
        raise file.error("the file is empty", "ask for the file again; nothing was stored")
    check_name(file, content)
    if content not in expected:
        mend = MEND.get(content, "ask for a file of the right kind").split(" and use ")[-1]
        raise file.error(
            f"the file is {WORDS[content]}, which the reader {reader} does not read",
            f"use {mend}" if "reader" in mend else mend,
        )
    return file


def check_name(file: SourceFile, content: Content) -> None:
    """Check that a file is what the ending of its name promises.

    Raises:
        SourceError: otherwise.
    """
    suffix = Path(file.name).suffix.lower()
    promised = PROMISED.get(suffix)
    if content == "zip" and suffix in (".xlsx", ".xlsm", ".ods", ".docx", ".docm"):
        what = "document" if suffix.startswith(".doc") else "workbook"
        raise file.error(f"the {what} is damaged or cut short", "ask for the file again; nothing was stored")
    if promised and content not in promised:
        mend = MEND.get(content, "ask for a file of the right kind")
        raise file.error(f"the file is {WORDS[content]}, not what its name ending {suffix} says", mend)


def named_context(file: SourceFile, options: CommonOptions) -> tuple[dict[str, str], dict[str, str]]:
    """Return the context that a file's name gives, and where each value stands."""
    name = file.member or file.name
    context = {"file": name}
    if options.file_name and (hit := compiled(options.file_name).search(name)):
        context |= {name: value for name, value in hit.groupdict().items() if value}
    return context, dict.fromkeys(context, "file name")
