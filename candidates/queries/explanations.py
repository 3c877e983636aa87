"""How one score came about: its run is repeated and the score taken apart, in words and figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan
from typing import Any

from django.core.cache import cache

from candidates.models import Score, ScoreSnapshot
from candidates.queries.scoring_kept import kept_scale, kept_sheet, repeat_run
from candidates.scoring import NOTES, Explanation, PanelScores, explain
from screening.accounts.models import User

KEPT_SECONDS = 3600
EXACT = 1e-9
"""How far, in levels, a figure may come out from the one that was kept; rounding of the last digits is smaller."""
COMPARED = ("score", "sd", "lower", "upper", "raw_mean", "completeness", "p_bar", "n_raters", "rankable", "component")
OF_DIMENSION = {"mean": "dimension_means", "score": "dimension_scores", "sd": "dimension_sds"}
SHOWN = 0.005
"""What two decimals show."""
HOW_DIMENSIONS = {
    "panel-1": "Each dimension is computed alone, from the levels given on it, in the same way as the score.",
    "panel-2": "Score and dimensions come out of one computation; by their shares the dimensions make up the score.",
}
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


@dataclass(frozen=True)
class ExplainedStep:
    """One scorecard's part in a score; `weight` is its share of the candidate's evidence."""

    interviewer: str
    raw_mean: float
    completeness: float
    leniency: float
    leniency_lower: float
    leniency_upper: float
    corrected: float
    weight: float
    levels: list[tuple[str, float | None]]


@dataclass(frozen=True)
class ExplainedScore:
    """`sentences` are fit to be read out to the candidate: they name no interviewer and nobody else's figures."""

    figures: Explanation
    steps: list[ExplainedStep]
    notes: list[str]
    sentences: list[str]


@dataclass(frozen=True)
class Compared:
    """A figure as it was kept and as it came out again; None where there is none."""

    name: str
    kept: float | None
    found: float | None

    @property
    def difference(self) -> float:
        if self.kept is None or self.found is None:
            return 0.0 if self.kept is self.found else float("inf")
        return abs(self.kept - self.found)

    @property
    def holds(self) -> bool:
        return self.difference <= EXACT


def explain_score(score: Score | ScoreSnapshot) -> ExplainedScore | None:
    """Take a score apart by the method of its run; None when the run's input has been let go, as of a closed role.

    What a run found stays as it is, and finding it again takes seconds for a large pool: so the figures are kept a while.
    """
    run = score.run
    key = f"explained:{run.pk}:{run.input_hash}:{score.subject}"
    figures = cache.get(key)
    if figures is None:
        if run.input is None:
            return None
        figures = _taken_apart(score, repeat_run(run))
        cache.set(key, figures, KEPT_SECONDS)
    return _told(score, figures)


def recompute(score: Score | ScoreSnapshot) -> tuple[ExplainedScore, list[Compared]]:
    """The score taken apart, and each of its figures beside the same one computed again.

    Raises LookupError when the run's input has been let go, which that of a cited score never is.
    """
    panel = repeat_run(score.run)
    return _told(score, _taken_apart(score, panel)), list(_compared(score, panel))


def weighed_dimensions(score: Score | ScoreSnapshot) -> list[tuple[dict[str, Any], float]]:
    """Each dimension's figures with its share of the score."""
    whole = sum(score.run.weights)
    return [(item, weight / whole) for item, weight in zip(score.dimensions, score.run.weights, strict=True)]


def _taken_apart(score: Score | ScoreSnapshot, panel: PanelScores) -> Explanation:
    return explain(panel, kept_sheet(score.run), kept_scale(score.run), score.subject)


def _told(score: Score | ScoreSnapshot, figures: Explanation) -> ExplainedScore:
    people = User.objects.in_bulk([int(str(step.rater)) for step in figures.steps])
    names = [item["name"] for item in score.dimensions]
    steps = [
        ExplainedStep(
            interviewer=people[int(str(step.rater))].name,
            raw_mean=step.raw_mean,
            completeness=step.completeness,
            leniency=step.leniency,
            leniency_lower=step.leniency_lower,
            leniency_upper=step.leniency_upper,
            corrected=step.corrected,
            weight=step.weight,
            levels=[(name, _known(level)) for name, level in zip(names, step.levels, strict=True)],
        )
        for step in figures.steps
    ]
    notes = [NOTES[code] for code in figures.notes]
    return ExplainedScore(figures=figures, steps=steps, notes=notes, sentences=list(_sentences(figures)))


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)


def _sentences(figures: Explanation) -> Iterator[str]:
    if not figures.steps:
        yield "No interviewer could assess anything, so there is nothing to go by yet."
        return
    count = len(figures.steps)
    many = NUMBERS[count] if count < len(NUMBERS) else str(count)
    gave = "interviewer gave levels" if count == 1 else "interviewers each gave levels"
    yield (
        f"{many} {gave} without knowing what anybody else had given. Weighed as the rubric says, the plain mean is "
        f"{figures.raw_mean:.2f}."
    )
    yield from _corrections(figures)
    leaned, rest = _leaned_on(figures)
    yield (
        f"A few conversations can mislead, so the result leans on the average of everyone rated for this role, {leaned}: "
        f"{100 * figures.evidence:.0f} % of it rests on this candidate’s own interviews, the rest on {rest}. The score is "
        f"{figures.score:.2f}."
    )
    yield (
        f"We are 90 % sure that, had all our interviewers met this candidate, the score would lie between "
        f"{figures.lower:.2f} and {figures.upper:.2f}. One more full interview would narrow that from "
        f"±{figures.half_width:.2f} to about ±{figures.half_width_with_one_more:.2f}."
    )


def _leaned_on(figures: Explanation) -> tuple[str, str]:
    """The average in figures, and what to call it after that."""
    if abs(figures.peers) < SHOWN:
        return f"{figures.average:.2f}", "that average"
    lie = f"{abs(figures.peers):.2f} {'above' if figures.peers > 0 else 'below'} it"
    told = f"{figures.average:.2f}, seeing that those whom the same interviewers met lie {lie}"
    return told, f"{figures.average + figures.peers:.2f}"


def _corrections(figures: Explanation) -> Iterator[str]:
    if abs(figures.levelled_mean - figures.raw_mean) >= SHOWN:
        yield (
            "Not everybody was asked about everything, and one dimension tells something of the others: seen together, "
            f"the levels stand for {figures.levelled_mean:.2f} over all dimensions."
        )
    moved = figures.corrected_mean - figures.levelled_mean
    corrected = f"{'raises' if moved > 0 else 'lowers'} it to" if abs(moved) >= SHOWN else "leaves it at"
    yield (
        "Some interviewers give higher levels than others to the same people. Taking that out, as far as it shows over "
        f"everyone they have rated, {corrected} {figures.corrected_mean:.2f}."
    )


def _compared(score: Score | ScoreSnapshot, panel: PanelScores) -> Iterator[Compared]:
    place = panel.position(score.subject)
    for name in COMPARED:
        kept = getattr(score, name)
        yield Compared(name, None if kept is None else float(kept), _known(float(getattr(panel, name)[place])))
    for column, item in enumerate(score.dimensions):
        for figure, attribute in OF_DIMENSION.items():
            found = _known(float(getattr(panel, attribute)[place, column]))
            assessed = item["mean"] is not None
            yield Compared(f"{item['name']}: {figure}", item[figure], found if assessed else None)
