"""What importing the statistics costs a process that only shows figures."""

import subprocess
import sys

from candidates import scoring

ASK = "import sys, candidates.scoring as s; s.predictive_validity; print('scipy.stats' in sys.modules); s.impact_ratios; print('scipy.stats' in sys.modules)"


def test_the_heaviest_part_of_scipy_is_loaded_when_asked_for() -> None:
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)  # noqa: S603  # our own words
    assert told.stdout.split() == ["False", "True"]


def test_every_public_name_is_there() -> None:
    assert all(hasattr(scoring, name) for name in scoring.__all__)
    assert set(scoring.WHEN_ASKED_FOR) <= set(scoring.__all__)
