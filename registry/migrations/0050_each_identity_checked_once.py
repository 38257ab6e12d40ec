"""An identity is checked once by the judgements that a transaction writes inside it: the last of them checks for all.

Deferred checks run in the order of the rows; whatever an earlier row would check, the later row of the same
transaction checks again, when nothing lies between.
"""

from django.db import migrations

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
        IF NOT EXISTS (
            SELECT 1 FROM registry_judgement own JOIN registry_judgement later ON later.id > own.id AND later.xmin = own.xmin
            JOIN registry_identitymember l ON l.row_id = later.left_id AND l.identity_id = one
            JOIN registry_identitymember r ON r.row_id = later.right_id AND r.identity_id = one
            WHERE own.id = NEW.id
        ) THEN
            PERFORM registry_check_identity_whole(one);
        END IF;
        RETURN NULL;
    END IF;
    IF NEW.says NOT IN ('same', 'twice') THEN
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
        ("registry", "0049_erasure_rules"),
    ]

    operations = [migrations.RunSQL(OF_JUDGEMENT, migrations.RunSQL.noop)]
