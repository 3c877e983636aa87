"""What `/` counts is read from indexes alone, and nobody waits for the scorecards of interviews that were called off."""

from django.conf import settings
from django.db import migrations, models

FORGET = """
UPDATE candidates_scorecard SET due_at = NULL
  FROM candidates_interview AS interview
 WHERE interview.id = candidates_scorecard.interview_id
   AND interview.state IN ('cancelled', 'no_show')
   AND candidates_scorecard.state = 'draft'
   AND candidates_scorecard.amends_id IS NULL
   AND candidates_scorecard.due_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0025_interviews_by_end"),
        ("rubrics", "0007_thresholds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="application", name="application_of_stage"),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                fields=["stage", "-stage_since", "-id"],
                include=("owner", "candidate", "merged_into"),
                name="application_of_stage",
            ),
        ),
        migrations.RemoveIndex(model_name="scorecard", name="scorecard_late"),
        migrations.AddIndex(
            model_name="scorecard",
            index=models.Index(
                condition=models.Q(("amends__isnull", True), ("state", "draft")),
                fields=["due_at"],
                include=("interview", "interviewer"),
                name="scorecard_late",
            ),
        ),
        migrations.AddIndex(
            model_name="scorecard",
            index=models.Index(
                condition=models.Q(("state", "submitted")),
                fields=["interviewer", "submitted_at"],
                include=("interview",),
                name="scorecard_sealed_by",
            ),
        ),
    ]
