"""`ridni doctor` tells what a deployment lacks for real records, and each line goes when it is mended."""

from __future__ import annotations

import pytest

from registry.database import postgres_programs
from registry.fitness import versions

TITLES = (
    "https",
    "second factors",
    "owner of the tables",
    "checkpoints",
    "key of checkpoints",
    "keys",
    "scratch",
    "backup",
    "permissions",
)


def lines(done) -> dict[str, bool]:
    return {
        title: line.startswith("ok")
        for line in done.stdout.splitlines()
        for title in TITLES
        if line[3:].strip().startswith(title + "  ")
    }


def test_each_fault_is_a_line_with_its_mending_and_goes_when_mended(other, tmp_path):
    bare = other("doctor", code=1)
    opened = other.home / "postgres" / postgres_programs.OPENED
    assert lines(bare) == dict.fromkeys(TITLES, False) | {
        "owner of the tables": True,
        "permissions": not opened.exists(),
        "scratch": True,
    }
    if opened.exists():  # as root: the folders of these tests are closed to all others
        assert "as root" in bare.stdout and str(other.home.parent) in bare.stdout
        opened.unlink()
    assert "Mend: " in bare.stdout and "RIDNI_HTTPS" in bare.stdout and "no real records" in bare.stderr
    other("backup", tmp_path / "all.tar")
    assert "disk of the home" in other("doctor", code=1).stdout
    mended = {
        "RIDNI_HTTPS": "true",
        "RIDNI_REQUIRE_MFA": "true",
        "RIDNI_CHECKPOINT_FOLDER": str(tmp_path / "kept"),
        "RIDNI_CHECKPOINT_KEY": str(tmp_path / "kept.key"),
    }
    (other.home / "keyring.identity").chmod(0o644)
    done = other("doctor", code=1, **mended)
    assert lines(done) == dict.fromkeys(TITLES, True) | {"permissions": False, "backup": False, "keys": False}
    assert "keyring.identity" in done.stdout
    other("stop")


@pytest.mark.parametrize(
    ("installed", "fixed", "branch", "older"),
    [
        ("5.2.7", "5.2.8", "5.2", True),
        ("5.2.10", "5.2.8", "5.2", False),
        ("5.1.3", "5.2.8", "5.2", False),
        ("3.0.0", "3.0.1", "", True),
        ("18.0", "18.1", "18", True),
        ("18.1", "18.1", "18", False),
        ("17.7 (Debian 17.7-1)", "18.1", "18", False),
        ("44.0.1", "44.0.1", "", False),
    ],
)
def test_versions_are_compared_as_numbers_within_their_branch(installed, fixed, branch, older):
    assert versions.is_older(installed, fixed, branch) is older


def test_an_old_server_is_named_with_what_mends_it():
    (flaw,) = versions.known_flaws("17.2")
    assert "17.7" in flaw and "CVE" in flaw
    assert versions.known_flaws("99.0") == []
