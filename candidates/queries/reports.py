"""A shortlist's present content as the values its report is made of, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from candidates.enums import Rendering, ScorecardOrigin
from candidates.models import EntryClaim, Evidence, Rating, Scorecard, Shortlist, ShortlistEntry, VersionPlace
from candidates.queries.names import zone_words
from candidates.queries.redaction import Redaction, redaction
from candidates.queries.scoring_kept import kept_score_variances
from candidates.queries.shortlist_versions import Prepared, newest_difference
from candidates.reporting import (
    CandidateData,
    DimensionData,
    DimensionEstimate,
    EstimateData,
    EvidenceData,
    GapData,
    MethodData,
    OverrideData,
    PanelData,
    ReportData,
    ScaleData,
    ScopeAnswer,
    SpreadData,
    fingerprint,
    without_panel,
)
from rubrics.enums import GateName, NameForm
from rubrics.models import Dimension, GateOverride, Level, RubricVersion, Scope
from screening.accounts.errors import Refused

APPLICATION = "scorecard__interview__application"
RatingRow = tuple[int, int, str, str, int | None, str]
"""Scorecard, application, origin, dimension's key, level, why not assessed."""


@dataclass(frozen=True)
class Content:
    """What the pages of a shortlist are filled from, keyed by application."""

    keys: frozenset[str]
    evidence: dict[int, list[EvidenceData]]
    gaps: dict[int, list[GapData]]
    imported: dict[int, tuple[int, int]]
    overrides: Mapping[int, Sequence[OverrideData]]


def present_fingerprints(shortlist: Shortlist, prepared: Prepared | None = None) -> dict[str, str]:
    """Rendering → fingerprint of the content as it is now, or of the version in preparation; nothing for an empty list."""
    after = load_report(shortlist, dated=shortlist.created_at.date(), prepared=prepared)
    if not after.candidates:
        return {}
    return {Rendering.AFTER.value: fingerprint(after), Rendering.BEFORE.value: fingerprint(without_panel(after))}


def report_key(shortlist: Shortlist, version: int | None = None) -> str:
    """What names the building of a report among jobs; `version` is the number of one in preparation."""
    return f"build_report:{shortlist.pk}" + (f":{version}" if version else "")


def built_of(shortlist: Shortlist) -> set[tuple[str, str]]:
    """Rendering and fingerprint of every report there is, of a shortlist loaded `with_built`."""
    return {(rendering, mark) for rendering, _, mark in (words.partition(" ") for words in vars(shortlist)["built"])}


def load_report(shortlist: Shortlist, *, dated: date, prepared: Prepared | None = None) -> ReportData:
    """The whole report, after the client's own evaluation; `without_panel` makes the other rendering of it.

    Of the shortlist as the client has it, or of the version being `prepared`.
    """
    role = shortlist.role
    rubric = shortlist.measured_by
    if rubric is None:
        raise Refused("This role has no rubric version; there is nothing to report by.")
    levels = list(
        Level.objects.filter(dimension__version=rubric)
        .select_related("dimension")
        .order_by("dimension__position", "dimension", "value")
    )
    dimensions = list({level.dimension_id: level.dimension for level in levels}.values())
    entries, cited = _people(shortlist, prepared)
    content = content_of(entries, dimensions, cited=cited)
    form = shortlist.name_form
    changed = prepared.changed(form) if prepared else newest_difference(shortlist, form=form)
    return ReportData(
        title="Candidates and their evidence",
        client=role.client.name,
        role=role.title,
        number=shortlist.number,
        version=prepared.version.number if prepared else shortlist.version,
        changes=(*changed.people, changed.others) if changed else (),
        order_change=changed.order if changed else "",
        rendering="after",
        dated=dated,
        method=_method(entries, rubric),
        scale=_scale(rubric, levels),
        dimensions=tuple(
            DimensionData(
                key=item.key,
                name=item.name,
                weight=float(item.weight),
                floor=None if item.floor is None else float(item.floor),
                strong=item.strong,
            )
            for item in dimensions
        ),
        scope=_scope(shortlist),
        bar=None if role.bar is None else float(role.bar),
        candidates=tuple(candidate_data(shortlist, entry, content) for entry in entries),
    )


