"""A file is merged by setting `merged_into` and taken apart again by clearing it: the database moves what belongs to it.

So no read has to know of merges: applications, documents, notes, tags, letters and consents stand where they are looked for, and
`moved_from` remembers where they came from. What is written to a merged file meanwhile follows it. And how two files of
one person are told: by an address, a number, a reference or a name that is alike.
"""

from django.db import migrations

FOLLOW = """
CREATE FUNCTION follow_merge() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    moving constant text[] := ARRAY['candidates_application', 'candidates_document', 'candidates_note',
        'candidates_consent', 'candidates_candidatemail'];
    kind text;
    files bigint[];
BEGIN
    IF OLD.merged_into_id IS NOT NULL THEN
        WITH RECURSIVE merged AS (
            SELECT NEW.id AS id UNION SELECT c.id FROM candidates_candidate c JOIN merged m ON c.merged_into_id = m.id
        )
        SELECT array_agg(id) INTO files FROM merged;
        FOREACH kind IN ARRAY moving || 'candidates_candidatetag'::text LOOP
            EXECUTE format('UPDATE %I SET candidate_id = $1, moved_from_id = nullif(moved_from_id, $1)
                WHERE moved_from_id = ANY ($2)', kind) USING NEW.id, files;
        END LOOP;
    END IF;
    IF NEW.merged_into_id IS NOT NULL THEN
        IF EXISTS (SELECT FROM candidates_candidate c WHERE c.id = NEW.merged_into_id AND c.merged_into_id IS NOT NULL) THEN
            RAISE EXCEPTION 'a file is merged into one that stands' USING ERRCODE = '23514';
        END IF;
        FOREACH kind IN ARRAY moving LOOP
            EXECUTE format('UPDATE %I SET candidate_id = $2, moved_from_id = coalesce(moved_from_id, $1)
                WHERE candidate_id = $1', kind) USING NEW.id, NEW.merged_into_id;
        END LOOP;
        -- A tag both have stays where it is.
        UPDATE candidates_candidatetag t SET candidate_id = NEW.merged_into_id, moved_from_id = coalesce(t.moved_from_id, NEW.id)
            WHERE t.candidate_id = NEW.id AND NOT EXISTS (SELECT FROM candidates_candidatetag o
                WHERE o.candidate_id = NEW.merged_into_id AND o.tag_id = t.tag_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER follow_merge AFTER UPDATE OF merged_into_id ON candidates_candidate FOR EACH ROW
    WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id) EXECUTE FUNCTION follow_merge();

-- Whoever writes to a file at the very moment it is merged waits, and writes to the one it went into.
CREATE FUNCTION write_to_merged() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    target bigint;
BEGIN
    LOOP
        SELECT c.merged_into_id INTO target FROM candidates_candidate c WHERE c.id = NEW.candidate_id FOR KEY SHARE;
        EXIT WHEN target IS NULL;
        NEW.moved_from_id := coalesce(NEW.moved_from_id, NEW.candidate_id);
        NEW.candidate_id := target;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER write_to_merged BEFORE INSERT ON candidates_application FOR EACH ROW EXECUTE FUNCTION write_to_merged();
CREATE TRIGGER write_to_merged BEFORE INSERT ON candidates_document FOR EACH ROW EXECUTE FUNCTION write_to_merged();
CREATE TRIGGER write_to_merged BEFORE INSERT ON candidates_note FOR EACH ROW EXECUTE FUNCTION write_to_merged();
CREATE TRIGGER write_to_merged BEFORE INSERT ON candidates_consent FOR EACH ROW EXECUTE FUNCTION write_to_merged();
CREATE TRIGGER write_to_merged BEFORE INSERT ON candidates_candidatemail FOR EACH ROW EXECUTE FUNCTION write_to_merged();
"""
UNDO_FOLLOW = """
DROP TRIGGER write_to_merged ON candidates_application;
DROP TRIGGER write_to_merged ON candidates_document;
DROP TRIGGER write_to_merged ON candidates_note;
DROP TRIGGER write_to_merged ON candidates_consent;
DROP TRIGGER write_to_merged ON candidates_candidatemail;
DROP FUNCTION write_to_merged();
DROP TRIGGER follow_merge ON candidates_candidate;
DROP FUNCTION follow_merge();
"""

