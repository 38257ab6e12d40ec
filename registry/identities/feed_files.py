"""Files that were made for consumers, and who said that they were taken over."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from registry import audit
from registry.access import permissions
from registry.errors import RegistryError
from registry.identities.feed_position import Position
from registry.models import Consumer, FeedEpoch, FeedFile, User


def enter(
    user: User, consumer: Consumer, way: str, position: Position, sha256: str, identities: int, tombstones: int
) -> FeedFile:
    """Enter a file that was made; `sha256` is of its manifest."""
    with transaction.atomic():
        made = FeedFile.objects.create(
            consumer=consumer,
            way=way,
            epoch=FeedEpoch.objects.get(pk=position.epoch),
            sequence=position.sequence,
            identities=identities,
            tombstones=tombstones,
            sha256=sha256,
            made_by=user,
            made_at=timezone.now(),
        )
        facts = {"file": made.pk, "way": way, "sha256": sha256, "sequence": position.sequence}
        facts |= {"identities": identities, "tombstones": tombstones}
        audit.append(str(user.pk), "feed.file_made", "consumer", str(consumer.pk), facts)
    return made


def confirm(user: User, number: int) -> FeedFile:
    """Enter that the consumer says it has taken a file over.

    Raises:
        ReviewError: The role may not.
        RegistryError: There is no such file, or that is known already.
    """
    permissions.require(user, permissions.CONSUMERS_ASK)
    with transaction.atomic():
        found = FeedFile.objects.select_for_update().filter(pk=number, confirmed_at=None).first()
        if found is None:
            raise RegistryError("No such file waits for a word", "", "`ridni feed files` lists them")
        found.confirmed_by, found.confirmed_at = user, timezone.now()
        found.save(update_fields=["confirmed_by", "confirmed_at"])
        audit.append(str(user.pk), "feed.file_confirmed", "consumer", str(found.consumer_id), {"file": number})
    return found


def newest(limit: int = 50) -> list[FeedFile]:
    """Return the files that were made last."""
    return list(FeedFile.objects.select_related("consumer", "made_by", "confirmed_by").order_by("-pk")[:limit])
