"""A candidate keeps a byte and two bytes for each field; what they are called stands once beside its run."""

import hashlib
import json

import django.db.models.deletion
from django.db import migrations, models

CHUNK = 10_000

WRITE = """
UPDATE registry_candidate c SET levels = v.levels, bits = v.bits
FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS v(id, levels, bits) WHERE v.id = c.id
"""


def shrink(apps, schema_editor):
    """Make small rows of the explanations of each run, and the layout that reads them."""
    from registry.linkage.explanation_rows import Packer

    layouts, runs = apps.get_model("registry", "ExplanationLayout"), apps.get_model("registry", "Run")
    candidates = apps.get_model("registry", "Candidate")
    for run in runs.objects.filter(candidates__isnull=False).distinct().order_by("pk"):
        packer, last = Packer(), 0
        while True:
            rows = candidates.objects.filter(run=run, pk__gt=last).order_by("pk").values_list("pk", "explanation")
            chunk = list(rows[:CHUNK])
            if not chunk:
                break
            last = chunk[-1][0]
            packed = [packer.pack(explanation) for _, explanation in chunk]
            with schema_editor.connection.cursor() as cursor:
                cursor.execute(WRITE, [[pk for pk, _ in chunk], [row[0] for row in packed], [row[1] for row in packed]])
        text = json.dumps(packer.layout, sort_keys=True, ensure_ascii=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        run.layout, _ = layouts.objects.get_or_create(digest=digest, defaults={"layout": packer.layout})
        run.save(update_fields=["layout"])


def restore(apps, schema_editor):
    """Write the explanations out again."""
    from registry.linkage.explanation_rows import unpack

    candidates = apps.get_model("registry", "Candidate")
    for candidate in candidates.objects.select_related("run__layout").iterator(chunk_size=CHUNK):
        if candidate.run.layout is not None:
            candidate.explanation = unpack(candidate.run.layout.layout, bytes(candidate.levels), bytes(candidate.bits))
            candidate.save(update_fields=["explanation"])


class Migration(migrations.Migration):
    """Add the small columns and fill them; 0019 takes the large one away."""

    dependencies = [("registry", "0017_openings")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        migrations.CreateModel(
            name="ExplanationLayout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("layout", models.JSONField()),
            ],
        ),
        migrations.AddField(
            "run",
            "layout",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.explanationlayout",
            ),
        ),
        migrations.AddField(
            "candidate", "levels", models.BinaryField(default=b"", db_default=models.Value(b""))
        ),
        migrations.AddField("candidate", "bits", models.BinaryField(default=b"", db_default=models.Value(b""))),
        migrations.RunPython(shrink, restore),
    ]