# Two names are worth comparing that share all words but one, and of that one the beginning or the end; or that differ by
# one word. Both are written out by what they would share: `kept` is the side that an index holds.
KEYS = """
CREATE FUNCTION name_keys(words text, kept boolean) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    WITH cut AS (
        SELECT ARRAY(SELECT w FROM unnest(string_to_array(btrim(words), ' ')) w ORDER BY w COLLATE "C") AS words
    )
    SELECT coalesce(array_agg(keys.key), '{}') FROM cut
    CROSS JOIN LATERAL generate_subscripts(cut.words, 1) place
    CROSS JOIN LATERAL (SELECT
        array_to_string(cut.words, ' ') AS whole,
        array_to_string(cut.words[:place - 1] || cut.words[place + 1:], ' ') AS others,
        cardinality(cut.words) AS many
    ) parts
    CROSS JOIN LATERAL (VALUES
        (CASE WHEN place = 1 THEN '=' || whole END),
        (CASE WHEN place = 1 THEN CASE WHEN kept THEN '>' ELSE '<' END || whole END),
        (CASE WHEN many > 2 THEN CASE WHEN kept THEN '<' ELSE '>' END || others END),
        (CASE WHEN many > 1 THEN '^' || left(cut.words[place], 3) || ' ' || others END),
        (CASE WHEN many > 1 THEN '$' || right(cut.words[place], 3) || ' ' || others END)
    ) keys (key)
    WHERE keys.key IS NOT NULL
);
-- One mailbox may be written in several ways: with a word after a plus, with points, in capitals.
CREATE FUNCTION email_key(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(split_part(split_part(lower(said), '@', 1), '+', 1), '.', '') || '@' || split_part(lower(said), '@', 2);
CREATE FUNCTION phone_key(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ltrim(regexp_replace(said, '[^0-9]', '', 'g'), '0');
CREATE FUNCTION reference_key(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(lower(said), '[^[:alnum:]]', '', 'g');
CREATE FUNCTION match_keys(name text, email text, phone text, reference text, kept boolean) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN public.name_keys(public.words_of(name), kept) || array_remove(ARRAY[
    CASE WHEN email <> '' THEN '@' || public.email_key(email) END,
    CASE WHEN length(public.phone_key(phone)) > 5 THEN '+' || public.phone_key(phone) END,
    CASE WHEN public.reference_key(reference) <> '' THEN '#' || public.reference_key(reference) END
], NULL);
CREATE INDEX candidate_match_keys ON candidates_candidate
    USING gin (match_keys(name, email, phone, reference, true)) WHERE merged_into_id IS NULL AND erased_at IS NULL;
"""
UNDO_KEYS = """
DROP INDEX candidate_match_keys;
DROP FUNCTION match_keys(text, text, text, text, boolean);
DROP FUNCTION reference_key(text);
DROP FUNCTION phone_key(text);
DROP FUNCTION email_key(text);
DROP FUNCTION name_keys(text, boolean);
"""

ERASE = """
-- What a merge replaced goes with the person.
CREATE FUNCTION erase_merges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE candidates_merge SET replaced = '{}' WHERE NEW.candidate_id IN (candidate_id, into_id);
    UPDATE candidates_mergeevent SET replaced = '{}' WHERE NEW.candidate_id IN (candidate_id, into_id);
    DELETE FROM candidates_likelyduplicate WHERE NEW.candidate_id IN (one_id, two_id);
    RETURN NULL;
END $$;
CREATE TRIGGER erase_merges AFTER INSERT ON candidates_erasure FOR EACH ROW EXECUTE FUNCTION erase_merges();
"""
UNDO_ERASE = "DROP TRIGGER erase_merges ON candidates_erasure; DROP FUNCTION erase_merges();"


class Migration(migrations.Migration):
    dependencies = [("candidates", "0020_merges")]
    operations = [
        migrations.RunSQL(FOLLOW, UNDO_FOLLOW),
        migrations.RunSQL(KEYS, UNDO_KEYS),
        migrations.RunSQL(ERASE, UNDO_ERASE),
    ]
