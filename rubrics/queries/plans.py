"""By how many interviewers a role plans to cover each dimension of its rubric."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from rubrics.models import Dimension, Kit, PlannedInterview, Role
from rubrics.queries.sheets import KitShown, Sheet

ENOUGH = 2
"""Interviewers who should see each dimension: one opinion cannot be checked against another."""


@dataclass(frozen=True)
class Covered:
    """`interviewers` who cover a dimension, kit by kit; a kit that does not has 0."""

    dimension: Dimension
    interviewers: list[int]

    @property
    def total(self) -> int:
        return sum(self.interviewers)

    @property
    def is_thin(self) -> bool:
        return self.total < ENOUGH


@dataclass(frozen=True)
class Plan:
    """How many interviewers a candidate meets with each kit; `is_assumed` while nobody has said so: one each."""

    kits: list[tuple[KitShown, int]]
    rows: list[Covered]
    is_assumed: bool

    @property
    def interviewers(self) -> int:
        return sum(number for _, number in self.kits)

    @property
    def minutes(self) -> int:
        return sum(number * shown.minutes for shown, number in self.kits)

    @property
    def thin(self) -> list[Covered]:
        return [row for row in self.rows if row.is_thin]


def plan_of(role: Role, sheet: Sheet) -> Plan:
    """What a candidate's interviews are planned to cover; one statement."""
    saved = dict(PlannedInterview.objects.filter(role=role).values_list("kit_key", "interviewers"))
    known = {shown.kit.key for shown in sheet.kits} & set(saved)
    kits = [(shown, saved.get(shown.kit.key, 0) if known else 1) for shown in sheet.kits]
    return Plan(
        kits=kits,
        rows=[
            Covered(row.dimension, [number if row.dimension in shown.dimensions else 0 for shown, number in kits])
            for row in sheet.dimensions
        ],
        is_assumed=not known,
    )


def thinly_planned(role: Role) -> list[str]:
    """Dimensions that the role's saved plan covers by fewer than two interviewers; one statement."""
    planned = PlannedInterview.objects.filter(role=role).order_by()
    covering = Kit.objects.filter(
        version=OuterRef(OuterRef("version")), questions__dimensions=OuterRef(OuterRef("pk"))
    ).order_by()
    total = planned.filter(kit_key__in=covering.values("key")).values("role").annotate(n=Sum("interviewers"))
    dimensions = Dimension.objects.filter(Exists(planned), version=role.rubric_version_id)
    thin = dimensions.annotate(total=Coalesce(Subquery(total.values("n")), 0)).filter(total__lt=ENOUGH)
    return list(thin.order_by("position").values_list("name", flat=True))
