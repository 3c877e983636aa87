"""The pipeline's insights on the page: every number leads to exactly those it counts, and to nobody else's."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from html import unescape

import pytest
from django.urls import reverse

from candidates.enums import Source
from candidates.models import StageChange
from candidates.queries.considerations import Count, Figures, Spent, Step, Way
from candidates.queries.funnels import Funnel, funnel_of
from rubrics.enums import NameForm, StageKind
from rubrics.models import Role
from screening.accounts.models import User
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import CandidateFactory, ScorecardFactory
from tests.factories.pipelines import FIRST, Move, on_the_way, turned_down
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
K = StageKind
URL, PEOPLE, CSV = "/insights/pipeline/", "/insights/pipeline/people/", "/insights/pipeline/figures.csv"
ALL = "period=all&as_of=2026-06-30"
BEHIND = re.compile(r'<a class="behind" href="([^"]+)">([\d,]+)</a>')


@pytest.fixture
def role() -> Role:
    return RoleFactory()


@pytest.fixture
def recruiter() -> User:
    return RecruiterFactory(time_zone="UTC")


def plant(role: Role, *, others: int = 6) -> None:
    for place in range(others):
        turned_down(role, K.SOURCED, K.SCREENING, days=1 + place, source=Source.REFERRAL)
    turned_down(role, K.SOURCED, K.SCREENING, K.INTERVIEWING, days=2)
    turned_down(role, K.SOURCED)
    on_the_way(role, (K.SOURCED, 0), (K.CONTACTED, 4), (K.WITHDRAWN, 6), (K.SOURCED, 150))
    on_the_way(role, *[(kind, place) for place, kind in enumerate(list(K)[:9])])


def names_on(text: str) -> set[str]:
    return set(re.findall(r"Nok Ariyawat \d+", text))


def test_every_number_leads_to_as_many_people(role: Role, recruiter: User) -> None:
    """As of June; in August one of them came back, which the links know nothing of."""
    plant(role)
    client = as_(recruiter)
    for filters in ("", f"&role={role.slug}", "&source=referral"):
        text = client.get(f"{URL}?{ALL}{filters}").content.decode()
        if filters == "&source=referral":
            assert "6 of 10 considerations" in text
            continue
        links = BEHIND.findall(text)
        assert len(links) > 25
        for address, number in links:
            people = client.get(unescape(address)).content.decode()
            assert len(names_on(people)) == int(number), address
        [everybody] = re.findall(rf'<a class="inline-link" href="({PEOPLE}[^"]+)">10 finished', text)
        assert len(names_on(client.get(unescape(everybody)).content.decode())) == 10


def test_the_day_one_looks_from_is_in_every_link(role: Role, recruiter: User) -> None:
    plant(role)
    text = as_(recruiter).get(f"{URL}?period=all").content.decode()
    assert "9 of 10 considerations" in text  # one was taken up again
    before = as_(recruiter).get(f"{URL}?{ALL}").content.decode()
    assert "30 Jun 2026" in before
    assert all("as_of=2026-06-30" in address for address, _ in BEHIND.findall(before))
    assert f'value="{date(2026, 6, 30).isoformat()}"' in before


def test_below_ten_nothing_is_said(role: Role, recruiter: User) -> None:
    plant(role, others=5)
    text = as_(recruiter).get(f"{URL}?{ALL}").content.decode()
    assert "9 of 10 considerations" in text
    assert not {"How far people get", "90th percentile", "What to do about it", "CSV"} & set(re.findall("[^<>]+", text))
    turned_down(role, K.SOURCED)
    text = as_(recruiter).get(f"{URL}?{ALL}").content.decode()
    assert "How far people get" in text
    assert "What to do about it" in text
    assert "Look at all time" in as_(recruiter).get(f"{URL}?as_of=2020-01-01").content.decode()


def test_the_plot_says_what_the_table_says(role: Role, recruiter: User) -> None:
    plant(role)
    text = as_(recruiter).get(f"{URL}?{ALL}&role={role.slug}").content.decode()
    assert "<title>How many people reached each stage</title>" in text
    names = [stage.name for stage in role.stages.order_by("position")][:4]
    described = "; ".join(f"{name}: {number}" for name, number in zip(names, (10, 9, 8, 2), strict=True))
    assert f"<desc>{described}" in text
    assert 'aria-current="page">Insights' in text
    assert 'aria-current="page">Pipeline' in text


def test_shares_of_few_stand_with_their_interval_and_of_very_few_alone(role: Role, recruiter: User) -> None:
    plant(role)
    text = as_(recruiter).get(f"{URL}?{ALL}").content.decode()
    row = re.sub(r"<[^>]+>", " ", text[text.index("Referral <") :].split("</tr>")[0]).replace("\xa0", " ")
    words = " ".join(row.split())
    assert words.startswith("Referral 6 100 % 6 of 6 69 to 100 % 100 % 6 of 6 69 to 100 % 0 % 0 of 6 0 to 31 %")
    applied = re.sub(r"<[^>]+>", " ", text[text.index("Applied <") :].split("</tr>")[0])
    assert "3 of 4 2 of 3" in " ".join(applied.split())
    assert "69" not in applied


@pytest.mark.parametrize(
    "bad",
    ["as_of=2999-01-01", "as_of=soon", "as_of=1066-10-14", "period=7", "source=hearsay", "role=nobody", "role=%00"],
)
def test_what_cannot_be_asked_is_refused_with_the_words_kept(recruiter: User, bad: str) -> None:
    for address in (URL, PEOPLE):
        answer = as_(recruiter).get(f"{address}?{bad}")
        assert answer.status_code == 422
        assert "Nothing by that name" in answer.content.decode()
    assert as_(recruiter).get(f"{CSV}?{bad}").status_code == 404


def test_a_garbled_link_leads_nowhere(role: Role, recruiter: User) -> None:
    plant(role)
    client = as_(recruiter)
    for asked in ("group=liked", "group=reached", "group=reached&of=heaven", "group=reached&of=%00"):
        assert client.get(f"{PEOPLE}?{ALL}&{asked}").status_code == 404
    assert "Nobody" in client.get(f"{PEOPLE}?{ALL}&page=99").content.decode()
    assert client.get(f"{PEOPLE}?{ALL}&page=99999999999999999999").status_code == 200
    assert client.get(f"{CSV}?{ALL}&table=people").status_code == 404


def test_long_lists_come_in_pages(role: Role, recruiter: User) -> None:
    for _ in range(51):
        turned_down(role, K.SOURCED)
    client = as_(recruiter)
    first, second = (client.get(f"{PEOPLE}?{ALL}&page={page}").content.decode() for page in (1, 2))
    assert "1–50 of 51" in first
    assert "51–51 of 51" in second
    assert (len(names_on(first)), len(names_on(second))) == (50, 1)
    assert not names_on(first) & names_on(second)


def test_figures_can_be_taken_along_by_the_firm(role: Role, recruiter: User) -> None:
    role.stages.filter(kind=K.SCREENING).update(name="=1+1")
    plant(role)

    def table(name: str) -> list[list[str]]:
        answer = as_(recruiter).get(f"{CSV}?{ALL}&role={role.slug}&table={name}")
        assert answer["Content-Disposition"] == f'attachment; filename="{name}-2026-06-30.csv"'
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert table("funnel")[3] == ["'=1+1", "8", "2", "6", "0"]
    assert table("time-in-stage")[1] == ["Sourced", "10", "2.50", "5.10"]  # 1 1 1 2 2 3 4 4 5 6
    assert table("sources")[0][-2:] == ["90 % from", "90 % to"]
    referred = [row for row in table("sources") if row[0] == "Referral"]
    assert referred[2][:6] == ["Referral", "'=1+1", "6", "0", "0.0000", "0.0000"]
    manager = HiringManagerFactory()
    role.team.create(user=manager)
    assert as_(manager).get(f"{CSV}?{ALL}").status_code == 404
    assert "figures.csv" not in as_(manager).get(f"{URL}?{ALL}").content.decode()


def test_a_team_reads_of_its_own_roles_and_clients_of_none(role: Role) -> None:
    plant(role)
    elsewhere = turned_down(RoleFactory(), K.SOURCED)
    member, outsider = HiringManagerFactory(), HiringManagerFactory()
    role.team.create(user=member)
    mine = as_(member).get(f"{PEOPLE}?{ALL}").content.decode()
    assert len(names_on(mine)) == 10
    assert elsewhere.candidate.name not in mine
    assert as_(member).get(f"{URL}?role={elsewhere.role.slug}").status_code == 422
    assert "0 of 10" in as_(outsider).get(f"{URL}?{ALL}").content.decode()
    assert as_(outsider).get(f"{PEOPLE}?role={role.slug}").status_code == 422
    for address in (URL, PEOPLE, CSV):
        assert as_(ReviewerFactory(client=role.client)).get(address).status_code == 404
        assert as_(member).post(address).status_code == 405


def test_nobody_still_to_be_judged_is_named_or_counted(role: Role, recruiter: User) -> None:
    plant(role)
    sealed = turned_down(role, K.SOURCED, K.INTERVIEWING)
    assert sealed.candidate.name in as_(recruiter).get(f"{PEOPLE}?{ALL}").content.decode()
    ScorecardFactory(interview__application=sealed, interviewer=recruiter)
    assert sealed.candidate.name not in as_(recruiter).get(f"{PEOPLE}?{ALL}").content.decode()
    assert "10 finished considerations" in as_(recruiter).get(f"{URL}?{ALL}").content.decode()


def test_a_list_says_why_as_it_was_known_that_day(role: Role, recruiter: User) -> None:
    """What was taken back gave no reason, nor does what came later; whoever reads another's words has seen an opinion."""
    plant(role)
    ways: list[list[Move]] = [
        [(K.REJECTED, 1, "No production work.")],
        [(K.REJECTED, 1, "Asks for more."), (K.SOURCED, 2), (K.REJECTED, 2.5, "Undone")],
        [(K.WITHDRAWN, 1, "Moved away."), (K.REJECTED, 2, "By mistake."), (K.WITHDRAWN, 2.5, "Undone")],
        [(K.REJECTED, 1, "Too far."), (K.SOURCED, 150), (K.REJECTED, 160, "Still too far.")],
    ]
    gone = [on_the_way(role, (K.SOURCED, 0), *way) for way in ways]
    own = turned_down(role, K.SOURCED)
    StageChange.objects.create(
        application=own, from_stage=own.stage, to_stage=own.stage, at=FIRST + timedelta(days=9), reason="Mine.", by=recruiter
    )  # fmt: skip

    text = as_(recruiter).get(f"{PEOPLE}?{ALL}").content.decode()

    reasons = ["No production work.", "Asks for more.", "Moved away.", "Too far.", "Mine."]
    assert [text.count(f">{reason}<") for reason in reasons] == [1] * 5
    assert not any(word in text for word in ("Undone", "By mistake.", "Still too far."))
    assert set(recruiter.opinions_seen.values_list("application", flat=True)) == {one.pk for one in gone}


