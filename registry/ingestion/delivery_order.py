"""The order of deliveries of one source: by the day for which they speak, or else by when they were collected.

Of deliveries of one moment the later arrival counts as newer. What is current does not depend on the order of arrival.
"""

from __future__ import annotations

PLACE = "coalesce({0}.as_of::timestamp AT TIME ZONE 'UTC', {0}.collected_at)"
"""When a delivery speaks, as SQL over an alias of the table of batches."""

THIS = "%(place)s::timestamptz"
"""The same of the batch that is being settled."""