def _people(shortlist: Shortlist, prepared: Prepared | None) -> tuple[list[ShortlistEntry], frozenset[int]]:
    """Those on the list, or as they will stand on it, and the incidents (ids) that summaries of new ones rest on."""
    if prepared is None:
        listed = shortlist.entries.on_list().select_related("application__candidate", "snapshot__run")
        listed = listed.defer("snapshot__run__input", "snapshot__run__statistics")  # which are large
        return list(listed.order_by("position")), frozenset()
    people = [_entry(shortlist, place) for place in prepared.places]
    return people, frozenset(pk for place in prepared.places for pk in place.rests_on)


def _entry(shortlist: Shortlist, place: VersionPlace) -> ShortlistEntry:
    entry = place.entry or ShortlistEntry(shortlist=shortlist)
    entry.application, entry.snapshot = place.application, place.snapshot
    entry.position, entry.why, entry.summary = place.position, place.why, place.summary
    return entry


def _scale(version: RubricVersion, levels: Sequence[Level]) -> ScaleData:
    """Named as the first dimension names them."""
    names = {level.value: level.name for level in levels if level.dimension_id == levels[0].dimension_id}
    return ScaleData(
        lowest=version.lowest,
        highest=version.highest,
        level_names=tuple(names.get(value, str(value)) for value in version.level_values),
    )


def _scope(shortlist: Shortlist) -> tuple[ScopeAnswer, ...]:
    scope = getattr(shortlist.role, "scope", None)
    if scope is None:
        return ()
    return tuple(
        ScopeAnswer(question=Scope.wording(name), answer=answer) for name, answer in scope.content.items() if answer
    )


def _method(entries: Sequence[ShortlistEntry], version: RubricVersion) -> MethodData:
    runs = [entry.snapshot.run for entry in entries if entry.snapshot]
    newest = max(runs, key=lambda run: run.pk, default=None)
    spread = kept_score_variances(newest) if newest else None
    return MethodData(
        rubric=f"{version.rubric.title}, version {version.number}",
        interviewers=newest.n_raters if newest else 0,
        scorecards=newest.n_scorecards if newest else 0,
        candidates=newest.n_candidates if newest else 0,
        evidence_from=version.evidence_from,
        spread=SpreadData(candidates=spread.candidate, interviewers=spread.rater, error=spread.error)
        if spread
        else None,
    )


def content_of(
    entries: Sequence[ShortlistEntry],
    dimensions: Sequence[Dimension],
    *,
    with_overrides: bool = True,
    cited: Collection[int] = (),
) -> Content:
    """What the counting scorecards of these people say on these dimensions; three queries.

    `cited`: incidents that summaries rest on, beside those that entries claim.
    """
    applications = [entry.application_id for entry in entries]
    counting = Scorecard.objects.counting().filter(interview__application__in=applications)
    keys = [dimension.key for dimension in dimensions]
    ratings = list(
        Rating.objects.filter(scorecard__in=counting)
        .order_by("scorecard__interview__starts_at", "scorecard", "dimension__position")
        .values_list("scorecard", APPLICATION, "scorecard__origin", "dimension__key", "level", "not_assessed_reason")
    )
    return Content(
        keys=frozenset(keys),
        evidence=_evidence({row[0] for row in ratings}, keys, entries, cited),
        gaps=_gaps(ratings, dimensions),
        imported=_imported(ratings),
        overrides=_overrides(applications) if with_overrides else {},
    )


def _evidence(
    cards: Collection[int], keys: Sequence[str], entries: Sequence[ShortlistEntry], chosen: Collection[int]
) -> dict[int, list[EvidenceData]]:
    told: dict[int, list[EvidenceData]] = defaultdict(list)
    rows = Evidence.objects.filter(scorecard__in=cards, dimension__key__in=keys).exclude(incident="")
    listed = [entry.pk for entry in entries if entry.pk]
    claims = EntryClaim.objects.filter(evidence=OuterRef("pk"), entry__in=listed)
    for application, key, incident, happened, action, outcome, pk, cited in (
        rows.annotate(cited=Exists(claims) | Q(pk__in=chosen))
        .order_by("dimension__position", "scorecard__interview__starts_at", "scorecard", "position", "pk")
        .values_list(APPLICATION, "dimension__key", "incident", "happened", "action", "outcome", "pk", "cited")
    ):
        told[application].append(
            EvidenceData(
                dimension=key, incident=incident, happened=happened, did=action, outcome=outcome, pk=pk, cited=cited
            )
        )
    return told


