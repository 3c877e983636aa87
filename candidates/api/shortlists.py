from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from candidates.api.base import OpinionViewSet
from candidates.models import Shortlist, ShortlistEntry


class EntrySerializer(serializers.ModelSerializer[ShortlistEntry]):
    name: Any = serializers.SerializerMethodField()

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
        entries = ShortlistEntry.objects.visible_to(self.caller)
        whole = entries.select_related("shortlist", "application__candidate", "application__role")
        return queryset.select_related("role").prefetch_related(Prefetch("entries", whole.order_by("position")))

    def applications_told_of(self, rows: Iterable[Shortlist]) -> Iterable[int]:
        return [entry.application_id for row in rows for entry in row.entries.all()]
