import hashlib
import os
import stat
import threading

import pytest
from django.db import connection

from registry.errors import EvidenceError
from registry.evidence import store
from registry.models import AuditEntry, Evidence

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
    assert found[0].path.read_bytes() == content
