"""From sealed scorecards to scores: one run a pool at a time, overwritten for open roles, frozen when cited."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.forms.models import model_to_dict

from candidates.enums import Citation
from candidates.models import Application, Score, ScoreSnapshot, ScoringRun
from candidates.queries.insights_input import load_practice, load_questions
from candidates.queries.insights_kept import Computed, keep_statistics
from candidates.queries.scoring_input import PoolInput, Weighing, load_pool
from candidates.queries.scoring_kept import keep_input, keep_scale, keep_variances
from candidates.scoring import (
    PanelScores,
    Ranking,
    Scale,
    check_assignment,
    fingerprint,
    rank,
    score_panel,
    word_reasons,
)
from rubrics.enums import RoleStatus

METHOD = "panel-2"
Z_90 = 1.6449
CHUNK = 2_000
FIGURES = (
    "subject", "score", "sd", "lower", "upper", "raw_mean", "n_raters", "n_imported", "completeness", "p_bar",
    "rankable", "reasons", "below_floor", "component", "dimensions",
)  # fmt: skip
RANKS = ("rank", "rank_lower", "rank_upper", "tie", "p_top_k")


@transaction.atomic
def score_pool(*, pool_key: str, now: datetime, method: str = METHOD) -> list[ScoringRun]:
    """Score everybody measured by a pool; runs of one pool wait for each other, unchanged input makes no new run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"score_pool:{pool_key}"])
    pool = load_pool(pool_key)
    if pool is None:
        return []
    runs = [
        _score_weighing(pool_key, pool, weighing, roles, now=now, method=method)
        for weighing, roles in pool.weighings.items()
    ]
    return [run for run in runs if run is not None]


def _score_weighing(
    pool_key: str, pool: PoolInput, weighing: Weighing, roles: Sequence[int], *, now: datetime, method: str
) -> ScoringRun | None:
    bars = {role.pk: None if role.bar is None else float(role.bar) for role in pool.roles.values()}
    scale = pool.scale_of(weighing)
    input_hash = _hash(pool, scale, roles)
    last = ScoringRun.objects.filter(pool_key=pool_key, input_hash=input_hash, method=method).first()
    if last is not None and _is_shown(last, pool, roles):
        return None
    panel = score_panel(pool.sheet, scale, method=method, samples=pool.samples)
    run = ScoringRun.objects.create(
        pool_key=pool_key,
        method=method,
        weights=list(weighing.weights),
        scale=keep_scale(scale, bars),
        input_hash=input_hash,
        input=keep_input(pool.sheet, pool.samples),
        variances=keep_variances(panel),
        leniencies=_leniencies(panel),
        notes=[*panel.notes, *_warn_of_assignment(panel, pool, scale)],
        statistics=keep_statistics(
            Computed(panel, pool.sheet, scale, pool.keys),
            load_questions(pool.cards, pool_key),
            load_practice(pool.cards, pool_key),
        ),
        n_scorecards=len(pool.sheet.raters),
        n_candidates=len(pool.subjects),
        n_raters=len(set(pool.sheet.raters)),
        started_at=now,
        finished_at=now,
    )
    _write_scores(run, pool, panel, roles, now)
    _let_go_of_uncited_inputs(run)
    return run


def _warn_of_assignment(panel: PanelScores, pool: PoolInput, scale: Scale) -> list[str]:
    """Once everybody has scored samples, leniency can be told apart whoever met whom."""
    if pool.samples is not None and set(pool.sheet.raters) <= set(pool.samples.raters):
        return []
    check = check_assignment(panel, pool.sheet, scale, pool.samples)
    return ["related_assignment"] if check is not None and check.is_related else []


def _hash(pool: PoolInput, scale: Scale, roles: Sequence[int]) -> str:
    """What a run depends on: the scorecards, the scale, the samples, who is still considered, and for how many."""
    ended = ",".join(map(str, sorted(pool.ended)))
    openings = ",".join(f"{role}:{pool.roles[role].openings}" for role in sorted(roles))
    return sha256(f"{fingerprint(pool.sheet, scale, pool.samples)} {ended} {openings}".encode()).hexdigest()


def _is_shown(run: ScoringRun, pool: PoolInput, roles: Sequence[int]) -> bool:
    """Whether the open roles already show what the run found; one opened since has to be written anew."""
    open_roles = _open(pool, roles)
    expected = {
        subject for subject, role in zip(pool.sheet.candidates, pool.sheet.roles, strict=True) if role in open_roles
    }
    return Score.objects.filter(role__in=open_roles, run=run).count() == len(expected)


def _open(pool: PoolInput, roles: Sequence[int]) -> list[int]:
    return [role for role in roles if pool.roles[role].status == RoleStatus.OPEN]


def _leniencies(panel: PanelScores) -> list[dict[str, Any]]:
    return [
        {"rater": rater, "leniency": float(leniency), "sd": float(sd)}
        for rater, leniency, sd in zip(panel.raters, panel.leniency, panel.leniency_sd, strict=True)
    ]


