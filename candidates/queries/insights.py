"""What the insights pages say of a role's newest run, with what to do about it; computed by the worker, read here.

Figures are of the whole pool: everybody rated by the same rubric, in whichever role. Nothing is said of too little.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from candidates.models import Score, ScoringRun
from candidates.queries.insights_kept import FEWEST_ASKED
from rubrics.enums import RoleStatus
from rubrics.models import Role
from screening.accounts.models import User

Z_90 = 1.6449
FEWEST_RATED_TWICE = 10
"""Candidates with two comparable scorecards, below which nothing is said of reliability."""
FEWEST_RATED = 5
"""Candidates of one interviewer, below which nothing is said of their habits."""
POOR, GOOD = 0.2, 0.3
"""Corrected item-rest correlations: below the first an item tells little, from the second on it tells well (Ebel)."""
SURE, TENTATIVE = 0.8, 0.667
"""Krippendorff's limits for α: reliable, and good enough for tentative conclusions."""
WORTH_IT = 0.05
"""Levels by which one more interviewer should shorten a range to be worth their hour."""
RELATED = "related_assignment"


@dataclass(frozen=True)
class Habits:
    """One interviewer; figures are None where there is too little, and then `enough` says so."""

    user: User
    scorecards: int
    candidates: int
    enough: bool
    leniency: float
    lower: float
    upper: float
    spread: float | None
    halo: float | None
    agreement: dict[str, Any] | None
    hours: float | None
    followed: float | None
    advice: str


@dataclass(frozen=True)
class AskedQuestion:
    prompt: str
    basis: str
    rest: dict[str, Any] | None
    tone: str
    verdict: str
    advice: str

    @property
    def candidates(self) -> int:
        return self.rest["n"] if self.rest else 0


@dataclass(frozen=True)
class DimensionAgreement:
    name: str
    alpha: float | None
    words: str


@dataclass(frozen=True)
class Reliability:
    """`planning`: rows by number of interviewers (`raters`, `plain`, `adjusted`, `half_width`)."""

    rated_twice: int
    alpha: float | None
    icc_1_1: float | None
    icc_1_k: float | None
    dimensions: list[DimensionAgreement]
    planning: list[dict[str, Any]]
    panel_size: int
    variances: dict[str, float]
    advice: list[str]

    @property
    def now(self) -> dict[str, Any] | None:
        return next((row for row in self.planning if row["raters"] == self.panel_size), None)


def run_of_role(role: Role) -> ScoringRun | None:
    """The run its scores are of, with its insights; None before the first, or when it was made without them."""
    runs = ScoringRun.objects.defer("input").filter(statistics__isnull=False)
    return runs.filter(pk__in=Score.objects.filter(role=role).values("run")).first()


def pools() -> list[tuple[ScoringRun, list[Role]]]:
    """The runs shown by open roles, with those roles, by the first one's title."""
    shown = Score.objects.filter(role__status=RoleStatus.OPEN, run__statistics__isnull=False)
    pairs = set(shown.order_by().values_list("run", "role").distinct())
    runs = ScoringRun.objects.defer("input").in_bulk({run for run, _ in pairs})
    roles = Role.objects.select_related("client", "rubric_version__rubric").in_bulk({role for _, role in pairs})
    grouped: dict[int, list[Role]] = {}
    for run, role in sorted(pairs, key=lambda pair: (roles[pair[1]].title, pair[1])):
        grouped.setdefault(run, []).append(roles[role])
    return [(runs[run], of_run) for run, of_run in grouped.items()]


def assignment_is_related(run: ScoringRun) -> bool:
    """Interviewers met candidates of different ability, as far as that can be told."""
    return RELATED in run.notes


def habits_of(run: ScoringRun, *, only: User | None = None) -> list[Habits]:
    """Everybody who rated in the pool by name, or one person."""
    rows = {row["rater"]: row for row in (run.statistics or {})["raters"] if only is None or row["rater"] == only.pk}
    users = User.objects.in_bulk(rows)
    found = [_habits(users[pk], row) for pk, row in rows.items() if pk in users]
    return sorted(found, key=lambda one: (one.user.name.casefold(), one.user.pk))


def _habits(user: User, row: dict[str, Any]) -> Habits:
    half = Z_90 * row["leniency_sd"]
    enough = row["candidates"] >= FEWEST_RATED
    return Habits(
        user=user,
        scorecards=row["scorecards"],
        candidates=row["candidates"],
        enough=enough,
        leniency=row["leniency"],
        lower=row["leniency"] - half,
        upper=row["leniency"] + half,
        spread=row["spread"],
        halo=row["halo"],
        agreement=row["agreement"],
        hours=row["hours"],
        followed=row["followed"],
        advice=" ".join(list(_advise(row, half))[:2]) if enough else "",
    )


