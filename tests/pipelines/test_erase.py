"""`ridni erase` from the command line: killed on the way, taken up again, and nothing left anywhere."""

import base64
import json
import signal
import time
import urllib.parse
from pathlib import Path

import pytest

CANARY = "Канарейченко"
ROWS = [
    ("k1", f"{CANARY} Зоряна", "01.02.2012"),
    *[(f"k{number}", f"Вигаданенко Орест {number}", "03.04.2011") for number in range(2, 40)],
]
PASSWORD = {"RIDNI_PASSWORD": "fictional-horse-42", "RIDNI_NEW_PASSWORD": "fictional-horse-42"}


def forms(words):
    """A name in the encodings in which lists, JSON, addresses and old programs hold it."""
    return [
        words.encode(),
        words.encode("utf-16-le"),
        words.encode("cp1251"),
        json.dumps(words).strip('"').encode(),
        urllib.parse.quote(words).encode(),
        base64.b64encode(words.encode() + b"  ")[:-4],
    ]


def holding(*folders):
    """The files that hold the canary in any form; those of PostgreSQL and its log of writes among them."""
    found = []
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                content = path.read_bytes()
                if any(form in content for form in forms(CANARY)):
                    found.append(str(path.relative_to(folder)))
    return found


@pytest.fixture
def filled(fresh, simple):
    for name, role in (("olena", "data"), ("petro", "lead")):
        fresh("users", "add", name, "--role", role, **PASSWORD)
    for slug, source_class in (("family", "family"), ("moved", "occupation")):
        fresh("ingest", *simple(slug, ROWS, source_class))
    fresh("link")
    return fresh


@pytest.mark.slow
@pytest.mark.timeout(1_200)  # some twenty commands
def test_after_an_erasure_no_file_holds_the_child_nor_does_a_restored_older_backup(filled, other, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    filled("backup", folder / "old.backup")
    assert not holding(filled.home)  # ciphertext, until its keys go
    for number, named in ((1, "family/k1"), (2, "moved/k1")):
        said = filled("erase", named, "--ground", "asked_by_family", "--as", "olena", **PASSWORD).stdout
        assert "rows of lists" in said and "lists that others stand in" in said and CANARY not in said
        if number == 1:
            alone = filled("erase", "allow", number, "--yes", "--as", "olena", code=1, **PASSWORD)
            assert "may not" in alone.stderr or "their own" in alone.stderr
            filled("erase", "allow", number, "--yes", "--as", "petro", **PASSWORD)
            continue
        for wait in (0.3, 1.0, 1.6, 2.2, 2.8, 3.4):  # killed on the way, at whichever step it has come to
            first = ("allow", 2, "--yes", "--as", "petro") if wait == 0.3 else ("run",)
            process = filled.start("erase", *first, **PASSWORD)
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        if "under way" in filled("erase", "list", "--as", "olena", **PASSWORD).stdout:
            filled("erase", "run")
        elif "waits" in filled("erase", "list", "--as", "olena", **PASSWORD).stdout:
            filled("erase", "allow", 2, "--yes", "--as", "petro", **PASSWORD)
    assert "whole" in filled("audit", "verify").stdout
    told = json.loads(filled("erase", "certificate", 2).stdout)
    assert told["asked_by"] == "olena" and told["allowed_by"] == "petro"
    assert told["destroyed"]["rows"] == 1 and "gone from" in told["destroyed"]["keys_in_copies"]
    assert holding(filled.home, folder) == []
    filled("link")
    assert holding(filled.home) == []

    again = filled.home / "keyring.json", filled.home / "keyring.identity"
    restored = other("restore", folder / "old.backup", "--ring", again[0], "--identity", again[1]).stdout
    assert "2 rows that were erased since the backup are erased again" in restored
    assert holding(other.home) == []
    assert "whole" in other("audit", "verify").stdout
    other("stop")
    assert holding(other.home) == []
