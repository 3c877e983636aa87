"""Words planted where only some may read them, and looked for everywhere by everybody.

For each word it is declared who may find it; walking every address that can be read (pages, API, YAML, PDF) must find
it with exactly those people, so a word nobody could find would fail as well.
"""

import io
from dataclasses import dataclass, field, replace
from functools import cache

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse
from pypdf import PdfReader

from candidates.models import (
    Application,
    Candidate,
    ClientAnswer,
    ClientQuestion,
    DebriefAnswer,
    DebriefOutcome,
    DebriefQuestion,
    Decision,
    Document,
    Evidence,
    Feedback,
    Note,
    Offer,
    PrivateNote,
    QuestionNote,
    Rating,
    Scorecard,
    Shortlist,
    ShortlistEntry,
    StageChange,
)
from candidates.permissions.own_page import token_of
from candidates.services.drafts import save_draft
from candidates.services.reports import build_report
from candidates.services.reviews import commit_review, save_review
from candidates.services.scorecards import submit_scorecard
from candidates.services.scores import score_pool
from candidates.services.shortlists import name_reviewer, present_shortlist
from rubrics.enums import GateName, NameForm, StageKind
from rubrics.models import GateOverride, Role, RoleMember
from screening.accounts.models import User
from screening.jobs.models import Delivery, Job
from tests.abridged import UNABRIDGED
from tests.addresses import addresses
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    ScorecardFactory,
    dimensions_of,
    submitted_scorecard,
)
from tests.factories.drafts import whole_draft as written
from tests.factories.meetings import planted
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlist_versions import in_preparation, written_down
from tests.factories.shortlists import LATER, shortlist_of, whole_draft
from tests.factories.tables import plant_tables

pytestmark = pytest.mark.django_db

INSIDE = "armt"  # whoever inside has the role in reach and owes nothing
EVERYBODY = {
    "a": "an administrator",
    "r": "a recruiter",
    "m": "a manager whose scorecard is in",
    "t": "a manager of the team who is on no panel",
    "s": "a manager who owes a scorecard",
    "q": "a recruiter who owes one",
    "b": "an administrator who owes one",
    "o": "a manager of another role",
    "c": "a reviewer of the client who has committed all",
    "d": "a reviewer of the client who is still writing",
    "x": "a reviewer of another client",
    "-": "whoever holds the candidate's own link",
}
LOOKING = "".join(EVERYBODY) if UNABRIDGED else "rmsqocd-"
WHO_MAY_FIND = {
    # one panellist's scorecard
    "panelcomment": INSIDE,
    "panelincident": INSIDE + "cd",  # evidence is what a client judges by
    "panelaction": INSIDE + "cd",
    "paneloutcome": INSIDE + "cd",
    "panelquestionnote": INSIDE,
    "panelprivate": "m",
    "amendmentwhy": INSIDE,
    # what was said of it in a debrief
    "debriefquestion": INSIDE,
    "debriefanswer": INSIDE,
    "debriefoutcome": INSIDE,
    "debriefnextsteps": INSIDE,
    # what others said
    "notetext": INSIDE,
    "stagereason": INSIDE,
    "overridereason": "ar",
    "reviewcommitted": INSIDE + "c",
    "reviewdraft": "d",
    "decisionwhy": INSIDE + "c",
    "entrysummary": INSIDE + "cd",
    "versionsummary": "ar",  # of a version in preparation
    "clientquestion": "ard",  # its asker has still to commit, and a colleague's words tell what they think
    "clientanswer": "ard",
    "meetingnote": "ard",
    "meetingplace": "ard",
    "meetingreason": "ard",
    "offerterms": "arc",
    "offeranswer": "arc",
    "feedbackdraft": "ar",  # a shortlist is closed to whoever owes a scorecard on anybody on it
    # what was done to many, and which tables were brought and taken
    "bulkreason": "ar",
    "bulkrefusal": "ar",
    "lettersubject": "ar",
    "letterwords": "ar",
    "templatewords": "arqb",
    "notemention": INSIDE,
    "ownview": "r",
    "sharedview": INSIDE + "sqb",
    "importedname": "ar",
    "importedproblem": "ar",
    "exportedtable": "r",
    # who the person is
    "quaggafont": "arqb-",
    "quokkamail": "ar-",
    "9990471": "ar-",
    "numbatlink": "ar-",
    "8763": "ar-",  # years of experience
    "dibblercv": "ar-",
}


@dataclass
class World:
    """Application `zeb` went the whole way to a decision; three people were put on its panel late and owe scorecards."""

    role: Role = field(default_factory=lambda: RoleFactory(name_form=NameForm.INITIALS))
    people: dict[str, User] = field(default_factory=dict)
    zeb: Application = field(init=False)
    shortlist: Shortlist = field(init=False)