def _advise(row: dict[str, Any], half: float) -> Iterator[str]:
    """What would help most, first."""
    agreement, lean = row["agreement"], row["leniency"]
    if agreement and agreement["upper"] < GOOD:
        yield "Compare notes on the anchors with a colleague: levels often differ from what others find of the same people."
    if row["hours"] is not None and row["hours"] > 48:  # noqa: PLR2004  # two days
        yield "Write the scorecard within a day; memory smooths what was heard."
    if row["followed"] is not None and row["followed"] < 0.6:  # noqa: PLR2004  # of the questions
        yield "Put every question of the kit and note the answer, so that people can be compared."
    if row["halo"] is not None and row["halo"] < 0.6:  # noqa: PLR2004  # well below the 1 of independent dimensions
        yield "Rate one dimension at a time, from its own evidence: levels of one person lie close together."
    if row["spread"] is not None and row["spread"] < 0.7:  # noqa: PLR2004  # of what is usual
        yield "Use the whole scale: few levels besides the middle are given."
    if abs(lean) > half:
        word = "Lenient" if lean > 0 else "Strict"
        yield f"{word} by {abs(lean):.1f} of a level; scores correct for it, and rereading the middle anchors helps."


def questions_of(run: ScoringRun) -> list[AskedQuestion]:
    return [_question(row) for row in (run.statistics or {})["questions"]]


def _question(row: dict[str, Any]) -> AskedQuestion:
    rest = row["rest"] if row["rest"] and row["rest"]["n"] >= FEWEST_ASKED else None
    tone, verdict, advice = _judge(rest, row["rest"]["n"] if row["rest"] else 0)
    return AskedQuestion(prompt=row["prompt"], basis=row["basis"], rest=rest, tone=tone, verdict=verdict, advice=advice)


def _judge(rest: dict[str, Any] | None, n: int) -> tuple[str, str, str]:
    if rest is None:
        more = FEWEST_ASKED - n
        return (
            "neutral",
            "too little yet",
            f"With {more} more candidates, rated by two interviewers each, it can be said.",
        )
    if rest["lower"] >= POOR:
        return "good", "discriminates", "Keep it: what is heard here goes with what the others find."
    if rest["upper"] < POOR:
        return (
            "bad",
            "tells little",
            "Reword it, sharpen its signals or drop it: answers do not go with what others find.",
        )
    if rest["r"] >= GOOD:
        return "info", "seems to discriminate", "Keep asking; a few more candidates will settle it."
    return "warn", "not clear", "Look at its signals with the interviewers: are they heard in strong answers only?"


def reliability_of(run: ScoringRun, role: Role, names: list[str]) -> Reliability | None:
    """None while too few candidates have two comparable scorecards."""
    statistics = run.statistics or {}
    found = statistics["agreement"]
    if found["n"] < FEWEST_RATED_TWICE:
        return None
    dimensions = [
        DimensionAgreement(name, alpha, _alpha_words(alpha))
        for name, alpha in zip(names, found["alphas"], strict=False)
    ]
    return Reliability(
        rated_twice=found["n"],
        alpha=found["alpha"],
        icc_1_1=found["icc_1_1"],
        icc_1_k=found["icc_1_k"],
        dimensions=dimensions,
        planning=statistics["planning"],
        panel_size=role.panel_size,
        variances=statistics["variances"],
        advice=list(_plan(statistics["planning"], role.panel_size, dimensions)),
    )


def _alpha_words(alpha: float | None) -> str:
    if alpha is None:
        return "nothing to compare"
    if alpha >= SURE:
        return "reliable"
    return "good enough to combine with care" if alpha >= TENTATIVE else "interviewers differ"


def _plan(planning: list[dict[str, Any]], size: int, dimensions: list[DimensionAgreement]) -> Iterator[str]:
    rows = {row["raters"]: row for row in planning}
    now, more = rows.get(size), rows.get(size + 1)
    if now and more:
        gain = now["half_width"] - more["half_width"]
        change = f"from ±{now['half_width']:.2f} to ±{more['half_width']:.2f}"
        if gain >= WORTH_IT:
            yield f"One more interviewer than the {size} planned would shorten a range {change}: worth it near the bar."
        else:
            yield f"One more interviewer than the {size} planned would shorten a range only {change}; use them elsewhere."
    if now and now["adjusted"] - now["plain"] >= WORTH_IT:
        yield "Interviewers differ in strictness; scores correct for it, and scoring calibration samples would make it less."
    known = [one for one in dimensions if one.alpha is not None]
    worst = min(known, key=lambda one: one.alpha or 0.0, default=None)
    if worst is not None and (worst.alpha or 0.0) < TENTATIVE:
        yield f"Go over the anchors of {worst.name} together: there interviewers agree least."
