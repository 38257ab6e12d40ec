"""A home and a database of a benchmark's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def home_of_its_own(home: Path) -> Iterator[None]:
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
