"""What Django cannot say: a stage belongs to the application's role, and the program has no right to rewrite what is kept."""

from django.db import migrations

STAGE_OF_ROLE = """
ALTER TABLE rubrics_stage ADD CONSTRAINT stage_of_role_unique UNIQUE (id, role_id);
ALTER TABLE candidates_application ADD CONSTRAINT application_stage_of_role
    FOREIGN KEY (stage_id, role_id) REFERENCES rubrics_stage (id, role_id) DEFERRABLE INITIALLY DEFERRED;
"""
UNDO_STAGE_OF_ROLE = """
ALTER TABLE candidates_application DROP CONSTRAINT application_stage_of_role;
ALTER TABLE rubrics_stage DROP CONSTRAINT stage_of_role_unique;
"""
KEPT = (
    "rubrics_scopeapproval",
    "candidates_stagechange",
    "candidates_opinionseen",
    "candidates_scoresnapshot",
    "candidates_decision",
    "candidates_report",
    "candidates_erasure",
)
REVOKE = f"""
DO $$
DECLARE kept text;
BEGIN
    FOR kept IN
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind = 'r'
          AND (c.relname IN {KEPT} OR c.relname ~ '^(accounts|jobs|rubrics|candidates)_.*event$')
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM screening_app', kept);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("rubrics", "0001_initial"), ("candidates", "0001_initial")]
    operations = [
        migrations.RunSQL(STAGE_OF_ROLE, UNDO_STAGE_OF_ROLE),
        migrations.RunSQL(REVOKE, migrations.RunSQL.noop),
    ]
