from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from candidates.enums import Basis, ShortlistState
from candidates.gates.meetings import rests_on_meeting
from candidates.models import (
    Application,
    ClientReview,
    Consent,
    Score,
    Shortlist,
    ShortlistEntry,
    VersionPlace,
)
from candidates.queries.shortlist_versions import Prepared
from rubrics.enums import GateName, NameForm, StageKind
from rubrics.gates.base import Missing, without_waived
from rubrics.gates.rubrics import only_wording_differs
from rubrics.models import GateOverride
from screening.accounts.errors import Refused

CAN_BE_SHORTLISTED = (
    StageKind.SCREENING,
    StageKind.INTERVIEWING,
    StageKind.SCORED,
    StageKind.SHORTLISTED,
)
OF_STAGE = ("stage", "with_client")
"""What no override lets pass: it lets a score pass, and moves no card."""


def missing_to_shortlist(application: Application) -> list[Missing]:
    """Who goes before a client is rankable and has no must-have below its floor, unless an override says why."""
    missing = missing_before_overrides(application, Score.objects.filter(application=application).first())
    return without_waived(missing, gate=GateName.SHORTLIST, subject=application.pk)


def waivable_to_shortlist(application: Application) -> list[Missing]:
    """What a colleague may let pass. Raises Refused where only a move of the card helps."""
    missing = missing_to_shortlist(application)
    for item in missing:
        if item.code in OF_STAGE:
            raise Refused(item.text)
    return missing


def missing_before_overrides(application: Application, score: Score | None) -> list[Missing]:
    if application.stage.kind == StageKind.WITH_CLIENT:
        return [Missing("with_client", "Another shortlist with them is with the client, who decides about it first.")]
    if application.stage.kind not in CAN_BE_SHORTLISTED:
        is_decided = application.stage.kind in {StageKind.OFFER, StageKind.HIRED}
        advice = "The client has decided on them already." if is_decided else "Move them to Scored first."
        return [Missing("stage", f"They are in the stage “{application.stage.name}”. {advice}")]
    if score is None:
        return [Missing("score", "There is no score yet: no scorecard has been submitted and computed.")]
    return [
        *(Missing(f"rankable:{reason['code']}", _sentence(reason["text"])) for reason in score.reasons),
        *(
            Missing(f"floor:{below['key']}", f"{below['name']} is below its floor of {below['floor']:g}.")
            for below in score.below_floor
        ),
    ]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


@dataclass(frozen=True)
class Choice:
    """Somebody who might go on a shortlist, and what keeps them from it."""

    application: Application
    score: Score
    missing: tuple[Missing, ...]
    asked: GateOverride | None
    is_tied: bool = False

    @property
    def can_be_added(self) -> bool:
        return not self.missing

    @property
    def can_be_waived(self) -> bool:
        return not any(item.code in OF_STAGE for item in self.missing)


def shortlist_choices(applications: Sequence[Application]) -> list[Choice]:
    """The same gate for many (loaded with `stage` and `score`), in one query; with the override that waits, if any."""
    overrides: dict[int, list[GateOverride]] = defaultdict(list)
    for override in GateOverride.objects.filter(gate=GateName.SHORTLIST, subject__in=[one.pk for one in applications]):
        overrides[override.subject].append(override)
    ties = Counter(application.score.tie for application in applications)
    return [
        _choice(application, overrides[application.pk], is_tied=_shares(ties, application.score.tie))
        for application in applications
    ]


def _shares(ties: Counter[int | None], tie: int | None) -> bool:
    return tie is not None and ties[tie] > 1


def _choice(application: Application, overrides: Sequence[GateOverride], *, is_tied: bool) -> Choice:
    waived = {code for override in overrides if override.approved_at for code in override.waives}
    return Choice(
        application=application,
        score=application.score,
        missing=tuple(
            item for item in missing_before_overrides(application, application.score) if item.code not in waived
        ),
        asked=next((override for override in overrides if override.is_unanswered), None),
        is_tied=is_tied,
    )


def missing_to_present(
    shortlist: Shortlist, *, fingerprints: dict[str, str], built: Collection[tuple[str, str]]
) -> list[Missing]:
    """The report of exactly this content has been built in both renderings, and who must evaluate is named.

    `fingerprints` maps a rendering to what the present content stands for; it is empty when nobody is on the list. `built` is what there are reports of.
    """
    missing = []
    if not fingerprints:
        missing.append(Missing("entries", "Nobody is on this shortlist yet. Add somebody from the scores."))
    if not set(fingerprints.items()) <= set(built):
        missing.append(Missing("report", "The report of exactly this content has not been built. Build it."))
    if not any(reviewer.is_awaited for reviewer in shortlist.reviewers.all()):
        missing.append(Missing("reviewers", "Name at least one person at the client who must evaluate."))
    return without_waived(missing, gate=GateName.PRESENT, subject=shortlist.pk)


def with_client_already(shortlist: Shortlist) -> list[Missing]:
    """Nobody is put before a client twice at once: two decisions would be awaited of which one counts."""
    people = shortlist.entries.values("application")
    twice = undecided_with_client().filter(application__in=people).exclude(shortlist=shortlist)
    return [
        Missing(f"with_client:{application}", f"{name} is with the client on shortlist {number} already.")
        for application, name, number in twice.order_by("position").values_list(
            "application", "application__candidate__name", "shortlist__number"
        )
    ]


