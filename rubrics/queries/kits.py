"""How kits divide a rubric's questions over interviews, and what that covers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rubrics.models import Dimension, KitQuestion, Question, RubricVersion
from rubrics.queries.sheets import KitShown, QuestionShown, Sheet

Content = dict[str, Any]


def kits_part(version: RubricVersion) -> Content:
    """Name and questions of every kit, by keys and in their order: what an editor begins with and compares."""
    kits: Content = {kit.key: {"name": kit.name, "questions": []} for kit in version.kits.all()}
    asked = KitQuestion.objects.filter(kit__version=version).order_by("kit", "position", "pk")
    for kit, question in asked.values_list("kit__key", "question__key"):
        kits[kit]["questions"].append(question)
    return kits


@dataclass(frozen=True)
class Division:
    """`rows` say of each question by which kits it is asked; `covered` of each dimension in how many kits."""

    kits: list[KitShown]
    rows: list[tuple[QuestionShown, list[tuple[KitShown, bool]]]]
    covered: list[tuple[Dimension, list[bool]]]

    @property
    def unasked(self) -> list[Question]:
        return [shown.question for shown, asked in self.rows if not any(is_asked for _, is_asked in asked)]

    @property
    def uncovered(self) -> list[Dimension]:
        return [dimension for dimension, kits in self.covered if not any(kits)]


def division_of(sheet: Sheet, chosen: Mapping[str, Sequence[str]] | None = None) -> Division:
    """As saved, or as it would be with the questions `chosen` for each kit, by keys."""
    kits = sheet.kits if chosen is None else [_with(shown, chosen, sheet.questions) for shown in sheet.kits]
    return Division(
        kits=kits,
        rows=[(shown, [(kit, shown.question in kit.questions) for kit in kits]) for shown in sheet.questions],
        covered=[(row.dimension, [row.dimension in kit.dimensions for kit in kits]) for row in sheet.dimensions],
    )


def _with(shown: KitShown, chosen: Mapping[str, Sequence[str]], questions: Sequence[QuestionShown]) -> KitShown:
    keys = chosen.get(shown.kit.key, ())
    asked = [one for one in questions if one.question.key in keys]
    dimensions = {dimension for one in asked for dimension in one.dimensions}
    return KitShown(
        kit=shown.kit,
        questions=[one.question for one in asked],
        dimensions=sorted(dimensions, key=lambda dimension: dimension.position),
    )
