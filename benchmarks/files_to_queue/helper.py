"""What the benchmark asks of a home, in processes of its own.

`python -m benchmarks.files_to_queue.helper hold` keeps the home's database running until it is ended, as a serving
review app does. `… figures` prints what stands in it as a line of JSON.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import Any


def hold() -> None:
    """Start the database, say so, and wait; when ended, leave it, so that it stops."""
    from registry import database

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    database.prepare()
    print("ready", flush=True)
    signal.pause()


def figures() -> dict[str, Any]:
    """Return counts, and sizes in bytes."""
    from registry import database

    database.prepare()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM registry_record WHERE is_current), (SELECT count(*) FROM registry_candidate),"
            " pg_database_size(current_database()), pg_total_relation_size('registry_candidate'),"
            " pg_total_relation_size('registry_bucketpage') + pg_total_relation_size('registry_linkedrecord')"
            " + pg_total_relation_size('registry_recordbuckets')"
        )
        names = ("records", "candidates", "database_bytes", "candidates_bytes", "buckets_bytes")
        return dict(zip(names, cursor.fetchone(), strict=True))


if __name__ == "__main__":
    if sys.argv[1] == "hold":
        hold()
    else:
        print(json.dumps(figures()))
