"""Lists that stand side by side under one header row, whether their columns are called alike or not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sources.column_names import NAMING, field_of, fold
from sources.read_items import Column
from sources.readers.tables.header import Header

_MOST: Final = 20  # lists side by side
_WITH_NAME: Final = frozenset({"birth_date", "age", "sex"})
"""Fields of which a further list needs one beside its name: a name alone may be anybody's."""
_COPY: Final = re.compile(r" \(\d+\)$")
_NUMBER: Final = re.compile(r"\d")


@dataclass(frozen=True)
class SideList:
    """One of the lists that stand side by side.

    Attributes:
        found: The index of each wanted column.
        own_names: Its columns are called otherwise than those of the first list.
        shares_key: It has the key of the row: columns `Дитина 1`, `Дитина 2` tell of several children of one family.
    """

    found: Mapping[str, int]
    own_names: bool = False
    shares_key: bool = False


def beside(header: Header, columns: Sequence[Column]) -> list[SideList]:
    """Return the lists that stand side by side, the first of them that of the header itself."""
    lists = alike(header, columns)
    return [SideList(found) for found in lists] + _unlike(header, columns, lists)


def names_child(column: Column) -> bool:
    """Tell whether a column tells which child a row is about."""
    return any(use.removeprefix("fields.") in NAMING for use in column.used_by.split(", "))


def alike(header: Header, columns: Sequence[Column]) -> list[dict[str, int]]:
    """Return the index of each column for each of the lists that stand side by side under one name of each column.

    A list beside the first has the same names of columns once more, all of them to the right of it.
    """
    lists = [header.found]
    if any(name.endswith(")") and " (" in name for name in header.found):
        return lists  # the description itself speaks of second columns
    at = {name: index for index, name in enumerate(header.names) if name}
    needed = [column.name for column in columns if column.name in header.found and not column.optional]
    naming = [column.name for column in columns if column.name in header.found and names_child(column)]
    for number in range(2, _MOST):
        twins = {
            name: at[twin]
            for name, index in header.found.items()
            if (twin := f"{header.names[index]} ({number})") in at
        }
        if not twins or not all(name in twins for name in (*needed, *naming)):
            break
        if min(twins.values()) <= max(lists[-1].values()):
            break
        lists.append(twins)
    return lists


def _unlike(header: Header, columns: Sequence[Column], lists: Sequence[Mapping[str, int]]) -> list[SideList]:
    """Return lists to the right whose columns are called otherwise, by the fields that their names mean."""
    fields = {
        column.name: uses[0].removeprefix("fields.")
        for column in columns
        if column.name in header.found
        and len(uses := column.used_by.split(", ")) == 1
        and uses[0].startswith("fields.")
    }
    naming = [name for name, field in fields.items() if field in NAMING]
    if not naming or any(names_child(column) and column.name not in fields for column in columns):
        return []
    by_field = {field: name for name, field in fields.items()}
    start = max(max(found[name] for name in naming if name in found) for found in lists)
    used = {index for found in lists for index in found.values()}
    groups: list[dict[str, int]] = []
    for index, name in enumerate(header.names):
        if index <= start or index in used or not name:
            continue
        column = by_field.get(field_of(name)) or _twin(name, header)
        if column is None:
            continue
        if not groups or column in groups[-1]:
            groups.append({})
        groups[-1][column] = index
    found = []
    for group in groups[:_MOST]:
        if not all(name in group for name in naming) or not _WITH_NAME & {fields.get(name, "") for name in group}:
            continue
        numbered = any(_NUMBER.search(_COPY.sub("", header.names[group[name]])) for name in naming)
        shared = {name: index for name, index in header.found.items() if fields.get(name) not in _WITH_NAME}
        found.append(SideList({**shared, **group} if numbered else group, True, numbered))
    return found


def _twin(name: str, header: Header) -> str | None:
    """Return the wanted column that a second column of its name stands for."""
    first = fold(_COPY.sub("", name))
    return next((wanted for wanted, index in header.found.items() if fold(header.names[index]) == first), None)


def second_names(header: Header, columns: Sequence[Column], lists: Sequence[SideList]) -> list[str]:
    """Return the columns that mean the same as one that tells which child a row is about, and are not read."""
    read = {index for each in lists for index in each.found.values()}
    used = [column for column in columns if column.name in header.found and names_child(column)]
    naming = {fold(header.names[header.found[column.name]]) for column in used}
    fields = {use.removeprefix("fields.") for column in used for use in column.used_by.split(", ")} & NAMING
    return [
        name
        for index, name in enumerate(header.names)
        if index not in read
        and name
        and ((_COPY.search(name) and fold(_COPY.sub("", name)) in naming) or field_of(name) in fields)
    ]
