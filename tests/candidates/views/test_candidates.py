import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from candidates.models import Application, Candidate, CandidateTag, Note, OpinionSeen, Tag
from rubrics.enums import Duty, NameForm, StageKind
from rubrics.models import RoleMember
from screening.accounts.models import User
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    ScorecardFactory,
    submitted_scorecard,
)
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


@pytest.fixture
def member() -> User:
    return HiringManagerFactory()


@pytest.fixture
def application(member: User) -> Application:
    candidate = CandidateFactory(
        name="Nok Ariyawat",
        email="nok@example.org",
        phone="+66 2 555 0199",
        years_of_experience=17,
        headline="ML engineer",
    )
    role = RoleFactory(title="Claims Engineer")
    RoleMember.objects.create(role=role, user=member, duty=Duty.INTERVIEWER)
    found: Application = ApplicationFactory(candidate=candidate, role=role)
    return found


def test_a_recruiter_finds_everybody_and_adds_somebody() -> None:
    recruiter, role = RecruiterFactory(), RoleFactory()
    client = as_user(recruiter)

    answer = client.post(
        "/candidates/new/",
        {
            "name": " Suda Thong ",
            "email": "SUDA@example.org",
            "role": role.pk,
            "source": "referral",
            "owner": recruiter.pk,
            "links": "https://example.org/suda",
        },
    )

    person = Candidate.objects.get(email="suda@example.org")
    assert (answer.status_code, answer["Location"]) == (302, f"/candidates/{person.pk}/")
    assert (person.name, person.links) == ("Suda Thong", ["https://example.org/suda"])
    assert person.applications.get().owner == recruiter
    assert "Suda Thong" in text_of(client, "/candidates/?q=suda")
    assert "Nobody matches" in text_of(client, "/candidates/?q=nobody")


def test_a_second_person_with_the_same_e_mail_is_refused_and_the_form_keeps_what_was_typed() -> None:
    first = CandidateFactory(email="nok@example.org")

    answer = as_user(RecruiterFactory()).post(
        "/candidates/new/",
        {"name": "Another Nok", "email": "nok@example.org", "source": "applied", "shown": [first.pk]},
    )

    assert answer.status_code == 422
    assert "already a candidate with this e-mail" in answer.content.decode()
    assert "Another Nok" in answer.content.decode()
    assert Candidate.objects.filter(email="nok@example.org").count() == 1


def test_an_address_of_a_merged_file_leads_to_whom_it_went_into() -> None:
    living = CandidateFactory(name="Vera Holt", email="vera@new.example", phone="")
    between = CandidateFactory(email="b@example.org", merged_into=living)
    CandidateFactory(email="Vera@old.example", reference="V-1", phone="+49 30 5550199", merged_into=between)
    closed = ScorecardFactory(interviewer=(recruiter := RecruiterFactory())).interview.application.candidate
    CandidateFactory(email="closed@old.example", merged_into=closed)
    client = as_user(recruiter)
    for field, value in (("email", "vera@old.example"), ("reference", "V-1"), ("phone", "0049305550199")):
        answer = client.post("/candidates/new/", {"name": "Wholly Other", "source": "applied", field: value})
        assert answer.status_code == 422
        assert f'href="/candidates/{living.pk}/"' in answer.content.decode(), field
    assert "contact data of a file that was merged into theirs" in answer.content.decode()
    for field, value in (("email", "vera@old.example"), ("reference", "V-1"), ("email", "closed@old.example")):
        typed = {"name": "Wholly Other", "source": "applied", field: value, "shown": [living.pk]}
        answer = client.post("/candidates/new/", typed)
        assert answer.status_code == 422
        assert f'href="/candidates/{closed.pk}/"' not in answer.content.decode(), "a match tells of contact data"
        assert "merged into theirs. Open that one" in answer.content.decode()
    assert not Candidate.objects.filter(name="Wholly Other").exists()
    own = {"name": living.name, "email": "vera@old.example"}
    assert client.post(f"/candidates/{living.pk}/edit/", own).status_code == 302, "their own they may have back"
    other = CandidateFactory()
    assert client.post(f"/candidates/{other.pk}/edit/", {"name": "X", "reference": "V-1"}).status_code == 422


