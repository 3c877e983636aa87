"""Standard deviations by restricted maximum likelihood, with weak priors, and the solution of the equations.

Everything here is in units of one level of a 1-5 scale, so that a shifted or stretched scale changes nothing.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg import lapack
from scipy.optimize import minimize

from candidates.scoring.design import Design, Response
from candidates.scoring.pool import inverse_or_zero, total_by
from candidates.scoring.values import FloatArray

MEDIANS = np.array([0.6, 0.3, 0.6])
"""Prior medians of the standard deviations: candidate, rater, error."""
LOG_SDS = np.array([0.6, 0.7, 0.6])
ROLE_SD = 0.5
SMALLEST, LARGEST = 1e-4, 10.0
"""Between these a standard deviation is looked for; a variance estimated as none comes out at the smallest."""


@dataclass(frozen=True, eq=False)
class Solution:
    """β of the reduced system at given standard deviations, with what the absorbed factor needs.

    `factor`: Cholesky factor, lower, of S; the covariance of β is error² S⁻¹. `shrink`: (n_levels,) f.
    """

    response: Response
    sds: FloatArray  # (3,) candidate, rater, error
    factor: FloatArray
    beta: FloatArray
    group_shrink: FloatArray
    quadratic: float  # σe² zᵀPz

    @property
    def error_variance(self) -> float:
        return float(self.sds[2] ** 2)

    @property
    def shrink(self) -> FloatArray:
        design = self.response.design
        flat = inverse_or_zero(design.level_information)
        return np.where(design.flat_level, flat, self.group_shrink[design.group])

    def inverse(self) -> FloatArray:
        """S⁻¹, (p, p)."""
        half, _ = lapack.dpotri(self.factor.T, lower=0)
        lower = np.tril(half.T)
        return np.asarray(lower + np.tril(lower, -1).T)


def solve(response: Response, sds: FloatArray) -> Solution:
    """`sds`: (3,) candidate, rater, error, in units of a 1-5 scale's level."""
    design = response.design
    absorbed, kept = _split(design, sds)
    ratio = absorbed / sds[2] ** 2
    shrink = ratio / (1 + ratio * design.information)
    matrix = design.base - (design.pairs.T @ shrink).reshape(design.base.shape)
    matrix[np.diag_indices_from(matrix)] += _prior_precision(design, kept, sds[2] ** 2)
    upper, failed = lapack.dpotrf(matrix.T, lower=0, clean=1, overwrite_a=1)
    if failed:
        raise ArithmeticError(f"the normal equations broke down at standard deviations {sds}")
    right = response.right - shrink @ response.group_right
    beta, _ = lapack.dpotrs(upper, right, lower=0)
    return Solution(
        response=response,
        sds=np.asarray(sds, dtype=np.float64),
        factor=upper.T,
        beta=beta,
        group_shrink=shrink,
        quadratic=float(response.squares - shrink @ response.group_squares - right @ beta),
    )


def fit(response: Response, *, priors: bool) -> FloatArray:
    """The three standard deviations that maximise the restricted likelihood, times the priors if wanted.

    The priors are normal on the logarithms, and it is over the logarithms that the product is maximised: without data
    the medians come out. Patterson & Thompson (1971) for the likelihood.
    """
    stretch = _stretch(response.design, priors=priors)

    def criterion(x: FloatArray) -> tuple[float, FloatArray]:
        value, slope = _criterion(response, x / stretch, priors=priors)
        return value, slope / stretch

    bounds = [(np.log(SMALLEST) * s, np.log(LARGEST) * s) for s in stretch]
    found = minimize(
        criterion,
        np.log(MEDIANS) * stretch,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-15, "gtol": 1e-5, "maxiter": 200},
    )
    return np.asarray(np.exp(found.x / stretch))


def _criterion(response: Response, log_sds: FloatArray, *, priors: bool) -> tuple[float, FloatArray]:
    """-2 × log of the restricted likelihood (times priors), and its slope along the three log standard deviations."""
    design = response.design
    sds = np.exp(log_sds)
    error = sds[2] ** 2
    absorbed, kept = _split(design, sds)
    solution = solve(response, sds)
    n_kept, n_free = int(design.random_column.sum()), design.n_rows - design.n_flat
    grown = 1 + absorbed / error * design.information
    value = (
        n_free * np.log(error)
        + design.group_size @ np.log(grown)
        + 2 * np.log(solution.factor.diagonal()).sum()
        + n_kept * np.log(kept / error)
        + design.n_roles * np.log(ROLE_SD**2 / error)
        + solution.quadratic / error
    )
    slopes = _variance_slopes(solution, grown, absorbed, kept)
    roles = design.n_roles - error / ROLE_SD**2 * slopes.pop("roles")
    of_absorbed, of_kept = slopes["absorbed"], slopes["kept"]
    of_error = n_free - solution.quadratic / error - of_absorbed - of_kept - roles
    slope = 2 * np.array([*((of_absorbed, of_kept) if design.absorbs_units else (of_kept, of_absorbed)), of_error])
    if priors:
        away = (log_sds - np.log(MEDIANS)) / LOG_SDS
        return float(value + away @ away), slope + 2 * away / LOG_SDS
    return float(value), slope


