"""The statistics stand on NumPy and SciPy alone, and their public functions have the arguments they are documented with."""

import subprocess
import sys
from inspect import Parameter, signature

import pytest

from candidates import scoring

SIGNATURES = {
    "score_panel": ["sheet", "scale", "*method", "*variances", "*priors", "*samples"],
    "rank": ["panel", "role", "*k", "*draws", "*seed"],
    "intraclass_correlations": ["ratings"],
    "krippendorff_alpha": ["ratings", "*level"],
    "weighted_kappa": ["first", "second", "*weights"],
    "decision_study": ["variances", "*raters", "*adjusted"],
    "impact_ratios": ["groups"],
    "scoring_rate_ratios": ["groups"],
    "predictive_validity": ["screening", "outcome", "*sd_applicants"],
    "RatingSheet": ["candidates", "raters", "roles", "ratings"],
    "Scale": ["weights", "lowest", "highest", "floors", "bar"],
    "Variances": ["candidate", "rater", "error"],
}
"""Those anybody may rely on; * is by keyword only. What there is beside them is optional."""


def test_django_and_the_database_are_not_needed() -> None:
    program = (
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        assert name.split('.')[0] not in {'django', 'psycopg2', 'screening', 'rubrics'}, name\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "from candidates.scoring import *\n"
        "import numpy as np\n"
        "sheet = RatingSheet([1, 1, 2], ['x', 'y', 'x'], [0, 0, 0], np.array([[4.0, 3], [5, 4], [2, 2]]))\n"
        "for method in METHODS:\n"
        "    print(score_panel(sheet, Scale([2, 1], 1, 5, None, 3.0), method=method).score.shape)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603  # our own
    assert done.stdout == "(2,)\n" * len(scoring.METHODS), done.stderr


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_are_the_documented_ones(name: str) -> None:
    given = signature(getattr(scoring, name)).parameters
    found = [("*" if one.kind is Parameter.KEYWORD_ONLY else "") + one.name for one in given.values()]
    assert [one for one in found if one in SIGNATURES[name]] == SIGNATURES[name]
    beside = [one for one in given.values() if one.name not in {name.lstrip("*") for name in SIGNATURES[name]}]
    assert all(one.default is not Parameter.empty for one in beside)


def test_defaults_are_the_documented_ones() -> None:
    panel, ranks = signature(scoring.score_panel).parameters, signature(scoring.rank).parameters
    assert (panel["method"].default, panel["priors"].default) == ("panel-1", True)
    assert panel["variances"].default is panel["samples"].default is None
    assert ranks["draws"].default == 2000
    assert ranks["seed"].default is Parameter.empty
