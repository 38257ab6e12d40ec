"""Existing homes get their log of judgements, from the verdicts that stand; nothing that was written is changed.

1. A member is a row of a source. Two versions of one row in two identities make these one: the younger is merged into the elder.
2. Two people's `same` that made an identity, and two people's `different`, become judgements, in the order in which they were given.
3. Where two people hold two rows of one identity for two children, the pair is contested, and a third person will look at the whole.
4. Members that were corrected since, and identities whose consent is refused, are told of by an event.
"""

from django.db import migrations

WRITE = """
CREATE FUNCTION registry_row_of(wanted bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT f.id FROM registry_record r JOIN registry_record f ON f.source_id = r.source_id AND f.key = r.key
    WHERE r.id = wanted ORDER BY f.version LIMIT 1
$$;

CREATE FUNCTION pg_temp.tell(wanted uuid, what text, said jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO registry_identityevent (seq, identity_id, kind, at, data)
    SELECT coalesce(max(seq), 0) + 1, wanted, what, now(), said FROM registry_identityevent
$$;

CREATE TEMP TABLE held ON COMMIT DROP AS
SELECT m.id, m.identity_id, m.record_id, registry_row_of(m.record_id) AS row_id, r.version, i.created_at
FROM registry_identitymember m JOIN registry_record r ON r.id = m.record_id JOIN registry_identity i ON i.id = m.identity_id;

DO $$
DECLARE
    elder uuid;
    younger uuid;
BEGIN
    LOOP
        SELECT a.identity_id, b.identity_id INTO elder, younger FROM held a JOIN held b ON b.row_id = a.row_id
        WHERE (a.created_at, a.identity_id) < (b.created_at, b.identity_id) ORDER BY a.created_at, a.identity_id LIMIT 1;
        EXIT WHEN NOT FOUND;
        UPDATE held h SET identity_id = elder, created_at = i.created_at FROM registry_identity i
        WHERE i.id = elder AND h.identity_id = younger;
        UPDATE registry_identitylink SET identity_id = elder WHERE identity_id = younger;
        UPDATE registry_identity SET merged_into_id = elder WHERE merged_into_id = younger;
        UPDATE registry_identity SET status = 'merged', merged_into_id = elder WHERE id = younger;
        PERFORM pg_temp.tell(younger, 'merged', jsonb_build_object('merged_into', elder));
    END LOOP;
END $$;

DELETE FROM registry_identitymember m USING held h, held newer
WHERE h.id = m.id AND newer.row_id = h.row_id AND (newer.version, newer.id) > (h.version, h.id);
UPDATE registry_identitymember m SET identity_id = h.identity_id, row_id = h.row_id, shown_id = m.record_id
FROM held h WHERE h.id = m.id;

INSERT INTO registry_judgement (left_id, right_id, says, first_id, second_id, candidate_id, at)
SELECT least(p.l, p.r), greatest(p.l, p.r), p.word, p.people[1], p.people[2], p.id, p.at
FROM (
    SELECT c.id, registry_row_of(c.left_id) AS l, registry_row_of(c.right_id) AS r, said.word, max(v.decided_at) AS at,
           array_agg(v.reviewer_id ORDER BY v.ordinal) FILTER (WHERE v.verdict = said.word) AS people
    FROM registry_candidate c
    CROSS JOIN LATERAL (SELECT CASE c.status WHEN 'verified' THEN 'same' ELSE 'different' END AS word) said
    JOIN registry_review v ON v.candidate_id = c.id AND NOT EXISTS (SELECT 1 FROM registry_withdrawal w WHERE w.review_id = v.id)
    WHERE c.status IN ('verified', 'rejected') GROUP BY c.id, said.word
) p
WHERE p.l <> p.r AND cardinality(p.people) > 1 AND NOT (p.word = 'different' AND EXISTS (
    SELECT 1 FROM registry_identitymember a JOIN registry_identitymember b ON b.identity_id = a.identity_id
    WHERE a.row_id = p.l AND b.row_id = p.r))
ORDER BY p.at, p.id;

INSERT INTO registry_contradiction (candidate_id, inside, rows, against, found_at, settlement, reason)
SELECT c.id, true, (SELECT array_agg(m.row_id ORDER BY m.row_id) FROM registry_identitymember m WHERE m.identity_id = a.identity_id),
       jsonb_build_array(jsonb_build_array(least(a.row_id, b.row_id), greatest(a.row_id, b.row_id), 'verdicts')), now(), '', ''
FROM registry_candidate c
JOIN registry_identitymember a ON a.row_id = registry_row_of(c.left_id)
JOIN registry_identitymember b ON b.row_id = registry_row_of(c.right_id) AND b.identity_id = a.identity_id AND b.id <> a.id
WHERE c.status = 'rejected' AND (SELECT count(*) FROM registry_review v WHERE v.candidate_id = c.id AND v.verdict = 'different'
    AND NOT EXISTS (SELECT 1 FROM registry_withdrawal w WHERE w.review_id = v.id)) > 1
  AND NOT EXISTS (SELECT 1 FROM registry_judgement j JOIN registry_review v ON v.candidate_id = c.id AND v.decided_at < j.at
    WHERE j.says = 'same' AND j.left_id = least(a.row_id, b.row_id) AND j.right_id = greatest(a.row_id, b.row_id)
      AND NOT EXISTS (SELECT 1 FROM registry_review later WHERE later.candidate_id = c.id AND later.decided_at >= j.at));
UPDATE registry_candidate SET status = 'contested' WHERE id IN (SELECT candidate_id FROM registry_contradiction);

DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT m.identity_id, jsonb_agg(n.id ORDER BY n.id) AS newest, jsonb_agg(m.record_id ORDER BY n.id) AS verified
        FROM registry_identitymember m JOIN registry_record r ON r.id = m.record_id
        JOIN registry_record n ON n.source_id = r.source_id AND n.key = r.key AND n.is_current
        WHERE n.id <> m.record_id GROUP BY m.identity_id ORDER BY m.identity_id
    LOOP
        PERFORM pg_temp.tell(one.identity_id, 'updated',
            jsonb_build_object('corrected', one.newest, 'verified', one.verified));
    END LOOP;
    UPDATE registry_identitymember m SET shown_id = n.id FROM registry_record r
    JOIN registry_record n ON n.source_id = r.source_id AND n.key = r.key AND n.is_current
    WHERE r.id = m.record_id AND n.id <> m.record_id;
    FOR one IN SELECT DISTINCT identity_id FROM registry_withheldrow WHERE identity_id IS NOT NULL ORDER BY identity_id LOOP
        UPDATE registry_identity SET withheld = true WHERE id = one.identity_id;
        PERFORM pg_temp.tell(one.identity_id, 'withheld', '{}'::jsonb);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0027_judgements")]

    operations = [migrations.RunSQL(WRITE)]
