"""The tables are written anew, so that no page of them keeps words in clear; nor does the log of writing."""

from importlib import import_module

from django.db import migrations

let_go_of_the_log = import_module("registry.migrations.0057_sealed_rows_written").let_go_of_the_log


class Migration(migrations.Migration):
    """Write them; VACUUM stands in no transaction, and may be done twice."""

    dependencies = [("registry", "0060_sealed_words_only")]  # noqa: RUF012 - as Django reads it
    atomic = False

    operations = [  # noqa: RUF012
        migrations.RunSQL("VACUUM FULL registry_batch", migrations.RunSQL.noop),
        migrations.RunSQL("VACUUM FULL registry_custodyentry", migrations.RunSQL.noop),
        migrations.RunSQL("VACUUM FULL registry_correction", migrations.RunSQL.noop),
        migrations.RunPython(let_go_of_the_log, migrations.RunPython.noop),
    ]
