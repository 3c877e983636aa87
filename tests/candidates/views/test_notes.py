import pytest
from django.test import Client

from candidates.models import Application, CandidateTag, Consent, Note, Tag
from rubrics.enums import Duty
from rubrics.models import RoleMember
from screening.accounts.models import User
from tests.asking import as_
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import ApplicationFactory, CandidateFactory, InterviewFactory, ScorecardFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def application() -> Application:
    found: Application = ApplicationFactory(candidate=CandidateFactory(consented=False))
    return found


@pytest.fixture
def member(application: Application) -> User:
    user: User = HiringManagerFactory()
    RoleMember.objects.create(role=application.role, user=user, duty=Duty.INTERVIEWER)
    return user


def post(user: User, url: str, **values: object) -> int:
    client = Client()
    client.force_login(user)
    return client.post(url, values).status_code


def test_who_may_write_a_note_and_about_what(application: Application, member: User) -> None:
    url = f"/candidates/{application.candidate_id}/notes/"
    elsewhere = ApplicationFactory(candidate=application.candidate)

    assert post(RecruiterFactory(), url, text="Called.") == 302
    assert post(member, url, text="Met at a talk.", application=application.pk) == 302
    assert post(member, url, text="No role given.") == 422
    assert post(member, url, text="Not my role.", application=elsewhere.pk) == 422
    assert post(RecruiterFactory(), url, text="  ") == 422
    assert post(HiringManagerFactory(), url, text="x") == 404
    assert post(ReviewerFactory(client=application.role.client), url, text="x") == 404

    assert sorted(Note.objects.values_list("text", "application")) == [
        ("Called.", None),
        ("Met at a talk.", application.pk),
    ]


def test_whoever_owes_a_scorecard_writes_none(application: Application, member: User) -> None:
    colleague = RecruiterFactory()
    interview = InterviewFactory(application=application)
    for person in (member, colleague):
        ScorecardFactory(interview=interview, interviewer=person)
        url = f"/candidates/{application.candidate_id}/notes/"
        assert post(person, url, text="x", application=application.pk) == 404
        assert post(person, f"/candidates/{application.candidate_id}/tags/", name="x") == 404
        assert post(person, f"/candidates/{application.candidate_id}/consent/", where="x") == 404
        assert post(person, f"/candidates/{application.candidate_id}/edit/", name="x") == 404


def test_notes_about_other_roles_are_not_a_hiring_managers(application: Application, member: User) -> None:
    recruiter = RecruiterFactory()
    other = ApplicationFactory(candidate=application.candidate)
    for about, text in ((application, "About ours"), (other, "About theirs"), (None, "About the person")):
        Note.objects.create(candidate=application.candidate, application=about, author=recruiter, text=text)
    client = Client()
    client.force_login(member)

    page = client.get(f"/candidates/{application.candidate_id}/").content.decode()

    assert ["About ours" in page, "About theirs" in page, "About the person" in page] == [True, False, False]
    assert other.role.title not in page


def test_an_address_in_a_note_is_a_link_and_nothing_else_is(application: Application) -> None:
    text = "See https://git.example/nok?a=1&b=2\n<b>soon</b>"
    Note.objects.create(candidate=application.candidate, author=RecruiterFactory(), text=text)
    page = as_(RecruiterFactory()).get(f"/candidates/{application.candidate_id}/").content.decode()
    assert '<a href="https://git.example/nok?a=1&amp;b=2" rel="nofollow">' in page
    assert "<br>&lt;b&gt;soon&lt;/b&gt;" in page


def test_only_its_author_deletes_a_note(application: Application) -> None:
    author = RecruiterFactory()
    note = Note.objects.create(candidate=application.candidate, author=author, text="x")

    assert post(RecruiterFactory(), f"/notes/{note.pk}/delete/") == 404
    assert post(author, f"/notes/{note.pk}/delete/") == 302

    assert not Note.objects.exists()