def build() -> World:
    world = World()
    other = RoleFactory()
    client = world.role.client
    world.people = {
        "a": AdministratorFactory(),
        "r": RecruiterFactory(),
        "m": HiringManagerFactory(),
        "t": HiringManagerFactory(),
        "s": HiringManagerFactory(),
        "q": RecruiterFactory(),
        "b": AdministratorFactory(),
        "o": HiringManagerFactory(),
        "c": ReviewerFactory(client=client),
        "d": ReviewerFactory(client=client),
        "x": ReviewerFactory(client=other.client),
    }
    for letter in "mts":
        RoleMember.objects.create(role=world.role, user=world.people[letter])
    RoleMember.objects.create(role=other, user=world.people["o"])
    world.zeb = ApplicationFactory(role=world.role, kind=StageKind.SCORED, candidate=_person(world.people["r"]))
    second = ApplicationFactory(role=world.role, kind=StageKind.SCORED)
    _plant_scorecard(world.zeb, world.people["m"])
    submitted_scorecard(world.zeb, [4, 4, 4])
    for _ in range(2):
        submitted_scorecard(second, [4, 5, 4])
    _plant_words(world)
    _plant_debrief(world)
    plant_tables(world.zeb, by=world.people["r"])
    _go_to_the_client(world, second)
    for letter in "sqb":
        ScorecardFactory(
            interview=InterviewFactory(application=world.zeb, state="scheduled", starts_at=NOW, ends_at=LATER),
            interviewer=world.people[letter],
        )
    return world


def _person(by: User) -> Candidate:
    person: Candidate = CandidateFactory(
        name="Zebulon Quaggafont",
        email="quokkamail@example.org",
        phone="+66 2 999 0471",
        links=["https://numbatlink.example/zeb"],
        years_of_experience=8763,
    )
    document = Document(
        candidate=person, name="dibblercv.pdf", content_type="application/pdf", size=1, sha256="0", uploaded_by=by
    )
    document.file.save("cv.pdf", ContentFile(b"%PDF-"), save=False)
    document.save()
    return person


def _plant_scorecard(application: Application, by: User) -> None:
    card = ScorecardFactory(interview=InterviewFactory(application=application), interviewer=by)
    for dimension in dimensions_of(card.interview):
        Rating.objects.create(scorecard=card, dimension=dimension, level=5)
        Evidence.objects.create(
            scorecard=card,
            dimension=dimension,
            incident="panelincident",
            happened="2025-03",
            action="panelaction",
            outcome="paneloutcome",
        )
    QuestionNote.objects.create(
        scorecard=card, question=card.interview.kit.questions.all()[0], text="panelquestionnote"
    )
    PrivateNote.objects.create(scorecard=card, text="panelprivate")
    card.recommendation, card.comment = "strong_yes", "panelcomment"
    card.state, card.submitted_at, card.independent = "submitted", NOW, True
    card.save()
    amendment = ScorecardFactory(
        interview=card.interview, interviewer=by, amends=card, amendment_reason="amendmentwhy", corrects_fact=True
    )
    amendment.state, amendment.submitted_at, amendment.independent = "submitted", LATER, False
    amendment.save()


def _plant_words(world: World) -> None:
    by, second = world.people["r"], RecruiterFactory()
    Note.objects.create(candidate=world.zeb.candidate, application=world.zeb, author=by, text="notetext")
    StageChange.objects.create(
        application=world.zeb, from_stage=None, to_stage=world.zeb.stage, by=by, at=NOW, reason="stagereason"
    )
    GateOverride.objects.create(
        gate=GateName.SHORTLIST,
        role=world.role,
        subject=world.zeb.pk,
        waives=["x"],
        missing=[{"code": "x", "text": "overridereason"}],
        reason="overridereason",
        asked_by=second,
        asked_at=NOW,
    )


def _plant_debrief(world: World) -> None:
    card = Scorecard.objects.get(interview__application=world.zeb, interviewer=world.people["m"], amends=None)
    question = DebriefQuestion.objects.create(
        scorecard=card, asked_by=world.people["r"], text="debriefquestion", asked_at=NOW
    )
    DebriefAnswer.objects.create(question=question, by=world.people["m"], text="debriefanswer", at=LATER)
    DebriefOutcome.objects.create(
        application=world.zeb,
        result="advance",
        note="debriefoutcome",
        next_steps="debriefnextsteps",
        noted_by=world.people["t"],
        noted_at=LATER,
    )