def _write_scores(run: ScoringRun, pool: PoolInput, panel: PanelScores, roles: Sequence[int], now: datetime) -> None:
    """Overwrite the current scores of the open roles among `roles`, and drop those of people no longer scored."""
    open_roles = _open(pool, roles)
    places = {candidate: place for place, candidate in enumerate(panel.candidates)}
    applications = {subject: application for application, subject in pool.subjects.items()}
    ranks = _ranks(run, pool, panel, open_roles)
    wanted = set(open_roles)
    scores = [
        Score(
            application_id=applications[int(str(subject))],
            run=run,
            role_id=int(str(panel.roles[place])),
            computed_at=now,
            **_figures(panel, place, pool, applications[int(str(subject))]),
            **ranks.get(subject, dict.fromkeys(RANKS)),
        )
        for subject, place in places.items()
        if panel.roles[place] in wanted
    ]
    Score.objects.bulk_create(
        scores,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["application"],
        update_fields=["run", "role", "computed_at", *FIGURES, *RANKS],
    )
    Score.objects.filter(role__in=open_roles).exclude(run=run).delete()


def _ranks(run: ScoringRun, pool: PoolInput, panel: PanelScores, roles: Sequence[int]) -> dict[Any, dict[str, Any]]:
    """Subject → its ranks within its role; the draws are seeded by what went in, so the same input ranks the same."""
    seed = int(run.input_hash[:12], 16)
    considered = np.array([subject not in pool.ended for subject in panel.candidates], dtype=bool)
    panel = replace(panel, rankable=panel.rankable & considered)
    found: dict[Any, dict[str, Any]] = {}
    for role in roles:
        ranking = rank(panel, role, k=pool.roles[role].openings, seed=seed)
        found |= dict(_rows(ranking))
    return found


def _rows(ranking: Ranking) -> Iterator[tuple[Any, dict[str, Any]]]:
    for place, subject in enumerate(ranking.order):
        yield (
            subject,
            {
                "rank": int(ranking.rank[place]),
                "rank_lower": int(ranking.rank_lower[place]),
                "rank_upper": int(ranking.rank_upper[place]),
                "tie": int(ranking.ties[place]),
                "p_top_k": float(ranking.p_top_k[place]),
            },
        )


def _figures(panel: PanelScores, place: int, pool: PoolInput, application: int) -> dict[str, Any]:
    reasons = panel.reasons[place]
    return {
        "subject": panel.candidates[place],
        "score": float(panel.score[place]),
        "sd": float(panel.sd[place]),
        "lower": float(panel.lower[place]),
        "upper": float(panel.upper[place]),
        "raw_mean": _number(panel.raw_mean[place]),
        "n_raters": int(panel.n_raters[place]),
        "n_imported": pool.imported.get(application, 0),
        "completeness": float(panel.completeness[place]),
        "p_bar": _number(panel.p_bar[place]),
        "rankable": bool(panel.rankable[place]),
        "reasons": [
            {"code": _code(reason, pool.keys), "text": text}
            for reason, text in zip(reasons, word_reasons(reasons, pool.names), strict=True)
        ],
        "below_floor": [
            {"key": pool.keys[column], "name": pool.names[column], "floor": pool.floors_of(panel.roles[place])[column]}
            for column in np.flatnonzero(panel.below_floor[place])
        ],
        "component": int(panel.component[place]),
        "dimensions": [_dimension(panel, place, column, pool) for column in range(len(pool.keys))],
    }


def _code(reason: Any, keys: Sequence[str]) -> str:
    return reason.code if reason.dimension is None else f"{reason.code}:{keys[reason.dimension]}"


def _dimension(panel: PanelScores, place: int, column: int, pool: PoolInput) -> dict[str, Any]:
    """One dimension's figures; no score where nobody assessed it."""
    mean = _number(panel.dimension_means[place, column])
    score, sd = float(panel.dimension_scores[place, column]), float(panel.dimension_sds[place, column])
    known = mean is not None
    return {
        "key": pool.keys[column],
        "name": pool.names[column],
        "mean": mean,
        "n_raters": int(panel.dimension_raters[place, column]),
        "score": score if known else None,
        "sd": sd if known else None,
        "lower": score - Z_90 * sd if known else None,
        "upper": score + Z_90 * sd if known else None,
    }


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _let_go_of_uncited_inputs(run: ScoringRun) -> None:
    """Runs that nothing cites and no open role shows need not be repeated; their input is large."""
    shown = Score.objects.filter(role__status=RoleStatus.OPEN).values("run")
    uncited = ScoringRun.objects.filter(pool_key=run.pool_key, input__isnull=False, scoresnapshots__isnull=True)
    uncited.exclude(pk=run.pk).exclude(pk__in=shown).update(input=None)


@transaction.atomic
def snapshot_score(*, application: Application, cited_by: Citation, now: datetime) -> ScoreSnapshot | None:
    """Freeze the figures an application has now, because something quotes them; None while there are none."""
    score = Score.objects.select_for_update(of=("self",)).filter(application=application).first()
    if score is None:
        return None
    figures = model_to_dict(score, fields=FIGURES)
    return ScoreSnapshot.objects.create(
        application=application, run=score.run, cited_by=cited_by, created_at=now, **figures
    )
