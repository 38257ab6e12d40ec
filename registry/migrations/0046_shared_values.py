"""How many rows of a list share a name or a birthday is counted from an index of hashes: no name stands in it."""

from django.db import migrations

FIELDS = ("surname", "given", "birth")
VALUE = "payload -> 'values' ->> '{field}'"


def _index(field: str) -> migrations.RunSQL:
    value = VALUE.format(field=field)
    return migrations.RunSQL(
        f"CREATE INDEX record_shares_{field} ON registry_record (source_id, hashtextextended({value}, 0)) "
        f"WHERE is_current AND ({value}) IS NOT NULL",
        f"DROP INDEX record_shares_{field}",
    )


class Migration(migrations.Migration):
    """Make one index for each field; the hashes are the database's own and leave it with no backup."""

    dependencies = [("registry", "0045_different_stands_again")]  # noqa: RUF012 - as Django reads it

    operations = [_index(field) for field in FIELDS]  # noqa: RUF012
