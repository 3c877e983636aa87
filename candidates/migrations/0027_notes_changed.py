"""A note that was put right says so."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0026_what_nobody_waits_for"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="note",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="note",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="note",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="note",
            name="changed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="noteevent",
            name="changed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="note",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."application_id" IS DISTINCT FROM (NEW."application_id") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."candidate_id" IS DISTINCT FROM (NEW."candidate_id") OR OLD."changed_at" IS DISTINCT FROM (NEW."changed_at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."moved_from_id" IS DISTINCT FROM (NEW."moved_from_id") OR OLD."text" IS DISTINCT FROM (NEW."text"))',
                    func='INSERT INTO "candidates_noteevent" ("application_id", "author_id", "candidate_id", "changed_at", "created_at", "id", "moved_from_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (NEW."application_id", NEW."author_id", NEW."candidate_id", NEW."changed_at", NEW."created_at", NEW."id", NEW."moved_from_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."text"); RETURN NULL;',
                    hash="32f1865f5b8f2115597bf7daac2bdeeff7b2c616",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_935e9",
                    table="candidates_note",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="note",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "candidates_noteevent" ("application_id", "author_id", "candidate_id", "changed_at", "created_at", "id", "moved_from_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (NEW."application_id", NEW."author_id", NEW."candidate_id", NEW."changed_at", NEW."created_at", NEW."id", NEW."moved_from_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."text"); RETURN NULL;',
                    hash="4724d58331a8f78e54aced79028674ef43c3982c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_89d71",
                    table="candidates_note",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="note",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "candidates_noteevent" ("application_id", "author_id", "candidate_id", "changed_at", "created_at", "id", "moved_from_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (OLD."application_id", OLD."author_id", OLD."candidate_id", OLD."changed_at", OLD."created_at", OLD."id", OLD."moved_from_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."text"); RETURN NULL;',
                    hash="2f0daa30762df0f1e7227fc3fb8fb576cd8e53ae",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_91641",
                    table="candidates_note",
                    when="AFTER",
                ),
            ),
        ),
    ]
