"""Method panel-2 written down in full: every rating a row, every effect a column, the covariance matrix in one piece."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from candidates.scoring import RatingSheet, Scale, Variances
from tests.candidates.scoring.dense import first_seen

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Dense:
    score: FloatArray
    sd: FloatArray
    covariance: FloatArray
    dimension_scores: FloatArray
    dimension_sds: FloatArray
    leniency: FloatArray
    leniency_sd: FloatArray


@dataclass(frozen=True)
class Model:
    """y = fixed β + noise; the columns of `factors` are independent effects, each group with a variance of its own."""

    outcome: FloatArray
    fixed: FloatArray
    factors: dict[str, FloatArray]
    people: list[object]
    raters: list[object]
    roles: list[object]
    role_of: list[int]
    share: FloatArray
    shares: FloatArray

    def priors(self, variances: Variances, role_sd: float) -> dict[str, float]:
        return {
            "role": role_sd**2,
            "candidate": variances.candidate**2,
            "dimension": variances.dimension**2,
            "rater": variances.rater**2,
            "halo": variances.halo**2,
            "peers": variances.peers**2,
        }

    def covariance(self, variances: Variances, role_sd: float) -> FloatArray:
        parts = self.priors(variances, role_sd)
        total = variances.error**2 * np.eye(len(self.outcome))
        for name, columns in self.factors.items():
            total += parts[name] * columns @ columns.T
        return total


def write_out(sheet: RatingSheet, scale: Scale, samples: RatingSheet | None = None) -> Model:
    n_dimensions = len(scale.weights)
    cards = [*zip(sheet.candidates, sheet.raters, sheet.roles, sheet.ratings, strict=True)]
    sampled = [] if samples is None else [*zip(samples.candidates, samples.raters, samples.ratings, strict=True)]
    people, roles = first_seen(list(sheet.candidates)), first_seen(list(sheet.roles))
    raters = first_seen([*sheet.raters, *(rater for _, rater, _ in sampled)])
    rows = [
        (card, "own", person, rater, role, column, level)
        for card, (person, rater, role, levels) in enumerate(cards)
        for column, level in enumerate(levels)
        if not np.isnan(level)
    ]
    rows += [
        (len(cards) + card, "sample", sample, rater, None, column, level)
        for card, (sample, rater, levels) in enumerate(sampled)
        for column, level in enumerate(levels)
        if not np.isnan(level)
    ]
    texts = first_seen([(row[2], row[5]) for row in rows if row[1] == "sample"])
    fixed = np.zeros((len(rows), n_dimensions + len(texts)))
    factors = {
        "role": np.zeros((len(rows), len(roles) if len(roles) > 1 else 0)),
        "candidate": np.zeros((len(rows), len(people))),
        "dimension": np.zeros((len(rows), len(people) * n_dimensions)),
        "rater": np.zeros((len(rows), len(raters))),
        "halo": np.zeros((len(rows), len(cards) + len(sampled))),
        "peers": np.zeros((len(rows), len(raters))),
    }
    shares = share_of_raters(cards, people, raters)
    for number, (card, kind, who, rater, role, column, _) in enumerate(rows):
        factors["rater"][number, raters.index(rater)] = 1
        factors["halo"][number, card] = 1
        if kind == "sample":
            fixed[number, n_dimensions + texts.index((who, column))] = 1
            continue
        fixed[number, column] = 1
        factors["peers"][number] = shares[people.index(who)]
        factors["candidate"][number, people.index(who)] = 1
        factors["dimension"][number, people.index(who) * n_dimensions + column] = 1
        if len(roles) > 1:
            factors["role"][number, roles.index(role)] = 1
    role_of = dict(zip(sheet.candidates, sheet.roles, strict=True))
    return Model(
        outcome=np.array([row[6] for row in rows]),
        fixed=fixed,
        factors=factors,
        people=people,
        raters=raters,
        roles=roles,
        role_of=[roles.index(role_of[person]) for person in people],
        share=np.array(scale.weights) / sum(scale.weights),
        shares=shares,
    )


def share_of_raters(
    cards: Sequence[tuple[object, object, object, FloatArray]], people: list[object], raters: list[object]
) -> FloatArray:
    """(n_people, n_raters) how many of a candidate's scorecards that assess something are each rater's, summing to 1."""
    shares = np.zeros((len(people), len(raters)))
    for person, rater, _, levels in cards:
        if not np.isnan(levels).all():
            shares[people.index(person), raters.index(rater)] += 1
    return np.asarray(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1))


def solve_dense(model: Model, variances: Variances, role_sd: float) -> Dense:
    """Henderson's equations with every effect in them; the inverse of their matrix is the joint covariance of errors."""
    parts = model.priors(variances, role_sd)
    factors = {name: columns for name, columns in model.factors.items() if parts[name] > 0}
    design = np.hstack([model.fixed, *factors.values()])
    counts = [model.fixed.shape[1], *(columns.shape[1] for columns in factors.values())]
    prior = np.repeat([0, *(1 / parts[name] for name in factors)], counts)
    inverse = np.linalg.inv(design.T @ design / variances.error**2 + np.diag(prior))
    found = inverse @ (design.T @ model.outcome) / variances.error**2
    starts = dict(zip(["fixed", *factors], np.cumsum([0, *counts]), strict=False))
    n_people, n_dimensions = len(model.people), len(model.share)
    select = np.zeros((n_people, n_dimensions, len(found)))
    for person in range(n_people):
        for column in range(n_dimensions):
            select[person, column, column] = 1
            select[person, column, starts["candidate"] + person] = 1
            select[person, column, starts["dimension"] + person * n_dimensions + column] = 1
            if "peers" in factors:
                select[person, column, starts["peers"] : starts["peers"] + len(model.raters)] = model.shares[person]
            if len(model.roles) > 1:
                select[person, column, starts["role"] + model.role_of[person]] = 1
    raters = slice(starts["rater"], starts["rater"] + len(model.raters))
    select[:, :, raters] = 1 / len(model.raters)  # a score is what all of the pool's raters would give on average
    weighted = np.einsum("d,pdk->pk", model.share, select)
    covariance = weighted @ inverse @ weighted.T
    return Dense(
        score=weighted @ found,
        sd=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        dimension_scores=select @ found,
        dimension_sds=np.sqrt(np.einsum("pdk,kl,pdl->pd", select, inverse, select)),
        leniency=found[raters],
        leniency_sd=np.sqrt(np.diag(inverse)[raters]),
    )


def restricted_deviance(model: Model, variances: Variances, role_sd: float) -> float:
    """-2 log restricted likelihood, up to a constant, from the covariance matrix of the ratings."""
    covariance = model.covariance(variances, role_sd)
    inverse = np.linalg.inv(covariance)
    information = model.fixed.T @ inverse @ model.fixed
    projection = inverse - inverse @ model.fixed @ np.linalg.inv(information) @ model.fixed.T @ inverse
    return float(
        np.linalg.slogdet(covariance)[1]
        + np.linalg.slogdet(information)[1]
        + model.outcome @ projection @ model.outcome
    )
