from django.db import models

from candidates.models.shortlists import ShortlistEntry
from candidates.models.threads import Answer, Question, has_words
from candidates.querysets.client_questions import ClientQuestionQuerySet
from screening.accounts.protection import never_changes


class ClientQuestion(Question):
    """What a reviewer at the client asks us about a person; it can tell what they think, so colleagues wait for it."""

    entry = models.ForeignKey(ShortlistEntry, on_delete=models.PROTECT, related_name="questions")

    objects = ClientQuestionQuerySet.as_manager()

    class Meta(Question.Meta):
        triggers = never_changes(why="a question stays as it was asked; write another")
        constraints = (has_words(name="client_question_has_words", message="Write the question."),)


class ClientAnswer(Answer):
    """One more word in the thread of a client's question, ours or theirs."""

    question = models.ForeignKey(ClientQuestion, on_delete=models.PROTECT, related_name="answers")

    class Meta(Answer.Meta):
        triggers = never_changes(why="an answer stays as it was given; write another")
        constraints = (has_words(name="client_answer_has_words", message="Write the answer."),)
