"""Which rows must not leave, because of what rows say about consent to tracing."""

from __future__ import annotations

from django.db import models


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