def test_its_author_puts_a_note_right_and_whoever_is_named_now_is_told(application: Application, member: User) -> None:
    author = RecruiterFactory()
    note = Note.objects.create(
        candidate=application.candidate, application=application, author=author, text="Asks for 80 thousand."
    )
    url, page = f"/notes/{note.pk}/", f"/candidates/{application.candidate_id}/"
    browser = as_(author)

    assert f'href="{url}"' in browser.get(page).content.decode()
    assert f'href="{url}"' not in as_(RecruiterFactory()).get(page).content.decode()
    assert "Asks for 80 thousand." in browser.get(url).content.decode()
    assert [as_(one).get(url).status_code for one in (RecruiterFactory(), member, HiringManagerFactory())] == [404] * 3
    assert post(RecruiterFactory(), url, text="Mine now.") == 404
    assert post(author, url, text="  ") == 422
    refused = browser.post(url, {"text": f"Ask @{HiringManagerFactory(name='Eli Stranger').name}."})
    assert refused.status_code == 422
    assert "Ask @Eli Stranger." in refused.content.decode()
    answer = browser.post(url, {"text": f"Asks for 90 thousand, @{member.name}."}, follow=True)

    assert f"Told of it: {member.name}." in answer.content.decode()
    assert "Note, changed since" not in refused.content.decode()
    assert "Note, changed since" in as_(member).get(page).content.decode()
    note.refresh_from_db()
    assert note.text == f"Asks for 90 thousand, @{member.name}."
    assert [one.user for one in note.mentions.all()] == [member]
    assert "Told of it" not in browser.post(url, {"text": note.text}, follow=True).content.decode()


def test_a_note_is_put_right_by_nobody_who_owes_a_scorecard(application: Application) -> None:
    author = RecruiterFactory()
    note = Note.objects.create(candidate=application.candidate, author=author, text="x")
    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=author)
    assert as_(author).get(f"/notes/{note.pk}/").status_code == 404
    assert post(author, f"/notes/{note.pk}/", text="y") == 404
    assert post(author, f"/notes/{note.pk}/delete/") == 404


def test_a_very_long_timeline_says_that_it_is_not_whole(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cut list that looks whole would let somebody believe that there was nothing before."""
    author, page = RecruiterFactory(), f"/candidates/{application.candidate_id}/"
    for number in range(3):
        Note.objects.create(candidate=application.candidate, author=author, text=f"Note {number}.")
    shown = as_(author).get(page).content.decode()
    assert "are shown." not in shown
    events = shown.count('<li class="event')

    monkeypatch.setattr("candidates.queries.timeline.LONGEST", 2)
    cut = as_(author).get(page).content.decode()

    assert events > 3
    assert "Only the newest 2 are shown." in cut
    assert ["Note 2." in cut, "Note 1." in cut, "Note 0." in cut] == [True, True, False]


def test_tags_come_and_go(application: Application) -> None:
    url, recruiter = f"/candidates/{application.candidate_id}/tags/", RecruiterFactory()

    for name in ("Speaks Thai", " speaks  thai ", "python"):
        assert post(recruiter, url, name=name) == 302
    assert post(recruiter, url, name="x" * 41) == 422
    assert sorted(application.candidate.tags.values_list("name", flat=True)) == ["Speaks Thai", "python"]
    assert post(recruiter, f"{url}{Tag.objects.get(name='python').pk}/remove/") == 302

    assert CandidateTag.objects.count() == 1


def test_consent_is_recorded_with_where_and_withdrawn(application: Application, member: User) -> None:
    url, recruiter = f"/candidates/{application.candidate_id}/consent/", RecruiterFactory()

    assert post(recruiter, url, where="  ") == 422
    assert post(member, url, where="In a call") == 404
    assert post(recruiter, url, where="In a call on 3 March") == 302
    consent = Consent.objects.get()
    assert (consent.how, consent.where_given, consent.recorded_by) == ("recorded", "In a call on 3 March", recruiter)
    assert (consent.expires_at - consent.given_at).days == 365
    assert post(recruiter, f"{url}withdraw/") == 302

    consent.refresh_from_db()
    assert consent.withdrawn_at is not None
