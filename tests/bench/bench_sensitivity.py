"""Time of one move of a slider for 200 candidates, from request to answer: `pytest -n0 -s tests/bench/bench_sensitivity.py`."""

from statistics import median, quantiles
from time import perf_counter, process_time

import numpy as np
import pytest
from django.urls import reverse

from candidates.services.scores import score_pool
from rubrics.enums import StageKind
from rubrics.models import Role
from tests.asking import as_
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, submitted_scorecard
from tests.factories.rubrics import RoleFactory

CANDIDATES, RATERS, PER_CANDIDATE, MOVES = 200, 12, 3, 40
BUDGET_MS = 200


def crowd(role: Role) -> None:
    generator = np.random.default_rng(1)
    raters = [HiringManagerFactory() for _ in range(RATERS)]
    leniency = generator.normal(0, 0.4, RATERS)
    assert role.rubric_version
    dimensions = role.rubric_version.dimensions.count()
    for ability in generator.normal(3, 0.6, CANDIDATES):
        application = ApplicationFactory(role=role, kind=StageKind.SCORED)
        for rater in generator.choice(RATERS, PER_CANDIDATE, replace=False):
            levels = np.clip(np.round(ability + leniency[rater] + generator.normal(0, 0.7, dimensions)), 1, 5)
            submitted_scorecard(application, [int(level) for level in levels], by=raters[rater])
    score_pool(pool_key=role.rubric_version.pool_key, now=NOW)


@pytest.mark.django_db
def test_a_move_of_a_slider() -> None:
    role: Role = RoleFactory(openings=3)
    crowd(role)
    assert role.rubric_version
    keys = [dimension.key for dimension in role.rubric_version.dimensions.all()]
    browser, address = as_(RecruiterFactory()), reverse("candidates:sensitivity", args=[role.slug])
    before = perf_counter()
    browser.get(address)
    print(f"\nthe page itself, first time:             {1000 * (perf_counter() - before):6.0f} ms")
    times, busy = [], []
    for move in range(MOVES):
        wanted = {f"w-{key}": (20 + 17 * move + 30 * place) % 120 + 1 for place, key in enumerate(keys)}
        before, worked = perf_counter(), process_time()
        answer = browser.get(address, wanted, headers={"HX-Request": "true"})
        times.append(1000 * (perf_counter() - before))
        busy.append(1000 * (process_time() - worked))
        assert answer.status_code == 200
    print(
        f"a move of a slider, {CANDIDATES} candidates: median {median(times):6.0f} ms, 95th {quantiles(times, n=20)[18]:6.0f} ms"
    )
    print(f"of these, this process at work: median {median(busy):18.0f} ms, 95th {quantiles(busy, n=20)[18]:6.0f} ms")
    assert median(busy) < BUDGET_MS, "a machine that does nothing else answers in little more than that"
