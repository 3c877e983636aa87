from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0023_what_is_late"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(
                condition=models.Q(("erased_at__isnull", True), ("erasure_requested_at__isnull", False)),
                fields=["erasure_requested_at"],
                name="candidate_erasure_asked",
            ),
        ),
    ]
