"""Objects made of the rows of a statement that was made once, together with those they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Whole = TypeVar("Whole", bound=Model)


@dataclass(frozen=True)
class Part:
    """One object of a row, the way its `parent` leads to it (a field), and what its values are turned into."""

    path: str
    parent: str
    way: Any
    model: type[Model]
    columns: tuple[str, ...]
    turns: tuple[Callable[..., Any] | None, ...]

    def made_of(self, values: Iterator[Any]) -> Model | None:
        own = list(islice(values, len(self.columns)))
        if all(value is None for value in own):
            return None
        turned = [turn(value, None, connection) if turn else value for turn, value in zip(self.turns, own, strict=True)]
        return self.model.from_db(DEFAULT_DB_ALIAS, self.columns, turned)


class Parts(Generic[Whole]):
    """Which columns are loaded, by the path from the object ("" is itself), a path after the one it goes on from.

    The key of each is among them. What is left out is asked for when somebody reads it.
    """

    def __init__(self, model: type[Whole], columns: Mapping[str, tuple[str, ...]]) -> None:
        self.model, self.columns = model, columns

    @property
    def lookups(self) -> list[str]:
        """For `values_list`."""
        return [f"{part.path}__{name}" if part.path else name for part in self._parts for name in part.columns]

    def whole(self, row: Sequence[Any]) -> Whole:
        """The object of a row that begins with the `lookups`."""
        values = iter(row)
        made: dict[str, Model | None] = {}
        for part in self._parts:
            made[part.path] = part.made_of(values)
            parent = made[part.parent]
            if part.way and parent:
                part.way.set_cached_value(parent, made[part.path])
        return cast("Whole", made[""])

    @cached_property
    def _parts(self) -> list[Part]:
        """Late: what leads back to a model is known once all are loaded."""
        return [self._part(path, names) for path, names in self.columns.items()]

    def _part(self, path: str, names: tuple[str, ...]) -> Part:
        way, model = None, cast("type[Model]", self.model)
        for name in filter(None, path.split("__")):
            way = model._meta.get_field(name)
            model = cast("type[Model]", way.related_model)
        fields = [field for field in model._meta.concrete_fields if field.attname in names]
        turns = tuple(getattr(field, "from_db_value", None) for field in fields)
        return Part(path, path.rpartition("__")[0], way, model, tuple(field.attname for field in fields), turns)
