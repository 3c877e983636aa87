"""What was written to people and about them among colleagues: letters, a letter to many that waits, a name in a note."""

from datetime import datetime, timedelta

from candidates.demo.world import World
from candidates.enums import BulkKind
from candidates.models import Application, MailTemplate
from candidates.services.bulk import keep_words, plan_bulk
from candidates.services.mails import Words, write_mail
from candidates.services.notes import add_note
from rubrics.enums import StageKind
from screening.accounts.models import User

LETTERS = 3
MANY = 8


def write_letters(world: World, by: User, now: datetime) -> None:
    early = Application.objects.of_role(world.roles[0]).in_stage(StageKind.SOURCED, StageKind.CONTACTED)
    people = list(early.exclude(candidate__email="").select_related("candidate", "role__client").order_by("pk")[:MANY])
    template = MailTemplate.objects.offered().order_by("pk").first()
    if not people or template is None:
        return
    words = Words(template.subject, template.text, template)
    for number, application in enumerate(people[:LETTERS]):
        then = now - timedelta(days=1, hours=number)
        write_mail(candidate=application.candidate, application=application, words=words, key="demo", by=by, now=then)
    _plan_for_many(world, people, words, by, now)
    _name_colleagues(world, people[0], by, now)


def _plan_for_many(world: World, people: list[Application], words: Words, by: User, now: datetime) -> None:
    """Written, and waiting for somebody to look at it."""
    meant = Application.objects.filter(pk__in=[one.pk for one in people])
    action = plan_bulk(
        role=world.roles[0], kind=BulkKind.MAIL, to_stage=None, applications=meant, query="", by=by, now=now
    )
    keep_words(action=action, words=words, by=by)


def _name_colleagues(world: World, application: Application, by: User, now: datetime) -> None:
    """A manager of the team and a colleague, who find it on their day."""
    team = application.role.team.filter(user__part="hiring_manager", user__is_active=True).order_by("pk")
    names = [member.user.name for member in team.select_related("user")[:1]]
    names += [one.name for one in world.recruiters[1:2]]
    asked = " ".join(f"@{name}" for name in names)
    text = f"{asked} – they kept a claims queue alive through an outage in March. Worth a call?"
    add_note(candidate=application.candidate, application=application, text=text, by=by, now=now - timedelta(hours=3))
