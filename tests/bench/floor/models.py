"""As many rows as ours, with the columns its pages show and an index for each of them."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Role(models.Model):
    title = models.CharField(max_length=120)


class Stage(models.Model):
    role = models.ForeignKey(Role, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)


class Person(models.Model):
    name = models.CharField(max_length=120)
    email = models.EmailField()
    headline = models.CharField(max_length=200)

    class Meta:
        indexes = (GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="floor_person_by_name"),)


class Card(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    role = models.ForeignKey(Role, on_delete=models.CASCADE)
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    source = models.CharField(max_length=10)
    since = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["stage", "-since"], name="floor_card_of_stage"),
            models.Index(fields=["role", "-since"], name="floor_card_of_role"),
        )


class Scorecard(models.Model):
    card = models.ForeignKey(Card, on_delete=models.CASCADE)
    interviewer = models.CharField(max_length=120)
    state = models.CharField(max_length=10)


class Change(models.Model):
    """A move of a card, and once more as its history."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE)
    to = models.ForeignKey(Stage, on_delete=models.CASCADE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    at = models.DateTimeField(db_index=True)


class Event(models.Model):
    card = models.ForeignKey(Card, on_delete=models.CASCADE)
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE)
    at = models.DateTimeField()
