"""Every address of the program that can be read, for all things of a world that it may name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.urls import reverse

from candidates.models import (
    Application,
    BulkAction,
    Candidate,
    CandidateImport,
    CandidateMail,
    ClientReview,
    DebriefQuestion,
    Document,
    Engagement,
    EngagementReview,
    Export,
    Interview,
    MailTemplate,
    Meeting,
    Mention,
    Note,
    Score,
    Scorecard,
    Shortlist,
    ShortlistEntry,
)
from rubrics.models import CalibrationSample, RubricVersion
from screening.accounts.models import User
from screening.jobs.models import Delivery, Job
from tests.test_permissions import DECLARED, urls

if TYPE_CHECKING:
    from tests.test_canaries import World


def addresses(world: World) -> list[str]:
    """Every address that can be read, for all things of the world that it may name."""
    found = []
    for name, takes in urls():
        if name in DECLARED and DECLARED[name].read is not None:
            found += [reverse(name, kwargs=arguments) for arguments in _arguments(name, takes, world)]
    pipeline, people = reverse("candidates:pipeline", args=[world.role.slug]), reverse("candidates:candidates")
    found += [f"{reverse('candidates:pipeline_changes', args=[world.role.slug])}?since=0."]
    found += [f"{pipeline}?view=table", f"{pipeline}?q=zebulon", f"{people}?q=zebulon", f"{people}?q=quokka"]
    beside = "&".join(f"application={pk}" for pk in Application.objects.order_by("pk").values_list("pk", flat=True)[:4])
    found += [f"/roles/{world.role.slug}/scores/side-by-side/?{beside}"]
    found += ["/search/?q=zebulon", "/search/?q=quokka", f"/roles/{world.role.slug}/scores/?ended"]
    return list(dict.fromkeys(found))


NOUNS: dict[str, type[Model]] = {
    "candidates:candidate": Candidate,
    "candidates:add_to_role": Candidate,
    "candidate-": Candidate,
    "candidates:document": Document,
    "candidates:candidate_mail": Candidate,
    "candidates:mail": CandidateMail,
    "candidates:mail_template": MailTemplate,
    "candidates:mention": Mention,
    "candidates:mentionable": Candidate,
    "candidates:merge_choose": Candidate,
    "candidates:note": Note,
    "candidates:move": Application,
    "candidates:bulk": BulkAction,
    "candidates:import": CandidateImport,
    "candidates:export_file": Export,
    "application-": Application,
    "candidates:interview_new": Application,
    "candidates:debrief": Application,
    "candidates:debrief_question": DebriefQuestion,
    "candidates:engagement_start": Application,
    "candidates:score": Score,
    "score-": Score,
    "candidates:sample": CalibrationSample,
    "candidates:interview": Interview,
    "interview-": Interview,
    "candidates:scorecard": Scorecard,
    "scorecard-": Scorecard,
    "candidates:shortlist": Shortlist,
    "shortlist-": Shortlist,
    "candidates:entry": ShortlistEntry,
    "candidates:meeting": Meeting,
    "candidates:engagement": Engagement,
    "candidates:engagement_review": EngagementReview,
    "clientreview-": ClientReview,
    "accounts:person": User,
    "jobs:job": Job,
    "jobs:delivery": Delivery,
    "rubricversion-": RubricVersion,
}
"""What the `pk` of an address names, by the longest beginning of the address's name."""


def _arguments(name: str, takes: set[str], world: World) -> Iterator[dict[str, Any]]:
    version = world.role.rubric_version
    assert version
    if not takes:
        yield {}
    elif takes == {"pk", "other"}:
        zeb = world.zeb.candidate_id
        somebody = Candidate.objects.exclude(pk=zeb).earliest("pk").pk
        yield from ({"pk": zeb, "other": somebody}, {"pk": somebody, "other": zeb})
    elif takes & {"rendering", "number"} and "pk" in takes:
        yield from _of_shortlists(takes, world)
    elif "number" in takes:
        question, dimension = version.questions.all()[0], version.dimensions.all()[0]
        key = question.key if name.endswith(("question", "signals")) else dimension.key
        parts = {"key": key, "value": str(version.lowest), "dimension": dimension.key, "about": dimension.key}
        yield {"slug": version.rubric.slug, "number": version.number} | {
            part: value for part, value in parts.items() if part in takes
        }
    elif takes == {"slug", "pk"}:
        yield {"slug": world.role.slug, "pk": world.zeb.stage_id}
    elif takes == {"slug"}:
        yield {"slug": world.role.client.slug if name.startswith("accounts:") else world.role.slug}
    else:
        assert takes == {"pk"}, f"{name}: say what {takes} are"
        noun = max((noun for noun in NOUNS if name.startswith(noun)), key=len)
        yield from ({"pk": pk} for pk in _near(NOUNS[noun], world))


def _of_shortlists(takes: set[str], world: World) -> Iterator[dict[str, Any]]:
    for number, rendering in product((1, 2), ("before", "after")):
        told = {"pk": world.shortlist.pk, "number": number, "rendering": rendering}
        yield {name: told[name] for name in takes}


def _near(model: type[Model], world: World) -> list[int]:
    """All of a model in this world, of what it holds many of those near the person."""
    rows = model._default_manager.all()
    paths = {Scorecard: "interview__application", Interview: "application", Application: "pk", Score: "pk"}
    if model in paths:
        rows = rows.filter(**{paths[model]: world.zeb.pk})
    elif model is Candidate:
        rows = rows.filter(pk=world.zeb.candidate_id)
    elif model is User:
        rows = rows.filter(pk=world.people["s"].pk)
    return list(rows.values_list("pk", flat=True))
