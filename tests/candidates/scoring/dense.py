"""The same model written down in full, without absorption, sparsity or grouping: the tests' own arithmetic."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from candidates.scoring import RatingSheet, Scale, Variances

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Dense:
    score: FloatArray
    sd: FloatArray
    covariance: FloatArray
    leniency: FloatArray
    leniency_sd: FloatArray


@dataclass(frozen=True)
class Model:
    """z = [fixed | random] u + e; `fixed` holds the mean and the samples, `random` roles, candidates and raters."""

    outcome: FloatArray
    noise: FloatArray  # g
    fixed: FloatArray
    roles: FloatArray
    candidates: FloatArray
    raters: FloatArray
    level: float
    role_of: list[int]

    def covariance(self, variances: Variances, role_sd: float) -> FloatArray:
        return np.asarray(
            role_sd**2 * self.roles @ self.roles.T
            + variances.candidate**2 * self.candidates @ self.candidates.T
            + variances.rater**2 * self.raters @ self.raters.T
            + variances.error**2 * np.diag(self.noise)
        )


def first_seen(ids: list[object]) -> list[object]:
    return list(dict.fromkeys(ids))


def write_out(sheet: RatingSheet, scale: Scale, samples: RatingSheet | None = None, rho: float = 0.5) -> Model:
    weights = np.array(scale.weights) / sum(scale.weights)
    means = np.nanmean(sheet.ratings, axis=0)
    sampled = [] if samples is None else list(zip(samples.candidates, samples.raters, samples.ratings, strict=True))
    everything = [
        *((c, r, o, y) for c, r, o, y in zip(sheet.candidates, sheet.raters, sheet.roles, sheet.ratings, strict=True)),
        *((("sample", c), r, None, y) for c, r, y in sampled),
    ]
    kept = [row for row in everything if not np.isnan(row[3]).all()]
    people, roles = first_seen(list(sheet.candidates)), first_seen(list(sheet.roles))
    raters = first_seen([row[1] for row in everything])
    texts = first_seen([row[0] for row in kept if row[2] is None])
    outcome, noise = [], []
    fixed = np.zeros((len(kept), 1 + len(texts)))
    role_columns = np.zeros((len(kept), len(roles) if len(roles) > 1 else 0))
    person_columns, rater_columns = np.zeros((len(kept), len(people))), np.zeros((len(kept), len(raters)))
    for number, (candidate, rater, role, levels) in enumerate(kept):
        there = ~np.isnan(levels)
        outcome.append(np.sum(weights[there] * (levels - means)[there]) / np.sum(weights[there]))
        here, full = np.sum(weights[there]) ** 2 / np.sum(weights[there] ** 2), 1 / np.sum(weights**2)
        noise.append(rho + (1 - rho) * full / here)
        rater_columns[number, raters.index(rater)] = 1
        if role is None:
            fixed[number, 1 + texts.index(candidate)] = 1
            continue
        fixed[number, 0] = 1
        person_columns[number, people.index(candidate)] = 1
        if role_columns.shape[1]:
            role_columns[number, roles.index(role)] = 1
    role_of = dict(zip(sheet.candidates, sheet.roles, strict=True))
    return Model(
        outcome=np.array(outcome),
        noise=np.array(noise),
        fixed=fixed,
        roles=role_columns,
        candidates=person_columns,
        raters=rater_columns,
        level=float(weights @ means),
        role_of=[roles.index(role_of[person]) for person in people],
    )


def solve_dense(model: Model, variances: Variances, role_sd: float) -> Dense:
    """Henderson's equations in full; the inverse of their matrix is the joint covariance of errors."""
    design = np.hstack([model.fixed, model.roles, model.candidates, model.raters])
    counts = [part.shape[1] for part in (model.fixed, model.roles, model.candidates, model.raters)]
    prior = np.repeat([0, 1 / role_sd**2, 1 / variances.candidate**2, 1 / variances.rater**2], counts)
    weighted = design / (variances.error**2 * model.noise)[:, None]
    inverse = np.linalg.inv(design.T @ weighted + np.diag(prior))
    found = inverse @ (weighted.T @ model.outcome)
    starts = np.cumsum([0, *counts])
    select = np.zeros((counts[2], len(found)))
    select[:, 0] = 1
    for person, role in enumerate(model.role_of):
        select[person, starts[2] + person] = 1
        if counts[1]:
            select[person, starts[1] + role] = 1
    raters = slice(starts[3], starts[4])
    select[:, raters] = 1 / counts[3]  # the score is what all of the pool's raters would give on average
    covariance = select @ inverse @ select.T
    return Dense(
        score=model.level + select @ found,
        sd=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        leniency=found[raters],
        leniency_sd=np.sqrt(np.diag(inverse)[raters]),
    )


def restricted_deviance(model: Model, variances: Variances, role_sd: float) -> float:
    """-2 log restricted likelihood, up to a constant, from the covariance matrix of the outcome."""
    covariance = model.covariance(variances, role_sd)
    inverse = np.linalg.inv(covariance)
    information = model.fixed.T @ inverse @ model.fixed
    projection = inverse - inverse @ model.fixed @ np.linalg.inv(information) @ model.fixed.T @ inverse
    return float(
        np.linalg.slogdet(covariance)[1]
        + np.linalg.slogdet(information)[1]
        + model.outcome @ projection @ model.outcome
    )
