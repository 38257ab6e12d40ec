import hashlib
import os
import stat
import threading

import pytest
from django.db import connection

import keys
from keys import KeysError, Purpose, changes
from registry import data_keys
from registry.errors import EvidenceError
from registry.evidence import store
from registry.models import AuditEntry, DataKey, Evidence

pytestmark = pytest.mark.django_db


def test_bytes_are_stored_once_and_read_only(tmp_path):
    content = os.urandom(3_000_000)
    first, second = tmp_path / "a.bin", tmp_path / "b.bin"
    first.write_bytes(content)
    second.write_bytes(content)
    stored = store.store(first, media_type="text/csv")
    again = store.store(second)
    assert stored.new and not again.new
    assert stored.sha256 == again.sha256 == hashlib.sha256(content).hexdigest()
    assert stored.size == len(content)
    assert stored.path.parent.name == stored.sha256[:2]
    assert stat.S_IMODE(stored.path.stat().st_mode) == 0o400
    with store.open(stored.sha256) as file:
        assert file.read() == content
    assert Evidence.objects.get(sha256=stored.sha256).media_type == "text/csv"
    assert AuditEntry.objects.filter(action="evidence.stored").count() == 1
    assert not list(stored.path.parent.parent.glob(".incoming-*"))


def test_verify_finds_a_flipped_byte_and_a_missing_file(tmp_path):
    paths = []
    for number in range(3):
        file = tmp_path / f"{number}"
        file.write_bytes(f"fictional list {number} {os.urandom(8).hex()}".encode())
        paths.append(store.store(file).path)
    assert store.verify() == []
    paths[0].chmod(0o600)
    content = bytearray(paths[0].read_bytes())
    content[5] ^= 1
    paths[0].write_bytes(content)
    paths[1].unlink()
    found = {damaged.sha256: damaged.why for damaged in store.verify()}
    assert found == {paths[0].name: "changed", paths[1].name: "missing"}


def test_clear_errors(tmp_path):
    with pytest.raises(EvidenceError, match="cannot be copied"):
        store.store(tmp_path / "nowhere.csv")
    with pytest.raises(EvidenceError, match="64 hexadecimal"):
        store.open("../../etc/passwd")
    with pytest.raises(EvidenceError, match="cannot be opened"):
        store.open("0" * 64)
    file = tmp_path / "list"
    file.write_bytes(b"eleven bytes")
    path = store.store(file).path
    path.chmod(0o600)
    path.write_bytes(b"cut")
    with pytest.raises(EvidenceError, match="not those that their SHA-256 says"):
        store.store(file)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_store_one_whole_file(tmp_path):
    content = os.urandom(2_000_000)
    file = tmp_path / "list"
    file.write_bytes(content)
    found = []

    def work():
        try:
            found.append(store.store(file))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert sum(stored.new for stored in found) == 1
    with store.open(found[0].sha256) as stored:
        assert stored.read() == content


def test_the_store_holds_ciphertext_and_a_reader_of_files_gets_the_bytes_for_a_while(tmp_path):
    words = "Канарейченко Зоряна".encode()
    file = tmp_path / "list.csv"
    file.write_bytes(b"id,name\n" + words * 20_000)
    stored = store.store(file)
    assert words not in stored.path.read_bytes()
    with store.plain(stored.sha256) as path:
        assert path.read_bytes() == file.read_bytes() and path.stat().st_mode & 0o777 == 0o600
    assert not path.exists()
    assert stored.sha256 not in repr(store.kept(stored.sha256).key) and "key=" not in repr(store.kept(stored.sha256))


def test_evidence_put_in_the_place_of_other_evidence_is_refused(tmp_path):
    stored = []
    for number in range(2):
        file = tmp_path / str(number)
        file.write_bytes(f"fictional list {number}".encode())
        stored.append(store.store(file))
    one, other = stored
    bytes_of_one = one.path.read_bytes()
    one.path.chmod(0o600)
    one.path.write_bytes(other.path.read_bytes())
    with pytest.raises(EvidenceError), store.open(one.sha256) as file:
        file.read()
    one.path.write_bytes(bytes_of_one)
    assert store.is_sound(one.sha256)
    # Rows of keys swapped between two pieces open neither.
    rows = {row.place: row for row in DataKey.objects.filter(place__in=[one.sha256, other.sha256])}
    DataKey.objects.filter(place=one.sha256).update(wrapped=bytes(rows[other.sha256].wrapped))
    with pytest.raises(KeysError, match="cannot be opened by this ring"):
        store.open(one.sha256)


def test_without_its_key_a_piece_is_noise_for_ever_and_the_same_file_is_stored_anew(tmp_path):
    file = tmp_path / "list"
    file.write_bytes(b"fictional list of one")
    stored = store.store(file)
    DataKey.objects.filter(place=stored.sha256).delete()
    with pytest.raises(EvidenceError, match="no key any more"):
        store.open(stored.sha256)
    assert not store.is_sound(stored.sha256)
    store.store(file)
    assert store.is_sound(stored.sha256)


def test_evidence_of_a_home_of_before_is_read_and_sealed_once_also_after_a_kill(tmp_path, monkeypatch):
    olds = []
    for number in range(3):
        content = f"an old fictional list {number}".encode()
        sha256 = hashlib.sha256(content).hexdigest()
        path = store.path_of(sha256)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o400)
        Evidence.objects.create(sha256=sha256, size=len(content))
        olds.append((sha256, content, path))
    assert store.has_unsealed() and store.is_sound(olds[0][0])
    seal, sealed = store._seal, []

    def killed(path, sha256):
        if sealed:
            store.data_keys.made(store.Kind.EVIDENCE, sha256)  # its key is stored, its bytes are not sealed yet
            raise KeyboardInterrupt
        sealed.append(sha256)
        seal(path, sha256)

    monkeypatch.setattr(store, "_seal", killed)
    with pytest.raises(KeyboardInterrupt):
        store.seal_old()
    monkeypatch.setattr(store, "_seal", seal)
    assert store.has_unsealed()
    assert store.seal_old() == 2
    assert not store.has_unsealed()
    for sha256, content, path in olds:
        assert content not in path.read_bytes() and stat.S_IMODE(path.stat().st_mode) == 0o400
        with store.open(sha256) as file:
            assert file.read() == content


def test_keys_of_evidence_are_wrapped_again_by_a_rotation(tmp_path):
    file = tmp_path / "list"
    file.write_bytes(b"fictional list that outlives a key")
    stored = store.store(file)
    changes.renew()
    before = bytes(DataKey.objects.get(place=stored.sha256).wrapped)
    assert data_keys.wrap_again() >= 1 and data_keys.wrap_again() == 0
    assert bytes(DataKey.objects.get(place=stored.sha256).wrapped) != before
    assert data_keys.in_use()[Purpose.EVIDENCE] == {keys.opened().ring.newest(Purpose.EVIDENCE).number}
    assert store.is_sound(stored.sha256)
