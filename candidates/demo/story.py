"""What happened so far: shortlists in every state, clients who evaluate and decide, a hire at work, things that wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from django.db.models import Exists, OuterRef

from candidates.demo.meetings import ALL_HELD, hold_before_judging
from candidates.demo.texts import COMMENTS, SUMMARIES
from candidates.demo.world import World
from candidates.enums import Basis, Outcome, ReviewDay, ShowPanel, Verdict
from candidates.gates.scorecards import dimensions_covered
from candidates.gates.shortlists import missing_to_shortlist
from candidates.models import Application, Consent, Score, Scorecard, Shortlist, ShortlistEntry
from candidates.services.decisions import decide
from candidates.services.drafts import EvidenceDraft, RatingDraft, ScorecardDraft, save_draft
from candidates.services.engagements import OutcomeDraft, start_engagement, submit_engagement_review
from candidates.services.erasures import ask_erasure
from candidates.services.panels import excuse_scorecard
from candidates.services.reports import build_report
from candidates.services.reviews import ReviewDraft, commit_review, save_review
from candidates.services.scorecards import amend_scorecard
from candidates.services.scores import score_pool
from candidates.services.shortlists import (
    ShownToClient,
    add_entry,
    choose_what_client_sees,
    create_shortlist,
    name_reviewer,
    present_shortlist,
    withdraw_shortlist,
    write_entry,
)
from rubrics.enums import GateName, NameForm, StageKind
from rubrics.models import Role
from rubrics.services.overrides import ask_override
from screening.accounts.models import User

HIRED, WAITING, DRAFTED = 2, 4, 2


def tell_story(*, world: World, seed: int, now: datetime) -> None:
    rng = np.random.default_rng([seed, 6])
    for pool_key in {role.rubric_version.pool_key for role in world.roles if role.rubric_version}:
        score_pool(pool_key=pool_key, now=now)
    first = world.roles[0]
    _decided_shortlist(first, world, rng, now - timedelta(days=1))
    left = len(best_scored(first, WAITING + DRAFTED, now - timedelta(hours=20)))
    _waiting_shortlist(first, world, rng, now - timedelta(hours=20), people=min(WAITING, max(left - DRAFTED, 1)))
    _draft_shortlist(first, world.recruiters[0], now)
    for role in world.roles[1:2]:
        _waiting_shortlist(role, world, rng, now - timedelta(days=4), people=WAITING)
    for role in world.roles[2:3]:
        _withdrawn_shortlist(role, world, now)
    _things_that_wait(world, rng, now)


def best_scored(role: Role, count: int, now: datetime) -> list[Application]:
    """Rankable people of a role who are scored, on no list yet, and had agreed by `now`, best first; must-haves above their floor."""
    agreed = Consent.objects.valid(now).filter(candidate=OuterRef("application__candidate"))
    scores = Score.objects.ranked().filter(
        Exists(agreed), role=role, application__stage__kind=StageKind.SCORED, below_floor=[]
    )
    return [score.application for score in scores.select_related("application__stage", "application__role")[:count]]


def _shortlist(role: Role, count: int, by: User, now: datetime) -> Shortlist:
    shortlist = create_shortlist(role=role, by=by)
    for n, application in enumerate(best_scored(role, count, now)):
        entry = add_entry(shortlist=shortlist, application=application, by=by, now=now)
        write_entry(entry=entry, summary=SUMMARIES[n % len(SUMMARIES)])
    return shortlist


def _presented(role: Role, count: int, world: World, now: datetime) -> Shortlist | None:
    """None when nobody in the role can be shortlisted."""
    by = world.recruiters[0]
    shortlist = _shortlist(role, count, by, now)
    if not shortlist.entries.exists():
        return None
    shown = ShownToClient(name_form=NameForm.INITIALS, show_cv=False, show_panel=ShowPanel.AFTER)
    choose_what_client_sees(shortlist=shortlist, shown=shown)
    for reviewer in world.reviewers[role.client_id]:
        name_reviewer(shortlist=shortlist, user=reviewer, must=True)
    shortlist.refresh_from_db()
    build_report(shortlist=shortlist, now=now, progress=lambda _done, _total: None)
    return present_shortlist(shortlist=shortlist, by=by, now=now)


def _evaluate(entry: ShortlistEntry, turn: int, world: World, rng: np.random.Generator, now: datetime) -> User:
    """By the reviewer whose turn it is, some after they met the person."""
    reviewer = world.reviewers[entry.shortlist.role.client_id][turn]
    version = entry.shortlist.role.rubric_version
    assert version is not None
    levels: dict[int, int | None] = {
        pk: int(np.clip(rng.normal(3.6, 0.8), version.lowest, version.highest).round())
        for pk in version.dimensions.values_list("pk", flat=True)
    }
    basis = Basis.MEETING if rng.random() < 0.5 else Basis.EVIDENCE  # noqa: PLR2004 -- half and half
    if basis == Basis.MEETING:
        hold_before_judging(entry, reviewer, world.recruiters[0], turn=turn, now=now)
    draft = ReviewDraft(
        levels=levels,
        basis=basis,
        verdict=Verdict.ADVANCE if entry.position == 1 else Verdict.HOLD,
        comment=COMMENTS[rng.integers(0, len(COMMENTS))],
    )
    save_review(entry=entry, draft=draft, by=reviewer, now=now + ALL_HELD)
    return reviewer


def _decided_shortlist(role: Role, world: World, rng: np.random.Generator, now: datetime) -> None:
    """Everybody evaluated; one hired and at work for three months, one who has an offer, one turned down."""
    shortlist = _presented(role, 3, world, now)
    if shortlist is None:
        return
    entries = list(shortlist.entries.select_related("application__stage", "application__candidate", "shortlist__role"))
    for entry in entries:
        for turn in range(len(world.reviewers[role.client_id])):
            reviewer = _evaluate(entry, turn, world, rng, now)
            commit_review(entry=entry, by=reviewer, now=now + ALL_HELD)
    by = world.reviewers[role.client_id][0]
    for entry in entries:
        outcome = Outcome.REJECT if entry.position > HIRED else Outcome.HIRE
        why = (
            "Would have kept our own triage alive last spring."
            if outcome == Outcome.HIRE
            else "Too little own ownership."
        )
        decide(entry=entry, outcome=outcome, why=why, by=by, now=now + ALL_HELD)
    _at_work(entries[0].application, by, world.recruiters[0], rng, now + ALL_HELD)


def _at_work(hired: Application, manager: User, by: User, rng: np.random.Generator, now: datetime) -> None:
    started = (now - timedelta(days=88)).date()
    engagement = start_engagement(application=hired, started_on=started, by=by, now=now)
    review = engagement.reviews.get(day=ReviewDay.DAY_30)
    version = hired.role.rubric_version
    assert version is not None
    levels: dict[int, int | None] = {
        pk: int(rng.integers(3, 6)) for pk in version.dimensions.values_list("pk", flat=True)
    }
    draft = OutcomeDraft(levels=levels, comment="Found the first degradation before operations did.")
    submit_engagement_review(review=review, draft=draft, by=manager, now=now)


def _waiting_shortlist(role: Role, world: World, rng: np.random.Generator, now: datetime, *, people: int) -> None:
    """Presented; one reviewer has evaluated the first and begun the second, the other has not looked yet."""
    shortlist = _presented(role, people, world, now)
    if shortlist is None:
        return
    entries = shortlist.entries.select_related("shortlist__role", "application__stage", "application__candidate")
    for entry in entries[:2]:
        reviewer = _evaluate(entry, 1, world, rng, now)
        if entry.position == 1:
            commit_review(entry=entry, by=reviewer, now=now + ALL_HELD)


def _draft_shortlist(role: Role, by: User, now: datetime) -> None:
    _shortlist(role, DRAFTED, by, now)


def _withdrawn_shortlist(role: Role, world: World, now: datetime) -> None:
    shortlist = _presented(role, 2, world, now)
    if shortlist is not None:
        reason = "The client narrowed the scope; a new list follows."
        withdraw_shortlist(shortlist=shortlist, reason=reason, by=world.recruiters[0], now=now)


def _things_that_wait(world: World, rng: np.random.Generator, now: datetime) -> None:
    """A half-written scorecard, an excused one, an amendment, an override to approve, a wish to be erased."""
    role, by = world.roles[0], world.recruiters[0]
    drafts = Scorecard.objects.owed().filter(interview__application__role=role).order_by("interview__starts_at")
    _half_written([card for card in drafts if card.interviewer_id == world.managers[0].pk][:1], rng, now)
    for card in drafts.exclude(interviewer=world.managers[0])[:1]:
        excuse_scorecard(scorecard=card, reason="Has left for parental leave.", by=by, now=now)
    sealed = Scorecard.objects.submitted().filter(interviewer=world.managers[0], amends=None).first()
    if sealed is not None:
        reason = "I wrote the wrong year of the incident."
        amend_scorecard(scorecard=sealed, reason=reason, corrects_fact=True, by=world.managers[0])
    thin = Application.objects.filter(role=role, score__rankable=False, stage__kind=StageKind.INTERVIEWING).first()
    if thin is not None:
        ask_override(
            gate=GateName.SHORTLIST,
            role=role,
            subject=thin.pk,
            missing=missing_to_shortlist(thin),
            reason="The client met them at a conference and asks to see them now; a third interview is booked.",
            by=by,
            now=now,
        )
    leaver = Application.objects.filter(role=role, stage__kind=StageKind.WITHDRAWN).first()
    if leaver is not None:
        ask_erasure(candidate=leaver.candidate, now=now)


def _half_written(cards: Sequence[Scorecard], rng: np.random.Generator, now: datetime) -> None:
    for card in cards:
        covered = dimensions_covered(card)
        version = card.interview.kit.version
        rated = covered[: max(1, len(covered) - 1)]
        save_draft(
            scorecard=card,
            draft=ScorecardDraft(
                ratings=tuple(RatingDraft(item.pk, level=version.highest - 1) for item in rated),
                evidence=(
                    EvidenceDraft(
                        rated[0].pk,
                        incident="Precision of the triage model fell from 0.91 to 0.84",
                        happened="2025-03",
                        action="Alert at 0.88; compared inputs by source; rolled back the parser the same evening",
                    ),
                ),
                comment=COMMENTS[rng.integers(0, len(COMMENTS))],
            ),
            revision=card.revision,
            by=card.interviewer,
            now=now,
        )