def test_names_are_read_as_the_role_chose(role: Role, recruiter: User) -> None:
    role.name_form = NameForm.INITIALS
    role.save()
    kept = CandidateFactory(name="Zebulon Quagga")
    turned_down(role, K.SOURCED, candidate=kept)
    member = HiringManagerFactory()
    role.team.create(user=member)
    mine = as_(member).get(f"{PEOPLE}?{ALL}").content.decode()
    assert "Z. Q." in mine
    assert "Quagga" not in mine
    firm = as_(recruiter).get(f"{PEOPLE}?{ALL}").content.decode()
    assert f'href="{reverse("candidates:candidate", args=[kept.pk])}" dir="auto">Zebulon Quagga' in firm


def test_insights_lead_to_each_other(role: Role, recruiter: User) -> None:
    of_role = as_(recruiter).get(reverse("candidates:insights", args=[role.slug])).content.decode()
    assert f'href="{URL}?role={role.slug}"' in of_role
    for address in (reverse("candidates:insights_pools"), reverse("candidates:validity")):
        assert f'href="{URL}"' in as_(recruiter).get(address).content.decode()


def test_pages_cost_the_same_for_few_and_for_many(role: Role, recruiter: User) -> None:
    client = as_(recruiter)
    addresses = [
        f"{URL}?{ALL}",
        f"{URL}?{ALL}&role={role.slug}",
        f"{PEOPLE}?{ALL}&group=stayed&of=sourced",
        f"{PEOPLE}?{ALL}&group=rejected&of=screening",
        f"{CSV}?{ALL}",
    ]
    counts = []
    for _ in range(2):
        plant(role)
        plant(RoleFactory())
        client.get(URL)
        counts.append([statements(partial(client.get, address)) for address in addresses])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
    assert StageChange.objects.filter(at__lt=FIRST + timedelta(days=1)).exists()


