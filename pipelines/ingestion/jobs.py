"""Ingesting one delivered file: bytes into the evidence store, rows into records or quarantine.

A job says which stored bytes are read by which stored description. It lies in `home`/jobs until its batch is stored, so
that a killed process leaves either nothing or a job that can be run again; Prefect sees only the job's id.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from configs.atomic_files import write_whole
from configs.garbage import seldom_collected
from configs.settings import settings
from registry.ingestion.descriptions import keep_description, stored_config
from sources.description.load import SourceConfig
from sources.extraction.reading import read_source
from sources.readers.row_estimate import rows_about

if TYPE_CHECKING:
    from registry.evidence.custody import CollectionFacts
    from registry.ingestion.batches import BatchCounts, Delivery
    from registry.ingestion.row_columns import RowColumns

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Job:
    """One file to ingest: everything that the flow needs, kept out of Prefect.

    Attributes:
        id: Random; the only thing that Prefect sees.
        source: Slug of the source.
        config_sha256: The description, as stored in `home`/sources.
        evidence_sha256: The bytes, as stored in the evidence store.
        collected: Custody facts, with the name under which the file was delivered.
        as_of: The day for which the delivery speaks, when the person who ingests it says so.
    """

    id: str
    source: str
    config_sha256: str
    evidence_sha256: str
    collected: CollectionFacts
    as_of: date | None = None

    @property
    def path(self) -> Path:
        """Where the job lies until it is done."""
        return settings().folder("jobs") / f"{self.id}.json"

    @property
    def notes_path(self) -> Path:
        """Where the notes of its reading wait for the person who ingests, under its bytes."""
        return settings().folder("jobs") / f".{self.source}-{self.evidence_sha256}.notes"

    def done(self) -> None:
        """Remove the job."""
        self.path.unlink(missing_ok=True)

    def take_notes(self) -> list[str]:
        """Return what its reading has to tell of the file, once; the notes hold no value of a cell."""
        try:
            notes: list[str] = json.loads(self.notes_path.read_bytes())
        except FileNotFoundError:  # nothing to tell, or another run of the same bytes has told it
            return []
        self.notes_path.unlink(missing_ok=True)
        return notes


def prepare(
    config: SourceConfig, config_path: Path, file: Path, collected: CollectionFacts, *, as_of: date | None = None
) -> Job:
    """Check that a file can be read by a description, store its bytes, and write the job.

    Args:
        config: The description.
        config_path: Where it stands.
        file: The delivered file.
        collected: Custody facts.
        as_of: The day for which the list speaks; unset: what the list says itself.

    Raises:
        SourceError: the file is not what the description says; nothing is stored then.
    """
    from registry.evidence import custody, store

    reading = read_source(config, file)
    next(iter(reading), None)
    stored = store.store(file)
    source = keep_description(config, config_path)
    for other in map(load_job, unfinished()):
        if (other.source, other.evidence_sha256) == (config.slug, stored.sha256):
            other.done()
    job = Job(
        id=uuid.uuid4().hex,
        source=config.slug,
        config_sha256=config.sha256,
        evidence_sha256=stored.sha256,
        collected=replace(collected, file_name=file.name),
        as_of=as_of,
    )
    custody.acquire(stored.sha256, source, job.collected)
    write_whole(job.path, json.dumps(asdict(job), ensure_ascii=False, default=str).encode())
    return job


def load_job(job_id: str) -> Job:
    """Return a job that was prepared and is not done yet."""
    from registry.evidence.custody import CollectionFacts

    stored = json.loads((settings().folder("jobs") / f"{job_id}.json").read_bytes())
    as_of = stored.pop("as_of", "")
    if "collected" not in stored:  # as jobs were written before 1.0
        names = [each.name for each in fields(CollectionFacts)]
        stored["collected"] = {name: stored.pop(name) for name in names if name in stored}
    facts = stored.pop("collected")
    collected = CollectionFacts(**{**facts, "collected_at": datetime.fromisoformat(facts["collected_at"])})
    return Job(**stored, collected=collected, as_of=date.fromisoformat(as_of) if as_of else None)


def unfinished() -> list[str]:
    """Return the ids of jobs that were prepared and never finished, oldest first."""
    paths = settings().folder("jobs").glob("[!.]*.json")
    return [path.stem for path in sorted(paths, key=lambda path: path.stat().st_mtime)]


def run(job: Job, progress: Progress | None = None) -> BatchCounts:
    """Store the batch of a job in one transaction; the same bytes for the same source again change nothing.

    Args:
        job: What to ingest.
        progress: Called now and then with `rows`, the rows so far and about how many there are, 0 when nobody knows;
            then with `storing`, once all are read.
    """
    from registry.evidence import store

    with store.plain(job.evidence_sha256) as path:
        return _run(job, path, progress)


def _run(job: Job, path: Path, progress: Progress | None) -> BatchCounts:
    from pipelines.ingestion import cores
    from registry.ingestion import batches
    from registry.models import Source

    config = stored_config(job.config_sha256, job.source)
    reading = read_source(config, path, name=job.collected.file_name, file_id=job.evidence_sha256)
    source = Source.objects.get(slug=job.source)
    about = rows_about(config.reader.kind, path) if progress is not None else 0

    def told(row: int) -> None:
        if progress is not None:
            progress("rows", row, max(about, row) if about else 0)

    def children() -> Iterator[RowColumns]:
        yield from cores.staged_rows(reading, told)
        if progress is not None:  # no row is read any more: a bar of rows would stand still at its end
            progress("storing", 0, 0)

    with seldom_collected():
        counts = batches.ingest_batch(
            source,
            job.evidence_sha256,
            job.collected,
            children(),
            non_data=lambda: reading.non_data,
            delivery=_delivery(job, config),
        )
    if reading.report.notes:
        write_whole(job.notes_path, json.dumps(reading.report.notes, ensure_ascii=False).encode())
    job.done()
    return counts


def _delivery(job: Job, config: SourceConfig) -> Delivery:
    from registry.ingestion.batches import Delivery

    return Delivery(
        complete=config.delivery == "snapshot",
        as_of=job.as_of,
        dated_by_rows=config.dates_delivery,
        config_sha256=job.config_sha256,
    )
