"""A letter to many from the table: written, looked at for one after the other, sent, and what became of it."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from candidates.models import BulkAction, Candidate, CandidateMail
from candidates.services.bulk import keep_words
from candidates.services.mails import Words
from rubrics.models import Role
from screening.jobs.models import Delivery
from tests.asking import as_, statements
from tests.candidates.views.test_bulk import work
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import ApplicationFactory
from tests.factories.mails import MailTemplateFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def role() -> Role:
    found: Role = RoleFactory(title="Claims")
    for name in ("Ada One", "Ben Two", "Cem Silent"):
        ApplicationFactory(role=found, candidate__name=name)
    Candidate.objects.filter(name="Cem Silent").update(email="")
    return found


def test_written_looked_at_one_by_one_and_sent(role: Role) -> None:
    client, template = as_(RecruiterFactory()), MailTemplateFactory()
    table = f"/roles/{role.slug}/pipeline/?view=table&sort=oldest"
    data = {"do": "mail", "everybody": "on", "filter": "view=table&sort=oldest", "next": table}
    whole = client.post(reverse("candidates:bulk_plan", args=[role.slug]), data)["Location"]
    at, _, onward = whole.partition("?")
    page = client.get(f"{whole}&template={template.pk}").content.decode()
    assert f'name="next" value="{escape(table)}"' in page, "to begin from a template leads back as well"
    assert "E-mail to 2 people" in page
    assert "About {{ role_title }}" in page
    assert "There is no e-mail address on file." in page
    assert client.post(f"{at}start/").status_code == 422, "nothing is written yet"
    wrong = client.post(f"{at}words/?{onward}", {"subject": "Hi", "text": "kept {{ score }}"})
    assert wrong.status_code == 422
    assert "“{{ score }}” is none of the variables" in wrong.content.decode()
    assert "kept {{ score }}" in wrong.content.decode()
    words = {"subject": "{{ role_title }}", "text": "Dear {{ candidate_name }}", "template": template.pk}
    assert client.post(f"{at}words/?{onward}", words)["Location"] == whole
    first = client.get(whole).content.decode()
    assert "Dear Ada One" in first
    assert f"{at}?{onward}&amp;person=2" in first
    second = client.get(f"{whole}&person=2").content.decode()
    assert "Dear Ben Two" in second
    assert f'href="{escape(table)}&amp;ticked={BulkAction.objects.get().pk}">Leave it' in second
    assert "person=3" not in second
    assert "Dear Ben Two" in client.get(f"{at}?person=99").content.decode()
    assert "Cem Silent" in second
    assert not Delivery.objects.exists()
    assert client.post(f"{at}start/?{onward}")["Location"] == whole
    work()
    assert "Take back 2" in client.get(at).content.decode()
    assert sorted(mail.delivery.text.strip() for mail in CandidateMail.objects.all()) == [
        "Dear Ada One",
        "Dear Ben Two",
    ]
    assert set(CandidateMail.objects.values_list("template", flat=True)) == {template.pk}
    assert as_(RecruiterFactory()).post(f"{at}words/", words).status_code == 404


def test_the_preview_asks_as_often_for_many_as_for_few(role: Role) -> None:
    recruiter = RecruiterFactory()
    client = as_(recruiter)
    data = {"do": "mail", "everybody": "on", "filter": "view=table"}

    def asked() -> int:
        at = client.post(reverse("candidates:bulk_plan", args=[role.slug]), data)["Location"]
        action = client.get(at).context["action"]
        keep_words(action=action, words=Words("Hi", "{{ candidate_name }}"), by=recruiter)
        return statements(lambda: client.get(at))

    few = asked()
    ApplicationFactory.create_batch(8, role=role)
    assert asked() == few <= 12
