"""What a search compares: names and addresses without accents, by trigrams; long texts by their words."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

from candidates.querysets.words import WordsIn, WordsOf

# Immutable because its dictionary is named; what is composed of a letter and an accent becomes one letter first.
WORDS = r"""
CREATE FUNCTION words_of(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ' ' || btrim(regexp_replace(translate(
    lower(public.unaccent('public.unaccent'::regdictionary, normalize(said, NFKC))),
    E'-.,/_@%\\''’`', '        '), '\s+', ' ', 'g'));
CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
-- Longer texts PostgreSQL might refuse to index.
CREATE FUNCTION words_in(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN to_tsvector('public.words'::regconfig, left(said, 150000));
"""
UNDO = "DROP FUNCTION words_in(text); DROP TEXT SEARCH CONFIGURATION words; DROP FUNCTION words_of(text);"


class Migration(migrations.Migration):
    dependencies = [("candidates", "0012_candidate_imports")]

    operations = [
        migrations.RunSQL(WORDS, UNDO),
        *(
            migrations.AddField(
                model_name="candidate",
                name=f"{field}_words",
                field=models.GeneratedField(
                    db_persist=True, expression=WordsOf(field), output_field=models.TextField()
                ),
            )
            for field in ("name", "email")
        ),
        *(
            migrations.AddIndex(
                model_name="candidate",
                index=GinIndex(OpClass(f"{field}_words", "gin_trgm_ops"), name=f"candidate_{field}_words"),
            )
            for field in ("name", "email")
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="note",
            name="update_update",
        ),
        *(
            migrations.AddField(
                model_name=model,
                name="words",
                field=models.GeneratedField(
                    db_persist=True, expression=WordsIn("text"), output_field=SearchVectorField()
                ),
            )
            for model in ("document", "note")
        ),
        *(
            migrations.AddIndex(model_name=model, index=GinIndex(fields=["words"], name=f"{model}_words"))
            for model in ("document", "note")
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="note",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."application_id" IS DISTINCT FROM (NEW."application_id") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."candidate_id" IS DISTINCT FROM (NEW."candidate_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."text" IS DISTINCT FROM (NEW."text"))',
                    func='INSERT INTO "candidates_noteevent" ("application_id", "author_id", "candidate_id", "created_at", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (NEW."application_id", NEW."author_id", NEW."candidate_id", NEW."created_at", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."text"); RETURN NULL;',
                    hash="3d3f865bba94442a2e4b1cb51f77af405b0bc67c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_935e9",
                    table="candidates_note",
                    when="AFTER",
                ),
            ),
        ),
    ]
