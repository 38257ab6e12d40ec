"""What a run over everything depends on, in a few figures: while they stay, another run would say the same."""

from __future__ import annotations

import hashlib

from django.db import connection

# Records never change (a correction is a new version), verdicts are only added or withdrawn; sources may be told anew.
FIGURES = """
SELECT (SELECT concat_ws(',', count(*), max(id), sum(id)) FROM registry_record WHERE is_current),
       (SELECT string_agg(concat_ws(',', id, slug, source_class, side), ';' ORDER BY id) FROM registry_source),
       (SELECT concat_ws(',', count(*), max(id)) FROM registry_review),
       (SELECT concat_ws(',', count(*), max(id)) FROM registry_withdrawal),
       (SELECT concat_ws(',', count(*), max(id)) FROM registry_reopening),
       (SELECT string_agg(id::text, ',' ORDER BY id) FROM registry_transferstatement WHERE allowed),
       (SELECT concat_ws(',', count(*), max(id), count(retired_at)) FROM registry_golditem)
"""


def digest() -> str:
    """Return a hash of the current records, their sources and all verdicts, as the registry holds them now."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES)
        figures = cursor.fetchone()
    return hashlib.sha256(repr(figures).encode()).hexdigest()
