import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from rubrics.enums import VersionStatus
from rubrics.gates.base import pass_gate
from rubrics.gates.rubrics import missing_to_publish, only_wording_differs
from rubrics.models import Role, Rubric, RubricVersion
from rubrics.queries.parts import about_part, weights_part, whole_part
from rubrics.queries.rubrics import version_spec
from rubrics.services.contents import replace_content
from rubrics.services.dimensions import free_key
from rubrics.services.locks import lock_draft, must_have_seen
from rubrics.spec import RubricSpec
from screening.accounts.errors import Refused
from screening.accounts.models import User


@transaction.atomic
def load_rubric(*, spec: RubricSpec, by: User | None) -> RubricVersion:
    """The rubric of this slug, made if there is none, with a draft that says exactly what `spec` says."""
    rubric, _made = Rubric.objects.select_for_update().get_or_create(slug=spec.slug, defaults={"title": spec.title})
    draft = rubric.versions.filter(status=VersionStatus.DRAFT).first() or _new_draft(rubric, by)
    _write(draft, spec)
    return draft


@transaction.atomic
def start_rubric(
    *, title: str, by: User, begin_with: RubricSpec | None = None, written_for: Role | None = None
) -> RubricVersion:
    """A rubric of its own with a first draft: empty, or saying what another rubric or version says.

    The team of the role it is written for may write it before any version is published.
    """
    taken = set(Rubric.objects.values_list("slug", flat=True))
    rubric = Rubric.objects.create(title=title, slug=free_key(title, taken, stem="rubric"), written_for=written_for)
    draft = _new_draft(rubric, by)
    if begin_with:
        replace_content(draft, begin_with)
    return draft


@transaction.atomic
def replace_draft(*, version: RubricVersion, spec: RubricSpec, seen: str | None = None) -> RubricVersion:
    """Make a draft say exactly what `spec` says. Raises Refused when it is a text of another rubric."""
    draft = lock_draft(version)
    if draft.rubric.slug != spec.slug:
        raise Refused(
            f"This file is of the rubric “{spec.slug}”, this draft of “{draft.rubric.slug}”. "
            "Change the slug in the file, or load it as a rubric of its own."
        )
    must_have_seen(whole_part(draft), new=None, seen=seen)
    _write(draft, spec)
    return draft


@transaction.atomic
def start_draft(*, version: RubricVersion, by: User) -> RubricVersion:
    """The next draft, with the content of this version. Raises Refused when there is a draft already."""
    rubric = Rubric.objects.select_for_update().get(pk=version.rubric_id)
    existing = rubric.versions.filter(status=VersionStatus.DRAFT).first()
    if existing:
        raise Refused(f"Version {existing.number} is a draft already. Go on with it.")
    draft = _new_draft(rubric, by)
    replace_content(draft, version_spec(version))
    return draft


@transaction.atomic
def describe_draft(*, version: RubricVersion, title: str, summary: str, seen: str | None = None) -> RubricVersion:
    """Change the title of the rubric and what the draft says of itself."""
    draft = lock_draft(version)
    must_have_seen(about_part(draft), new={"title": title, "summary": summary}, seen=seen)
    draft.rubric.title, draft.summary = title, summary
    draft.rubric.save(update_fields=["title"])
    draft.save(update_fields=["summary"])
    return draft


@transaction.atomic
def set_weights(
    *, version: RubricVersion, weights: Mapping[str, Decimal], reason: str, seen: str | None = None
) -> RubricVersion:
    """Weights by dimension key, and why they differ. Raises Refused for a weight below zero."""
    draft = lock_draft(version)
    new = {"weights": {key: f"{weight.normalize():f}" for key, weight in weights.items()}, "reason": reason}
    must_have_seen(weights_part(draft), new=new, seen=seen)
    dimensions = list(draft.dimensions.filter(key__in=weights))
    for dimension in dimensions:
        dimension.weight = weights[dimension.key]
        if dimension.weight < 0:
            raise Refused(f"{dimension.name}: a weight cannot be below zero.")
        dimension.save(update_fields=["weight"])
    draft.weights_reason = reason
    draft.save(update_fields=["weights_reason"])
    return draft


@transaction.atomic
def declare_equivalent(*, version: RubricVersion, predecessor: RubricVersion | None) -> RubricVersion:
    """Say that a draft changes wording only, so that its ratings are computed together with its predecessor's.

    None takes it back. Raises Refused when the dimensions or the range of levels are others.
    """
    draft = lock_draft(version)
    if predecessor and not predecessor.is_published:
        raise Refused(f"Version {predecessor.number} was never published.")
    if predecessor and not only_wording_differs(draft, predecessor):
        raise Refused(
            f"More than wording differs from version {predecessor.number}: its dimensions or its levels are others."
        )
    draft.equivalent_to = predecessor
    draft.save(update_fields=["equivalent_to"])
    return draft


@transaction.atomic
def publish_version(*, version: RubricVersion, by: User, now: datetime, seen: str | None = None) -> RubricVersion:
    """Close the content for ever and let roles use it. Raises GateRefused, PartChanged when it is not what was read."""
    draft = lock_draft(version)
    must_have_seen(whole_part(draft), new=None, seen=seen)
    pass_gate(missing_to_publish(draft))
    draft.pool_key = draft.equivalent_to.pool_key if draft.equivalent_to else pool_key_of(draft)
    draft.status = VersionStatus.PUBLISHED
    draft.published_by, draft.published_at = by, now
    draft.save()
    return draft


def pool_key_of(version: RubricVersion) -> str:
    """The same for versions whose levels mean the same: range, dimension keys and anchors, whatever their order."""
    anchors = {
        dimension.key: {level.value: level.anchor for level in dimension.levels.all()}
        for dimension in version.dimensions.prefetch_related("levels")
    }
    content = json.dumps([version.lowest, version.highest, anchors], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _new_draft(rubric: Rubric, by: User | None) -> RubricVersion:
    newest = rubric.versions.order_by("-number").first()
    return RubricVersion.objects.create(rubric=rubric, number=newest.number + 1 if newest else 1, created_by=by)


def _write(draft: RubricVersion, spec: RubricSpec) -> None:
    if draft.rubric.title != spec.title:
        draft.rubric.title = spec.title
        draft.rubric.save(update_fields=["title"])
    replace_content(draft, spec)
