"""What rows say about consent to tracing, and which rows must not leave because of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce


def stated() -> Coalesce:
    """Return what a record says: yes, no, unclear, or '' where nothing is said.

    A record that was stored before unclear words were kept as such has them in `written` alone: they are unclear.
    """
    written = Case(
        When(Q(payload__written__consent__isnull=False) & ~Q(payload__written__consent=""), then=Value("unclear")),
        default=Value(""),
    )
    return Coalesce(KT("payload__values__consent"), written, output_field=models.TextField())


class WithheldRow(models.Model):
    """A row of a source that must not leave: consent is refused or unclear, for it or for its identity.

    A view of the database; a row of several identities stands in it once for each, one of none with null.
    """

    key = models.CharField(max_length=300, primary_key=True)
    source_id = models.BigIntegerField()
    identity_id = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "registry_withheldrow"