# what to do about it, from figures alone


def steps() -> Way:
    return Way(tuple(Step(kind, str(kind.label), kind, ()) for kind in list(K)[:9]), {})


def advice(*counts: Count, **spent: Spent) -> list[str]:
    places = {kind.value: number for number, kind in enumerate(list(K)[:9])}
    return funnel_of(Figures(counts, {places[kind]: one for kind, one in spent.items()}), steps()).advice


def rejected(source: str, furthest: int, number: int) -> Count:
    return Count(source, furthest, "rejected", number)


def test_it_names_where_most_are_lost_and_what_helps_there() -> None:
    assert "the first message" in advice(rejected("applied", 2, 40), rejected("applied", 3, 10))[0]
    assert advice(rejected("applied", 2, 10), rejected("applied", 3, 40))[0].startswith(
        "Most are lost in Interviewing: 40 of the 40 who got there. Interviews are spent on them"
    )
    assert "with the client" in advice(rejected("applied", 6, 40))[0]
    assert advice(Count("applied", 8, "hired", 12)) == []


def test_it_names_who_leaves_and_who_waits() -> None:
    found = advice(
        rejected("applied", 3, 30), Count("applied", 3, "withdrawn", 9), interviewing=Spent(39, 12, 31), scored=Spent(9, 50, 90)
    )  # fmt: skip
    assert found[1:] == [
        "9 of 39 left by themselves in Interviewing: ask them why before the next ones do.",
        "One in ten is in Interviewing for more than 31 days. Offer more times for interviews, or a smaller panel.",
    ]
    assert len(advice(rejected("applied", 3, 30), Count("applied", 3, "withdrawn", 4))) == 1


