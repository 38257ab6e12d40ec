"""ZIP archives and folders: each member is read as a file of its own, in the order of their names."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, cast

from sources.description.reader_kinds import FileOptions, ZipOptions
from sources.description.reader_options import CommonOptions, compiled
from sources.locator import Locator
from sources.read_items import (
    Column,
    NonData,
    ReadItem,
    ReadProblem,
    ReadReport,
)
from sources.readers.archives import letters, repeat_files
from sources.readers.archives.repeat_files import Groups
from sources.readers.archives.size_guard import check_sizes
from sources.readers.files import SourceFile
from sources.readers.kinds import CONTAINERS, READS, WORDS, content_of
from sources.readers.limits import MAX_MEMBERS
from sources.readers.tables.repeat_groups import tells_of_children

ReadOne = Callable[[SourceFile, CommonOptions, Sequence[Column], ReadReport], Iterator[ReadItem]]

_AGAIN: Final = "ask for the file again; nothing was stored"
_HOSTILE: Final = "no honest program packs such an archive: ask the sender for another; nothing was stored"
_SYSTEM: Final = re.compile(
    r"(?:^|/)(?:__MACOSX/|\._|\.|~\$|Thumbs\.db$|desktop\.ini$)|^(?:META-INF/|mimetype$)", re.IGNORECASE
)
_MAX_NAME: Final = 400
_TOLD_MEMBERS: Final = 20

# Which of the readers of plain text a member's ending asks for.
_BY_SUFFIX: Final[dict[str, tuple[str, ...]]] = {
    ".csv": ("csv",),
    ".tsv": ("tsv", "csv"),
    ".txt": ("text", "csv", "tsv"),
    ".json": ("json", "telegram", "jsonl"),
    ".jsonl": ("jsonl",),
    ".ndjson": ("jsonl",),
    ".htm": ("html",),
    ".html": ("html",),
}


def read(
    file: SourceFile, options: ZipOptions, columns: Sequence[Column], report: ReadReport, read_one: ReadOne
) -> Iterator[ReadItem]:
    """Yield the rows of every member; one that no reader reads, or that is an archive itself, is a problem.

    A file that is no archive is read as its only member.

    Raises:
        SourceError: the archive is damaged, protected, a bomb, or leads out of its folder; or a member is wrong.
    """
    content = content_of(file.path)
    if content not in CONTAINERS:
        chosen = _choose(options, file.name, content)
        if chosen is None:
            kinds = ", ".join(dict.fromkeys(each.kind for each in options.each))
            raise file.error(f"the file is {WORDS[content]}, and the readers are {kinds}", "add a reader under `each`")
        yield from read_one(file, chosen, columns, report)
        return
    number = 0
    with repeat_files.groups(file, members(file)) as groups:
        for number, member in enumerate(members(file), start=1):
            if why := _left_to_its_group(groups, member.member, columns):
                report.notes.append(f"{member.member}: {why}")
                yield NonData(Locator(member=member.member), why)
                continue
            yield from _member(groups.with_form(member), options, columns, report, read_one, number)
    report.facts["members"] = str(number)
    if not number:
        raise file.error("there is no file in it", _AGAIN)


def _left_to_its_group(groups: Groups, name: str, columns: Sequence[Column] | None) -> str:
    """Return why a table of a form is not read by itself; '' for all others."""
    head = groups.names.get(name, [])
    if not (name in groups.forms or name in groups.form_of) or tells_of_children(head, columns):
        return ""
    if name in groups.forms:
        return "the form of a repeat group: its cells are read with the rows of the group"
    return "a repeat group that names no child"


def lists(file: SourceFile) -> Iterator[SourceFile]:
    """Yield the members that may hold children, as a first look needs them; repeat groups with their forms."""
    with repeat_files.groups(file, members(file)) as groups:
        for member in members(file):
            if not is_of_the_system(member.member) and not _left_to_its_group(groups, member.member, None):
                yield groups.with_form(member)


def of_folder(folder: Path, options: CommonOptions) -> tuple[list[Path], list[str]]:
    """Return the files of a folder that a description reads, in the order of their names, and the names of the others.

    Raises:
        SourceError: a link leads out of the folder, or its files can only be read together.
    """
    wanted = wrapped(options)
    file = SourceFile(folder, folder.name)
    with repeat_files.groups(file, members(file)) as groups:
        if groups.form_of:
            raise file.error(
                "a form and its repeat groups stand in files of their own",
                "pack the folder as a ZIP: it is one delivery then, and each child is read with the cells of its form",
                next(iter(groups.form_of)),
            )
    read: list[Path] = []
    others: list[str] = []
    for member in members(SourceFile(folder, folder.name)):
        if is_of_the_system(member.member) or _left_out(wanted, member.member):
            continue
        content = content_of(member.path)
        if content in CONTAINERS or _choose(wanted, member.member, content) is not None:
            read.append(member.path)
        else:
            others.append(member.member)
    return read, others


def _left_out(options: ZipOptions, name: str) -> bool:
    return bool(options.members) and not any(compiled(pattern).search(name) for pattern in options.members)


def _member(
    member: SourceFile,
    options: ZipOptions,
    columns: Sequence[Column],
    report: ReadReport,
    read_one: ReadOne,
    number: int,
) -> Iterator[ReadItem]:
    locator = Locator(member=member.member)
    if is_of_the_system(member.member):
        yield NonData(locator, "a file of the system")
        return
    if _left_out(options, member.member):
        yield NonData(locator, "not among `members`")
        return
    content = content_of(member.path)
    if content == "signed" and Path(member.member).name.casefold() in ("smime.p7s", "smime.p7m"):
        yield NonData(locator, "the signature of a letter")
        return
    chosen = _choose(options, member.member, content)
    if chosen is None and Path(member.member).stem.startswith(letters.BODY):
        yield NonData(locator, "the text of a letter")
        return
    if chosen is None:
        what = WORDS[content]
        code = "nested_archive" if content in ("gzip", *CONTAINERS) else "unread_member"
        yield ReadProblem(locator, code, f"the member is {what}, which no reader of the description reads")
        return
    told = ReadReport()
    for item in read_one(member, chosen, columns, told):
        yield item._replace(locator=item.locator._replace(member=member.member))
    if number <= _TOLD_MEMBERS:
        report.facts |= {f"{name} of {member.member}": value for name, value in told.facts.items()}
    report.notes += [f"{member.member}: {note}" for note in told.notes]


def is_of_the_system(name: str) -> bool:
    """Tell files that a system or program leaves in folders, or keeps its signatures in, by their name."""
    return _SYSTEM.search(name) is not None


def _choose(options: ZipOptions, name: str, content: str) -> CommonOptions | None:
    """Return the first reader that reads a member of this content and ending."""
    suffix = Path(name).suffix.lower()
    wanted = _BY_SUFFIX.get(suffix) if content == "text" else None
    for each in options.each:
        if content in READS[each.kind] and (wanted is None or each.kind in wanted):
            return each
    return None


def members(file: SourceFile) -> Iterator[SourceFile]:
    """Yield the files of a container in their order, each good until the next is asked for."""
    content = content_of(file.path)
    if content in ("letter", "mbox"):
        return letters.members(file)
    return _unpacked(file) if content == "zip" else _of_folder(file)


def _of_folder(file: SourceFile) -> Iterator[SourceFile]:
    """Yield the files of a folder and of the folders in it; links are refused, so that nothing outside is read."""
    found: list[Path] = []
    for folder, folders, names in os.walk(file.path):
        for name in (*folders, *names):
            path = Path(folder, name)
            if path.is_symlink():
                at = path.relative_to(file.path).as_posix()
                raise file.error("a link leads out of the folder", "put the file itself there", at)
        found += [Path(folder, name) for name in names]
        if len(found) > MAX_MEMBERS:
            raise file.error(f"the folder has more than {MAX_MEMBERS:,} files", "deliver it in parts")
    for path in sorted(found, key=lambda path: path.relative_to(file.path).as_posix()):
        member = path.relative_to(file.path).as_posix()
        yield SourceFile(path, f"{file.name}/{member}", member)


def _unpacked(file: SourceFile) -> Iterator[SourceFile]:
    """Yield the members of a ZIP, each unpacked to a private file that is removed once the next one is asked for."""
    try:
        with zipfile.ZipFile(file.path) as archive, tempfile.TemporaryDirectory(prefix="ridni-") as folder:
            check_sizes(file, archive, "archive")
            files = [(_name(info), info) for info in archive.infolist() if not info.is_dir()]
            named = sorted(files, key=lambda pair: pair[0])
            _check_names(file, [name for name, _ in named], [info for _, info in named])
            path = Path(folder, "member")
            for name, info in named:
                with archive.open(info) as source, path.open("wb") as target:
                    shutil.copyfileobj(source, target)
                yield SourceFile(path, f"{file.name}/{name}", name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise file.error("the archive is damaged or cut short", _AGAIN) from None


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member; archives of the region have cp866 names where they do not say UTF-8."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("cp866")
    except UnicodeError:
        return info.filename


def _check_names(file: SourceFile, names: Sequence[str], infos: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse archives with links, with names that lead elsewhere or twice to one place, and with passwords."""
    for name, info in zip(names, infos, strict=True):
        problem = _wrong_name(name)
        if stat.S_ISLNK(info.external_attr >> 16):
            problem = "a link"
        if problem:
            raise file.error(f"a member of the archive is {problem}", _HOSTILE)
        if info.flag_bits & 1:
            raise file.error(
                "the archive is protected by a password", "ask for the password, pack it without one, and try again"
            )
    if len({name.casefold() for name in names}) < len(names):
        raise file.error("two members of the archive have one name", _HOSTILE)


def _wrong_name(name: str) -> str:
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return "named so that it leads out of the archive"
    if len(name) > _MAX_NAME or any(ord(char) < 32 for char in name):
        return "named as no file is"
    return ""


def wrapped(options: CommonOptions) -> ZipOptions:
    """Return options that read an archive or folder of files of one kind."""
    if isinstance(options, ZipOptions):
        return options
    return ZipOptions.model_construct(
        kind="zip", each=[cast(FileOptions, options)], members=[], skip=[], file_name=None
    )
