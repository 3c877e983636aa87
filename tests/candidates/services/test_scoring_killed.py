"""A worker killed in the middle of scoring leaves nothing half done, and another one does the work once."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from candidates.models import Score, ScoringRun
from candidates.services.scores import score_pool
from candidates.tasks.scores import score_pool_task
from rubrics.enums import StageKind
from rubrics.services.pools import request_scoring
from screening.jobs.models import Job
from tests.databases import address
from tests.factories.accounts import HiringManagerFactory
from tests.factories.candidates import ApplicationFactory, submitted_scorecard
from tests.factories.rubrics import RoleFactory

KILLED_AT_WORK = """
import os, signal, sys
import django
django.setup()
from django.db import transaction
from django.utils import timezone
from candidates.models import Score
from candidates.services.scores import score_pool
from screening.jobs.services.running import work_on
with work_on(sys.argv[1]) as job, transaction.atomic():
    score_pool(pool_key=job.params["pool_key"], now=timezone.now())
    assert Score.objects.exists()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.unabridged
def test_scoring_survives_a_killed_worker(committed_db: str) -> None:
    role = RoleFactory()
    application = ApplicationFactory(role=role, kind=StageKind.SCORED)
    for _ in range(2):
        submitted_scorecard(application, [4, 3, 4], by=HiringManagerFactory())
    key = role.rubric_version.pool_key
    request_scoring(pool_key=key)
    Job.objects.update(due_at=timezone.now())
    job = Job.objects.get(task="candidates.score_pool")
    name = settings.DATABASES["default"]["NAME"]
    environment = os.environ | {
        "DATABASE_URL": address(name, alias="default"),
        "DATABASE_OWNER_URL": address(name, alias="owner"),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    killed = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", KILLED_AT_WORK, str(job.pk)], env=environment, check=False, cwd=settings.BASE_DIR
    )
    assert killed.returncode == -signal.SIGKILL
    assert not Score.objects.exists()
    assert not ScoringRun.objects.exists()
    score_pool_task(job_id=str(job.pk))
    assert not ScoringRun.objects.exists(), "until its lease has run out the work is the killed worker's"
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=2))
    score_pool_task(job_id=str(job.pk))
    score_pool_task(job_id=str(job.pk))
    job.refresh_from_db()
    run = ScoringRun.objects.get()
    assert (job.state, job.attempts, job.result["runs"]) == ("done", 2, [run.pk])
    assert Score.objects.get().run == run
    assert score_pool(pool_key=key, now=timezone.now()) == []
