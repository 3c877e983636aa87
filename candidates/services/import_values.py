"""What the cells of a row say of a candidate, and what is wrong with them."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from candidates.enums import Source
from candidates.models import Candidate
from candidates.queries.candidate_imports import WHY
from candidates.services.candidates import LONGEST_TAG
from candidates.services.formulas import SAYS_NOTHING, is_formula, unescaped
from candidates.services.tables import LONGEST_CELL

FIELDS = {
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "phone": "Phone",
    "location": "Location",
    "time_zone": "Time zone",
    "headline": "Headline",
    "links": "Links",
    "years_of_experience": "Years of experience",
    "reference": "Your reference",
    "tags": "Tags",
    "source": "Source",
}
WORDS = {
    "name": ("name", "full name", "fullname", "candidate", "candidate name", "person"),
    "first_name": ("first name", "firstname", "given name", "forename"),
    "last_name": ("last name", "lastname", "surname", "family name"),
    "email": ("email", "e mail", "mail", "email address", "e mail address"),
    "phone": ("phone", "telephone", "tel", "mobile", "phone number", "mobile phone", "cell"),
    "location": ("location", "city", "place", "address", "country", "based in"),
    "time_zone": ("time zone", "timezone", "tz"),
    "headline": ("headline", "title", "job title", "position", "current title", "current position"),
    "links": ("links", "link", "linkedin", "linkedin url", "github", "url", "website", "profile", "web"),
    "years_of_experience": ("years of experience", "experience", "years", "yoe"),
    "reference": ("reference", "your reference", "ref", "id", "candidate id", "external id", "number"),
    "tags": ("tags", "tag", "labels", "keywords", "skills"),
    "source": ("source", "candidate source", "origin", "channel"),
}
PLAIN = ("email", "phone", "location", "time_zone", "headline", "reference")
MOST_YEARS, MOST_LINKS, MOST_TAGS = 70, 10, 20
SHORTEST_PHONE = 7
SEVERAL = re.compile(r"[;,\n|]+")
web_address = URLValidator(schemes=["http", "https"])
Problem = list[str]
"""Column and what is wrong, as the database keeps it."""


@dataclass
class RowValues:
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def named_columns(header: Sequence[str]) -> list[str]:
    """Every column by a name of its own, whatever the file calls it."""
    names: list[str] = []
    for place, title in enumerate(header, start=1):
        name = " ".join(title.split())[:60] or f"Column {place}"
        names.append(name if name not in names else f"{name} ({place})")
    return names


def header_key(columns: Sequence[str]) -> str:
    """The same for a file and for its rows that were left out and come back mended, with our column beside theirs."""
    theirs = [_plain(name) for name in columns if not name.startswith(WHY)]
    return sha256("\n".join(sorted(theirs)).encode()).hexdigest()


def guess_mapping(columns: Sequence[str]) -> dict[str, str]:
    """Column → field, by the words of the header; each field but links once."""
    known = {word: name for name, words in WORDS.items() for word in words}
    found: dict[str, str] = {}
    for column in columns:
        name = known.get(_plain(column), "")
        if name and (name == "links" or name not in found.values()):
            found[column] = name
    return found


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", name.lower()).split())


def _unaccented(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return _plain("".join(sign for sign in apart if not unicodedata.combining(sign)))


SOURCES = {_plain(word): value for value, label in Source.choices for word in (value, label)}


class RowReader:
    """Reads the rows of one file by its mapping."""

    def __init__(self, columns: Sequence[str], mapping: Mapping[str, str]) -> None:
        self.columns = list(columns)
        self.places: dict[str, list[int]] = {}
        for place, column in enumerate(columns):
            if mapping.get(column):
                self.places.setdefault(mapping[column], []).append(place)

    def column_of(self, name: str) -> str:
        """What the file calls it; for a name in two columns the first."""
        places = self.places.get(name) or self.places.get("first_name") or self.places.get("last_name") or []
        return self.columns[places[0]] if places else ""

    def read(self, cells: Sequence[str]) -> RowValues:
        row = RowValues()
        if len(cells) > len(self.columns):
            row.problems.append(["", f"has {len(cells)} cells where the header has {len(self.columns)}."])
            return row
        texts = {name: self._texts(row, cells, places) for name, places in self.places.items()}
        if row.problems:
            return row
        first_of = {name: found[0] if found else "" for name, found in texts.items()}
        name = first_of.get("name") or " ".join(
            part for part in (first_of.get("first_name"), first_of.get("last_name")) if part
        )
        self._take(row, "name", " ".join(name.split()), _cleaner("name"))
        cleaners = {plain: _cleaner(plain) for plain in PLAIN} | {"years_of_experience": _years, "source": _source}
        for single, clean in cleaners.items():
            if first_of.get(single):
                self._take(row, single, first_of[single], clean)
        for several, split in (("links", _links), ("tags", _tags)):
            if texts.get(several):
                self._take(row, several, "\n".join(texts[several]), split)
        return row

    def _texts(self, row: RowValues, cells: Sequence[str], places: Sequence[int]) -> list[str]:
        found = []
        for place in places:
            text = cells[place] if place < len(cells) else ""
            if not text or text in SAYS_NOTHING:
                continue
            if len(text) > LONGEST_CELL:
                row.problems.append([self.columns[place], f"is longer than {LONGEST_CELL:,} characters."])
            elif is_formula(text):
                row.problems.append(
                    [self.columns[place], f"begins with “{text[0]}”, as a formula does. Write the value itself."]
                )
            else:
                found.append(unescaped(text).strip())
        return found

    def _take(self, row: RowValues, name: str, text: str, clean: Callable[[str], Any]) -> None:
        try:
            row.values[name] = clean(text)
        except ValidationError as error:
            row.problems.append([self.column_of(name), " ".join(error.messages)])


def _cleaner(name: str) -> Callable[[str], str]:
    field = Candidate._meta.get_field(name)

    def clean(text: str) -> str:
        if not text:
            raise ValidationError("is empty.")
        value = str(field.clean(text, None))  # type: ignore[union-attr]  # a column, not a relation
        return value.lower() if name == "email" else value

    return clean


def _years(text: str) -> int:
    number = text.removesuffix("+").strip()
    if not (number.isascii() and number.isdecimal() and int(number[:4]) <= MOST_YEARS):
        raise ValidationError(f"“{text[:40]}” is not a whole number of years up to {MOST_YEARS}.")
    return int(number)


def _source(text: str) -> str:
    if _unaccented(text) not in SOURCES:
        *most, last = Source.labels
        raise ValidationError(f"“{text[:40]}” is no source. Write {', '.join(most)} or {last}.")
    return SOURCES[_unaccented(text)]


def _links(text: str) -> list[str]:
    links = list(dict.fromkeys(part.strip() for part in re.split(r"[\s;|]+", text) if part.strip()))
    links = [link if "://" in link else f"https://{link}" for link in links]
    if len(links) > MOST_LINKS:
        raise ValidationError(f"has more than {MOST_LINKS} links.")
    for link in links:
        try:
            web_address(link)
        except ValidationError as error:
            raise ValidationError(f"“{link[:80]}” is not a web address.") from error
    return links


def _tags(text: str) -> list[str]:
    tags = list(dict.fromkeys(" ".join(part.split()) for part in SEVERAL.split(text) if part.strip()))
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise ValidationError(f"has more than {MOST_TAGS} tags, or one of more than {LONGEST_TAG} characters.")
    return tags


def phone_digits(text: str) -> str:
    """What two ways of writing one number have in common; empty for what is too short to tell people apart."""
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdecimal()).lstrip("0")
    return digits if len(digits) >= SHORTEST_PHONE else ""
