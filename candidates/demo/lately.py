"""What was done last: a table of people brought in, a tag for many at once, saved views, a client's question, an offer."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from candidates.demo.letters import write_letters
from candidates.demo.meetings import ask_for_meetings
from candidates.demo.versions import renew_shortlist
from candidates.demo.world import World
from candidates.enums import BulkKind, Outcome, Source
from candidates.models import Application, Candidate, Decision, ShortlistEntry
from candidates.services.bulk import next_chunk, plan_bulk, start_bulk
from candidates.services.candidate_imports import check_import, map_columns, start_import
from candidates.services.client_questions import answer_client, ask_firm
from candidates.services.offers import make_offer
from candidates.services.saved_views import ViewDetails, save_view
from screening.accounts.models import User
from screening.jobs.models import Job
from screening.jobs.services.running import take

HEADER = "Name,E-mail,Phone,City,Job title,Years,Tags"
ROWS = (
    "Amara Nwosu,amara.nwosu@people.example,+234 803 555 0142,Lagos,Machine learning engineer,7,python",
    "ليلى منصور,leila.mansour@people.example,,Amman,Staff engineer,11,remote",
    "Bertil Åkesson,bertil(at)people.example,,Malmö,Data engineer,6,",
    "Noor van den Heuvel,noor.vdh@people.example,,Utrecht,Platform engineer,many,",
    "Jun Takeda,jun.takeda@people.example,+81 90 5550 1177,Osaka,AI engineer,9,referred twice",
)
VIEWS = (
    ("Referred, as a table", "view=table&source=referral", True),
    ("Stuck for ten days", "view=table&waiting=10", False),
)
QUESTION = "Did they set the threshold themselves, or was it set for them?"
ANSWER = "Themselves: they raised it from 0.85 to 0.88 after the first false alarm, and told operations why."
TERMS = "Permanent, from Bangkok, four hours of overlap with the hospitals’ billing teams."
TAGGED = 12


def write_lately(*, world: World, now: datetime) -> None:
    by = world.recruiters[0]
    _bring_table(world, by, now)
    _tag_many(world, by, now)
    write_letters(world, by, now)
    for name, query, shared in VIEWS:
        save_view(role=world.roles[0], query=query, details=ViewDetails(name, shared=shared), by=by)
    save_view(role=None, query="source=event", details=ViewDetails("From the meet-up"), by=by)
    _ask_and_answer(world, by, now)
    ask_for_meetings(world, by, now)
    renew_shortlist(world=world, by=by, now=now)
    _offer(by, now)


def _bring_table(world: World, by: User, now: datetime) -> None:
    """Checked, and waiting for somebody to say what becomes of whoever is here already."""
    here = Candidate.objects.unmerged().exclude(email="").order_by("pk")[0]
    lines = [HEADER, *ROWS, f"{here.name},{here.email},,{here.location.split(',')[0]},Engineer,8,"]
    upload = ContentFile("\r\n".join(lines).encode(), name="meet-up March.csv")
    of = start_import(upload=upload, role=world.roles[0], source=Source.IMPORT, by=by, now=now)
    of = map_columns(of=of, mapping=of.mapping, by=by)
    assert of.job is not None
    _work_off(of.job, lambda: check_import(import_id=of.pk, report=lambda _done, _total: None))


def _tag_many(world: World, by: User, now: datetime) -> None:
    meant = Application.objects.of_role(world.roles[0])
    first = Application.objects.filter(pk__in=meant.order_by("pk").values("pk")[:TAGGED])
    if not first.exists():
        return
    action = plan_bulk(
        role=world.roles[0], kind=BulkKind.TAG, to_stage=None, applications=first, query="", by=by, now=now
    )
    job = start_bulk(action=action, by=by, now=now, tag="on-call experience")
    action.refresh_from_db()
    _work_off(job, lambda: next_chunk(action=action, now=now))


def _work_off(job: Job, work: Callable[[], object]) -> None:
    """Here and now, so that no worker finds anything left to do."""
    held = take(str(job.pk))
    assert held is not None
    work()
    held.finish()


def _ask_and_answer(world: World, by: User, now: datetime) -> None:
    """One question that is answered, and one that waits."""
    waiting = ShortlistEntry.objects.filter(shortlist__role=world.roles[0], shortlist__state="presented")
    entries = waiting.select_related("shortlist__role", "shortlist__presented_by", "shortlist__created_by")
    for entry in entries.order_by("shortlist", "position")[:2]:
        reviewer = world.reviewers[entry.shortlist.role.client_id][1]
        asked = ask_firm(entry=entry, text=QUESTION, by=reviewer, now=now - timedelta(hours=5))
        if entry.position == 1:
            answer_client(question=asked, text=ANSWER, by=by, now=now - timedelta(hours=4))


def _offer(by: User, now: datetime) -> None:
    hired = Decision.objects.filter(outcome=Outcome.HIRE, entry__application__engagement=None)
    decision = hired.select_related("entry__application").order_by("-pk").first()
    if decision is not None:
        make_offer(entry=decision.entry, starts_on=(now + timedelta(days=30)).date(), terms=TERMS, by=by, now=now)
