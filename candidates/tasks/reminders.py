from celery import shared_task
from django.utils import timezone

from candidates.models import Meeting
from candidates.services import reminders
from candidates.services.engagement_reminders import remind_of_reviews
from candidates.services.evaluation_reminders import remind_reviewers
from candidates.services.meetings import call_off_void


@shared_task(name="candidates.remind")
def remind() -> None:
    now = timezone.now()
    reminders.remind(now=now)
    remind_of_reviews(now=now)
    remind_reviewers(now=now)
    call_off_void(meetings=Meeting.objects.all(), now=now)