def undecided_with_client() -> QuerySet[ShortlistEntry]:
    return ShortlistEntry.objects.on_list().filter(shortlist__state=ShortlistState.PRESENTED, decisions=None)


def missing_to_present_version(
    prepared: Prepared, *, fingerprints: dict[str, str], built: Collection[tuple[str, str]]
) -> list[Missing]:
    """Something changed, the report of exactly this has been built, and whoever is new may still go before a client."""
    missing = []
    is_changed = not prepared.changed(NameForm.FULL).is_nothing
    if not is_changed:
        missing.append(
            Missing("changes", "Nothing differs from what the client has. Add somebody, or take somebody out.")
        )
    if not fingerprints:
        missing.append(Missing("entries", "Nobody is left on the list. Withdraw the shortlist instead."))
    elif is_changed and not set(fingerprints.items()) <= set(built):
        missing.append(Missing("report", "The report of exactly this version has not been built. Build it."))
    missing += _missing_of_new([place.application for place in prepared.new])
    missing += _missing_of_measure(prepared)
    if not any(reviewer.is_awaited for reviewer in prepared.version.shortlist.reviewers.all()):
        missing.append(Missing("reviewers", "Name at least one person at the client who must evaluate."))
    return missing


def _missing_of_measure(prepared: Prepared) -> list[Missing]:
    """Whoever is new was measured by what the role is measured by now, the others by what they were presented with."""
    before, now = prepared.version.shortlist.measured_by, prepared.version.shortlist.role.rubric_version
    if not prepared.new or before is None or now is None or before == now or only_wording_differs(before, now):
        return []
    text = f"The role was moved to {now} since this was presented with {before}. Put new people on a shortlist of their own."
    return [Missing("measure", text)]


def _missing_of_new(applications: Sequence[Application]) -> list[Missing]:
    """`missing_to_shortlist` of several (loaded with `stage`, `candidate` and, where there is one, `score`), in one query."""
    if not applications:
        return []
    approved = GateOverride.objects.filter(
        gate=GateName.SHORTLIST, subject__in=[one.pk for one in applications], approved_at__isnull=False
    )
    waived = {(override.subject, code) for override in approved for code in override.waives}
    return [
        Missing(f"{item.code}:{one.pk}", f"{one.candidate.name}: {item.text}")
        for one in applications
        for item in missing_before_overrides(one, getattr(one, "score", None))
        if (one.pk, item.code) not in waived
    ]


def missing_to_take_out(place: VersionPlace) -> list[Missing]:
    """Whom the client has decided on stays, with the decision."""
    if place.entry is not None and place.entry.decisions.exists():
        return [Missing("decided", "The client has decided on this person; they stay on the list.")]
    return []


def missing_to_decide(entry: ShortlistEntry, *, now: datetime) -> list[Missing]:
    """Everybody who must has evaluated this entry with their own eyes, and the candidate still agrees."""
    if not entry.shortlist.is_with_client:
        return [Missing("presented", "The shortlist has not been presented.")]
    if entry.left_in is not None:
        return [Missing("listed", f"Version {entry.left_in} of the shortlist no longer holds this person.")]
    committed = ClientReview.objects.filter(entry=entry, reviewer=OuterRef("user"), committed_at__isnull=False)
    reviewers = entry.shortlist.reviewers.select_related("user").annotate(has_committed=Exists(committed))
    awaited = [reviewer for reviewer in reviewers if reviewer.is_awaited]
    missing = [
        Missing(f"review:{reviewer.user_id}", f"{reviewer.user.name} has not committed their evaluation yet.")
        for reviewer in awaited
        if not reviewer.has_committed
    ]
    if not awaited:
        missing.append(Missing("reviewers", "At least one reviewer has to stay who must evaluate."))
    if not Consent.objects.valid(now).filter(candidate=entry.application.candidate_id).exists():
        missing.append(Missing("consent", "The candidate has no valid consent any more."))
    return missing


def missing_to_commit(review: ClientReview, *, now: datetime) -> list[Missing]:
    """A client's evaluation is whole: every dimension judged or marked not assessed, its basis, and a verdict."""
    ratings = {rating.dimension_id: rating for rating in review.ratings.all()}
    version = review.entry.shortlist.measured_by
    missing = []
    for dimension in version.dimensions.all() if version else []:
        rating = ratings.get(dimension.pk)
        if rating is None or (rating.level is None and not rating.not_assessed):
            missing.append(
                Missing(f"rating:{dimension.key}", f"{dimension.name}: choose a level, or mark it as not assessed.")
            )
    if not review.basis:
        missing.append(Missing("basis", "Say what your evaluation rests on: the evidence, or a meeting."))
    if review.basis == Basis.MEETING and not rests_on_meeting(review, now=now):
        missing.append(
            Missing("meeting", "No meeting of yours with them has taken place. Ask to meet them, or say evidence.")
        )
    if not review.verdict:
        missing.append(Missing("verdict", "Give your verdict: advance, hold or decline."))
    return missing
