import secrets
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from candidates.demo.crowd import write_crowd
from candidates.demo.debriefs import hold_debriefs
from candidates.demo.interviews import write_interviews
from candidates.demo.kickoff import hold_kickoff, plan_roles
from candidates.demo.lately import write_lately
from candidates.demo.paths import write_paths
from candidates.demo.samples import write_sample_ratings
from candidates.demo.story import tell_story
from candidates.demo.truth import draw_truth
from candidates.demo.world import build_world
from rubrics.models import Role
from screening.accounts.models import User

DIMENSIONS = 5
CANDIDATES_FOR_A_ROLE, CANDIDATES_FOR_AN_INTERVIEWER = 2_500, 500
FEWEST_ROLES, FEWEST_INTERVIEWERS, MOST_INTERVIEWERS = 4, 8, 200


class Command(BaseCommand):
    help = (
        "Fills an empty installation with believable people, interviews and shortlists; the same seed, the same data."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--candidates", type=int, default=300, help="how many people (default: 300)")
        parser.add_argument("--seed", type=int, default=1, help="the same number makes the same data (default: 1)")
        parser.add_argument("--password", help="of every account; a random one is printed when none is given")

    def handle(self, **options: Any) -> None:
        count, seed = options["candidates"], options["seed"]
        if count < 1:
            raise CommandError("--candidates: at least one person is needed.")
        if Role.objects.exists() or User.objects.exists():
            raise CommandError("This installation is not empty. Use an empty database.")
        password = options["password"] or secrets.token_urlsafe(9)
        started = time.perf_counter()
        with transaction.atomic():
            plan_for_full_tables()
            sealed = self._fill(count, seed, password)
        seconds = time.perf_counter() - started
        self.stdout.write(f"{count} candidates and {sealed} sealed scorecards in {seconds:.0f} s")
        if not options["password"]:
            self.stdout.write(f"Password of every account: {password}")

    def _fill(self, count: int, seed: int, password: str) -> int:
        now = timezone.now()
        raters = min(max(FEWEST_INTERVIEWERS, count // CANDIDATES_FOR_AN_INTERVIEWER), MOST_INTERVIEWERS)
        roles = max(FEWEST_ROLES, count // CANDIDATES_FOR_A_ROLE)
        world = build_world(password=password, managers=raters, roles=roles, now=now)
        truth = draw_truth(people=count, dimensions=DIMENSIONS, raters=raters, seed=seed)
        crowd = write_crowd(truth=truth, roles=world.roles, owners=world.recruiters, seed=seed, now=now)
        sealed = write_interviews(
            crowd=crowd, roles=world.roles, raters=world.managers, truth=truth, seed=seed, now=now
        )
        write_paths(crowd=crowd, roles=world.roles, seed=seed, now=now)
        write_sample_ratings(raters=world.managers, truth=truth, seed=seed, now=now)
        hold_kickoff(world=world, now=now)
        plan_roles(world=world)
        hold_debriefs(world=world, now=now)
        tell_story(world=world, seed=seed, now=now)
        write_lately(world=world, now=now)
        return sealed


def plan_for_full_tables() -> None:
    """Keep the plans of foreign keys and triggers on their indexes: made while the tables are empty, they would scan."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
