"""Finding people, roles and shortlists by what their reader may see of them."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchHeadline
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Concat, Left
from django.urls import reverse

from candidates.models import Candidate, CandidateTag, Document, Note, Shortlist, Tag
from candidates.queries.candidates import (
    CandidateFilter,
    Named,
    find_candidates,
    named_by,
    names_for,
    newest_standing,
    sealed_from,
    where_readable,
)
from candidates.querysets.made_once import rows_of
from candidates.querysets.seal import closed_once, rows_for
from candidates.querysets.words import CONFIG, TRIGRAM, WordsOf, query_of, says, words_in
from rubrics.models import Role
from screening.accounts.models import User
from screening.accounts.templatetags.ui import numbered_url

FEW, MANY = 8, 50
COUNTED = 20
SHORTEST = 2
LONGEST = 100
SHORTEST_MISSPELT = 4
READ = 30_000
"""Characters of a text in which the place that was found is looked for."""
LIKE_AN_ADDRESS = re.compile(r"[@._\d]")
BEGINS, ENDS = "\ue000", "\ue001"


@dataclass(frozen=True)
class Part:
    """A piece of what was found, and whether it is one of the words looked for."""

    text: str
    meant: bool


@dataclass(frozen=True)
class Hit:
    """`why` says where the words stand, when they are not in the title; `standing` where somebody is at the moment."""

    title: str
    url: str
    note: str = ""
    why: str = ""
    parts: tuple[Part, ...] = ()
    standing: str = ""


@dataclass(frozen=True)
class Found:
    """`people`: how many are called so, when they are more than are shown: “14” or “20+”."""

    candidates: list[Hit]
    texts: list[Hit]
    roles: list[Hit]
    shortlists: list[Hit]
    people: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.candidates or self.texts or self.roles or self.shortlists)


def find(user: User, text: str, *, most: int = FEW) -> Found | None:
    """At most so many of each; None when there is too little to look for. Eleven statements at most, four for a name."""
    words = words_in(text[:LONGEST])
    if len("".join(words)) < SHORTEST:
        return None
    with closed_once(user):
        return _found(user, words, most)


def _found(user: User, words: list[str], most: int) -> Found:
    roles = _roles(user, words, most)
    shortlists = _shortlists(user, words, most) if roles else []  # which are called by their role
    if user.is_client_reviewer:
        return Found([], [], roles, shortlists)
    people = _people(user, words, most)
    room = most if most > FEW else most - len(people)
    texts = _texts(user, words, room) if user.is_staff_of_firm and room > 0 else []
    return Found(people[:most], texts, roles, shortlists, _how_many(len(people), most))


def _how_many(people: int, most: int) -> str:
    if people <= most:
        return ""
    return str(people) if people <= COUNTED else f"{COUNTED}+"


def _people(user: User, words: list[str], most: int) -> list[Hit]:
    """By name and e-mail as they are written, then by tags, then misspelt; of the first more than asked, to be counted."""
    text = " ".join(words)
    hits = _hits(named_by(rows_for(user, _called, words, most=max(most, COUNTED) + 1)))
    tags = rows_of(_tags, words) if len(hits) < most and user.is_staff_of_firm else []
    if tags:
        tagged = _wearing(user, [tag for (tag,) in tags]).exclude(pk__in=hits)[: most - len(hits)]
        hits |= {row.pk: _hit(row, f"tag: {row.tag}") for row in tagged}
    before, at, _ = text.partition("@")  # half of everybody shares the rest
    if len(hits) < most and len(before) >= SHORTEST_MISSPELT and not (at and hits):
        field = "email_words" if LIKE_AN_ADDRESS.search(before + at) else "name_words"
        close = rows_for(user, _misspelt, before + at, list(hits), field=field, most=most - len(hits))
        hits |= _hits(named_by(close), why="a similar name")
    return list(hits.values())


def _called(user: User, words: list[str], *, most: int) -> QuerySet[Candidate, Any]:
    found = find_candidates(user, CandidateFilter(text=" ".join(words)))
    return names_for(found.alias(rank=_rank(words)).order_by("rank", "-created_at")[:most], user)


def _hits(people: Iterable[Named], *, why: str = "") -> dict[int, Hit]:
    return {row.pk: _hit(row, why) for row in people}


def _hit(row: Any, why: str) -> Hit:
    """Of somebody with what `Named` holds of them."""
    note = " · ".join(word for word in (row.headline, row.location) if word)
    return Hit(row.name, numbered_url("candidates:candidate", row.pk), note, why, standing=row.standing or "")


def _rank(words: list[str]) -> Case:
    """The whole name, its beginning, beginnings of its words, anything else."""
    whole = WordsOf(Value(" ".join(words)))
    beginnings = Q()
    for word in words:
        beginnings &= Q(name_words__contains=WordsOf(Value(word)))
    return Case(
        When(name_words=whole, then=0), When(name_words__startswith=whole, then=1), When(beginnings, then=2), default=3
    )


def _misspelt(user: User, text: str, others: Collection[int], *, field: str, most: int) -> QuerySet[Candidate, Any]:
    """Names that share enough runs of three letters with what was typed, or addresses where it looks like one.

    A script of which the database knows no letters has no such runs: then nobody is read.
    """
    whole = WordsOf(Value(text))
    close = Q(**{f"{field}__trigram_word_similar": whole})
    nothing = Q(pk__in=[])
    by_name, by_email = (nothing, close) if field == "email_words" else (close, nothing)
    both = (whole, F(field))
    anywhere = Func(*both, function="word_similarity", output_field=FloatField())  # by which alone beginnings win
    similar = anywhere + Func(*both, function="similarity", output_field=FloatField())
    found = find_candidates(user, CandidateFilter()).filter(where_readable(user, by_name, by_email))
    has_runs = Func(whole, template="show_trgm(%(expressions)s) <> '{}'", output_field=BooleanField())
    ranked = found.filter(has_runs).exclude(pk__in=others).alias(similar=similar).order_by("-similar", "-pk")
    return names_for(ranked[:most], user)


def _tags(words: list[str]) -> QuerySet[Tag, Any]:
    return Tag.objects.order_by().alias(words=WordsOf("name")).filter(says("words", words)).values_list("pk")


def _wearing(user: User, tags: Collection[int]) -> QuerySet[Candidate, Any]:
    """Newest first, with the `tag` that says it. Few tags are worn by many: found first, their words are read once each."""
    worn = CandidateTag.objects.filter(candidate=OuterRef("pk"), tag__in=tags).order_by("pk")
    found = find_candidates(user, CandidateFilter()).filter(Exists(worn)).exclude(sealed_from(user))
    rows = found.annotate(tag=Subquery(worn.values("tag__name")[:1]), standing=newest_standing(user))
    told = rows.order_by("-created_at", "-pk")
    return told.values_list("pk", "name", "headline", "location", "standing", "tag", named=True)


def _texts(user: User, words: list[str], most: int) -> list[Hit]:
    """Notes, then documents, newest first, for staff; never about somebody on whom they still owe a scorecard."""
    if len(words[-1]) < TRIGRAM:
        return []
    notes = _saying(Note.objects.visible_to(user), words, "in a note", most, newest="-created_at")
    if len(notes) >= most:
        return notes
    cvs = Document.objects.visible_to(user)
    return notes + _saying(cvs, words, "in the CV", most - len(notes), newest="-uploaded_at")


def _saying(
    texts: QuerySet[Note] | QuerySet[Document], words: list[str], why: str, most: int, *, newest: str
) -> list[Hit]:
    """`newest`: a column without an index, or the planner walks along that one, past every text without the words."""
    query = query_of(words)
    place = SearchHeadline(
        Left("text", READ), query, config=CONFIG, start_sel=BEGINS, stop_sel=ENDS, max_words=22, min_words=12
    )
    living = texts.filter(candidate__merged_into=None, candidate__erased_at=None)
    found = living.filter(words=query).order_by(newest)
    rows = texts.filter(pk__in=list(found.values_list("pk", flat=True)[:most])).order_by(newest)
    return [
        Hit(name, reverse("candidates:candidate", args=[pk]), why=why, parts=tuple(parts_of(marked)))
        for pk, name, marked in rows.values_list("candidate_id", "candidate__name", place)
    ]


def parts_of(marked: str) -> Iterable[Part]:
    """The snippet as the database marked it; nothing where the words stand beyond what is read for it."""
    if BEGINS not in marked:
        return
    for number, piece in enumerate(marked.replace(ENDS, BEGINS).split(BEGINS)):
        if piece:
            yield Part(piece, meant=number % 2 == 1)


def _roles(user: User, words: list[str], most: int) -> list[Hit]:
    rows = rows_for(user, _roles_called, words, most=most)
    return [Hit(title, reverse("rubrics:role", args=[slug]), client) for title, slug, client in rows]


def _roles_called(user: User, words: list[str], *, most: int) -> QuerySet[Role, Any]:
    said = Role.objects.visible_to(user).alias(words=WordsOf(Concat("title", Value(" "), "client__name")))
    found = said.filter(says("words", words))
    return found.order_by("title").values_list("title", "slug", "client__name").distinct()[:most]


def _shortlists(user: User, words: list[str], most: int) -> list[Hit]:
    said = Shortlist.objects.visible_to(user).alias(title_words=WordsOf("role__title"))
    found: QuerySet[Shortlist] = said.filter(says("title_words", words))
    return [
        Hit(f"{one}, {one.role.title}", reverse("candidates:shortlist", args=[one.pk]), one.get_state_display())
        for one in found.select_related("role").order_by("-created_at")[:most]
    ]
