from django.db import models

from rubrics.models.questions import Question
from rubrics.models.rubrics import RubricVersion, sealed_when_published
from screening.accounts.protection import keep_history


@keep_history()
class Kit(models.Model):
    """The questions of one kind of interview; the dimensions they inform are what its scorecard covers."""

    version = models.ForeignKey(RubricVersion, on_delete=models.CASCADE, related_name="kits")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    questions = models.ManyToManyField(Question, through="KitQuestion", related_name="kits")

    class Meta:
        ordering = ("version", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["version", "key"], name="kit_key_unique"),)
        triggers = sealed_when_published("{row}.version_id")

    def __str__(self) -> str:
        return self.name


@keep_history()
class KitQuestion(models.Model):
    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="kit_questions")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("kit", "position")
        constraints = (models.UniqueConstraint(fields=["kit", "question"], name="kit_question_unique"),)
        triggers = sealed_when_published("(SELECT version_id FROM rubrics_kit WHERE id = {row}.kit_id)")

    def __str__(self) -> str:
        return f"question {self.question_id} in kit {self.kit_id}"