def _variance_slopes(solution: Solution, grown: FloatArray, absorbed: float, kept: float) -> dict[str, float]:
    """Derivatives of the criterion along the log variances of the two factors; trace over the roles."""
    response, design = solution.response, solution.response.design
    error = solution.error_variance
    moment = solution.inverse() + np.outer(solution.beta, solution.beta / error)
    misfit = (response.group_squares - 2 * response.group_right @ solution.beta) / error
    explained = design.pairs @ moment.ravel() + misfit
    diagonal = moment.diagonal()
    return {
        "absorbed": float(
            absorbed / error * (design.group_size @ (design.information / grown) - (grown**-2.0) @ explained)
        ),
        "kept": float(design.random_column.sum() - error / kept * diagonal[design.random_column].sum()),
        "roles": float(diagonal[1 : 1 + design.n_roles].sum()),
    }


def _split(design: Design, sds: FloatArray) -> tuple[float, float]:
    """Variances of the absorbed and of the kept factor; the kept one is divided by."""
    first, second = sds[:2] if design.absorbs_units else sds[1::-1]
    return float(first**2), float(max(second, 1e-8) ** 2)


def _prior_precision(design: Design, kept: float, error: float) -> FloatArray:
    precision = np.where(design.random_column, error / kept, 0.0)
    precision[1 : 1 + design.n_roles] = error / ROLE_SD**2
    precision[design.idle_column] = 1.0
    return precision


def _stretch(design: Design, *, priors: bool) -> FloatArray:
    """Square roots of rough curvatures, so that the criterion is about equally curved in all directions."""
    n_levels, n_kept = design.group_size.sum(), design.random_column.sum()
    n_units, n_raters = (n_levels, n_kept) if design.absorbs_units else (n_kept, n_levels)
    freedom = np.array([n_units / 2, n_raters / 2, max(design.n_rows - n_units - n_raters, 1)])
    return np.sqrt(4 * freedom + (2 / LOG_SDS**2 if priors else 0))


@dataclass(frozen=True, eq=False)
class Effects:
    """Estimates as offset + rows β, each with a variance of its own beside β's: error² (own + rows S⁻¹ rowsᵀ)."""

    offset: FloatArray  # (n,)
    rows: sparse.csr_array  # (n, p)
    own: FloatArray  # (n,)

    def values(self, solution: Solution) -> FloatArray:
        return np.asarray(self.offset + self.rows @ solution.beta)

    def sds(self, solution: Solution, inverse: FloatArray) -> FloatArray:
        forms = quadratic_forms(self.rows, inverse)
        return np.asarray(np.sqrt(solution.error_variance * (self.own + forms)))


def level_effects(solution: Solution, *, units: bool, count: int) -> Effects:
    """The first `count` levels of the units' or of the raters' factor, whichever of them was absorbed."""
    design, size = solution.response.design, solution.response.design.size
    if design.absorbs_units == units:
        shrink = solution.shrink[:count]
        rows = sparse.diags_array(-shrink) @ design.contents[:count]
        return Effects(shrink * solution.response.level_sums[:count], rows.tocsr(), shrink)
    first = 1 + design.n_roles
    place = (np.arange(count), first + np.arange(count))
    return Effects(np.zeros(count), sparse.csr_array((np.ones(count), place), shape=(count, size)), np.zeros(count))


def quadratic_forms(rows: sparse.csr_array, inverse: FloatArray) -> FloatArray:
    """The value of x S⁻¹ xᵀ for each sparse row x, shape (n,), a block of rows at a time."""
    n_rows = rows.shape[0]
    result = np.zeros(n_rows)
    block = max(1, 2_000_000 // max(1, inverse.shape[0]))
    for first in range(0, n_rows, block):
        part = rows[first : first + block]
        row = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
        product = (part @ inverse)[row, part.indices]
        result[first : first + block] = total_by(row, product * part.data, part.shape[0])
    return result