def _gaps(ratings: Sequence[RatingRow], dimensions: Sequence[Dimension]) -> dict[int, list[GapData]]:
    """What is not known: dimensions nobody gave a level on, with the reasons where there are any."""
    assessed: dict[int, set[str]] = defaultdict(set)
    reasons: dict[tuple[int, str], list[str]] = defaultdict(list)
    for _card, application, _origin, key, level, reason in ratings:
        if level is not None:
            assessed[application].add(key)
        elif reason:
            reasons[application, key].append(reason)
    return {
        application: [
            GapData(dimension=item.key, text="; ".join(reasons[application, item.key]) or "Nobody assessed it.")
            for item in dimensions
            if item.key not in assessed[application]
        ]
        for application in {row[1] for row in ratings}
    }


def _imported(ratings: Sequence[RatingRow]) -> dict[int, tuple[int, int]]:
    """Application → imported scorecards, all scorecards."""
    cards = {row[0]: (row[1], row[2] == ScorecardOrigin.IMPORTED) for row in ratings}
    counts: dict[int, tuple[int, int]] = {}
    for application, is_imported in cards.values():
        imported, total = counts.get(application, (0, 0))
        counts[application] = (imported + is_imported, total + 1)
    return counts


def _overrides(applications: Sequence[int]) -> dict[int, list[OverrideData]]:
    found: dict[int, list[OverrideData]] = defaultdict(list)
    approved = GateOverride.objects.filter(
        gate=GateName.SHORTLIST, subject__in=applications, approved_at__isnull=False
    ).select_related("asked_by", "approved_by")
    for override in approved:
        found[override.subject].append(
            OverrideData(
                waived="; ".join(item["text"] for item in override.missing) or ", ".join(override.waives),
                reason=override.reason,
                by=override.asked_by.name,
                approved_by=override.approved_by.name if override.approved_by else "",
            )
        )
    return found


def candidate_data(
    shortlist: Shortlist, entry: ShortlistEntry, content: Content, *, inside: bool = False
) -> CandidateData:
    """All that a report says of one person; `inside` in the words as they were written, whatever the client reads."""
    person = entry.application.candidate
    shown = redaction(person, NameForm.FULL if inside else shortlist.name_form)
    application = entry.application_id
    imported, total = content.imported.get(application, (0, 0))
    flags = (f"{imported} of {total} scorecards were imported.",) if imported else ()
    return CandidateData(
        name=person.name_in(shortlist.name_form),
        position=entry.position,
        summary=shown(entry.summary),
        location=person.location,
        zone=zone_words(person.time_zone, shortlist.created_at),
        evidence=tuple(_redacted(item, shown) for item in content.evidence.get(application, ())),
        gaps=tuple(replace(item, text=shown(item.text)) for item in content.gaps.get(application, ())),
        flags=flags,
        panel=_panel(entry, content, shown),
    )


def _redacted(item: EvidenceData, shown: Redaction) -> EvidenceData:
    return replace(
        item,
        incident=shown(item.incident),
        happened=shown(item.happened),
        did=shown(item.did),
        outcome=shown(item.outcome),
    )


def _panel(entry: ShortlistEntry, content: Content, shown: Redaction) -> PanelData:
    snapshot = entry.snapshot
    why = shown(entry.why)
    overrides = tuple(
        replace(item, waived=shown(item.waived), reason=shown(item.reason))
        for item in content.overrides.get(entry.application_id, ())
    )
    if snapshot is None:
        return PanelData(interviewers=0, total=None, raw_mean=None, why_here=why, overrides=overrides)
    return PanelData(
        interviewers=snapshot.n_raters,
        total=EstimateData(score=snapshot.score, lower=snapshot.lower, upper=snapshot.upper)
        if snapshot.rankable
        else None,
        raw_mean=snapshot.raw_mean,
        dimensions=tuple(
            _estimate(item) for item in snapshot.dimensions if item["score"] is not None and item["key"] in content.keys
        ),
        why_here=why,
        flags=tuple(f"Below the floor of {item['floor']:g} on {item['name']}." for item in snapshot.below_floor),
        overrides=overrides,
    )


def _estimate(item: dict[str, Any]) -> DimensionEstimate:
    return DimensionEstimate(
        dimension=item["key"],
        estimate=EstimateData(score=item["score"], lower=item["lower"], upper=item["upper"]),
    )
