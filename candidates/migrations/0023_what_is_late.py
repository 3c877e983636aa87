"""What `/` looks for among everything: what is late or waits has a small index; what is counted is read from indexes alone."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0022_measured_by"),
        ("rubrics", "0007_thresholds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="interview",
            name="interview_of_application",
        ),
        migrations.RemoveIndex(
            model_name="scorecard",
            name="scorecard_of_interview",
        ),
        migrations.AddIndex(
            model_name="interview",
            index=models.Index(
                fields=["application", "starts_at"], include=("id", "state"), name="interview_of_application"
            ),
        ),
        migrations.AddIndex(
            model_name="interview",
            index=models.Index(
                condition=models.Q(("state", "scheduled")), fields=["ends_at"], name="interview_unmarked"
            ),
        ),
        migrations.AddIndex(
            model_name="scorecard",
            index=models.Index(
                condition=models.Q(("amends__isnull", True), ("state", "draft")),
                fields=["due_at"],
                name="scorecard_late",
            ),
        ),
        migrations.AddIndex(
            model_name="scorecard",
            index=models.Index(
                condition=models.Q(("correction_approved_at__isnull", True), ("corrects_fact", True)),
                fields=["submitted_at"],
                name="scorecard_correction_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="scorecard",
            index=models.Index(
                fields=["interview", "state"], include=("interviewer", "amends"), name="scorecard_of_interview"
            ),
        ),
    ]
