"""Finding people, roles and shortlists by what their reader may see of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.search import SearchHeadline
from django.db.models import Case, F, FloatField, Func, Q, QuerySet, Value, When
from django.db.models.functions import Concat, Left
from django.urls import reverse

from candidates.models import Candidate, CandidateTag, Document, Note, Shortlist
from candidates.queries.candidates import (
    CandidateFilter,
    find_candidates,
    named_for,
    sealed_from,
    where_readable,
)
from candidates.querysets.words import CONFIG, TRIGRAM, WordsOf, query_of, says, words_in
from rubrics.models import Role
from screening.accounts.models import User

FEW, MANY = 8, 50
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
    """`why` says where the words stand, when they are not in the title."""

    title: str
    url: str
    note: str = ""
    why: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Found:
    candidates: list[Hit]
    texts: list[Hit]
    roles: list[Hit]
    shortlists: list[Hit]

    @property
    def is_empty(self) -> bool:
        return not (self.candidates or self.texts or self.roles or self.shortlists)


def find(user: User, text: str, *, most: int = FEW) -> Found | None:
    """At most so many of each; None when there is too little to look for. Nine statements at most."""
    words = words_in(text[:LONGEST])
    if len("".join(words)) < SHORTEST:
        return None
    if user.is_client_reviewer:
        return Found([], [], _roles(user, words, most), _shortlists(user, words, most))
    people = _people(user, words, most)
    room = most if most > FEW else most - len(people)
    texts = _texts(user, words, room) if user.is_staff_of_firm and room > 0 else []
    return Found(people, texts, _roles(user, words, most), _shortlists(user, words, most))


def _people(user: User, words: list[str], most: int) -> list[Hit]:
    """By name and e-mail as they are written, then by tags, then misspelt."""
    text = " ".join(words)
    found = find_candidates(user, CandidateFilter(text=text)).alias(rank=_rank(words)).order_by("rank", "-created_at")
    hits = _hits(user, found[:most])
    if len(hits) < most and user.is_staff_of_firm:
        hits |= {pk: hit for pk, hit in _tagged(user, words, most - len(hits)).items() if pk not in hits}
    if len(hits) < most and len(text) >= SHORTEST_MISSPELT:
        close = _misspelt(user, text).exclude(pk__in=hits)[: most - len(hits)]
        hits |= _hits(user, close, why="a similar name")
    return list(hits.values())


def _hits(user: User, found: QuerySet[Candidate], *, why: str = "") -> dict[int, Hit]:
    return {
        row.pk: Hit(row.name, reverse("candidates:candidate", args=[row.pk]), row.headline, why)
        for row in named_for(found, user)
    }


def _rank(words: list[str]) -> Case:
    """The whole name, its beginning, beginnings of its words, anything else."""
    whole = WordsOf(Value(" ".join(words)))
    beginnings = Q()
    for word in words:
        beginnings &= Q(name_words__contains=WordsOf(Value(word)))
    return Case(
        When(name_words=whole, then=0), When(name_words__startswith=whole, then=1), When(beginnings, then=2), default=3
    )


def _misspelt(user: User, text: str) -> QuerySet[Candidate]:
    """Names that share enough runs of three letters with what was typed; addresses where it looks like one."""
    field = "email_words" if LIKE_AN_ADDRESS.search(text) else "name_words"
    whole = WordsOf(Value(text))
    close = Q(**{f"{field}__trigram_word_similar": whole})
    nothing = Q(pk__in=[])
    readable = where_readable(user, *((nothing, close) if field == "email_words" else (close, nothing)))
    similar = Func(whole, F(field), function="word_similarity", output_field=FloatField())
    found = find_candidates(user, CandidateFilter()).filter(readable)
    return found.alias(similar=similar).order_by("-similar", "-pk")


def _tagged(user: User, words: list[str], most: int) -> dict[int, Hit]:
    wearing = CandidateTag.objects.alias(tag_words=WordsOf("tag__name")).filter(says("tag_words", words))
    readable = find_candidates(user, CandidateFilter()).exclude(sealed_from(user))
    rows = (
        wearing.filter(candidate__in=readable)
        .order_by("-candidate__created_at", "-pk")
        .values_list("candidate_id", "candidate__name", "candidate__headline", "tag__name")[:most]
    )
    return {
        pk: Hit(name, reverse("candidates:candidate", args=[pk]), headline, f"tag: {tag}")
        for pk, name, headline, tag in rows
    }


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
    said = Role.objects.visible_to(user).alias(words=WordsOf(Concat("title", Value(" "), "client__name")))
    found = said.filter(says("words", words))
    rows = found.order_by("title").values_list("title", "slug", "client__name").distinct()[:most]
    return [Hit(title, reverse("rubrics:role", args=[slug]), client) for title, slug, client in rows]


def _shortlists(user: User, words: list[str], most: int) -> list[Hit]:
    said = Shortlist.objects.visible_to(user).alias(title_words=WordsOf("role__title"))
    found: QuerySet[Shortlist] = said.filter(says("title_words", words))
    return [
        Hit(f"{one}, {one.role.title}", reverse("candidates:shortlist", args=[one.pk]), one.get_state_display())
        for one in found.select_related("role").order_by("-created_at")[:most]
    ]
