"""What a client reads of people whom the recruiter shows by their initials only: their own names go from every text."""

import unicodedata
from collections.abc import Callable
from itertools import groupby, pairwise

from candidates.models import Candidate
from rubrics.enums import NameForm

Redaction = Callable[[str], str]
LIKE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})  # noqa: RUF001  # the dotless i is meant
"""Letters that Unicode does not take apart, as people type them without their keys."""
WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def redaction(candidate: Candidate, form: str) -> Redaction:
    """Makes of a text what may be shown where this person is called by that form of their name."""
    if form != NameForm.INITIALS:
        return _as_it_is
    name = candidate.name
    return lambda text: without_name(text, name)


def _as_it_is(text: str) -> str:
    return text


def without_name(text: str, name: str) -> str:
    """The text with every part of the name, where it stands as a whole word, cut to its initial.

    Capitals and accents make no difference. Scripts that put no space between words are searched everywhere.
    """
    parts = {folded for word in _words(name) if len(folded := _folded(word)) > 1 or _is_unspaced(word)}
    if not parts:
        return text
    unspaced = [word for word in _words(name) if _is_unspaced(word)]
    runs = _runs(text)
    return "".join(
        _shown(run, parts, unspaced, stop="" if after.startswith(".") else ".") for run, after in pairwise([*runs, ""])
    )


def _shown(run: str, parts: set[str], unspaced: list[str], *, stop: str) -> str:
    if _folded(run) in parts:
        return f"{_initial(run)}{stop}"
    for word in unspaced:
        run = run.replace(word, f"{_initial(word)}.")
    return run


def _initial(word: str) -> str:
    return next((char for char in word if unicodedata.category(char)[0] == "L"), "–").upper()


def _runs(text: str) -> list[str]:
    """The text in pieces, words and what stands between them in turn; composed, as everything here is stored."""
    return ["".join(run) for _, run in groupby(unicodedata.normalize("NFC", text), key=_is_of_word)]


def _words(text: str) -> list[str]:
    return [run for run in _runs(text) if _is_of_word(run[0]) and any(char.isalpha() for char in run)]


def _is_of_word(char: str) -> bool:
    """Letters and their marks; what only joins or directs letters counts with them, or it would hide a name."""
    return unicodedata.category(char)[0] in "LM" or unicodedata.category(char) == "Cf"


def _folded(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold().translate(LIKE)).casefold()
    return "".join(char for char in apart if not unicodedata.combining(char) and unicodedata.category(char) != "Cf")


def _is_unspaced(word: str) -> bool:
    return any(unicodedata.name(char, "").startswith(WITHOUT_SPACES) for char in word)
