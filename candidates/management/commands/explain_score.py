from argparse import ArgumentParser
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from candidates.models import ScoreSnapshot
from candidates.queries.explanations import EXACT, Compared, ExplainedScore, recompute
from candidates.queries.scoring_kept import kept_score_variances

WIDTH = 100
NOT_FOUND = 2


class Command(BaseCommand):
    help = (
        "Computes a cited score again from what its run kept, explains it, and fails when a figure comes out otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("id", nargs="?", type=int, metavar="ID", help="the number of a snapshot")
        which.add_argument("--application", type=int, metavar="ID", help="the newest snapshot of an application")

    def handle(self, *_args: Any, **options: Any) -> None:
        snapshot = self._snapshot(options["id"], options["application"])
        try:
            explained, compared = recompute(snapshot)
        except LookupError as error:
            raise CommandError(str(error)) from error
        for part in (_head(snapshot), _words(explained), _steps(explained), _sum(explained), _figures(compared)):
            for line in [*part, ""]:
                self.stdout.write(line)
        wrong = [figure.name for figure in compared if not figure.holds]
        if wrong:
            raise CommandError(f"Not reproduced: {', '.join(wrong)} differ by more than {EXACT:.0e}.")
        self.stdout.write(f"Reproduced: all {len(compared)} figures agree to {EXACT:.0e}.")

    def _snapshot(self, pk: int | None, application: int | None) -> ScoreSnapshot:
        snapshots = ScoreSnapshot.objects.select_related("run", "application__role")
        found = (snapshots.filter(application=application) if pk is None else snapshots.filter(pk=pk)).first()
        if found is None:
            what = f"application {application} has no snapshot" if pk is None else f"there is no snapshot {pk}"
            raise CommandError(f"{what.capitalize()}: nothing has cited its score.", returncode=NOT_FOUND)
        return found


def _head(snapshot: ScoreSnapshot) -> Iterator[str]:
    run, sds = snapshot.run, kept_score_variances(snapshot.run)
    yield (
        f"Snapshot {snapshot.pk} of {snapshot.created_at:%Y-%m-%d %H:%M} UTC, cited by: {snapshot.get_cited_by_display()}"
    )
    yield f"Application {snapshot.application_id}, {snapshot.application.role.title} ({snapshot.application.role.slug})"
    yield (
        f"Run {run.pk} by {run.method}: {run.n_scorecards} scorecards of {run.n_candidates} candidates by "
        f"{run.n_raters} interviewers"
    )
    yield f"Standard deviations: candidates {sds.candidate:.4f}, interviewers {sds.rater:.4f}, rest {sds.error:.4f}"


def _words(explained: ExplainedScore) -> Iterator[str]:
    for number, sentence in enumerate([*explained.sentences, *explained.notes], start=1):
        yield from wrap(sentence, WIDTH, initial_indent=f"{number}. ", subsequent_indent="   ")


def _steps(explained: ExplainedScore) -> Iterator[str]:
    yield f"{'interviewer':<30}{'mean':>8}{'leniency':>10}{'90 % interval':>20}{'corrected':>11}{'counts':>9}  levels"
    for step in explained.steps:
        interval = f"{step.leniency_lower:+.3f} to {step.leniency_upper:+.3f}"
        levels = ", ".join(f"{name} {'–' if level is None else f'{level:g}'}" for name, level in step.levels)
        yield (
            f"{step.interviewer[:28]:<30}{step.raw_mean:>8.3f}{step.leniency:>+10.3f}{interval:>20}{step.corrected:>11.3f}"
            f"{100 * step.weight:>7.0f} %  {levels}"
        )


def _sum(explained: ExplainedScore) -> Iterator[str]:
    found = explained.figures
    if not found.steps:
        yield f"score {found.score:.12f}: the average of the role"
        return
    yield (
        f"score {found.score:.12f} = e × corrected mean {found.corrected_mean:.12f} + (1 - e) × (average "
        f"{found.average:.12f} + peers {found.peers:.12f}), e = {found.evidence:.12f}"
    )


def _figures(compared: list[Compared]) -> Iterator[str]:
    wide = max(len(figure.name) for figure in compared) + 2
    yield f"{'figure':<{wide}}{'kept':>20}{'computed again':>20}{'difference':>12}"
    for figure in compared:
        yield f"{figure.name:<{wide}}{_number(figure.kept)}{_number(figure.found)}{figure.difference:>12.1e}"


def _number(value: float | None) -> str:
    return f"{'–' if value is None else f'{value:.12f}':>20}"
