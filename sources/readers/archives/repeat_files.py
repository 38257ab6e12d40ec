"""Repeat groups in text tables of their own beside that of their form, as ODK Central packs them in one ZIP."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from sources.readers.files import SourceFile
from sources.readers.kinds import content_of
from sources.readers.tables.repeat_groups import index_of, link_of

_HEAD: Final = 1 << 16
_ENDINGS: Final = (".csv", ".tsv")


@dataclass(frozen=True)
class Groups:
    """The forms of a container by the name of the member, and to each repeat group the name of its form."""

    forms: dict[str, SourceFile]
    form_of: dict[str, str]
    names: dict[str, list[str]]

    def with_form(self, member: SourceFile) -> SourceFile:
        """Return a member with the form that it is a repeat group of; others as they are."""
        form = self.form_of.get(member.member)
        if form is None:
            return member
        return SourceFile(member.path, member.name, member.member, self.with_form(self.forms[form]))


@contextmanager
def groups(file: SourceFile, members: Iterator[SourceFile]) -> Iterator[Groups]:
    """Find the repeat groups of a container, and keep a copy of their forms for as long as they are read.

    Args:
        file: The ZIP or folder.
        members: Its files, each good until the next is asked for; asked for only where two text tables are among them.
    """
    if not _has_tables(file):
        yield Groups({}, {}, {})
        return
    with TemporaryDirectory(prefix="ridni-") as folder:
        kept: dict[str, SourceFile] = {}
        names: dict[str, list[str]] = {}
        for number, member in enumerate(members):
            if not member.member.casefold().endswith(_ENDINGS):
                continue
            head = _header(member.path)
            if link_of(head) or index_of(head, "key") >= 0 or index_of(head, "_index") >= 0:
                copy = Path(folder, str(number))
                copy.write_bytes(member.path.read_bytes())
                kept[member.member] = SourceFile(copy, member.name, member.member)
                names[member.member] = head
        form_of = {name: form for name in kept if (form := _form_of(name, names))}
        yield Groups({name: kept[name] for name in set(form_of.values())}, form_of, names)


def _has_tables(file: SourceFile) -> bool:
    content = content_of(file.path)
    if content == "folder":
        found = [path.name for path in file.path.rglob("*")]
    elif content == "zip":
        try:
            with zipfile.ZipFile(file.path) as archive:
                found = archive.namelist()
        except (zipfile.BadZipFile, OSError, NotImplementedError):
            return False  # the reader says what is wrong with it
    else:
        return False
    return sum(name.casefold().endswith(_ENDINGS) for name in found) > 1


def _header(path: Path) -> list[str]:
    """Return the names of the columns of a text table of a form; empty where it is none."""
    with path.open("rb") as stream:
        line = stream.read(_HEAD)
    text = line.decode("utf-8-sig", "replace")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        return next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    except csv.Error:
        return []


def _form_of(name: str, names: dict[str, list[str]]) -> str:
    """Return the name of the form's table: the one that has the key, and whose name begins that of the group."""
    link = link_of(names[name])
    if link is None:
        return ""
    folder, stem = PurePosixPath(name).parent, PurePosixPath(name).stem
    others = [
        other
        for other, head in names.items()
        if other != name and PurePosixPath(other).parent == folder and index_of(head, link[1]) >= 0
    ]
    begin = [other for other in others if stem.startswith(PurePosixPath(other).stem)]
    if begin:
        return max(begin, key=len)
    tops = [other for other in others if link_of(names[other]) is None]
    return tops[0] if len(tops) == 1 else ""
