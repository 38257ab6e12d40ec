"""Each piece of evidence is sealed with a key of its own; the wrapped keys live in a table of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the table; evidence of before is sealed at the next start."""

    dependencies = [("registry", "0037_answers")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        migrations.CreateModel(
            name="DataKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("place", models.CharField(max_length=100)),
                ("wrapped", models.BinaryField()),
                ("key_number", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "key_number"], name="data_key_by_ring_key")],
                "constraints": [models.UniqueConstraint(fields=("kind", "place"), name="data_key_once")],
            },
        ),
    ]
