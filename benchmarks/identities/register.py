"""Two lists of made-up children, and what two people would verify of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from synthetic.population.families import draw_surname
from synthetic.population.patronymics import patronymic
from synthetic.population.people import FullName
from synthetic.population.pools import Sex, pools

LISTS = (("family_reports", "family", "seeking"), ("register", "citizenship", "found"))


def deliver(children: int, seed: int, folder: Path) -> None:
    """Store two lists: a child has the same key in both; in the second a name or a date is often written otherwise."""
    from django.utils import timezone

    from registry.evidence import custody, store
    from registry.ingestion import batches, sources

    for second, (slug, source_class, side) in enumerate(LISTS):
        file = folder / f"{slug}.txt"
        file.write_text(slug, encoding="utf-8")
        facts = sources.SourceFacts(slug, slug, source_class, side, "fictional", "open")
        collected = custody.CollectionFacts("benchmark", timezone.now(), "made", "made-up children")
        rows = _rows(children, seed, otherwise=bool(second))
        batches.ingest_batch(sources.register(facts), store.store(file).sha256, collected, rows)


def _rows(children: int, seed: int, *, otherwise: bool) -> Iterator[Any]:
    from registry.ingestion.rows import NewRecord
    from sources.locator import Locator

    draw, damage, names = random.Random(seed), random.Random(seed + 1), pools()
    for number in range(children):
        sex: Sex = draw.choice(("f", "m"))
        father = names.parents["m"].draw(draw)
        name = FullName(draw_surname(draw, names), names.children[sex].draw(draw), patronymic(father, sex), sex)
        surname, given, own_patronymic = name.parts("uk")
        day = f"{draw.randint(2006, 2019)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        values = {
            "surname": surname,
            "given": given,
            "patronymic": own_patronymic,
            "sex": sex,
            "birth": f"{day}/{day}",
        }
        if otherwise:
            _alter(values, damage)
        written = {"full_name": f"{values['surname']} {given}", "row": str(number)}
        yield NewRecord(str(number), None, Locator(row=number + 1), "uk", written, values, {})


def _alter(values: dict[str, str], draw: random.Random) -> None:
    """Write a record otherwise: a name with a slip, no patronymic, a year instead of a day."""
    if draw.random() < 0.1:
        at = draw.randrange(1, len(values["surname"]) - 1)
        values["surname"] = values["surname"][:at] + values["surname"][at + 1 :]
    if draw.random() < 0.2:
        del values["patronymic"]
    if draw.random() < 0.1:
        year = values["birth"][:4]
        values["birth"] = f"{year}-01-01/{year}-12-31"


# What `decisions`, `log` and `projection` would write, at once. Rules and the audit chain are switched off for it, and
# all identities are held against the log of events afterwards.
VERIFY = """
SET session_replication_role = replica;
CREATE TEMP TABLE truly ON COMMIT DROP AS
    SELECT c.id, c.left_id, c.right_id, gen_random_uuid() AS identity, row_number() OVER (ORDER BY c.id) AS seq
    FROM registry_candidate c JOIN registry_record l ON l.id = c.left_id JOIN registry_record r ON r.id = c.right_id
    WHERE l.key = r.key;
UPDATE registry_candidate c SET status = 'verified' FROM truly t WHERE t.id = c.id;
INSERT INTO registry_review (candidate_id, reviewer_id, ordinal, verdict, reason, decided_at, shown)
    SELECT t.id, p.person, p.ordinal, 'same', 'name_and_birth', now(), '{}' FROM truly t,
    (VALUES (%(one)s::bigint, 1), (%(other)s, 2)) p (person, ordinal);
INSERT INTO registry_judgement (left_id, right_id, says, first_id, second_id, candidate_id, at)
    SELECT least(left_id, right_id), greatest(left_id, right_id), 'same', %(one)s, %(other)s, id, now() FROM truly;
INSERT INTO registry_identity (id, status, created_at) SELECT identity, 'verified', now() FROM truly;
INSERT INTO registry_identitymember (identity_id, row_id, record_id, shown_id)
    SELECT identity, record, record, record FROM truly, unnest(ARRAY[left_id, right_id]) record;
INSERT INTO registry_identityevent (seq, identity_id, kind, at, data)
    SELECT seq, identity, 'verified', now(),
        jsonb_build_object('candidate', id, 'records',
                           jsonb_build_array(least(left_id, right_id), greatest(left_id, right_id)))
    FROM truly;
SET session_replication_role = origin;
"""


def verify() -> None:
    """Let two people have verified all true pairs that the machine proposes."""
    from django.db import connection, transaction

    from registry.database import roles
    from registry.models import User

    one, other = (User.objects.create(username=f"person{n}", role="verifier").pk for n in range(2))
    with roles.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(VERIFY.replace("%(one)s", str(one)).replace("%(other)s", str(other)))
