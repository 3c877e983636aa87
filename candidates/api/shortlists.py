from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from rest_framework import serializers

from candidates.api.base import OpinionViewSet
from candidates.models import Shortlist, ShortlistEntry
from candidates.queries.redaction import redaction
from rubrics.enums import NameForm


class EntrySerializer(serializers.ModelSerializer[ShortlistEntry]):
    name: Any = serializers.SerializerMethodField()
    summary: Any = serializers.SerializerMethodField()
    position: Any = serializers.SerializerMethodField()

    class Meta:
        model = ShortlistEntry
        fields = ("id", "application", "name", "position", "summary")

    def get_name(self, entry: ShortlistEntry) -> str:
        user = self.context["request"].user
        person = entry.application.candidate
        if user.is_staff_of_firm:
            return person.name
        chooser = entry.shortlist if user.is_client_reviewer else entry.application.role
        return person.name_in(chooser.name_form)

    def get_position(self, entry: ShortlistEntry) -> int | None:
        """The order is the panel's opinion: none for a client who has still to judge."""
        is_told = not self.context["request"].user.is_client_reviewer or vars(entry)["panel_open"]
        return entry.position if is_told else None

    def get_summary(self, entry: ShortlistEntry) -> str:
        is_client = self.context["request"].user.is_client_reviewer
        form = entry.shortlist.name_form if is_client else NameForm.FULL
        return redaction(entry.application.candidate, form)(entry.summary)


class ShortlistSerializer(serializers.ModelSerializer[Shortlist]):
    role: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    entries: Any = EntrySerializer(many=True, read_only=True)

    class Meta:
        model = Shortlist
        fields = ("id", "role", "number", "state", "presented_at", "closed_at", "entries")


class ShortlistViewSet(OpinionViewSet[Shortlist]):
    """Shortlists; a client sees those presented to it."""

    queryset = Shortlist.objects.all()
    serializer_class = ShortlistSerializer
    filterset_fields = ("state", "role__slug")

    def narrow(self, queryset: QuerySet[Shortlist]) -> QuerySet[Shortlist]:
        entries = ShortlistEntry.objects.visible_to(self.caller).on_list()
        whole = entries.select_related("shortlist", "application__candidate", "application__role").annotate(
            panel_open=Exists(ShortlistEntry.objects.panel_visible_to(self.caller).filter(pk=OuterRef("pk")))
        )
        order = "pk" if self.caller.is_client_reviewer else "position"
        return queryset.select_related("role").prefetch_related(Prefetch("entries", whole.order_by(order)))

    def applications_told_of(self, rows: Iterable[Shortlist]) -> Iterable[int]:
        return [entry.application_id for row in rows for entry in row.entries.all()]
