"""The one way personal data leave: a function of the owner, which the program may call and which leaves a record.

It gets past the triggers that keep scorecards, decisions and history, because they let the owner of a table pass.
Levels, stages, decisions and figures stay, so that aggregates stay equal.
"""

from django.db import migrations

ERASE = """
CREATE FUNCTION erase_candidate(candidate bigint, by_user bigint, why text) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone constant text := 'erased';
    people bigint[];
    applications bigint[];
    interviews bigint[];
    scorecards bigint[];
    entries bigint[];
    reviews bigint[];
    engagements bigint[];
    files text[];
    words text[];
BEGIN
    IF NOT EXISTS (SELECT FROM accounts_user u WHERE u.id = by_user AND u.part = 'administrator' AND u.is_active) THEN
        RAISE EXCEPTION 'only an administrator erases' USING ERRCODE = '42501';
    END IF;

    WITH RECURSIVE merged AS (
        SELECT c.id FROM candidates_candidate c WHERE c.id = candidate AND c.erased_at IS NULL
        UNION SELECT c.id FROM candidates_candidate c JOIN merged m ON c.merged_into_id = m.id
    )
    SELECT array_agg(c.id) INTO people
    FROM candidates_candidate c WHERE c.id IN (SELECT m.id FROM merged m) AND c.erased_at IS NULL;
    IF people IS NULL THEN
        RAISE EXCEPTION 'there is no candidate % to erase', candidate USING ERRCODE = 'P0002';
    END IF;
    PERFORM 1 FROM candidates_candidate c WHERE c.id = ANY (people) ORDER BY c.id FOR UPDATE;

    SELECT coalesce(array_agg(a.id), '{}') INTO applications FROM candidates_application a WHERE a.candidate_id = ANY (people);
    SELECT coalesce(array_agg(i.id), '{}') INTO interviews FROM candidates_interview i WHERE i.application_id = ANY (applications);
    SELECT coalesce(array_agg(s.id), '{}') INTO scorecards FROM candidates_scorecard s WHERE s.interview_id = ANY (interviews);
    SELECT coalesce(array_agg(e.id), '{}') INTO entries FROM candidates_shortlistentry e WHERE e.application_id = ANY (applications);
    SELECT coalesce(array_agg(r.id), '{}') INTO reviews FROM candidates_clientreview r WHERE r.entry_id = ANY (entries);
    SELECT coalesce(array_agg(g.id), '{}') INTO engagements FROM candidates_engagement g WHERE g.application_id = ANY (applications);

    -- Words that tell who it was, present and past: whatever was sent or logged and holds one of them is emptied below.
    -- A single word such as a first name alone would hit other people.
    SELECT coalesce(array_agg(DISTINCT w.word), '{}') INTO words FROM (
        SELECT lower(c.name) AS word FROM candidates_candidate c WHERE c.id = ANY (people) AND c.name LIKE '% %'
        UNION SELECT lower(c.email) FROM candidates_candidate c WHERE c.id = ANY (people)
        UNION SELECT lower(c.phone) FROM candidates_candidate c WHERE c.id = ANY (people) AND length(c.phone) > 6
        UNION SELECT lower(v.name) FROM candidates_candidateevent v WHERE v.pgh_obj_id = ANY (people) AND v.name LIKE '% %'
        UNION SELECT lower(v.email) FROM candidates_candidateevent v WHERE v.pgh_obj_id = ANY (people)
        UNION SELECT lower(v.phone) FROM candidates_candidateevent v WHERE v.pgh_obj_id = ANY (people) AND length(v.phone) > 6
    ) w WHERE w.word <> '';

    -- Files: the person's own, and every report that shows them; it is built again when somebody needs it.
    SELECT coalesce(array_agg(f.file), '{}') INTO files FROM (
        SELECT d.file FROM candidates_document d WHERE d.candidate_id = ANY (people)
        UNION SELECT p.file FROM candidates_report p WHERE p.shortlist_id IN
            (SELECT e.shortlist_id FROM candidates_shortlistentry e WHERE e.id = ANY (entries))
    ) f WHERE f.file <> '';

    UPDATE candidates_candidate SET name = 'Erased candidate', email = '', phone = '', location = '', time_zone = '',
        headline = '', links = '[]', years_of_experience = NULL, reference = '', user_id = NULL,
        link_key = replace(gen_random_uuid()::text, '-', ''), erased_at = now() WHERE id = ANY (people);
    UPDATE candidates_candidateevent SET name = 'Erased candidate', email = '', phone = '', location = '', time_zone = '',
        headline = '', links = '[]', years_of_experience = NULL, reference = '', user_id = NULL
        WHERE pgh_obj_id = ANY (people);
    UPDATE candidates_consent SET where_given = gone WHERE candidate_id = ANY (people) AND where_given <> '';
    UPDATE candidates_consentevent SET where_given = gone WHERE candidate_id = ANY (people) AND where_given <> '';
    UPDATE candidates_document SET name = gone, text = '', file = '', sha256 = '', size = 0 WHERE candidate_id = ANY (people);
    UPDATE candidates_documentevent SET name = gone, file = '', sha256 = '', size = 0 WHERE candidate_id = ANY (people);
    DELETE FROM candidates_candidatetag WHERE candidate_id = ANY (people);
    UPDATE candidates_note SET text = gone WHERE candidate_id = ANY (people);
    UPDATE candidates_noteevent SET text = gone WHERE candidate_id = ANY (people);

    UPDATE candidates_application SET source_detail = '' WHERE id = ANY (applications);
    UPDATE candidates_applicationevent SET source_detail = '' WHERE pgh_obj_id = ANY (applications);
    UPDATE candidates_stagechange SET reason = gone WHERE application_id = ANY (applications) AND reason <> '';

    UPDATE candidates_interview SET brief = '', place = '', state_reason = '' WHERE id = ANY (interviews);
    UPDATE candidates_interviewevent SET brief = '', place = '', state_reason = '' WHERE pgh_obj_id = ANY (interviews);
    UPDATE candidates_scorecard SET comment = '',
        excused_reason = CASE excused_reason WHEN '' THEN '' ELSE gone END,
        amendment_reason = CASE amendment_reason WHEN '' THEN '' ELSE gone END WHERE id = ANY (scorecards);
    UPDATE candidates_scorecardevent SET comment = '',
        excused_reason = CASE excused_reason WHEN '' THEN '' ELSE gone END,
        amendment_reason = CASE amendment_reason WHEN '' THEN '' ELSE gone END WHERE pgh_obj_id = ANY (scorecards);
    UPDATE candidates_rating SET not_assessed_reason = gone
        WHERE scorecard_id = ANY (scorecards) AND not_assessed_reason <> '';
    UPDATE candidates_evidence SET incident = gone, happened = '', action = '', outcome = ''
        WHERE scorecard_id = ANY (scorecards);
    UPDATE candidates_questionnote SET text = '' WHERE scorecard_id = ANY (scorecards);
    DELETE FROM candidates_privatenote WHERE scorecard_id = ANY (scorecards);

    UPDATE candidates_shortlistentry SET why = '', summary = '' WHERE id = ANY (entries);
    UPDATE candidates_shortlistentryevent SET why = '', summary = '' WHERE pgh_obj_id = ANY (entries);
    UPDATE candidates_clientreview SET comment = '' WHERE id = ANY (reviews);
    UPDATE candidates_clientreviewevent SET comment = '' WHERE pgh_obj_id = ANY (reviews);
    UPDATE candidates_decision SET why = gone, where_given = CASE where_given WHEN '' THEN '' ELSE gone END
        WHERE entry_id = ANY (entries);
    UPDATE candidates_engagement SET end_reason = gone WHERE id = ANY (engagements) AND end_reason <> '';
    UPDATE candidates_engagementevent SET end_reason = gone WHERE pgh_obj_id = ANY (engagements) AND end_reason <> '';
    UPDATE candidates_engagementreview SET comment = '' WHERE engagement_id = ANY (engagements);
    UPDATE candidates_engagementreviewevent SET comment = '' WHERE engagement_id = ANY (engagements);
    DELETE FROM candidates_report WHERE file = ANY (files);

    -- The words of an override go, while who, when and what it waived stay.
    UPDATE rubrics_gateoverride SET reason = gone, missing = '[]' WHERE gate = 'shortlist' AND subject = ANY (applications);
    UPDATE rubrics_gateoverrideevent SET reason = gone, missing = '[]'
        WHERE gate = 'shortlist' AND subject = ANY (applications);

    UPDATE jobs_delivery SET recipient = CASE WHEN lower(recipient) = ANY (words) THEN gone ELSE recipient END,
        subject = gone, text = '', html = '', error = '',
        state = CASE state WHEN 'due' THEN 'cancelled' ELSE state END
        WHERE EXISTS (SELECT FROM unnest(words) w
            WHERE position(w IN lower(concat_ws(' ', recipient, subject, text, html, error))) > 0);
    UPDATE jobs_job SET title = gone, params = '{}', result = '{}', error = ''
        WHERE state IN ('done', 'failed', 'cancelled') AND EXISTS (SELECT FROM unnest(words) w
            WHERE position(w IN lower(concat_ws(' ', title, params::text, result::text, error))) > 0);
    UPDATE django_admin_log SET object_repr = gone, change_message = ''
        WHERE EXISTS (SELECT FROM unnest(words) w WHERE position(w IN lower(concat_ws(' ', object_repr, change_message))) > 0);

    INSERT INTO candidates_erasure (candidate_id, erased_by_id, reason, erased_at)
        SELECT p, by_user, why, now() FROM unnest(people) p;
    RETURN QUERY SELECT unnest(files);
END $$;

REVOKE ALL ON FUNCTION erase_candidate(bigint, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_candidate(bigint, bigint, text) TO screening_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0002_rights"),
        ("jobs", "0001_initial"),
        ("rubrics", "0001_initial"),
        ("admin", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(ERASE, "DROP FUNCTION erase_candidate(bigint, bigint, text)"),
    ]
