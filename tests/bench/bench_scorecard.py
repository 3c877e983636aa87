"""The scorecard's page and its autosave under eight interviewers at once: `pytest -n0 -s tests/bench/bench_scorecard.py`.

The site as in production (gunicorn, two workers of four threads) on an installation of some weeks. Each interviewer has a
connection of their own and a half-written scorecard of the shipped rubric. Once at the pace of typing, a save every 1.8 s
and the page every fifth; once flat out, each asking again as soon as the last answer is in.
"""

import http.client
import io
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from candidates.forms.drafts import draft_of, values_of
from candidates.models import Application, Scorecard
from candidates.queries.scorecards import sheet_of, with_context
from candidates.services.drafts import save_draft
from rubrics.models import Kit
from tests import processes
from tests.asking import session_of
from tests.factories.accounts import HiringManagerFactory
from tests.factories.candidates import InterviewFactory, ScorecardFactory, dimensions_of
from tests.factories.drafts import whole_draft

INTERVIEWERS, PACE, ROUNDS, FLAT_OUT_ROUNDS, PAGE_EVERY = 8, 1.8, 20, 60, 5
LEVELS = (4, 3, 5, 2, 3)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass
class Interviewer:
    """One browser: a connection that stays open, a session, and what stands in the form."""

    site: processes.Gunicorn
    scorecard: Scorecard
    times: dict[str, list[float]] = field(default_factory=lambda: {"page": [], "autosave": []})
    sizes: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        card = with_context(Scorecard.objects.all()).get(pk=self.scorecard.pk)
        sheet = sheet_of(card, card.interviewer)
        self.fields = values_of(draft_of(sheet), sheet)
        self.revision = card.revision
        self.note = f"note-{sheet.questions[0].question.pk}"
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session_of(card.interviewer)}"
        self.connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=30)

    def _ask(self, what: str, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        before = time.perf_counter()
        answer = self._answer(method, path, body, {"Cookie": self.cookie, **headers})
        text = answer.read().decode()
        self.times[what].append(time.perf_counter() - before)
        self.sizes[what] = len(text)
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = f"{self.cookie.split('; ')[0]}; {cookie.split(';')[0]}"
        return answer.status, text

    def _answer(self, method: str, path: str, body: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        """Once more when the server has closed a connection that was idle, as a browser would."""
        for last in (False, True):
            try:
                self.connection.request(method, path, body or None, headers)
                return self.connection.getresponse()
            except ConnectionError:
                self.connection.close()
                if last:
                    raise
        raise AssertionError

    def open(self) -> None:
        _, text = self._ask("page", "GET", f"/scorecards/{self.scorecard.pk}/")
        found = TOKEN.search(text)
        assert found, text[:500]
        self.token = found[1]

    def save(self, typed: str) -> None:
        self.fields[self.note] = [typed]
        data = {"csrfmiddlewaretoken": self.token, "revision": self.revision, **self.fields}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        path = f"/scorecards/{self.scorecard.pk}/draft/"
        status, text = self._ask("autosave", "POST", path, urlencode(data, doseq=True), **headers)
        if status == 200:
            self.revision = json.loads(text)["revision"]
        else:
            self.failed.append(f"{status}: {text[:200]}")

    def work(self, rounds: int, pace: float, start: float) -> None:
        time.sleep(start)
        for number in range(rounds):
            until = time.perf_counter() + pace
            if number % PAGE_EVERY == 0:
                self.open()
            self.save("Claims triage, 40k decisions a day. " * (1 + number % 20))
            time.sleep(max(0, until - time.perf_counter()))


@pytest.fixture
def cards(committed_db: str) -> list[Scorecard]:
    call_command("seed_demo", candidates=200, password="correct horse", stdout=io.StringIO())
    kit = Kit.objects.get(version__rubric__slug="senior-ai-engineer", version__number=1, key="full")
    applications = Application.objects.filter(role__rubric_version=kit.version_id, interviews=None)[:INTERVIEWERS]
    found = []
    for application in applications:
        interview = InterviewFactory(application=application, kit=kit)
        card = ScorecardFactory(interview=interview, interviewer=HiringManagerFactory())
        levels: list[int | None] = [*LEVELS[: len(dimensions_of(interview))]]
        draft = whole_draft(card, levels)
        found.append(save_draft(scorecard=card, draft=draft, revision=0, by=card.interviewer, now=timezone.now()))
    assert len(found) == INTERVIEWERS
    return found


@pytest.fixture
def site(cards: list[Scorecard], tmp_path: Path) -> Iterator[processes.Gunicorn]:
    with processes.gunicorn(log=tmp_path / "gunicorn.log") as server:
        yield server


def run(site: processes.Gunicorn, cards: list[Scorecard], rounds: int, pace: float) -> dict[str, list[float]]:
    people = [Interviewer(site, card) for card in cards]
    with ThreadPoolExecutor(len(people)) as pool:
        working = [pool.submit(one.work, rounds, pace, n * pace / len(people)) for n, one in enumerate(people)]
    for one in working:
        one.result()
    assert [words for one in people for words in one.failed] == []
    print(
        {name: f"{max(one.sizes[name] for one in people):,} bytes before compression" for name in ("page", "autosave")}
    )
    return {name: sorted(time for one in people for time in one.times[name]) for name in ("page", "autosave")}


def test_eight_interviewers_at_once(site: processes.Gunicorn, cards: list[Scorecard]) -> None:
    run(site, cards, 3, 0)  # warm
    for words, rounds, pace in (("at the pace of typing", ROUNDS, PACE), ("flat out", FLAT_OUT_ROUNDS, 0)):
        for card in cards:
            card.refresh_from_db()
        found = run(site, cards, rounds, pace)
        for name, times in found.items():
            p95 = quantiles(times, n=20)[-1] * 1000
            print(f"{name:<9} {words}: p50 {median(times) * 1000:6.1f} ms, p95 {p95:6.1f} ms, {len(times)} requests")
