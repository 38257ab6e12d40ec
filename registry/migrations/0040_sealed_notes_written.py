"""The table of notes is written anew, so that no page of it keeps words in clear."""

from django.db import migrations


class Migration(migrations.Migration):
    """Write it; VACUUM stands in no transaction, and may be done twice."""

    dependencies = [("registry", "0039_sealed_notes")]  # noqa: RUF012 - as Django reads it
    atomic = False

    operations = [  # noqa: RUF012
        migrations.RunSQL("VACUUM FULL registry_note", migrations.RunSQL.noop),
    ]
