"""Dividing a draft's questions over kits."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from rubrics.models import Kit, KitQuestion, RubricVersion
from rubrics.queries.kits import kits_part
from rubrics.services.dimensions import free_key, move_past
from rubrics.services.locks import lock_draft, must_have_seen
from screening.accounts.errors import Refused


@transaction.atomic
def add_kit(*, version: RubricVersion, name: str) -> Kit:
    """An empty one, at the end."""
    draft = lock_draft(version)
    if not name.strip():
        raise Refused("Give the kit a name, such as “Phone screen”.")
    last = draft.kits.aggregate(last=Max("position"))["last"]
    key = free_key(name, set(draft.kits.values_list("key", flat=True)), stem="kit")
    return Kit.objects.create(version=draft, key=key, name=name.strip(), position=0 if last is None else last + 1)


@transaction.atomic
def write_kits(*, version: RubricVersion, content: Mapping[str, Mapping[str, Any]], seen: str | None = None) -> None:
    """Names and questions of all kits at once, by key; questions are asked in the order given.

    Raises PartChanged when somebody changed the kits since `seen`, Refused for an empty name or an unknown question.
    """
    draft = lock_draft(version)
    must_have_seen(kits_part(draft), new=content, seen=seen)
    questions = {question.key: question for question in draft.questions.all()}
    for kit in draft.kits.filter(key__in=content):
        wanted = content[kit.key]
        if not wanted["name"].strip():
            raise Refused("A kit needs a name.")
        if unknown := set(wanted["questions"]) - set(questions):
            raise Refused(f"“{min(unknown)}” is no longer a question of this draft.")
        kit.name = wanted["name"].strip()
        kit.save(update_fields=["name"])
        kit.kit_questions.all().delete()
        KitQuestion.objects.bulk_create(
            KitQuestion(kit=kit, question=questions[key], position=position)
            for position, key in enumerate(dict.fromkeys(wanted["questions"]))
        )


@transaction.atomic
def move_in_kit(*, version: RubricVersion, kit: str, question: str, past: str) -> None:
    """Ask a question on the other side of its neighbour."""
    draft = lock_draft(version)
    move_past(list(KitQuestion.objects.filter(kit__version=draft, kit__key=kit, question__key__in=[question, past])))


@transaction.atomic
def remove_kit(*, version: RubricVersion, kit: str) -> None:
    """Its questions stay in the rubric."""
    lock_draft(version).kits.filter(key=kit).delete()
