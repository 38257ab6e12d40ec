"""`python -m benchmarks.children`: simulated reviewers work one queue by pairs and by children, on PostgreSQL."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.children import report, times, work

RESULTS = Path(__file__).parents[1] / "results"


def main(argv: Sequence[str] | None = None) -> int:
    """Work the queue in each way, print the table and write `children.md`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.children", description=__doc__)
    parser.add_argument("--children", type=int, default=400, metavar="N")
    parser.add_argument("--rate", type=float, default=0.02, metavar="SHARE", help="share of wrong answers")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--out", type=Path, help="folder for the report (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="a few children; written only with --out")
    given = parser.parse_args(argv)
    children = 20 if given.quick else given.children
    worked, before = [], os.getloadavg()[0]
    for way in work.WAYS:
        with tempfile.TemporaryDirectory(prefix="children-") as home, _database(Path(home)):
            worked.append(work.work(way, children, given.rate, given.seed))
            if way == work.BY_CHILDREN:
                changed = times.measure()
    text = report.markdown(worked, changed, children, given.rate, (before, os.getloadavg()[0]))
    print(text)
    out = given.out or (None if given.quick else RESULTS)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "children.md").write_text(text, encoding="utf-8")
        print("wrote children.md")
    return 0


@contextmanager
def _database(home: Path) -> Iterator[None]:
    """Give a home of its own, with an empty registry; a verdict stands at once (no seconds to undo it)."""
    os.environ["RIDNI_HOME"], os.environ["RIDNI_UNDO_SECONDS"] = str(home), "0"
    os.environ.pop("RIDNI_DATABASE_URL", None)
    from configs.settings import settings

    settings.cache_clear()
    import pipelines  # noqa: F401 - names the Django project
    from registry import database
    from registry.database import embedded

    database.prepare()
    try:
        from django.conf import settings as django_settings

        django_settings.ALLOWED_HOSTS = ["*"]
        yield
    finally:
        from django.db import connection

        connection.close()
        embedded.stop(home / "postgres")


if __name__ == "__main__":
    sys.exit(main())
