"""Follow the case feed of Ridni: copy this file into a case system. It needs Python 3.11, httpx, and nothing else.

    with Follower("https://ridni.example/api/v1", TOKEN, "feed.sqlite3") as feed:
        while True:
            for change in feed.follow(wait=25):
                handle(change)       # a state that is new or has changed, or a tombstone
                feed.done(change)    # from here on it is not given again

What it does, and what it promises:

- The first time, and whenever the feed says so, it takes a snapshot; after that it follows events. Both end in the same
  states, and it can be killed at any moment: what was not marked as done is given again, what was is not.
- Each state is checked by its SHA-256. `reconcile()` compares all that is held with a new snapshot and mends it.
- A merged id leads to the one that stands (`stands_as`); ids are never used again.
- States are kept in a file of SQLite, with names in it: protect the file as the case system's own data.

Licence: Apache-2.0, as Ridni.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

AT_ONCE = 200
"""Identities that are asked for in one request; the feed takes no more."""
EVENTS = 1_000
USED = "verified"
"""The one status under which a state may be used; all others are tombstones."""

TABLES = """
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), feed TEXT, cursor TEXT);
CREATE TABLE IF NOT EXISTS state (
    id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, body TEXT NOT NULL, done TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS state_to_do ON state (id) WHERE done <> sha256;
"""


class FeedError(Exception):
    """The feed cannot be followed: its message says why."""


@dataclass(frozen=True)
class Change:
    """What is to be done: take over a state, or undo what was taken over.

    Attributes:
        id: The identity.
        status: `verified`: use the state. `merged`: use `merged_into` instead. `retracted`, `withheld`, `erased`: use
            nothing of it; delete what was `erased`.
        state: The document as the feed gives it.
        sha256: Of its canonical JSON.
    """

    id: str
    status: str
    state: dict[str, Any]
    sha256: str


def canonical(document: Any) -> bytes:
    """Write a document as the feed does before it hashes it: keys in order, no blanks, UTF-8."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Follower:
    """One case system's copy of what it may hold."""

    def __init__(self, url: str, token: str, file: str | Path, *, http: httpx.Client | None = None) -> None:
        """Open the copy, which need not be there yet.

        Args:
            url: Where the feed is: `https://…/api/v1`.
            token: The consumer's token.
            file: Where the copy is kept.
            http: A client of one's own, for proxies and certificates.
        """
        self._url = url.rstrip("/")
        self._http = http or httpx.Client(timeout=httpx.Timeout(60.0))
        self._headers = {"Authorization": f"Bearer {token}"}
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA secure_delete = ON")  # what was erased is not left in free pages of the file
        self._db.executescript(TABLES)

    def __enter__(self) -> Self:
        """Return the follower."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the copy and the connection."""
        self._db.close()
        self._http.close()

    def follow(self, wait: int = 0) -> Iterator[Change]:
        """Bring the copy up to date, and give what is still to be done.

        Args:
            wait: Seconds to wait for the next event while there is none, 25 at most.

        Raises:
            FeedError: The feed refuses, or gives what does not fit its hash.
        """
        if self.cursor is None or not self._events(wait):
            self.reconcile()
        yield from self.to_do()

    def to_do(self) -> Iterator[Change]:
        """Give the changes that nobody has marked as done."""
        rows = self._db.execute("SELECT id, sha256, body FROM state WHERE done <> sha256 ORDER BY id").fetchall()
        for number, sha256, body in rows:
            document = json.loads(body)
            yield Change(number, document["status"], document, sha256)

    def done(self, change: Change) -> None:
        """Mark a change as done; a newer one of the same identity stays to be done."""
        self._db.execute("UPDATE state SET done = ? WHERE id = ?", (change.sha256, change.id))

    def reconcile(self) -> int:
        """Take a snapshot, let the copy hold exactly that, and return how many states were not what they should be.

        Raises:
            FeedError: The snapshot was cut off, or does not fit its hashes.
        """
        mended, ids = 0, 0
        with self._http.stream("GET", f"{self._url}/snapshot", headers=self._headers) as response:
            self._check(response)
            lines = (json.loads(line) for line in response.iter_lines() if line)
            first: dict[str, Any] = next(lines, {})
            head, ended = first.get("snapshot"), None
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.execute("CREATE TEMP TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)")
                self._db.execute("DELETE FROM seen")
                for line in lines:
                    if "end" in line:
                        ended = line["end"]["identities"]
                        break
                    ids += 1
                    mended += self._keep(line["state"], line["sha256"])
                    self._db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (line["state"]["id"],))
                if head is None or ended != ids:
                    raise FeedError("The snapshot was cut off; ask again")
                # After a restored backup an identity may be unknown to the feed: it must not be used any more.
                lost = self._db.execute("SELECT id FROM state WHERE id NOT IN (SELECT id FROM seen)").fetchall()
                for (number,) in lost:
                    gone = {"id": number, "status": "retracted"}
                    mended += self._keep(gone, hashlib.sha256(canonical(gone)).hexdigest())
                self._move(head["feed"], head["cursor"])
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
        return mended

    @property
    def cursor(self) -> str | None:
        """Return how far the copy has come, or None before its first snapshot."""
        row = self._db.execute("SELECT cursor FROM place").fetchone()
        return row[0] if row else None

    def states(self) -> dict[str, dict[str, Any]]:
        """Return all that is held, tombstones among it, by id."""
        return {number: json.loads(body) for number, body in self._db.execute("SELECT id, body FROM state")}

    def stands_as(self, number: str) -> str | None:
        """Return the id under which an identity may be used today, or None when it may not be used."""
        row = self._db.execute("SELECT body FROM state WHERE id = ?", (number,)).fetchone()
        document = json.loads(row[0]) if row else {}
        if document.get("status") == "merged":
            return self.stands_as(document["merged_into"])
        return number if document.get("status") == USED else None

    def answer(self, number: str, kind: str, key: str, *, on: str | None = None, reason: str | None = None) -> None:
        """Say what became of an identity: linked, reunified, returned, cannot_use, or disputed with a reason.

        Args:
            number: The identity.
            kind: What is said.
            key: A name of one's own for this answer: sent again with the same one it is kept once.
            on: The day of which it speaks, YYYY-MM-DD.
            reason: Of a dispute: two_children, wrong_values, false_source, other_child, asked_by_family or other.

        Raises:
            FeedError: The feed refuses it.
        """
        said = {"kind": kind} | ({"on": on} if on else {}) | ({"reason": reason} if reason else {})
        headers = self._headers | {"Idempotency-Key": key}
        self._check(self._http.post(f"{self._url}/identities/{number}/answers", json=said, headers=headers))

    def _events(self, wait: int) -> bool:
        """Follow events until there are none; tells whether the cursor still leads somewhere."""
        while True:
            asked: dict[str, str | int] = {"cursor": self.cursor or "", "limit": EVENTS, "wait": wait}
            response = self._http.get(f"{self._url}/events", params=asked, headers=self._headers)
            if response.status_code == 410:
                return False
            self._check(response)
            events = response.json()
            if not events:
                return True
            ids = list(dict.fromkeys(event["subject"] for event in events))
            starts = range(0, len(ids), AT_ONCE)
            states = [item for start in starts for item in self._fetch(ids[start : start + AT_ONCE])]
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for item in states:
                    self._keep(item["state"], item["sha256"])
                self._move(events[-1]["source"].removeprefix("urn:uuid:"), events[-1]["id"])
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            wait = 0

    def _fetch(self, ids: list[str]) -> list[dict[str, Any]]:
        response = self._http.post(f"{self._url}/fetch", json={"ids": ids}, headers=self._headers)
        self._check(response)
        items: list[dict[str, Any]] = response.json()["items"]
        return items

    def _keep(self, document: dict[str, Any], sha256: str) -> int:
        """Hold a state; returns 1 when it is another than before."""
        body = canonical(document)
        if hashlib.sha256(body).hexdigest() != sha256:
            raise FeedError(f"The state of {document.get('id')} does not fit its SHA-256")
        held = self._db.execute("SELECT sha256 FROM state WHERE id = ?", (document["id"],)).fetchone()
        if held is not None and held[0] == sha256:
            return 0
        self._db.execute(
            "INSERT INTO state (id, sha256, body) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET sha256 = excluded.sha256, body = excluded.body",
            (document["id"], sha256, body.decode()),
        )
        return 1

    def _move(self, feed: str, cursor: str) -> None:
        known = self._db.execute("SELECT feed FROM place").fetchone()
        if known is not None and known[0] != feed:
            raise FeedError("This is another feed than the one that the copy follows")
        self._db.execute("INSERT OR REPLACE INTO place VALUES (1, ?, ?)", (feed, cursor))

    @staticmethod
    def _check(response: httpx.Response) -> None:
        if response.is_success:
            return
        response.read()
        try:
            detail = response.json()["detail"]
        except (ValueError, KeyError, TypeError):
            detail = "no reason was given"
        if response.status_code == 429:
            time.sleep(min(int(response.headers.get("Retry-After", "1")), 60))
        raise FeedError(f"{response.status_code}: {detail}")
