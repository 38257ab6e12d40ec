"""Blocking buckets of a run over everything are pages in order; no index is kept up to date row by row for them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the tables; what earlier runs left stays as it is and is read as before."""

    dependencies = [("registry", "0025_narrow_candidates_done")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        migrations.CreateModel(
            name="BucketPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rules", models.CharField(max_length=16)),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("digests", models.BinaryField()),
                ("records", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["rules", "first", "last"], name="bucket_page_by_digest")],
            },
        ),
        migrations.CreateModel(
            name="LinkedRecord",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="linked",
                        serialize=False,
                        to="registry.record",
                    ),
                ),
                ("rules", models.CharField(max_length=16)),
            ],
        ),
    ]
