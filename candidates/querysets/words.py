"""Words as they are compared in a search: small letters, without accents, one space before each."""

from collections.abc import Iterable

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import LTrim

CONFIG = "words"
"""A text search configuration of our own (in a migration): every language, no stems, accents ignored."""

TRIGRAM = 3


class WordsOf(Func):
    """“ jean pierre obrien” of “Jean-Pierre O’Brien”; what stands between words of an address is a space too."""

    function = "words_of"
    output_field = TextField()

    def __init__(self, text: str | Func | Value) -> None:
        super().__init__(text)


class WordsIn(Func):
    """The words of a long text, as far as they are searched.

    Kept in a column: of an index on the function alone the planner believes that reading every text anew costs as much.
    """

    function = "words_in"
    output_field = SearchVectorField()


def words_in(text: str) -> list[str]:
    """What somebody looks for, word by word; without what is neither letter nor number, and what PostgreSQL refuses."""
    found = text.replace("\0", "").split()
    return [word for word in found if any(letter.isalnum() for letter in word)]


def says(field: str, words: Iterable[str]) -> Q:
    """Every word stands somewhere in the field; one or two letters, which are in everything, begin a word there."""
    asked = Q()
    for word in words:
        given = WordsOf(Value(word))
        asked &= Q(**{f"{field}__contains": given if len(word) < TRIGRAM else LTrim(given)})
    return asked


def query_of(words: Iterable[str]) -> SearchQuery:
    """All the words; the last one may be unfinished."""
    quoted = ["'" + word.replace("\\", " ").replace("'", " ") + "'" for word in words]
    return SearchQuery(" & ".join(quoted) + ":*", config=CONFIG, search_type="raw")
