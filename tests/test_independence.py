"""What is sealed could as well be the opposite: every answer to those who owe a scorecard is the same, byte for byte.

`test_canaries` looks for planted words. Here everything that may be thought of a person differs between two states of
one installation (levels, words, signals, scores, notes, stage, verdicts, decisions, places on shortlists, debriefs, tags), and whoever owes a scorecard asks for everything in both: pages, partials, filters, sort orders,
the API, PDFs, history, and every form they may send. Headers are compared too.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from candidates.models import (
    Application,
    BulkAction,
    BulkItem,
    CandidateTag,
    ClientQuestion,
    ClientReview,
    DebriefAnswer,
    DebriefOutcome,
    DebriefQuestion,
    Decision,
    Engagement,
    Feedback,
    Note,
    Offer,
    QuestionNote,
    Score,
    Scorecard,
    Shortlist,
    ShortlistEntry,
    SignalHeard,
    StageChange,
    Tag,
)
from candidates.services.candidates import tag_candidate
from rubrics.enums import GateName, SignalKind, StageKind
from rubrics.models import GateOverride, RoleMember, Signal
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.abridged import UNABRIDGED
from tests.addresses import addresses
from tests.factories.accounts import HiringManagerFactory, ReviewerFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    ClientReviewFactory,
    InterviewFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
    ShortlistFactory,
    submit_levels,
    submitted_scorecard,
)
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import LATER, scored
from tests.test_canaries import World, build, signed_in
from tests.test_permissions import DECLARED, urls

pytestmark = pytest.mark.django_db
SEALED = "sqb"
"""The letters of those who owe a scorecard: a manager, a recruiter, an administrator."""
MOSTLY = pytest.mark.parametrize("letter", ["q", *(pytest.param(one, marks=pytest.mark.unabridged) for one in "sb")])
"""A recruiter reaches the most pages and may send the most forms."""
NEW_EACH_TIME = re.compile(
    rb'csrfmiddlewaretoken" value="\w+|nonce="[^"]+|"X-CSRFToken": "\w+|nonce-[\w+/=-]+|/stage-changes/\d+/|/shortlists/\d+/add/',
    re.IGNORECASE,
)
"""Tokens, and the number of what an answer has just made."""
SECRET_HEADERS = (
    "Content-Type",
    "ETag",
    "Last-Modified",
    "Content-Disposition",
    "Location",
    "HX-Trigger",
    "Vary",
    "Link",
)


@dataclass
class Room:
    """Application `zeb` went to the client; `ivy` is in interviews and listed. Both are sealed from s, q and b."""

    world: World
    ivy: Application
    cards: list[Scorecard] = field(default_factory=list)
    tag: Tag | None = None
    reviewer: User | None = None


def furnish() -> Room:
    world = build()
    ivy: Application = ApplicationFactory(role=world.role, candidate=CandidateFactory(name="Ivy Numbat"))
    room = Room(world, ivy)
    submitted_scorecard(ivy, [3, 3, 3], by=world.people["m"])
    for letter in SEALED:
        ScorecardFactory(interview=InterviewFactory(application=ivy), interviewer=world.people[letter])
    for application in (world.zeb, ivy):
        room.cards.append(
            ScorecardFactory(interview=InterviewFactory(application=application), interviewer=world.people["t"])
        )
    other = ApplicationFactory(role=world.role)
    room.tag = tag_candidate(candidate=other.candidate, name="favourite")
    room.reviewer = ReviewerFactory(client=world.role.client)
    return room


def thought_little_of(room: Room) -> None:
    for card in room.cards:
        _sealed_at(card, 1, "strong_no", SignalKind.WEAK)
    _scored(room, 1, rankable=False, rank=2)
    _moved(room, StageKind.REJECTED, NOW + timedelta(hours=2))
    _decided(room, "reject", "decline")


def thought_much_of(room: Room) -> None:
    for card in room.cards:
        _sealed_at(card, 5, "strong_yes", SignalKind.STRONG)
    _scored(room, 5, rankable=True, rank=1)
    _moved(room, StageKind.HIRED, NOW + timedelta(hours=9))
    _decided(room, "hire", "advance")
    zeb, by = room.world.zeb, room.world.people["r"]
    version = zeb.role.rubric_version
    Engagement.objects.create(application=zeb, rubric_version=version, started_on=NOW.date(), created_by=by)
    for application in (room.world.zeb, room.ivy):
        _talked_about(room, application)
    _shortlisted(room)


def _sealed_at(card: Scorecard, level: int, recommendation: str, heard: SignalKind) -> None:
    card = Scorecard.objects.get(pk=card.pk)
    questions = card.interview.kit.questions.all()
    for signal in Signal.objects.filter(question__in=questions, kind=heard):
        SignalHeard.objects.create(scorecard=card, signal=signal)
    QuestionNote.objects.create(scorecard=card, question=questions[0], text=f"As one who gives {level}. " * level)
    card.comment = recommendation * level
    submit_levels(card, [level] * 3)


def _scored(room: Room, level: int, *, rankable: bool, rank: int) -> None:
    """Their own figures; what a pool makes of other people is another matter (docs/decisions/independence.md)."""
    figures = {"score": level, "raw_mean": level, "rankable": rankable, "rank": rank, "tie": level, "n_raters": level}
    Score.objects.filter(pk=room.world.zeb.pk).update(**figures)
    known = Score.objects.get(pk=room.world.zeb.pk)
    known.application, known.pk = room.ivy, room.ivy.pk
    known.save(force_insert=True)


def _moved(room: Room, kind: StageKind, at: Any) -> None:
    zeb = room.world.zeb
    stage = zeb.role.stages.get(kind=kind)
    Application.objects.filter(pk=zeb.pk).update(stage=stage, stage_since=at)
    StageChange.objects.create(application=zeb, to_stage=stage, at=at, by=room.world.people["r"], reason=kind.label)
    BulkAction.objects.update(to_stage=stage, reason=kind.label)
    BulkItem.objects.update(from_stage=stage, why=kind.label)


def _decided(room: Room, outcome: str, verdict: str) -> None:
    entry = ShortlistEntry.objects.get(application=room.world.zeb)
    assert room.reviewer
    ClientReviewFactory(entry=entry, reviewer=room.reviewer, verdict=verdict, comment=verdict, committed_at=LATER)
    ClientQuestion.objects.create(entry=entry, asked_by=room.reviewer, text=verdict, asked_at=LATER)
    by = room.world.people["c"]
    decision = Decision.objects.create(
        entry=entry,
        outcome=outcome,
        why=outcome,
        decided_by=by,
        decider_name="c",
        decided_at=LATER + timedelta(hours=1),
    )
    by = room.world.people["r"]
    if outcome == "hire":
        Offer.objects.create(decision=decision, starts_on=NOW.date(), terms="Gladly.", recorded_by=by, made_at=LATER)
    else:
        Feedback.objects.create(decision=decision, text="Not now.", written_by=by, saved_at=LATER)


def _talked_about(room: Room, application: Application) -> None:
    people, candidate = room.world.people, application.candidate
    assert room.tag
    CandidateTag.objects.create(candidate=candidate, tag=room.tag)
    Note.objects.create(candidate=candidate, application=application, author=people["r"], text="The best of all.")
    card = Scorecard.objects.submitted().filter(interview__application=application).earliest("pk")
    question = DebriefQuestion.objects.create(scorecard=card, asked_by=people["r"], text="Why so high?", asked_at=NOW)
    DebriefAnswer.objects.create(question=question, by=people["m"], text="They showed it.", at=NOW)
    DebriefOutcome.objects.create(
        application=application, result="advance", note="All agree.", noted_by=people["r"], noted_at=NOW
    )
    GateOverride.objects.create(
        gate=GateName.SHORTLIST, role=room.world.role, subject=application.pk, waives=["x"], reason="so good", asked_by=people["r"], asked_at=NOW
    )  # fmt: skip


def _shortlisted(room: Room) -> None:
    world = room.world
    number = world.role.shortlists.count() + 1
    drafted = ShortlistFactory(role=world.role, number=number, created_by=world.people["r"])
    ShortlistEntryFactory(shortlist=drafted, application=room.ivy, position=1)
    first, second = ShortlistEntry.objects.filter(shortlist=world.shortlist).order_by("position")
    for entry, position in ((first, 900), (second, first.position), (first, 901)):
        ShortlistEntry.objects.filter(pk=entry.pk).update(position=position)


def asked(room: Room) -> list[str]:
    """Every address that can be read, and every way to filter and sort that somebody may think of."""
    pipeline = f"/roles/{room.world.role.slug}/pipeline/"
    assert room.tag
    variants = [
        "q=ivy",
        "q=zeb",
        "waiting=3",
        f"tag={room.tag.pk}",
        "owner=1",
        "source=applied",
        "score=4",
        "band=high",
    ]
    variants += [
        "sort=score",
        "sort=-score",
        "order=rank",
        "ordering=-score",
        "min_score=4",
        "recommendation=strong_yes",
    ]
    found = [f"{pipeline}?view={view}&{variant}" for view in ("board", "table") for variant in variants]
    found += [f"/candidates/?{variant}" for variant in variants]
    found += [f"/interviews/?{variant}" for variant in ("q=ivy", "state=held", "ordering=-score")]
    for noun in ("applications", "candidates", "interviews", "scorecards", "scores", "shortlists", "client-reviews"):
        found += [f"/api/v1/{noun}/?ordering={order}" for order in ("score", "-score", "stage", "-submitted_at")]
        found += [f"/api/v1/{noun}/?page_size=1", f"/api/v1/{noun}/?state=submitted", f"/api/v1/{noun}/?rankable=true"]
    found += [f"/api/v1/applications/?stage__kind={kind}" for kind in StageKind.values]
    found += [f"/api/v1/scorecards/?{name}={room.ivy.pk}" for name in ("application", "interview", "interviewer")]
    found += ["/search/?q=ivy", "/search/?q=shortlist", "/there/is/no/such/page/"]
    found += [
        reverse(f"candidates:{name}", args=[application.pk])
        for name in ("debrief", "debrief_meeting", "score", "move", "interview_new", "engagement_start")
        for application in (room.world.zeb, room.ivy)
    ]
    found += [reverse("candidates:candidate", args=[room.ivy.candidate_id])]
    found += [f"/roles/{room.world.role.slug}/scores/{way}" for way in ("?ended", "?group=1")]
    return sorted({*addresses(room.world), *found})


def told(answer: HttpResponse) -> bytes:
    """All that reaches the reader, without what is new in every answer."""
    body = answer.getvalue() if answer.streaming else answer.content
    headers = {name: answer.headers.get(name, "") for name in SECRET_HEADERS}
    return NEW_EACH_TIME.sub(b"", str(answer.status_code).encode() + json.dumps(headers).encode() + body)


Asking = Callable[[Browser], HttpResponse]


def differences(room: Room, browser: Browser, questions: dict[str, Asking]) -> list[str]:
    """What the two states answer differently, and where they first do."""
    heard: list[dict[str, bytes]] = []
    for opinion in (thought_little_of, thought_much_of):
        with transaction.atomic():
            opinion(room)
            heard.append({name: _answer(browser, ask) for name, ask in questions.items()})
            transaction.set_rollback(True)
    little, much = heard
    return [f"{name}\n    {_where(little[name], much[name])}" for name in questions if little[name] != much[name]]


def _answer(browser: Browser, ask: Asking) -> bytes:
    """Whatever it wrote is undone, and what it would say on the next page forgotten."""
    browser.cookies.pop("messages", None)
    with transaction.atomic():
        answer = told(ask(browser))
        transaction.set_rollback(True)
    return answer


def _where(one: bytes, two: bytes) -> str:
    at = next((place for place, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    return f"{one[max(at - 60, 0) : at + 60]!r}\n    {two[max(at - 60, 0) : at + 60]!r}"


def reads(room: Room) -> dict[str, Asking]:
    def read(address: str, **headers: Any) -> Asking:
        return lambda browser: browser.get(address, headers=headers)  # type: ignore[return-value]  # a test's answer is one

    questions = {address: read(address) for address in asked(room)}
    pages = [address for address in questions if not address.startswith("/api/")]
    return questions | {f"{address} (a part)": read(address, hx_request="true") for address in pages[::7]}


@MOSTLY
@time_machine.travel(LATER + timedelta(days=5), tick=False)
def test_whoever_owes_a_scorecard_reads_the_same_whatever_is_thought(letter: str) -> None:
    room = furnish()
    assert differences(room, signed_in(room.world.people[letter]), reads(room)) == []


@pytest.mark.unabridged
@time_machine.travel(LATER + timedelta(days=5), tick=False)
def test_whoever_owes_nothing_reads_another_story() -> None:
    """So that the comparison above is known to see."""
    room = furnish()
    found = differences(room, signed_in(room.world.people["r"]), reads(room))
    assert len(found) > 25
    for page in ("/debrief/", "/scores/", "/pipeline/", "/shortlists/", "/api/v1/scorecards/", "/candidates/"):
        assert any(page in line.partition("\n")[0] for line in found), page


def writes(room: Room) -> Iterator[tuple[str, Asking]]:
    """Every form that somebody may send, about those two people, with much in it and with nothing."""
    zeb, ivy = room.world.zeb, room.ivy
    nouns = _nouns(room)
    for name, takes in urls():
        may = DECLARED.get(name)
        if may is None or may.write is None or name.startswith(("accounts:", "jobs:", "rubrics:")):
            continue
        for arguments in _arguments(name, takes, nouns, room):
            address = reverse(name, kwargs=arguments)
            for stage in (StageKind.SCORED, StageKind.REJECTED) if "move" in name else (StageKind.SCORED,):
                data = _anything(room, stage) | {"applications": [zeb.pk, ivy.pk], "application": ivy.pk}
                yield f"{name} {address} {stage}", _sending(address, data, put=may.put)
            yield f"{name} {address} nothing", _sending(address, {}, put=may.put)


def _sending(address: str, data: dict[str, Any], *, put: bool) -> Asking:
    def send(browser: Browser) -> Any:
        if address.startswith("/api/"):
            act = browser.put if put else browser.post
            return act(address, data, content_type="application/json")
        return browser.post(address, data)

    return send


def _anything(room: Room, stage: StageKind) -> dict[str, Any]:
    wanted = room.ivy.role.stages.get(kind=stage)
    return {
        "to": wanted.pk, "stage": wanted.pk, "seen": room.ivy.stage_id, "seen_stage": room.ivy.stage_id, "reason": "Because.",
        "text": "Why?", "result": "hold", "note": "So.", "why": "Because.", "outcome": "hire", "decider_name": "c",
        "where_given": "call", "person": room.world.people["t"].pk, "name": "favourite", "summary": "Good.",
    }  # fmt: skip


def _nouns(room: Room) -> dict[str, list[int]]:
    both = [room.world.zeb, room.ivy]
    cards = Scorecard.objects.filter(interview__application__in=both)
    entries = ShortlistEntry.objects.filter(application__in=both)
    return {
        "candidate": [one.candidate_id for one in both],
        "application": [one.pk for one in both],
        "scorecard": list(cards.values_list("pk", flat=True)),
        "interview": list(dict.fromkeys(cards.values_list("interview", flat=True))),
        "shortlist": list(Shortlist.objects.values_list("pk", flat=True)),
        "entry": list(entries.values_list("pk", flat=True)),
        "clientreview": list(ClientReview.objects.filter(entry__in=entries).values_list("pk", flat=True)),
    }


BY_NOUN = {
    "candidates:move": "application", "candidates:debrief_outcome": "application", "candidates:interview_new": "application",
    "candidates:engagement_start": "application", "candidates:debrief_ask": "scorecard", "candidates:add_to_role": "candidate",
    "candidates:note_add": "candidate", "candidates:tag_add": "candidate", "candidates:document_add": "candidate",
    "candidates:consent": "candidate", "candidates:link": "candidate", "candidates:scorecard": "scorecard",
    "candidates:interview_": "interview", "candidates:entry": "entry", "candidates:review": "entry",
    "candidates:shortlist": "shortlist", "candidates:report": "shortlist", "candidates:reviewer_new": "shortlist",
    "candidates:present": "shortlist", "application-": "application", "scorecard-": "scorecard",
}  # fmt: skip
"""What the `pk` of a form's address names, by how the address's name begins; forms of other things are not sent."""


def _arguments(name: str, takes: set[str], nouns: dict[str, list[int]], room: Room) -> Iterator[dict[str, Any]]:
    if takes == {"slug"}:
        yield {"slug": room.world.role.slug}
    elif takes == {"pk"}:
        noun = max((begin for begin in BY_NOUN if name.startswith(begin)), key=len, default="")
        yield from ({"pk": pk} for pk in nouns[BY_NOUN[noun]]) if noun else ()


@MOSTLY
@time_machine.travel(LATER + timedelta(days=5), tick=False)
def test_forms_refuse_and_accept_the_same_whatever_is_thought(letter: str) -> None:
    room = furnish()
    questions = dict(writes(room))
    assert len(questions) > 100
    questions = questions if UNABRIDGED else dict(list(questions.items())[::3])
    assert differences(room, signed_in(room.world.people[letter]), questions) == []


def test_who_owes_a_scorecard_gets_no_letter_about_what_others_think() -> None:
    """The debrief goes on without them: whoever is told of it owes nothing."""
    room = furnish()
    thought_much_of(room)
    browser = signed_in(room.world.people["r"])
    asked_before = Delivery.objects.count()
    for card in Scorecard.objects.submitted().filter(interview__application__in=[room.world.zeb, room.ivy]):
        browser.post(reverse("candidates:debrief_ask", args=[card.pk]), {"text": "Why?"})
    for question in DebriefQuestion.objects.all():
        browser.post(reverse("candidates:debrief_answer", args=[question.pk]), {"text": "So."})
    sent = Delivery.objects.order_by("pk")[asked_before:]
    assert len(sent) >= 3
    sealed = {room.world.people[letter].email for letter in SEALED}
    assert not sealed & {mail.recipient for mail in sent}
    names = [word.lower() for one in (room.world.zeb, room.ivy) for word in one.candidate.name.split()]
    for mail in sent:
        assert not [name for name in names if name in f"{mail.subject} {mail.text} {mail.html}".lower()]


def test_the_strictness_of_interviewers_stays_closed_while_a_level_in_it_is_sealed() -> None:
    """With every other level readable, the leniency of whoever sealed one would tell which level it was."""
    role = RoleFactory()
    people = scored(role, 3)
    manager = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=manager)
    owed = ScorecardFactory(interview=InterviewFactory(application=people[0]), interviewer=manager)
    browser, address = signed_in(manager), reverse("candidates:score", args=[people[1].pk])
    closed = browser.get(address).content.decode()
    assert "opens when yours is in" in closed
    assert "Leniency" not in closed
    submit_levels(owed, [3, 3, 3])
    assert "Leniency" in browser.get(address).content.decode()