def told_apart(referred: tuple[int, int], *, others: tuple[int, int] = (60, 40)) -> Iterator[str]:
    """Of those referred, and of the others, so many stay and go on after screening."""
    stay, go = referred
    counts = [
        rejected("applied", 2, others[0]),
        rejected("applied", 4, others[1]),
        rejected("referral", 2, stay),
        rejected("referral", 4, go),
    ]
    return (one for one in advice(*(count for count in counts if count.number)) if one.startswith("Referral"))


def test_sources_are_told_apart_only_where_chance_would_not_do_it() -> None:
    assert list(told_apart((10, 30))) == [
        "Referral: more get past Screening (75\xa0% against 40\xa0% of the others). Bring in more from there."
    ]
    assert "fewer" in next(told_apart((36, 4)))
    assert list(told_apart((22, 18))) == []  # 45 %
    assert list(told_apart((2, 27))) == []  # too few of them to say


def test_a_difference_nobody_would_act_on_is_not_told() -> None:
    """Of many thousands a difference of one in a hundred is no chance either."""
    assert list(told_apart((63_000, 37_000), others=(60_000, 40_000))) == []
    assert "fewer" in next(told_apart((66_000, 34_000), others=(60_000, 40_000)))


def test_nothing_at_all_is_a_funnel_too() -> None:
    empty = funnel_of(Figures((), {}), Way((), {}))
    assert empty == Funnel(0, (), ())
    assert (empty.still_needed, empty.advice) == (10, [])
