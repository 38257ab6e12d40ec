"""A candidate is a narrow row: one column says why, and what it is filtered by stands once for all pairs that share it."""

import hashlib
import json

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from registry.narrow_columns import RealField

CHUNK = 10_000
ABSENT = -1

FACTS = """
INSERT INTO registry_filterfacts (sources, regions, born_from, born_to)
SELECT DISTINCT ARRAY(SELECT unnest(sources) ORDER BY 1), ARRAY(SELECT unnest(regions) ORDER BY 1),
       coalesce(born_from, 0), coalesce(born_to, 0)
FROM registry_candidate WHERE sources <> '{}'
"""

WRITE = """
UPDATE registry_candidate c SET reasons = v.reasons, small_weight = c.weight, small_urgency = c.urgency,
    grounds = ('ages_out' = ANY(string_to_array(c.urgent_for, ' ')))::int
        + 2 * ('ages_out_soon' = ANY(string_to_array(c.urgent_for, ' ')))::int
        + 4 * ('card_open' = ANY(string_to_array(c.urgent_for, ' ')))::int
        + 8 * ('sibling_found' = ANY(string_to_array(c.urgent_for, ' ')))::int, facts_id = (
    SELECT f.id FROM registry_filterfacts f
    WHERE f.sources = ARRAY(SELECT unnest(c.sources) ORDER BY 1)
      AND f.regions = ARRAY(SELECT unnest(c.regions) ORDER BY 1)
      AND f.born_from = coalesce(c.born_from, 0) AND f.born_to = coalesce(c.born_to, 0))
FROM unnest(%s::bigint[], %s::bytea[]) AS v(id, reasons) WHERE v.id = c.id
"""

BACK = """
UPDATE registry_candidate c SET weight = c.small_weight::text::double precision, urgency = c.small_urgency,
    urgent_for = concat_ws(' ', CASE WHEN grounds & 1 > 0 THEN 'ages_out' WHEN grounds & 2 > 0 THEN 'ages_out_soon' END,
        CASE WHEN grounds & 4 > 0 THEN 'card_open' END, CASE WHEN grounds & 8 > 0 THEN 'sibling_found' END);
UPDATE registry_candidate c SET sources = f.sources, regions = f.regions,
       born_from = nullif(f.born_from, 0), born_to = nullif(f.born_to, 0)
FROM registry_filterfacts f WHERE f.id = c.facts_id
"""


def squeeze(apps, schema_editor):
    """Write the facts and the squeezed explanations of all candidates."""
    import numpy as np

    from registry.linkage.explanation_rows import BITS, NO_BITS, NOT_SAID, squeezed

    layouts, candidates = apps.get_model("registry", "ExplanationLayout"), apps.get_model("registry", "Candidate")
    for kept in layouts.objects.all():
        if _says_what_is_absent(kept.layout):
            kept.layout["unsaid"] = [ABSENT, 0]
            text = json.dumps(kept.layout, sort_keys=True, ensure_ascii=True)
            kept.digest = hashlib.sha256(text.encode()).hexdigest()
            kept.save(update_fields=["layout", "digest"])
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FACTS)
    last = 0
    while True:
        rows = candidates.objects.filter(pk__gt=last).order_by("pk")
        chunk = list(rows.values_list("pk", "run__layout", "levels", "bits")[:CHUNK])
        if not chunk:
            break
        last = chunk[-1][0]
        written = {pk: b"" for pk, *_ in chunk}
        for layout_id in {layout_id for _, layout_id, *_ in chunk} - {None}:
            layout = layouts.objects.get(pk=layout_id).layout
            some = [row for row in chunk if row[1] == layout_id and bytes(row[3])]
            fields = len(layout["fields"])
            levels = np.full((len(some), fields), NOT_SAID, np.int8)
            bits = np.full((len(some), 1 + fields), NO_BITS, BITS)
            for number, (_, _, said, worth) in enumerate(some):  # rows of one layout may be shorter than it
                levels[number, : len(said)] = np.frombuffer(said, np.int8)
                bits[number, : len(worth) // 2] = np.frombuffer(worth, BITS)
            for at, stored in squeezed(layout, levels, bits):
                written |= {some[n][0]: row.tobytes() for n, row in zip(at.tolist(), stored, strict=True)}
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(WRITE, [list(written), list(written.values())])


def restore(apps, schema_editor):
    """Write levels, bits and facts of all candidates out again."""
    from registry.linkage.explanation_rows import _whole

    candidates = apps.get_model("registry", "Candidate")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(BACK)
    for candidate in candidates.objects.select_related("run__layout").iterator(chunk_size=CHUNK):
        if candidate.run.layout is not None:
            candidate.levels, candidate.bits = _whole(candidate.run.layout.layout, bytes(candidate.reasons))
            candidate.save(update_fields=["levels", "bits"])


def _says_what_is_absent(layout):
    """Tell whether a run made this layout, rather than explanations that were written out."""
    return bool(layout["fields"]) and all(
        field["levels"].get(str(ABSENT), [""])[0] == "absent" for field in layout["fields"]
    )


class Migration(migrations.Migration):
    """Add the narrow columns and fill them; 0025 takes the wide ones away."""

    dependencies = [("registry", "0023_waiting_consent")]  # noqa: RUF012 - as Django reads it

    operations = [  # noqa: RUF012
        migrations.CreateModel(
            name="FilterFacts",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("sources", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None),
                ),
                ("born_from", models.SmallIntegerField()),
                ("born_to", models.SmallIntegerField()),
            ],
        ),
        migrations.AddConstraint(
            "filterfacts",
            models.UniqueConstraint(fields=("sources", "regions", "born_from", "born_to"), name="filter_facts_once"),
        ),
        migrations.AddField(
            "candidate",
            "facts",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.filterfacts",
            ),
        ),
        migrations.AddField("candidate", "small_weight", RealField(null=True)),
        migrations.AddField("candidate", "small_urgency", RealField(default=1.0, db_default=1.0)),
        migrations.AddField("candidate", "grounds", models.SmallIntegerField(default=0, db_default=0)),
        migrations.AddField("candidate", "reasons", models.BinaryField(default=b"", db_default=models.Value(b""))),
        migrations.RunPython(squeeze, restore),
    ]
