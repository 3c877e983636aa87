from django.db import transaction
from django.db.models import F, ProtectedError

from rubrics.enums import StageKind
from rubrics.models import Role, Stage
from screening.accounts.errors import Refused


@transaction.atomic
def rename_stage(*, stage: Stage, name: str) -> Stage:
    role = _lock_role(stage.role_id)
    _name_must_be_free(role, name, besides=stage.pk)
    stage.name = name
    stage.save(update_fields=["name"])
    return stage


@transaction.atomic
def add_stage(*, role: Role, kind: str, name: str) -> Stage:
    """One more stage of a kind, behind the others of that kind."""
    locked = _lock_role(role.pk)
    _name_must_be_free(locked, name)
    stages = list(locked.stages.all())
    order = list(StageKind)
    before = [stage.position for stage in stages if order.index(StageKind(stage.kind)) <= order.index(StageKind(kind))]
    position = max(before, default=-1) + 1
    locked.stages.filter(position__gte=position).update(position=F("position") + 1)
    return Stage.objects.create(role=locked, kind=kind, name=name, position=position)


@transaction.atomic
def drop_stage(*, stage: Stage) -> None:
    """Raises Refused for the last stage of its kind, and for one in which somebody is or ever was."""
    role = _lock_role(stage.role_id)
    if not role.stages.filter(kind=stage.kind).exclude(pk=stage.pk).exists():
        raise Refused(f"“{stage.name}” is the only stage of its kind. Rename it instead.")
    try:
        with transaction.atomic():
            stage.delete()
    except ProtectedError as error:
        raise Refused(f"Somebody is or was in “{stage.name}”, so it stays. Rename it instead.") from error


def _lock_role(pk: int) -> Role:
    return Role.objects.select_for_update().get(pk=pk)


def _name_must_be_free(role: Role, name: str, besides: int = 0) -> None:
    if role.stages.filter(name=name).exclude(pk=besides).exists():
        raise Refused(f"This role already has a stage “{name}”. Choose another name.")
