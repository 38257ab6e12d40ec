"""`ridni keys` as people use it: a morning with two holders, a lost one, a rotation that is killed at work."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyrage import x25519

SEALED = """
import sys
from registry import database
database.prepare()
from allauth.mfa.models import Authenticator
from registry.access import accounts
from registry.models import User
from review.sign_in.accounts import SecondFactorAdapter
adapter = SecondFactorAdapter()
"""
FILL = (
    SEALED
    + """
for number in range(60):
    user = User.objects.create(username=f"person{number}")
    Authenticator.objects.create(user=user, type="totp", data={"secret": adapter.encrypt(f"secret {number}")})
"""
)
OPENED = (
    SEALED
    + """
print(sum(adapter.decrypt(row.data["secret"]) == "secret " + row.user.username.removeprefix("person")
          for row in Authenticator.objects.select_related("user")))
"""
)
UNDER_NEWEST = (
    SEALED
    + """
from cryptography.fernet import Fernet
import keys
newest = keys.fernet(keys.Purpose.SECOND_FACTORS, "second factors")._fernets[0]
print(sum(bool(newest.decrypt(row.data["secret"].encode())) for row in Authenticator.objects.all()))
"""
)


def python(ridni, code: str) -> str:
    environment = ridni.environment() | {"DJANGO_SETTINGS_MODULE": "web.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def anna(tmp_path) -> tuple[Path, str]:
    identity = x25519.Identity.generate()
    file = tmp_path / "anna.txt"
    file.write_text(f"{identity}\n")
    return file, str(identity.to_public())


@pytest.fixture
def vira(tmp_path) -> tuple[Path, str]:
    identity = x25519.Identity.generate()
    file = tmp_path / "vira.txt"
    file.write_text(f"{identity}\n")
    return file, str(identity.to_public())


def test_a_morning_with_two_holders(other, anna, vira, tmp_path):
    """The demo's home says on each command that its keys lie open; in two hands it opens with both, all day."""
    assert "puts them into people's hands" in other("users", "list").stderr
    other("keys", "init", "--holder", f"anna={anna[1]}", code=1)
    told = other("keys", "init", "--holder", f"anna={anna[1]}", "--holder", f"vira={vira[1]}", "--need", "2")
    assert "2 of 2 open it; if one is lost, everything is lost" in told.stdout
    assert not (other.home / "keyring.identity").exists()
    locked = other("users", "list", code=1)
    assert locked.stderr.startswith("Error: The keys are locked: 2 of 2 holders (anna, vira)") and (
        locked.stderr.count("\n") == 1
    )
    assert "Locked." in other("keys", "status").stdout
    other("keys", "unlock", "--identity", anna[0], code=1)
    other("keys", "unlock", "--identity", anna[0], "--identity", vira[0], "--for", "60")
    served = other("users", "list")
    assert "hands" not in served.stderr
    assert "Opened by `ridni keys unlock`" in other("keys", "status").stdout
    # A third holder comes without the other two; then one file is lost, and the ring is made anew without it.
    third = x25519.Identity.generate()
    (tmp_path / "third.txt").write_text(f"{third}\n")
    assert "2 of 3 open it; 1 may be lost" in other("keys", "add-holder", f"third={third.to_public()}").stdout
    other("keys", "remove-holder", "vira")
    other("users", "list")  # the agent has the new key
    other("keys", "lock")
    other("users", "list", code=1)
    other("keys", "unlock", "--identity", vira[0], "--identity", anna[0], code=1)
    folder = tmp_path / "volume"
    folder.mkdir()
    for file in (anna[0], tmp_path / "third.txt"):
        shutil.copy(file, folder)
    other("users", "list", RIDNI_KEYS_IDENTITY=str(folder))
    # A copy of the ring of another home is one clear line.
    other("keys", "unlock", "--identity", folder)
    other("stop")
    other("keys", "lock")


def test_a_passphrase_is_read_from_standard_input_and_never_an_argument(other, anna):
    def typed(*arguments: str, words: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.cli.main", *arguments],
            input=words, env=other.environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    init = ("keys", "init", "--holder", f"anna={anna[1]}", "--holder", "borys")
    assert "not the same" in typed(*init, words="six words of borys\nsix words of boris\n", code=1)
    typed(*init, words="six words of borys\nsix words of borys\n")
    assert "not the passphrase" in typed("keys", "unlock", words="six words of boris\n", code=1)
    typed("keys", "unlock", words="six words of borys\n")
    assert b"six words" not in b"".join(path.read_bytes() for path in other.home.rglob("*") if path.is_file())
    other("keys", "lock")


@pytest.mark.slow
@pytest.mark.timeout(900)  # twenty commands, each killed and begun again
def test_a_rotation_killed_at_twenty_points_loses_nothing_while_people_sign_in(other):
    python(other, FILL)
    whole = time.monotonic()
    other("keys", "rotate")
    whole = time.monotonic() - whole
    killed = tries = 0
    while killed < 20 and tries < 30:
        tries += 1
        began, process = time.monotonic(), other.start("keys", "rotate")
        try:
            process.wait(whole * (0.3 + 0.7 * killed / 20))
            whole = time.monotonic() - began  # quicker than the ones before: the next is killed sooner
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
        process.communicate()
        if tries % 10 == 9:
            assert python(other, OPENED) == "60"
    assert killed >= 10
    assert "60 second factors" in other("keys", "rotate").stdout
    assert python(other, OPENED) == "60" and python(other, UNDER_NEWEST) == "60"
    assert "whole" in other("audit", "verify").stdout
    other("stop")