def test_somebody_who_may_be_here_already_is_shown_before_a_second_file_is_made() -> None:
    known = CandidateFactory(name="Zoë Müllerström", headline="Keeps claims triage alive")
    client = as_user(RecruiterFactory())
    typed = {"name": "Zoe Mullerstrom", "phone": "+46 70 123 45 67", "source": "applied"}

    answer = client.post("/candidates/new/", typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="/candidates/{known.pk}/"' in page
    assert "similar name" in page
    assert 'value="+46 70 123 45 67"' in page
    assert Candidate.objects.count() == 1
    assert client.post("/candidates/new/", typed | {"shown": [known.pk]}).status_code == 302
    assert Candidate.objects.filter(name="Zoe Mullerstrom").exists()


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://example.org", "nothing"])
def test_a_link_is_a_web_address(link: str) -> None:
    answer = as_user(RecruiterFactory()).post("/candidates/new/", {"name": "N", "source": "applied", "links": link})

    assert answer.status_code == 422
    assert not Candidate.objects.exists()


def test_who_may_open_a_candidate(application: Application, member: User) -> None:
    url = f"/candidates/{application.candidate_id}/"
    outsiders = [HiringManagerFactory(), ReviewerFactory(client=application.role.client)]

    for insider in (RecruiterFactory(), AdministratorFactory(), member):
        assert as_user(insider).get(url).status_code == 200
    for outsider in outsiders:
        assert as_user(outsider).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_a_hiring_manager_sees_neither_contact_nor_years(application: Application, member: User) -> None:
    page = text_of(as_user(member), f"/candidates/{application.candidate_id}/")
    table = text_of(as_user(member), "/candidates/")

    for secret in ("nok@example.org", "555 0199", "17 years"):
        assert secret not in page + table
    assert "Nok Ariyawat" in page
    assert "Nok Ariyawat" in table


def test_a_hiring_manager_can_not_search_by_what_they_may_not_see(application: Application, member: User) -> None:
    tag = Tag.objects.create(name="kubernetes")
    CandidateTag.objects.create(candidate=application.candidate, tag=tag)
    client = as_user(member)

    assert "Nok Ariyawat" not in text_of(client, "/candidates/?q=nok@example")
    assert "kubernetes" not in text_of(client, f"/candidates/?tag={tag.pk}")
    application.role.name_form = NameForm.INITIALS
    application.role.save()
    assert "Ariyawat" not in text_of(client, "/candidates/")
    assert "N. A." not in text_of(client, "/candidates/?q=ariyawat")
    assert "Ariyawat" not in text_of(client, f"/candidates/{application.candidate_id}/")


def test_whoever_owes_a_scorecard_sees_a_reduced_page(application: Application, member: User) -> None:
    recruiter = RecruiterFactory()
    Note.objects.create(
        candidate=application.candidate, application=application, author=recruiter, text="Brilliant, hire."
    )
    CandidateTag.objects.create(candidate=application.candidate, tag=Tag.objects.create(name="favourite"))
    other_role = ApplicationFactory(candidate=application.candidate, kind=StageKind.REJECTED)
    interview = InterviewFactory(application=application, brief="Ask about the outage.")
    colleague = RecruiterFactory()
    for person in (member, colleague):
        ScorecardFactory(interview=interview, interviewer=person)

    for person in (member, colleague):
        page = text_of(as_user(person), f"/candidates/{application.candidate_id}/")
        assert "Nok Ariyawat" in page
        assert "Ask about the outage." in page
        for secret in (
            "Brilliant",
            "favourite",
            "Rejected",
            other_role.role.title,
            "nok@example.org",
            "17 years",
            "555 0199",
        ):
            assert secret not in page
        listed = text_of(as_user(person), "/candidates/")
        assert "favourite" not in listed.split("<tbody>")[1]
        assert "ML engineer" not in listed
        for query in ("kind=rejected", "kind=interviewing", *(["source=applied"] if person == colleague else [])):
            assert "Nok Ariyawat" not in text_of(as_user(person), f"/candidates/?{query}")
        assert "Rejected" not in listed.split("<tbody>")[1]
    assert "Brilliant" in text_of(as_user(recruiter), f"/candidates/{application.candidate_id}/")


def test_seeing_what_others_think_is_remembered(application: Application) -> None:
    author, reader = RecruiterFactory(), RecruiterFactory()
    url = f"/candidates/{application.candidate_id}/"
    text_of(as_user(reader), url)
    assert not OpinionSeen.objects.exists()

    Note.objects.create(candidate=application.candidate, application=application, author=author, text="Strong.")
    text_of(as_user(author), url)
    text_of(as_user(reader), url)

    assert list(OpinionSeen.objects.values_list("user", "application")) == [(reader.pk, application.pk)]


@pytest.mark.parametrize("kind", [StageKind.REJECTED, StageKind.WITHDRAWN])
def test_whoever_is_out_of_a_role_is_offered_no_interview_for_it(kind: StageKind) -> None:
    out = ApplicationFactory(kind=kind)
    inside = ApplicationFactory(candidate=out.candidate, kind=StageKind.SCREENING)
    client = Client()
    client.force_login(RecruiterFactory())
    page = client.get(f"/candidates/{out.candidate_id}/").content.decode()
    offered = [
        f'href="/applications/{one.pk}/{what}/' in page for one in (out, inside) for what in ("move", "interviews/new")
    ]
    assert offered == [True, False, True, True]


def test_nobody_sees_their_own_file(application: Application) -> None:
    recruiter = RecruiterFactory()
    application.candidate.user = recruiter
    application.candidate.save()

    assert as_user(recruiter).get(f"/candidates/{application.candidate_id}/").status_code == 404
    assert "Ariyawat" not in text_of(as_user(recruiter), "/candidates/")


def test_a_merged_file_leads_to_the_one_it_went_into(application: Application) -> None:
    merged = CandidateFactory(merged_into=application.candidate)

    answer = as_user(RecruiterFactory()).get(f"/candidates/{merged.pk}/")

    assert answer["Location"] == f"/candidates/{application.candidate_id}/"


def test_facts_are_corrected_by_staff_alone(application: Application, member: User) -> None:
    url = f"/candidates/{application.candidate_id}/edit/"

    assert as_user(member).get(url).status_code == 404
    answer = as_user(RecruiterFactory()).post(
        url, {"name": "Nok A.", "email": "nok@example.org", "time_zone": "Mars/Base"}
    )
    assert answer.status_code == 422
    answer = as_user(RecruiterFactory()).post(
        url, {"name": "Nok A.", "email": "nok@example.org", "time_zone": "Asia/Bangkok"}
    )

    application.candidate.refresh_from_db()
    assert (answer.status_code, application.candidate.name) == (302, "Nok A.")


def test_pages_follow_each_other_without_losing_anybody() -> None:
    people = CandidateFactory.create_batch(60, created_at=NOW)
    client = as_user(RecruiterFactory())
    first = client.get("/candidates/").context["page"]
    second = client.get(f"/candidates/?page={first.next}").context["page"]
    back = client.get(f"/candidates/?page={second.previous}").context["page"]

    assert [len(first.rows), len(second.rows)] == [50, 10]
    assert {row.pk for row in first.rows} | {row.pk for row in second.rows} == {person.pk for person in people}
    assert [row.pk for row in back.rows] == [row.pk for row in first.rows]
    assert (second.next, first.previous, back.previous) == ("", "", "")


@pytest.mark.parametrize("cursor", ["x", "1", "1.", "-.", "99999999999999999999.1", "999999999999999999.1", "1.2.3"])
def test_a_garbled_page_is_the_first(cursor: str) -> None:
    CandidateFactory(name="Suda Thong")

    assert "Suda Thong" in text_of(as_user(RecruiterFactory()), f"/candidates/?page={cursor}")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("role=claims", ["Nok"]),
        ("kind=interviewing", ["Nok"]),
        ("kind=hired", ["Suda"]),
        ("source=referral", ["Suda"]),
        ("kind=hired&source=applied", []),
        ("role=nonsense&kind=%00", ["Nok", "Suda"]),
    ],
)
def test_filters_find_those_who_meet_all_of_them(query: str, found: list[str]) -> None:
    role = RoleFactory(slug="claims")
    ApplicationFactory(role=role, candidate__name="Nok")
    ApplicationFactory(kind=StageKind.HIRED, source="referral", candidate__name="Suda")

    page = as_user(RecruiterFactory()).get(f"/candidates/?{query}").context["page"]

    assert sorted(row.name for row in page.rows) == found


@pytest.mark.parametrize("url", ["/candidates/", "/candidates/{pk}/"])
def test_pages_cost_the_same_for_many(
    url: str, django_assert_max_num_queries: DjangoAssertNumQueries, application: Application
) -> None:
    recruiter = RecruiterFactory()
    for number in (1, 15):
        for _ in range(number):
            submitted_scorecard(ApplicationFactory(candidate=application.candidate, kind=StageKind.SCORED), [4, 3, 3])
            Note.objects.create(candidate=application.candidate, author=recruiter, text="Called.")
            CandidateTag.objects.create(
                candidate=application.candidate, tag=Tag.objects.create(name=f"t{Tag.objects.count()}")
            )
        ApplicationFactory.create_batch(number)
        client = as_user(recruiter)
        with django_assert_max_num_queries(12):
            client.get(url.format(pk=application.candidate_id))
