"""The rules of identities, checked at less cost: a split of fifty records checked each of them a hundred times.

A judgement *different* or *open* can break an identity only where both of its rows are in it; where they are not, the
members that moved have been checked themselves. Of the judgements that stand, those that say *different* of a row
outside are not read: they say nothing of the identity.
"""

from django.db import migrations

WHOLE = """
CREATE OR REPLACE FUNCTION registry_check_identity_whole(wanted uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    now_status text;
    held bigint[];
    reached bigint[];
    apart bigint;
    sought bigint;
BEGIN
    SELECT status INTO now_status FROM registry_identity WHERE id = wanted;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT coalesce(array_agg(row_id ORDER BY row_id), '{}') INTO held FROM registry_identitymember WHERE identity_id = wanted;
    IF now_status <> 'verified' THEN
        IF cardinality(held) > 0 THEN
            RAISE EXCEPTION 'identity % is % and cannot hold records', wanted, now_status
                USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_merged_is_empty';
        END IF;
        RETURN;
    END IF;
    WITH RECURSIVE pairs AS (
        SELECT left_id, right_id FROM registry_judgement WHERE left_id = ANY(held) AND right_id = ANY(held)
        UNION SELECT left_id, right_id FROM registry_judgement WHERE left_id = ANY(held) AND says IN ('same', 'twice')
        UNION SELECT left_id, right_id FROM registry_judgement WHERE right_id = ANY(held) AND says IN ('same', 'twice')
    ), standing AS MATERIALIZED (
        SELECT p.left_id, p.right_id, (SELECT j.says FROM registry_judgement j WHERE j.left_id = p.left_id
                                       AND j.right_id = p.right_id ORDER BY j.id DESC LIMIT 1) AS says
        FROM pairs p
    ), reach(row_id) AS (
        SELECT held[1]
        UNION
        SELECT CASE WHEN s.left_id = r.row_id THEN s.right_id ELSE s.left_id END
        FROM reach r JOIN standing s ON s.says IN ('same', 'twice') AND r.row_id IN (s.left_id, s.right_id)
    )
    SELECT (SELECT array_agg(row_id) FROM reach),
           (SELECT count(*) FROM standing s WHERE s.says = 'different' AND s.left_id = ANY(held) AND s.right_id = ANY(held)),
           (SELECT count(*) FROM standing s WHERE s.says = 'same' AND s.left_id = ANY(held) AND s.right_id = ANY(held))
    INTO reached, apart, sought;
    IF cardinality(held) < 2 OR cardinality(reached) < 2 OR sought = 0 THEN
        RAISE EXCEPTION 'identity % cannot be verified without two verdicts "same" by two people', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_needs_two_people';
    END IF;
    IF NOT held <@ reached THEN
        RAISE EXCEPTION 'the rows of identity % do not hang together by judgements of two people', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_hangs_together';
    END IF;
    IF NOT reached <@ held THEN
        RAISE EXCEPTION 'identity % must hold exactly the rows that were judged to be one child', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_is_whole';
    END IF;
    IF apart > 0 THEN
        RAISE EXCEPTION 'two people hold two rows of identity % for two children', wanted
            USING ERRCODE = 'check_violation', TABLE = 'registry_identity', CONSTRAINT = 'identity_across_different';
    END IF;
END $$;
"""

OF_JUDGEMENT = """
CREATE OR REPLACE FUNCTION registry_check_identities_of_judgement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
    one uuid;
    other uuid;
BEGIN
    SELECT identity_id INTO one FROM registry_identitymember WHERE row_id = NEW.left_id;
    SELECT identity_id INTO other FROM registry_identitymember WHERE row_id = NEW.right_id;
    IF one = other THEN
        PERFORM registry_check_identity_whole(one);
        RETURN NULL;
    END IF;
    SELECT says INTO stands FROM registry_judgement WHERE left_id = NEW.left_id AND right_id = NEW.right_id ORDER BY id DESC LIMIT 1;
    IF stands = 'same' THEN
        RAISE EXCEPTION 'rows % and % were judged to be one child and must be in one identity', NEW.left_id, NEW.right_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_judgement', CONSTRAINT = 'judgement_makes_identity';
    END IF;
    IF stands = 'twice' AND (one IS NOT NULL OR other IS NOT NULL) THEN
        RAISE EXCEPTION 'rows % and % list one child twice and go together', NEW.left_id, NEW.right_id
            USING ERRCODE = 'check_violation', TABLE = 'registry_judgement', CONSTRAINT = 'judgement_keeps_together';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0043_moved_pairs"),
    ]

    operations = [migrations.RunSQL([WHOLE, OF_JUDGEMENT], migrations.RunSQL.noop)]
