"""A row whose payload is ciphertext, opened where it is read."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, ClassVar, Final, Self, TypeVar
from weakref import ReferenceType, ref

from django.db import models, transaction

from keys import KeysError, row_seals
from keys.row_seals import NONCE, Opening, RowKind, Wrapping
from registry import row_content
from registry.models.sealed.wrapped_keys import RowKey

Row = TypeVar("Row", bound="SealedRow")
_AT_ONCE: Final = 1_000


class _Recent(threading.local):
    """The last rows that this thread has loaded, of each table: those that came beside others are opened with them."""

    def __init__(self) -> None:
        self._rows: dict[RowKind, deque[ReferenceType[SealedRow]]] = {}

    def add(self, row: SealedRow) -> None:
        """Remember a row for as long as somebody holds it."""
        self._rows.setdefault(row.row_kind, deque(maxlen=_AT_ONCE)).append(ref(row))

    def of(self, kind: RowKind) -> list[SealedRow]:
        """Return the rows of a table, and forget them."""
        return [row for each in self._rows.pop(kind, ()) if (row := each()) is not None]


class SealedRows(models.QuerySet[Row]):
    """Rows that were loaded together are opened together: one look for the keys of all."""

    def _fetch_all(self) -> None:
        super()._fetch_all()
        rows = [row for row in self._result_cache or () if isinstance(row, SealedRow)]
        for row in rows:
            row._together = rows


class SealedManager(models.Manager[Row]):
    """Loads sealed rows."""

    def get_queryset(self) -> SealedRows[Row]:
        """Return all rows."""
        return SealedRows(self.model, using=self._db)


class SealedRow(models.Model):
    """`payload` is read from `sealed` with the row's own key; when that was destroyed it is empty.

    A new row is given its `payload`, which never changes afterwards. Many rows: `registry.sealing.sealed_rows`.
    """

    sealed = models.BinaryField()
    row_kind: ClassVar[RowKind]
    _payload: dict[str, Any] | None = None
    _together: Sequence[SealedRow] = ()

    objects = SealedManager()

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, *loaded: Any, **more: Any) -> Self:
        """Make the row that was loaded, and remember that it is still to be opened."""
        row = super().from_db(*loaded, **more)
        _recent.add(row)
        return row

    @property
    def payload(self) -> dict[str, Any]:
        """What the row holds.

        Raises:
            KeysError: It was changed, or is another row's.
        """
        if self._payload is None:
            loaded = self._together or _recent.of(self.row_kind)
            _open(self, [row for row in loaded if row._payload is None and row is not self])
            self._together = ()
        assert self._payload is not None
        return self._payload

    @payload.setter
    def payload(self, payload: dict[str, Any]) -> None:
        self._payload = payload

    @property
    def has_key(self) -> bool:
        """Whether the row's key is there: what it held was not destroyed.

        Raises:
            KeysError: See `payload`.
        """
        return self.payload is not row_content.GONE

    @property
    def sealed_version(self) -> int:
        """The version that is bound in; 0 for what has none."""
        return 0

    def seal(self) -> None:
        """Seal the payload of a new row, before it has a number; whoever stores it keeps its key then."""
        assert self._payload is not None
        content = row_content.packed(self._payload)
        self.sealed = row_seals.draft(self.row_kind, content)
        self._payload = row_content.unpacked(content)
        self.set_beside()

    def set_beside(self) -> None:
        """Set the columns that SQL sees of the payload of a new row; none, if a table has none."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row, and the key of a new one."""
        if not self._state.adding or self._payload is None:
            super().save(*args, **kwargs)
            return
        self.seal()
        wrapping = Wrapping(self.row_kind)
        with transaction.atomic():
            super().save(*args, **kwargs)
            wrapped = wrapping.of_draft(bytes(self.sealed[:NONCE]), self.pk, self.sealed_version)
            RowKey.objects.create(kind=self.row_kind, row_id=self.pk, wrapped=wrapped, key_number=wrapping.key_number)


class SealedWords(property):
    """One text of a row's payload, read and given to a new row like a column; '' once its key was destroyed."""

    def __init__(self, name: str) -> None:
        """Name it in the payload."""

        def read(row: SealedRow) -> str:
            return str(row.payload.get(name, ""))

        def give(row: SealedRow, text: str) -> None:
            row.payload = {**(row._payload or {}), name: text}

        super().__init__(read, give, doc=f"Text {name!r} of the payload.")


_recent = _Recent()


def _open(asked: SealedRow, others: Sequence[SealedRow]) -> None:
    """Open a row and those that were loaded with it, with one look for their keys."""
    opening = Opening(asked.row_kind)
    found = RowKey.objects.filter(kind=asked.row_kind, row_id__in=[row.pk for row in (asked, *others)])
    keys = {key.row_id: key for key in found}
    asked.payload = _content(opening, asked, keys.get(asked.pk))
    for row in others:
        with suppress(KeysError):  # told when that row is asked for
            row.payload = _content(opening, row, keys.get(row.pk))


def _content(opening: Opening, row: SealedRow, key: RowKey | None) -> dict[str, Any]:
    if key is None:
        return row_content.GONE
    wrapped, sealed = bytes(key.wrapped), bytes(row.sealed)
    return row_content.unpacked(opening.content(row.pk, row.sealed_version, wrapped, key.key_number, sealed))
