"""The ring: who opens it, who does not, and what a kill, a swap or a change of holders does to it."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import combinations

import pytest
from pyrage import x25519

import keys
from configs.settings import settings
from keys import changes, holders, opening, ring_file
from keys.errors import KeysError, KeysLocked
from keys.purposes import ROTATING, Purpose
from keys.ring import Ring, new_key

FORMER = b"0123456789abcdef" * 4


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of its own for this process; the tests' home comes back at the end."""
    monkeypatch.setenv("RIDNI_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    keys.forget()
    yield tmp_path / "home"
    monkeypatch.undo()
    settings.cache_clear()
    keys.forget()


def people(count: int):
    own = [x25519.Identity.generate() for _ in range(count)]
    return own, [holders.by_recipient(f"h{i}", str(one.to_public())) for i, one in enumerate(own)]


@pytest.mark.parametrize(("needed", "of"), [(1, 1), (1, 3), (2, 2), (2, 3), (3, 5), (8, 8)])
def test_enough_holders_open_it_whoever_they_are_and_fewer_never(needed, of):
    own, named = people(of)
    shared = holders.shared_out(b"m" * 32, named, needed)
    for group in combinations(own, needed):
        assert holders.put_together(shared, needed, group) == b"m" * 32
    for group in combinations(own, needed - 1):
        assert holders.put_together(shared, needed, group) is None
    assert holders.put_together(shared, needed, [*own[: needed - 1], own[0], x25519.Identity.generate()]) is None or (
        needed == 1
    )


@pytest.mark.parametrize(("needed", "of"), [(0, 2), (3, 2), (1, 9), (1, 0)])
def test_holders_that_cannot_be_are_refused(needed, of):
    with pytest.raises(KeysError):
        holders.shared_out(b"m" * 32, people(of)[1], needed)


def test_a_wrong_recipient_is_refused_and_an_identity_given_by_mistake_is_not_quoted():
    secret = str(x25519.Identity.generate())
    with pytest.raises(KeysError) as caught:
        holders.by_recipient("anna", secret)
    assert secret not in str(caught.value) and "age1" in str(caught.value)
    for name in ("", "a+b", holders.OF_FILE, "x" * 61):
        with pytest.raises(KeysError):
            holders.by_recipient(name, str(x25519.Identity.generate().to_public()))


def test_a_passphrase_opens_its_holder_alone():
    anna = holders.by_passphrase("anna", "шість слів яких ніхто не знає")
    assert holders.identity_of(anna, "шість слів яких ніхто не знаЄ") is None
    identity = holders.identity_of(anna, "шість слів яких ніхто не знає")
    assert str(identity.to_public()) == anna.recipient
    with pytest.raises(KeysError):
        holders.by_passphrase("anna", "short")


def test_a_ring_says_nothing_of_its_keys_and_is_refused_when_anything_of_it_is_changed():
    _, named = people(2)
    ring = Ring.made(new_key)
    sealed = ring_file.shared("id", ring, named, 1, b"m" * 32)
    content = sealed.to_bytes()
    for versions in ring.keys.values():
        assert versions[0].key.hex().encode() not in content and versions[0].key not in content
    assert ring_file.parse(content, "x").open(b"m" * 32) == ring
    with pytest.raises(KeysError, match="do not open this ring"):
        sealed.open(b"n" * 32)
    told = json.loads(content)
    for changed in (
        told | {"needed": 2},
        told | {"id": "other"},
        told | {"holders": told["holders"][:1]},
        told | {"holders": [told["holders"][0] | {"name": "eve"}, told["holders"][1]]},
    ):
        with pytest.raises(KeysError, match="do not open this ring"):
            ring_file.parse(json.dumps(changed).encode(), "x").open(b"m" * 32)
    for cut in (b"", b"{}", content[: len(content) // 2], b"[]"):
        with pytest.raises(KeysError, match="no whole ring"):
            ring_file.parse(cut, "x")


def test_a_new_home_has_a_file_beside_the_data_and_two_processes_agree(home):
    code = "import keys; print(keys.newest(keys.Purpose.FINGERPRINTS).hex())"
    started = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {process.communicate()[0].strip() for process in started}
    assert len(said) == 1 and said == {keys.newest(Purpose.FINGERPRINTS).hex()}
    assert opening.lies_open(keys.opened().sealed)
    assert {path.stat().st_mode & 0o777 for path in home.iterdir() if path.is_file()} == {0o600}


def test_a_home_with_one_secret_key_keeps_what_it_has_digested_and_sealed(home):
    home.mkdir(mode=0o700)
    (home / "secret.key").write_bytes(FORMER)
    ring = keys.opened().ring
    assert {purpose for purpose in Purpose if ring.newest(purpose).key == FORMER} == {
        Purpose.FINGERPRINTS,
        Purpose.SESSIONS,
        Purpose.SECOND_FACTORS,
    }
    assert not (home / "secret.key").exists()
    # Killed between the two writes: the key is taken away by the next; another home's key never is.
    (home / "secret.key").write_bytes(FORMER)
    keys.forget()
    keys.opened()
    assert not (home / "secret.key").exists()
    (home / "secret.key").write_bytes(b"another")
    keys.forget()
    keys.opened()
    assert (home / "secret.key").exists()


def test_one_setting_makes_the_same_keys_on_each_machine(home, tmp_path, monkeypatch):
    monkeypatch.setenv("RIDNI_SECRET_KEY", "a long secret of the deployment")
    made = []
    for name in ("one", "two"):
        monkeypatch.setenv("RIDNI_HOME", str(tmp_path / name))
        settings.cache_clear()
        made.append({purpose: keys.newest(purpose) for purpose in Purpose})
    assert made[0] == made[1] and not (tmp_path / "two" / opening.BESIDE).exists()
    monkeypatch.delenv("RIDNI_SECRET_KEY")
    settings.cache_clear()
    with pytest.raises(KeysLocked, match="RIDNI_SECRET_KEY"):
        keys.opened()
    monkeypatch.setenv("RIDNI_SECRET_KEY", "another secret of the deployment")
    settings.cache_clear()
    with pytest.raises(KeysError, match="do not open this ring"):
        keys.opened()


def test_in_peoples_hands_the_home_alone_opens_nothing(home, tmp_path, monkeypatch):
    before = keys.opened().ring
    own, named = people(3)
    held = changes.to_people(named, 2)
    assert not (home / opening.BESIDE).exists() and changes.in_hands(held.sealed)
    for purpose in Purpose:  # what the open file could open is read on, and seals nothing new
        assert before.newest(purpose).key in {version.key for version in held.ring.keys[purpose]}
        assert (before.newest(purpose) == held.ring.newest(purpose)) == (purpose not in ROTATING)
    keys.forget()
    with pytest.raises(KeysLocked, match=r"2 of 3 holders \(h0, h1, h2\).*ridni keys unlock"):
        keys.opened()
    volume = tmp_path / "volume"
    volume.mkdir()
    monkeypatch.setenv("RIDNI_KEYS_IDENTITY", str(volume))
    settings.cache_clear()
    (volume / "h2.txt").write_text(f"# created: today\n{own[2]}\n")
    with pytest.raises(KeysLocked):
        keys.opened()
    (volume / "h0.txt").write_text(f"{own[0]}\n")
    assert keys.opened().ring == held.ring
    with pytest.raises(KeysError, match="in people's hands already"):
        changes.to_people(named, 1)
    monkeypatch.setenv("RIDNI_KEYS_IDENTITY", str(tmp_path / "not mounted"))
    settings.cache_clear()
    with pytest.raises(KeysError, match="Mount its volume"):
        keys.opened()
    monkeypatch.delenv("RIDNI_KEYS_IDENTITY")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "ridni-keys").write_text(f"{own[1]}\n{own[0]}\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    settings.cache_clear()
    assert keys.opened().ring == held.ring


def test_a_removed_holder_opens_no_key_that_seals_from_then_on(home):
    own, named = people(3)
    changes.to_people(named, 1)
    copied = ring_file.read()
    before = {purpose: keys.newest(purpose) for purpose in ROTATING}
    added_own, (added,) = people(1)
    changes.add(replace(added, name="new"), None)
    assert opening.holding.put_together(ring_file.read().holders, 1, added_own)
    held = changes.remove("h1", None)
    assert [holder.name for holder in held.sealed.holders] == ["h0", "h2", "new"]
    assert holders.put_together(held.sealed.holders, 1, [own[1]]) is None
    stolen = copied.open(holders.put_together(copied.holders, 1, [own[1]]))
    for purpose in ROTATING:
        assert stolen.newest(purpose).key == before[purpose] != held.ring.newest(purpose).key
    with pytest.raises(KeysError, match="no such holder"):
        changes.remove("h1", None)


def test_another_process_takes_a_new_key_up_and_an_old_one_goes_only_when_nothing_needs_it(home, monkeypatch):
    keys.opened()
    code = "from keys import changes; changes.renew()"
    token = keys.fernet(Purpose.SESSIONS, "x").encrypt(b"data")
    subprocess.run([sys.executable, "-c", code], check=True)
    monkeypatch.setattr(keys, "_LOOK_AGAIN", 0.0)
    assert keys.opened().ring.newest(Purpose.SESSIONS).number == 2
    assert keys.fernet(Purpose.SESSIONS, "x").decrypt(token) == b"data"
    assert changes.drop_unused({Purpose.SESSIONS: set(), Purpose.SECOND_FACTORS: {1}}) == 0  # retired today
    monkeypatch.setattr(changes, "READABLE_FOR", -changes.READABLE_FOR)
    assert changes.drop_unused({Purpose.SESSIONS: set(), Purpose.SECOND_FACTORS: {1}}) == 1
    assert [version.number for version in keys.opened().ring.keys[Purpose.SECOND_FACTORS]] == [2, 1]
    assert len(keys.opened().ring.keys[Purpose.FINGERPRINTS]) == 1


def test_a_change_killed_anywhere_leaves_a_ring_that_opens(home):
    """Killed at each system call of a change that touches a file, the home opens with one or the other key."""
    keys.opened()
    own, _ = people(2)
    script = """
import os, sys
import keys
from keys import changes, holders
held = keys.opened()
left = int(sys.argv[1])
def deadly(name, old):
    def call(*a, **k):
        global left
        left -= 1
        if left == 0:
            os._exit(9)
        return old(*a, **k)
    return call
for name in ("replace", "fsync", "unlink", "open", "rename"):
    setattr(os, name, deadly(name, getattr(os, name)))
changes.to_people([holders.by_recipient(n, r) for n, r in zip(("a", "b"), sys.argv[2:])], 1)
"""
    recipients = [str(one.to_public()) for one in own]
    outcomes = set()
    for point in range(1, 12):
        done = subprocess.run([sys.executable, "-c", script, str(point), *recipients], check=False)
        keys.forget()
        sealed = ring_file.read()
        if changes.in_hands(sealed):
            assert sealed.open(opening.holding.put_together(sealed.holders, 1, own))
            outcomes.add("people")
            break
        assert done.returncode == 9 and keys.opened().ring
        outcomes.add("file")
    assert outcomes == {"file", "people"}
    assert os.environ["RIDNI_HOME"] == str(home)
