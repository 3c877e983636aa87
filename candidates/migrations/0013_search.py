"""What a search compares: names and addresses without accents, by trigrams; long texts by their words."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models
from django.db.models.functions import Left

from candidates.querysets.words import WordsOf

# Immutable because its dictionary is named; what is composed of a letter and an accent becomes one letter first.
WORDS = r"""
CREATE FUNCTION words_of(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ' ' || btrim(regexp_replace(translate(
    lower(public.unaccent('public.unaccent'::regdictionary, normalize(said, NFKC))),
    E'-.,/_@%\\''’`', '        '), '\s+', ' ', 'g'));
CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
"""
UNDO = "DROP TEXT SEARCH CONFIGURATION words; DROP FUNCTION words_of(text);"


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
        *(
            migrations.AddIndex(
                model_name=model,
                index=GinIndex(SearchVector(Left("text", 150000), config="words"), name=f"{model}_words"),
            )
            for model in ("document", "note")
        ),
    ]
