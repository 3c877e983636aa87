import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import screening.accounts.operations
from django.conf import settings
from django.db import migrations, models


ERASE = """
-- What was typed about many, and the filter that may name somebody, go with whoever is erased.
CREATE FUNCTION erase_bulk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE candidates_bulkaction SET query = '', reason = CASE reason WHEN '' THEN '' ELSE 'erased' END
        WHERE id IN (SELECT i.action_id FROM candidates_bulkitem i
            JOIN candidates_application a ON a.id = i.application_id WHERE a.candidate_id = NEW.candidate_id);
    RETURN NULL;
END $$;
CREATE TRIGGER erase_bulk AFTER INSERT ON candidates_erasure FOR EACH ROW EXECUTE FUNCTION erase_bulk();
"""
UNDO = "DROP TRIGGER erase_bulk ON candidates_erasure; DROP FUNCTION erase_bulk();"


class Migration(migrations.Migration):
    dependencies = [
        ('candidates', '0014_after_the_decision'),
        ('jobs', '0004_delivery_calendar'),
        ('rubrics', '0006_drafts_are_discussed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('move', 'Move'), ('tag', 'Add a tag'), ('untag', 'Remove a tag'), ('assign', 'Give to')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('query', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('undo_asked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('-created_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='BulkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('waiting', 'Not reached'), ('done', 'Done'), ('unchanged', 'Was so already'), ('refused', 'Refused'), ('undone', 'Taken back'), ('kept', 'Not taken back')], default='waiting', max_length=10)),
                ('why', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        screening.accounts.operations.Together([
            migrations.AddField(
                model_name='bulkaction',
                name='by',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='bulkaction',
                name='job',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='jobs.job'),
            ),
            migrations.AddField(
                model_name='bulkaction',
                name='owner',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='bulkaction',
                name='role',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rubrics.role'),
            ),
            migrations.AddField(
                model_name='bulkaction',
                name='tag',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='candidates.tag'),
            ),
            migrations.AddField(
                model_name='bulkaction',
                name='to_stage',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rubrics.stage'),
            ),
            migrations.AddField(
                model_name='bulkitem',
                name='action',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='candidates.bulkaction'),
            ),
            migrations.AddField(
                model_name='bulkitem',
                name='application',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidates.application'),
            ),
            migrations.AddField(
                model_name='bulkitem',
                name='change',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='candidates.stagechange'),
            ),
            migrations.AddField(
                model_name='bulkitem',
                name='from_stage',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rubrics.stage'),
            ),
            migrations.AddField(
                model_name='bulkitem',
                name='owner_before',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddIndex(
                model_name='bulkaction',
                index=models.Index(fields=['by', '-created_at'], name='bulkaction_of_user'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='bulkaction',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) <> current_user THEN\n        RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, 'it is kept' USING ERRCODE = '23001';\n    END IF;\nRETURN NULL;", hash='7e9e5a3403b7480f8bbac85ede2f592c5778c39e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_34d7e', table='candidates_bulkaction', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='bulkitem',
                index=models.Index(fields=['action', 'outcome', 'id'], name='bulkitem_by_outcome'),
            ),
            migrations.AddConstraint(
                model_name='bulkitem',
                constraint=models.UniqueConstraint(fields=('action', 'application'), name='bulkitem_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='bulkitem',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) <> current_user THEN\n        RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, 'it is kept' USING ERRCODE = '23001';\n    END IF;\nRETURN NULL;", hash='51b06d3b55377993393fe0dd1624b7b09921ea7e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_fbc04', table='candidates_bulkitem', when='BEFORE')),
            ),
        ]),
        migrations.RunSQL(ERASE, UNDO),
    ]
