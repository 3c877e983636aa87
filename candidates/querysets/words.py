"""Words as they are compared in a search: small letters, without accents, one space before each."""

from collections.abc import Iterable

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import Left, LTrim

CONFIG = "words"
"""A text search configuration of our own (in a migration): every language, no stems, accents ignored."""

TRIGRAM = 3
LONGEST = 150_000
"""Characters of a text that are searched; PostgreSQL refuses to index much more than this at once."""


class WordsOf(Func):
    """“ jean pierre obrien” of “Jean-Pierre O’Brien”; what stands between words of an address is a space too."""

    function = "words_of"
    output_field = TextField()

    def __init__(self, text: str | Func | Value) -> None:
        super().__init__(text)


def vector_of(field: str) -> SearchVector:
    """The words of a long text; an index holds this very expression."""
    return SearchVector(Left(field, LONGEST), config=CONFIG)


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
