"""Rows as ciphertext: bound to table, number and version, opened by the key of their own row and by no other."""

import itertools

import pytest

from keys import KeysError, row_seals
from keys.row_seals import NONCE, Opening, RowKind, Wrapping

WORDS = "Вигаданенко Зоряна".encode()


@pytest.fixture
def stored():
    """Two rows with two versions each, as (kind, number, version) to (wrapped key, ring's key, ciphertext)."""
    rows = {}
    for kind, number, version in itertools.product(RowKind, (7, 8), (1, 2)):
        sealed = row_seals.draft(kind, WORDS + str((kind, number, version)).encode())
        wrapping = Wrapping(kind)
        rows[kind, number, version] = (
            wrapping.of_draft(sealed[:NONCE], number, version),
            wrapping.key_number,
            sealed,
        )
    return rows


def test_a_row_opens_with_its_own_key(stored):
    for (kind, number, version), (wrapped, key_number, sealed) in stored.items():
        assert WORDS not in sealed and len(wrapped) == 60
        assert Opening(kind).content(number, version, wrapped, key_number, sealed).startswith(WORDS)


def test_whatever_is_swapped_is_refused(stored):
    for (one, (wrapped, key_number, sealed)), (other, theirs) in itertools.permutations(stored.items(), 2):
        kind, number, version = one
        for key, content in ((theirs[0], sealed), (wrapped, theirs[2]), (theirs[0], theirs[2])):
            with pytest.raises(KeysError):
                Opening(kind).content(number, version, key, key_number, content)
        if other[0] == kind:  # a row that says it is the other one
            with pytest.raises(KeysError):
                Opening(kind).content(*other[1:], wrapped, key_number, sealed)


@pytest.mark.parametrize("place", [0, NONCE, 40, -1])
def test_whatever_is_changed_is_refused(stored, place):
    wrapped, key_number, sealed = stored[RowKind.RECORD, 7, 1]
    changed = bytearray(sealed)
    changed[place] ^= 1
    for key, content in ((wrapped, bytes(changed)), (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), sealed), (b"", b"")):
        with pytest.raises(KeysError):
            Opening(RowKind.RECORD).content(7, 1, key, key_number, content)
    with pytest.raises(KeysError):
        Opening(RowKind.RECORD).content(7, 1, wrapped, key_number + 1, sealed)


def test_a_draft_opens_in_this_process_and_in_none_that_lacks_its_secret():
    sealed = row_seals.draft(RowKind.RECORD, WORDS)
    assert row_seals.draft_content(RowKind.RECORD, sealed) == WORDS
    with pytest.raises(KeysError):
        row_seals.draft_content(RowKind.QUARANTINED, sealed)
    with pytest.raises(KeysError):
        row_seals.draft_content(RowKind.RECORD, row_seals.draft(RowKind.RECORD, WORDS, b"x" * 32))
    told = row_seals.draft(RowKind.RECORD, WORDS, row_seals.draft_secret())
    assert row_seals.draft_content(RowKind.RECORD, told) == WORDS


def test_two_rows_of_the_same_words_have_nothing_in_common():
    one, other = (row_seals.draft(RowKind.RECORD, WORDS) for _ in range(2))
    assert not {one[n : n + 8] for n in range(len(one) - 8)} & {other[n : n + 8] for n in range(len(other) - 8)}
