"""What left by adapters: files that were made for a consumer, and how far each identity was written into its system."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from registry.models.feed.consumer import Consumer
from registry.models.feed.position import FeedEpoch


class FeedFile(models.Model):
    """A file with all that a consumer may hold at one number, and whether the consumer said that it has taken it over.

    `sha256` is of the manifest, which names the files and their hashes.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="files")
    way = models.CharField(max_length=20)
    epoch = models.ForeignKey(FeedEpoch, on_delete=models.PROTECT, related_name="+")
    sequence = models.BigIntegerField()
    identities = models.PositiveIntegerField()
    tombstones = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="file_confirmed_whole",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
        )


class WrittenCase(models.Model):
    """What an adapter has written of an identity into a consumer's own system: digests, never a value.

    Attributes:
        way: Name of the adapter.
        case: The case's id in that system.
        sha256: Of the state that was carried out and read back last; '' while one is under way.
        written: By field, or SUBFORM/ENTRY/FIELD, keyed digests of what was written last and of what is about to be,
            which so far are ours.
        flagged: Keyed digests of what a person there was told of already.
        traces: Those that were linked to the case.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="+", db_index=False)
    identity = models.ForeignKey("Identity", on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=20)
    case = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    written = models.JSONField(default=dict)
    flagged = ArrayField(models.CharField(max_length=64), default=list)
    traces = ArrayField(models.CharField(max_length=64), default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="written_once", fields=["consumer", "way", "identity"]),
            models.CheckConstraint(name="written_names_case", condition=~Q(case="") & ~Q(way="")),
        )