def _go_to_the_client(world: World, second: Application) -> None:
    version, by = world.role.rubric_version, world.people["r"]
    assert version
    score_pool(pool_key=version.pool_key, now=NOW)
    world.shortlist = shortlist_of([world.zeb, second], by=by)
    Shortlist.objects.filter(pk=world.shortlist.pk).update(name_form=NameForm.INITIALS)
    ShortlistEntry.objects.filter(application=world.zeb).update(summary="entrysummary")
    world.shortlist = Shortlist.objects.get(pk=world.shortlist.pk)
    for letter in "cd":
        name_reviewer(shortlist=world.shortlist, user=world.people[letter], must=letter == "c")
    build_report(shortlist=world.shortlist, now=NOW, progress=lambda _done, _total: None)
    world.shortlist = present_shortlist(shortlist=world.shortlist, by=by, now=NOW)
    entries = list(world.shortlist.entries.select_related("shortlist__role__rubric_version", "application"))
    _evaluate(world, entries)
    [hers] = [entry for entry in entries if entry.application_id == second.pk]
    [his] = [entry for entry in entries if entry.application_id == world.zeb.pk]
    by_client = {"decided_by": world.people["c"], "decider_name": "c", "decided_at": LATER}
    written_down(world.shortlist, 1, by=by)
    late = ApplicationFactory(role=world.role, kind=StageKind.SHORTLISTED)
    in_preparation(world.shortlist, by=by, new=late, summary="versionsummary")
    against = Decision.objects.create(entry=hers, outcome="reject", why="Not now.", **by_client)
    Feedback.objects.create(decision=against, text="feedbackdraft", written_by=by, saved_at=LATER)
    hired = Decision.objects.create(entry=his, outcome="hire", why="decisionwhy", **by_client)
    Offer.objects.create(
        decision=hired,
        starts_on=LATER.date(),
        terms="offerterms",
        answer="accepted",
        answer_reason="offeranswer",
        answered_at=LATER,
        recorded_by=by,
        made_at=LATER,
    )


def _ask(world: World, entry: ShortlistEntry) -> None:
    question = ClientQuestion.objects.create(
        entry=entry, asked_by=world.people["d"], text="clientquestion", asked_at=LATER
    )
    ClientAnswer.objects.create(question=question, by=world.people["r"], text="clientanswer", at=LATER)
    told = {"note": "meetingnote", "place": "meetingplace", "reason": "meetingreason", "state": "cancelled"}
    planted(entry, world.people["d"], **told)


def _evaluate(world: World, entries: list[ShortlistEntry]) -> None:
    for entry in entries:
        mine = entry.application_id == world.zeb.pk
        draft = replace(whole_draft(entry, 2), comment="reviewcommitted" if mine else "Fine.")
        commit_review(entry=entry, draft=draft, by=world.people["c"], now=LATER)
        if mine:
            _ask(world, entry)
            save_review(entry=entry, draft=replace(draft, comment="reviewdraft"), by=world.people["d"], now=LATER)


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def text_of(browser: Browser, address: str) -> str:
    """What a reader gets, as one run of small letters without spaces; everything it wrote undone."""
    with transaction.atomic():
        answer = browser.get(address)
        body = answer.getvalue() if answer.streaming else answer.content
        transaction.set_rollback(True)
    assert answer.status_code in {200, 204, 302, 404}, (address, answer.status_code)
    if answer["Content-Type"] == "application/pdf" and body.startswith(b"%PDF-1"):
        text = _words_of(body)
    else:
        text = body.decode()
    return "".join(text.lower().split())


@cache
def _words_of(pdf: bytes) -> str:
    return "".join(page.extract_text().replace("-", "") for page in PdfReader(io.BytesIO(pdf)).pages)


def finders(world: World) -> dict[str, dict[str, list[str]]]:
    """Word → letter of who found it → where."""
    places: dict[str, dict[str, list[str]]] = {word: {} for word in WHO_MAY_FIND}
    everywhere = addresses(world)
    people = {letter: signed_in(user) for letter, user in world.people.items() if letter in LOOKING}
    visits = [(letter, browser, address) for letter, browser in people.items() for address in everywhere]
    visits.append(("-", Browser(), reverse("candidates:own_page", args=[token_of(world.zeb.candidate)])))
    for letter, browser, address in visits:
        text = text_of(browser, address)
        for word, found_by in places.items():
            if word in text:
                found_by.setdefault(letter, []).append(address)
    return places


def test_every_word_is_found_by_exactly_those_who_may() -> None:
    world = build()
    wrong = []
    for word, found_by in finders(world).items():
        may = WHO_MAY_FIND[word]
        wrong += [
            f"{word} was found by {EVERYBODY[letter]} at {', '.join(places)}"
            for letter, places in found_by.items()
            if letter not in may
        ]
        wrong += [
            f"{word} was not found by {EVERYBODY[letter]}"
            for letter in may
            if letter in LOOKING and letter not in found_by
        ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_mail_and_jobs_tell_nothing_of_the_kind() -> None:
    """Whoever reads a letter reads it outside the program, where no seal holds."""
    world = build()
    card = Scorecard.objects.get(interview__application=world.zeb, interviewer=world.people["s"])
    save_draft(scorecard=card, draft=written(card, [2, 2, 2]), revision=0, by=card.interviewer, now=LATER)
    submit_scorecard(scorecard=card, by=card.interviewer, now=LATER)
    sent = [f"{mail.subject} {mail.text} {mail.html}".lower() for mail in Delivery.objects.filter(letter=None)]
    kept = [f"{job.title} {job.params} {job.result}".lower() for job in Job.objects.all()]
    assert sent, "a shortlist was presented"
    assert kept, "scores were asked for"
    assert not [word for word in WHO_MAY_FIND if any(word in text for text in [*sent, *kept])]
