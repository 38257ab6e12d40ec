"""The tables are written anew, so that no page of them keeps in clear what was moved; nor does the log of writing."""

from django.db import connection, migrations


def let_go_of_the_log(apps, editor):
    """End the present file of the write-ahead log, and let those before go, where the role may: in the embedded one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT pg_switch_wal()")
            cursor.execute("CHECKPOINT")


class Migration(migrations.Migration):
    """Write them; VACUUM stands in no transaction, and may be done twice."""

    dependencies = [("registry", "0056_sealed_rows_only")]  # noqa: RUF012 - as Django reads it
    atomic = False

    operations = [  # noqa: RUF012
        migrations.RunSQL("VACUUM FULL registry_record", migrations.RunSQL.noop),
        migrations.RunSQL("VACUUM FULL registry_quarantinedrow", migrations.RunSQL.noop),
        migrations.RunPython(let_go_of_the_log, migrations.RunPython.noop),
    ]
