"""The checks of `ridni doctor`: what is wrong, and how to mend it, one line each."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

import keys
from configs import scratch
from configs.settings import settings
from keys import changes, opening
from registry import checkpoints, database
from registry.database import postgres_programs
from registry.fitness import versions
from registry.models import AuditEntry, Batch

BACKUP_WITHIN = timedelta(days=8)
FICTIONAL = "a fictional world"
"""Where the demo says that its lists come from."""


@dataclass(frozen=True)
class Answer:
    """One check: what was looked at, what is wrong ('' when nothing is), and how to mend it."""

    title: str
    fault: str
    mend: str

    @property
    def fit(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.fault


def answers() -> Iterator[Answer]:
    """Run every check that this process can make; none changes anything."""
    for title, check, mend in CHECKS:
        yield Answer(title, check(), mend)


def unfit() -> bool:
    """Tell whether records of real children are kept by a deployment that is not fit for them."""
    return holds_real_data() and any(not answer.fit for answer in answers())


def holds_real_data() -> bool:
    """Tell whether there is a list that the demo has not written."""
    return any(batch.collected_from != FICTIONAL for batch in Batch.objects.order_by("-pk"))


def _https() -> str:
    return "" if settings().https else "pages are served without TLS"


def _second_factors() -> str:
    return "" if settings().require_mfa else "a password alone opens the pages"


def _debug() -> str:
    return "debug pages, which quote values, are on" if settings().debug else ""


def _owner() -> str:
    return "the program owns its tables and could switch the database's own rules off" if database.owns_tables() else ""


def _verified() -> str:
    return "the database's server need not prove itself" if settings().database_unverified else ""


def _checkpoints() -> str:
    chosen = settings().checkpoint_folder
    if chosen is None or chosen.resolve().is_relative_to(settings().home.resolve()):
        return "checkpoints lie in the home, beside what they are to prove"
    try:
        found = os.access(checkpoints.folder(), os.W_OK)
    except OSError:
        found = False
    return "" if found else "the folder of checkpoints cannot be written to"


def _checkpoint_key() -> str:
    inside = checkpoints.key_file().resolve().is_relative_to(settings().home.resolve())
    return "the key that signs checkpoints lies in the home" if inside else ""


def _scratch() -> str:
    return "" if scratch.in_memory(scratch.shared_folder()) else "scratch files, which hold what is read, lie on a disk"


def _keys() -> str:
    sealed = keys.opened().sealed
    if not changes.in_hands(sealed):
        return f"{'a file beside the data' if sealed.holders else 'a setting'} opens the keys"
    return "" if len(sealed.holders) > sealed.needed else "if one holder of the keys is lost, everything is lost"


def _backup() -> str:
    last = AuditEntry.objects.filter(action="backup.written").order_by("-seq").first()
    if last is None:
        return "no backup was ever written"
    if last.at < timezone.now() - BACKUP_WITHIN:
        return f"the last backup is of {last.at:%Y-%m-%d}"
    return "" if last.data.get("elsewhere") else "the last backup was written to the disk of the home"


def _permissions() -> str:
    home = settings().home.resolve()
    private = [home, *(home / name for name in (opening.BESIDE, "checkpoint.key", "evidence", "tmp", "postgres"))]
    open_to_others = [path.name for path in private if path.exists() and _is_open(path, home)]
    if open_to_others:
        return f"other accounts may enter or read: {', '.join(open_to_others)}"
    try:
        above = (home / "postgres" / postgres_programs.OPENED).read_text(encoding="utf-8").split("\n")
    except OSError:
        return ""
    still = [path for path in dict.fromkeys(filter(None, above)) if Path(path).stat().st_mode & stat.S_IXOTH]
    return f"as root, Ridni opened folders above its home to passing: {', '.join(still)}" if still else ""


def _is_open(path: Path, home: Path) -> bool:
    """Tell whether others may read a path; for root, the database's own account has to pass through some folders."""
    found = path.stat()
    allowed = stat.S_IXOTH if os.geteuid() == 0 and path in (home, home / "postgres") else 0
    return bool(stat.S_IMODE(found.st_mode) & 0o077 & ~allowed)


def _versions() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
    return "; ".join(versions.known_flaws(server.split()[0]))


def _core_dumps() -> str:
    """Look at the limits of this process and of the embedded server, which holds rows in memory as well."""
    pids = ["self"]
    state = settings().home.resolve() / "postgres" / "data" / "postmaster.pid"
    if settings().database_url is None and state.exists():
        pids += state.read_text(errors="replace").splitlines()[:1]
    for pid in pids:
        try:
            limits = Path(f"/proc/{pid}/limits").read_text()
        except OSError:
            continue
        if any(line.startswith("Max core file size") and line.split()[4] != "0" for line in limits.splitlines()):
            return "a crash may leave a core dump with rows in it"
    return ""


CHECKS: tuple[tuple[str, Callable[[], str], str], ...] = (
    ("https", _https, "put TLS in front, and set RIDNI_HTTPS=true"),
    ("second factors", _second_factors, "set RIDNI_REQUIRE_MFA=true"),
    ("debug", _debug, "unset RIDNI_DEBUG"),
    ("owner of the tables", _owner, "set RIDNI_DATABASE_OWNER_URL, and RIDNI_DATABASE_URL to a role that owns nothing"),
    ("database server", _verified, "unset RIDNI_DATABASE_UNVERIFIED, and add ?sslmode=verify-full to the address"),
    ("checkpoints", _checkpoints, "set RIDNI_CHECKPOINT_FOLDER to a folder on another machine's disk"),
    ("key of checkpoints", _checkpoint_key, "set RIDNI_CHECKPOINT_KEY to a file outside the home"),
    ("keys", _keys, "put them into people's hands with one to spare: `ridni keys init`, `ridni keys add-holder`"),
    ("scratch", _scratch, "set RIDNI_SCRATCH to a folder in memory (tmpfs) with a gigabyte or more"),
    ("backup", _backup, "run `ridni backup FILE` each week, to another disk"),
    ("permissions", _permissions, "chmod -R go= RIDNI_HOME, and run Ridni under an ordinary account of its own"),
    ("versions", _versions, "install the versions that mend them: pip install -U, or a newer Ridni"),
    ("core dumps", _core_dumps, "stop the database with `ridni stop`; the next command starts it without core dumps"),
)
