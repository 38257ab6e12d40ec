"""A sealed file: what was written, wherever it is read, and nothing else, whatever is done to its pieces."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import EvidenceError
from registry.evidence.sealed_file import MAGIC, PIECE, SealedFile, is_sealed, seal

KEY = os.urandom(32)
SEALED_PIECE = PIECE + 16
CONTENT = os.urandom(3 * PIECE + 1234)


def sealed(path, content, place=b"place", key=KEY):
    with path.open("wb") as target:
        seal(io.BytesIO(content), target, key, place)
    return path


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
def test_what_was_written_is_read(tmp_path, size):
    path = sealed(tmp_path / "file", CONTENT[:size])
    assert is_sealed(path)
    with SealedFile(path, KEY, b"place") as file:
        assert file.size == size and file.readall() == CONTENT[:size]


@given(reads=st.lists(st.tuples(st.integers(0, len(CONTENT) + 9), st.integers(0, 2 * PIECE)), max_size=6))
def test_any_part_is_read_as_from_a_plain_file(tmp_path_factory, reads):
    path = tmp_path_factory.getbasetemp() / "parts"
    if not path.exists():
        sealed(path, CONTENT)
    plain = io.BytesIO(CONTENT)
    with io.BufferedReader(SealedFile(path, KEY, b"place")) as file:
        for at, size in reads:
            assert file.seek(at) == plain.seek(at)
            assert file.read(size) == plain.read(size)


def test_a_page_of_a_large_file_costs_its_pieces(tmp_path, monkeypatch):
    path = sealed(tmp_path / "file", CONTENT)
    with SealedFile(path, KEY, b"place") as file:
        opened = []
        whole = file._piece
        monkeypatch.setattr(file, "_piece", lambda number: opened.append(number) or whole(number))
        file.seek(2 * PIECE + 100)
        assert file.read(50) == CONTENT[2 * PIECE + 100 : 2 * PIECE + 150]
        assert set(opened) == {2}


def tampered(content):
    pieces = [content[at : at + SEALED_PIECE] for at in range(len(MAGIC), len(content), SEALED_PIECE)]
    join = lambda parts: MAGIC + b"".join(parts)  # noqa: E731
    yield "bit", content[:-1] + bytes([content[-1] ^ 1])
    yield "swapped", join([pieces[1], pieces[0], *pieces[2:]])
    yield "doubled", join([pieces[0], pieces[0], *pieces[1:]])
    yield "one less", join([pieces[0], *pieces[2:]])
    yield "last cut off", join(pieces[:-1])
    yield "cut inside", content[:-20]
    yield "cut to its head", MAGIC
    yield "nothing", b""


@pytest.mark.parametrize("what", [name for name, _ in tampered(bytes(400_000))])
def test_a_changed_file_is_refused(tmp_path, what):
    path = sealed(tmp_path / "file", CONTENT)
    path.write_bytes(dict(tampered(path.read_bytes()))[what])
    with pytest.raises(EvidenceError), SealedFile(path, KEY, b"place") as file:
        file.readall()


def test_another_place_or_key_opens_nothing(tmp_path):
    path = sealed(tmp_path / "file", CONTENT)
    for key, place in ((KEY, b"elsewhere"), (os.urandom(32), b"place")):
        with pytest.raises(EvidenceError), SealedFile(path, key, place) as file:
            file.readall()
