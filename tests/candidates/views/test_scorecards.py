import json
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidates.enums import InterviewState
from candidates.models import Document, OpinionSeen, Scorecard
from candidates.services.drafts import RatingDraft, ScorecardDraft, save_draft
from candidates.services.interviews import cancel_interview
from candidates.services.scorecards import amend_scorecard, submit_scorecard
from rubrics.enums import NameForm
from rubrics.models import RoleMember, Signal
from screening.accounts.models import User
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    ScorecardFactory,
    dimensions_of,
    submit_levels,
)
from tests.factories.drafts import whole_draft
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)
SCRIPT = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def mara() -> User:
    return HiringManagerFactory(name="Mara Schulze")


@pytest.fixture
def scorecard(mara: User) -> Scorecard:
    candidate = CandidateFactory(
        name="Nok Ariyawat", email="nok@canary.example", phone="+66 2 555 0199", years_of_experience=17
    )
    application = ApplicationFactory(role=RoleFactory(team_of=[mara]), candidate=candidate)
    return ScorecardFactory(interview=InterviewFactory(application=application), interviewer=mara)


def page(client: Client, name: str, pk: int, by: User) -> str:
    client.force_login(by)
    answer = client.get(reverse(f"candidates:{name}", args=[pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def fields(scorecard: Scorecard, *levels: int | str, **more: object) -> dict[str, object]:
    given: dict[str, object] = {"revision": scorecard.revision}
    for dimension, level in zip(dimensions_of(scorecard.interview), levels, strict=False):
        given[f"level-{dimension.pk}"] = level
    return given | more


def filled(scorecard: Scorecard, levels: list[int | None]) -> Scorecard:
    draft = whole_draft(scorecard, levels)
    return save_draft(scorecard=scorecard, draft=draft, revision=0, by=scorecard.interviewer, now=NOW)


def save(
    client: Client, scorecard: Scorecard, data: Mapping[str, object], **headers: str
) -> tuple[int, dict[str, object]]:
    client.force_login(scorecard.interviewer)
    answer = client.post(reverse("candidates:scorecard_draft", args=[scorecard.pk]), data, **(headers or SCRIPT))  # type: ignore[arg-type]
    return answer.status_code, json.loads(answer.content) if answer.content[:1] == b"{" else {}


class TestWriting:
    def test_shows_kit_and_levels_but_no_way_to_reach_the_person(self, client: Client, scorecard: Scorecard) -> None:
        text = page(client, "scorecard", scorecard.pk, scorecard.interviewer)
        assert "Tell me about production ownership." in text
        assert "Observability at 5." in text
        assert "strong sign of Observability" in text
        assert "Signals heard in the answer to question 3" in text
        for hidden in ("nok@canary.example", "555 0199", "17 years", ">17<"):
            assert hidden not in text

    @pytest.mark.parametrize(("form", "name"), [(NameForm.FULL, "Nok Ariyawat"), (NameForm.INITIALS, "N. A.")])
    def test_names_the_person_in_the_form_the_role_chose(
        self, client: Client, scorecard: Scorecard, form: NameForm, name: str
    ) -> None:
        role = scorecard.interview.application.role
        role.name_form = form
        role.save()
        text = page(client, "scorecard", scorecard.pk, scorecard.interviewer)
        assert name in text
        assert ("Ariyawat" in text) == (form == NameForm.FULL)

    @pytest.mark.parametrize("allowed", [True, False])
    def test_the_cv_only_if_the_role_says_so_and_redacted(
        self, client: Client, scorecard: Scorecard, allowed: bool
    ) -> None:
        application = scorecard.interview.application
        application.role.cv_before_scoring = allowed
        application.role.save()
        Document.objects.create(
            candidate=application.candidate,
            name="cv.pdf",
            file="x",
            content_type="application/pdf",
            size=1,
            sha256="0" * 64,
            text="Claims triage lead. nok@canary.example, +66 2 555 0199, https://nok.example, 17 years of experience",
        )
        text = page(client, "scorecard", scorecard.pk, scorecard.interviewer)
        assert ("Claims triage lead" in text) is allowed
        for hidden in ("nok@canary.example", "555 0199", "nok.example", "17 years"):
            assert hidden not in text

    def test_the_order_of_dimensions_may_be_an_interviewers_own(self, client: Client, scorecard: Scorecard) -> None:
        role = scorecard.interview.application.role
        role.shuffle_dimensions = True
        role.save()
        names = [one.name for one in dimensions_of(scorecard.interview)]

        def order(card: Scorecard) -> list[str]:
            text = page(client, "scorecard", card.pk, card.interviewer)
            return sorted(names, key=lambda name: text.index(f'dir="auto">{name}</h3>'))

        others = [ScorecardFactory(interview=scorecard.interview) for _ in range(8)]
        assert order(scorecard) == order(scorecard)
        assert len({tuple(order(card)) for card in others}) > 1

    def test_is_its_authors_alone(self, client: Client, scorecard: Scorecard) -> None:
        colleague = HiringManagerFactory()
        RoleMember.objects.create(role=scorecard.interview.application.role, user=colleague)
        for stranger in (colleague, RecruiterFactory(), HiringManagerFactory(), ReviewerFactory()):
            client.force_login(stranger)
            for name in ("scorecard", "scorecard_submit", "scorecard_amend"):
                assert client.get(reverse(f"candidates:{name}", args=[scorecard.pk])).status_code == 404
            for name in ("scorecard_draft", "scorecard_submit", "scorecard_amend", "scorecard_discard"):
                assert client.post(reverse(f"candidates:{name}", args=[scorecard.pk])).status_code == 404
        assert Scorecard.objects.get(pk=scorecard.pk).revision == 0

    def test_after_the_interview_was_called_off_there_is_nothing_to_write(
        self, client: Client, scorecard: Scorecard
    ) -> None:
        cancel_interview(interview=scorecard.interview, reason="The office flooded", now=NOW)
        text = page(client, "scorecard", scorecard.pk, scorecard.interviewer)
        assert "The office flooded" in text
        assert "<textarea" not in text

    def test_statements_are_few_and_constant(self, client: Client, scorecard: Scorecard) -> None:
        with CaptureQueriesContext(connection) as empty:
            page(client, "scorecard", scorecard.pk, scorecard.interviewer)
        filled(scorecard, [4, 4, 4])
        role = scorecard.interview.application.role
        role.cv_before_scoring = True
        role.save()
        with CaptureQueriesContext(connection) as full:
            page(client, "scorecard", scorecard.pk, scorecard.interviewer)
        logging_in = 4
        assert len(full) <= len(empty) + 1
        assert len(full) - logging_in <= 12


class TestSaving:
    def test_a_script_gets_the_new_revision_and_the_time(self, client: Client, scorecard: Scorecard) -> None:
        status, answer = save(client, scorecard, fields(scorecard, 3, "na"))
        assert (status, answer["revision"]) == (200, 1)
        assert isinstance(answer["saved"], str)
        assert len(answer["saved"]) == len("14:02")
        assert list(scorecard.ratings.order_by("dimension__position").values_list("level", "not_assessed")) == [
            (3, False),
            (None, True),
            (None, False),
        ]

    def test_everything_on_the_page_is_kept(self, client: Client, scorecard: Scorecard) -> None:
        dimension = dimensions_of(scorecard.interview)[1]
        question = scorecard.interview.kit.questions.get(key="q1")
        signal = Signal.objects.filter(question=question).first()
        assert signal is not None
        given = fields(scorecard, 3, "na", 1) | {
            f"reason-{dimension.pk}": "no time",
            f"evidence-{dimension.pk}-0-incident": "",
            f"evidence-{dimension.pk}-2-incident": "Line one\r\nLine two",
            f"evidence-{dimension.pk}-2-happened": "2025-03",
            f"signals-{dimension.pk}": [str(signal.pk)],
            f"note-{question.pk}": "  said so  ",
            "private_note": "mine",
            "recommendation": "no",
            "comment": "Not yet.",
        }
        assert save(client, scorecard, given)[0] == 200
        card = Scorecard.objects.get(pk=scorecard.pk)
        assert (card.recommendation, card.comment) == ("no", "Not yet.")
        assert card.private_note.text == "mine"
        assert card.evidence.get().incident == "Line one\nLine two"
        assert card.question_notes.get(question=question).text == "said so"
        assert card.signals_heard.get().signal == signal

    def test_older_text_gets_both_texts_and_changes_nothing(self, client: Client, scorecard: Scorecard) -> None:
        save(client, scorecard, fields(scorecard, 5, comment="Newer <b>text</b>"))
        status, answer = save(client, scorecard, fields(scorecard, 2, comment="Older text"))
        assert (status, answer["revision"]) == (409, 1)
        panel = str(answer["panel"])
        assert "Production ownership: level" in panel
        assert "Older text" in panel
        assert "Newer &lt;b&gt;text&lt;/b&gt;" in panel
        assert answer["fields"] == {
            "comment": ["Newer <b>text</b>"],
            f"level-{dimensions_of(scorecard.interview)[0].pk}": ["5"],
        }, "what its script compares with what it has"
        assert Scorecard.objects.get(pk=scorecard.pk).comment == "Newer <b>text</b>"

    def test_the_same_text_twice_is_no_conflict(self, client: Client, scorecard: Scorecard) -> None:
        given = fields(
            scorecard, 5, 4, "na", comment="Same", **{f"reason-{dimensions_of(scorecard.interview)[2].pk}": "x"}
        )
        assert save(client, scorecard, given)[0] == 200
        status, answer = save(client, scorecard, given)
        assert (status, answer["revision"]) == (200, 1)

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"level": "9"}, "9 is not a level"),
            ({"level": "high"}, "Level"),
            ({"recommendation": "maybe"}, "Overall recommendation"),
            ({"happened": "x" * 61}, "Evidence, when"),
            ({"comment": "a\0b"}, "Comment"),
            ({"revision": "x"}, "Saved state"),
        ],
    )
    def test_what_cannot_be_kept_is_named(
        self, client: Client, scorecard: Scorecard, given: dict[str, str], words: str
    ) -> None:
        pk = dimensions_of(scorecard.interview)[0].pk
        names = {"level": f"level-{pk}", "happened": f"evidence-{pk}-0-happened"}
        data = {"revision": "0"} | {names.get(name, name): value for name, value in given.items()}
        status, answer = save(client, scorecard, data)
        assert status == 422
        assert words in str(answer["problem"])
        assert Scorecard.objects.get(pk=scorecard.pk).revision == 0

    def test_a_plain_form_goes_on_where_its_button_says(self, client: Client, scorecard: Scorecard) -> None:
        client.force_login(scorecard.interviewer)
        url = reverse("candidates:scorecard_draft", args=[scorecard.pk])
        stays = client.post(url, fields(scorecard, 3, then="stay"))
        assert stays["Location"] == reverse("candidates:scorecard", args=[scorecard.pk])
        goes = client.post(url, {"revision": 1, "then": "review"})
        assert goes["Location"] == reverse("candidates:scorecard_submit", args=[scorecard.pk])

    def test_a_plain_form_keeps_what_was_typed_when_it_is_refused(self, client: Client, scorecard: Scorecard) -> None:
        client.force_login(scorecard.interviewer)
        url = reverse("candidates:scorecard_draft", args=[scorecard.pk])
        refused = client.post(url, fields(scorecard, 9, private_note="not lost"))
        assert refused.status_code == 422
        assert "not lost" in refused.content.decode()
        save(client, scorecard, fields(scorecard, 3, comment="from the tablet"))
        conflict = client.post(url, fields(scorecard, 5, private_note="from the laptop"))
        assert conflict.status_code == 409
        text = conflict.content.decode()
        assert "from the tablet" in text
        assert "from the laptop" in text
        assert 'name="revision" value="1"' in text, "sending it again keeps mine, knowingly"

    def test_a_sealed_scorecard_says_so(self, client: Client, scorecard: Scorecard) -> None:
        submit_levels(scorecard, [3, 3, 3])
        status, answer = save(client, scorecard, {"revision": 0, "comment": "late"})
        assert status == 422
        assert "submitted" in str(answer["problem"])

    def test_statements(self, client: Client, scorecard: Scorecard) -> None:
        client.force_login(scorecard.interviewer)
        pk = dimensions_of(scorecard.interview)[0].pk
        signal = Signal.objects.filter(dimension=pk).first()
        assert signal is not None
        data = fields(scorecard, 4, 4, 4, private_note="x", comment="y") | {
            f"evidence-{pk}-0-incident": "It fell",
            f"signals-{pk}": [str(signal.pk)],
        }
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(reverse("candidates:scorecard_draft", args=[scorecard.pk]), data, **SCRIPT)  # type: ignore[arg-type]
        assert answer.status_code == 200
        assert len(captured) <= 15, [query["sql"][:90] for query in captured]


class TestSealing:
    def test_the_review_shows_what_will_be_sealed(self, client: Client, scorecard: Scorecard) -> None:
        filled(scorecard, [4, None, 2])
        text = page(client, "scorecard_submit", scorecard.pk, scorecard.interviewer)
        assert "Ready to be sealed" in text
        assert "Precision fell from 0.91 to 0.84" in text
        assert "Calm, precise about what was theirs." in text
        assert "no time" in text

    def test_what_is_missing_leads_to_its_place(self, client: Client, scorecard: Scorecard) -> None:
        text = page(client, "scorecard_submit", scorecard.pk, scorecard.interviewer)
        written = page(client, "scorecard", scorecard.pk, scorecard.interviewer)
        for dimension in dimensions_of(scorecard.interview):
            assert f'href="/scorecards/{scorecard.pk}/#dimension-{dimension.pk}">{dimension.name}: choose' in text
            assert f'id="dimension-{dimension.pk}"' in written
        levels = [RatingDraft(one.pk, 3) for one in dimensions_of(scorecard.interview)]
        save_draft(
            scorecard=scorecard, draft=ScorecardDraft(tuple(levels)), revision=0, by=scorecard.interviewer, now=NOW
        )
        text = page(client, "scorecard_submit", scorecard.pk, scorecard.interviewer)
        assert f'href="/scorecards/{scorecard.pk}/#overall">Your overall recommendation' in text

    def test_sealing_twice_is_sealing_once(self, client: Client, scorecard: Scorecard) -> None:
        filled(scorecard, [3, 3, 3])
        client.force_login(scorecard.interviewer)
        url = reverse("candidates:scorecard_submit", args=[scorecard.pk])
        client.post(url)
        sealed = Scorecard.objects.get(pk=scorecard.pk).submitted_at
        for again in (client.post(url), client.get(url)):
            assert again["Location"] == reverse("candidates:scorecard", args=[scorecard.pk])
        assert Scorecard.objects.get(pk=scorecard.pk).submitted_at == sealed

    @pytest.mark.parametrize("name", ["scorecard", "scorecard_submit"])
    def test_no_browser_keeps_the_page(self, client: Client, scorecard: Scorecard, name: str) -> None:
        client.force_login(scorecard.interviewer)
        answer = client.get(reverse(f"candidates:{name}", args=[scorecard.pk]))
        assert "no-store" in answer["Cache-Control"]

    def test_the_review_says_what_is_missing_instead(self, client: Client, scorecard: Scorecard) -> None:
        text = page(client, "scorecard_submit", scorecard.pk, scorecard.interviewer)
        assert "Observability: choose a level, or mark it as not assessed." in text
        assert "Seal the scorecard" not in text
        answer = client.post(reverse("candidates:scorecard_submit", args=[scorecard.pk]))
        assert answer.status_code == 422
        assert Scorecard.objects.get(pk=scorecard.pk).is_draft

    def test_sealing_opens_the_debrief(self, client: Client, scorecard: Scorecard) -> None:
        filled(scorecard, [4, None, 2])
        client.force_login(scorecard.interviewer)
        url = reverse("candidates:scorecard_submit", args=[scorecard.pk])
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(url, {"erase_private_note": "on"})
        assert answer["Location"] == reverse("candidates:debrief", args=[scorecard.interview.application_id])
        assert Scorecard.objects.get(pk=scorecard.pk).is_submitted
        assert len(captured) <= 15, [query["sql"][:90] for query in captured]
        assert client.post(url)["Location"].endswith(f"/scorecards/{scorecard.pk}/"), (
            "there is nothing to seal any more"
        )

    def test_a_review_takes_few_statements(self, client: Client, scorecard: Scorecard) -> None:
        filled(scorecard, [4, 4, 4])
        client.force_login(scorecard.interviewer)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("candidates:scorecard_submit", args=[scorecard.pk]))
        assert len(captured) <= 12


class TestReading:
    def test_others_read_it_once_sealed_and_are_remembered(self, client: Client, scorecard: Scorecard) -> None:
        recruiter = RecruiterFactory()
        filled(scorecard, [4, None, 2])
        submit_scorecard(scorecard=scorecard, by=scorecard.interviewer, now=LATER)
        text = page(client, "scorecard", scorecard.pk, recruiter)
        assert "Precision fell" in text
        assert list(OpinionSeen.objects.values_list("user", flat=True)) == [recruiter.pk]

    def test_nobody_but_its_author_reads_a_private_note(self, client: Client, scorecard: Scorecard) -> None:
        draft = whole_draft(scorecard, [3, 3, 3])
        draft = type(draft)(draft.ratings, draft.evidence, private_note="CANARY", recommendation="yes")
        save_draft(scorecard=scorecard, draft=draft, revision=0, by=scorecard.interviewer, now=NOW)
        submit_scorecard(scorecard=scorecard, by=scorecard.interviewer, now=LATER)
        recruiter = RecruiterFactory()
        debrief = reverse("candidates:debrief", args=[scorecard.interview.application_id])
        assert "CANARY" not in page(client, "scorecard", scorecard.pk, recruiter)
        assert "CANARY" not in client.get(debrief).content.decode()
        assert "CANARY" in page(client, "scorecard", scorecard.pk, scorecard.interviewer)

    def test_who_owes_one_reads_none(self, client: Client, scorecard: Scorecard) -> None:
        other = submit_levels(ScorecardFactory(interview=scorecard.interview), [5, 5, 5])
        for panellist in (
            scorecard.interviewer,
            ScorecardFactory(interviewer=RecruiterFactory(), interview=other.interview).interviewer,
        ):
            client.force_login(panellist)
            assert client.get(reverse("candidates:scorecard", args=[other.pk])).status_code == 404
        assert not OpinionSeen.objects.exists()

    def test_imported_ones_are_marked(self, client: Client, scorecard: Scorecard) -> None:
        scorecard.origin = "imported"
        scorecard.save()
        submit_levels(scorecard, [3, 3, 3])
        assert "Imported" in page(client, "scorecard", scorecard.pk, RecruiterFactory())


class TestAmending:
    def test_goes_from_a_reason_to_a_draft_beside_the_original(self, client: Client, scorecard: Scorecard) -> None:
        submit_levels(scorecard, [3, 3, 3])
        client.force_login(scorecard.interviewer)
        url = reverse("candidates:scorecard_amend", args=[scorecard.pk])
        assert client.post(url, {"reason": ""}).status_code == 422
        answer = client.post(url, {"reason": "Wrong system", "corrects_fact": "on"})
        amendment = Scorecard.objects.get(amends=scorecard)
        assert answer["Location"] == reverse("candidates:scorecard", args=[amendment.pk])
        assert "You are amending" in page(client, "scorecard", amendment.pk, scorecard.interviewer)
        again = client.post(url, {"reason": "Once more"})
        assert again.status_code == 422
        assert "already writing" in again.content.decode()
        assert client.get(reverse("candidates:debrief", args=[scorecard.interview.application_id])).status_code == 200
        client.post(reverse("candidates:scorecard_discard", args=[amendment.pk]))
        assert not Scorecard.objects.filter(amends=scorecard).exists()

    def test_a_second_person_approves_a_correction(self, client: Client, scorecard: Scorecard) -> None:
        submit_levels(scorecard, [3, 3, 3])
        amendment = amend_scorecard(
            scorecard=scorecard, reason="Wrong year", corrects_fact=True, by=scorecard.interviewer
        )
        url = reverse("candidates:scorecard_approve", args=[amendment.pk])
        recruiter = RecruiterFactory()
        client.force_login(recruiter)
        assert client.post(url).status_code == 404, "it is still being written"
        submit_scorecard(scorecard=amendment, by=scorecard.interviewer, now=LATER)
        client.force_login(scorecard.interviewer)
        assert client.post(url).status_code == 404
        assert "Approve the correction" in page(client, "scorecard", amendment.pk, recruiter)
        client.post(url)
        assert Scorecard.objects.get(pk=amendment.pk).correction_approved_by == recruiter
        assert "counts in the score" in page(client, "scorecard", amendment.pk, recruiter)

    def test_the_original_leads_to_its_sealed_amendments(self, client: Client, scorecard: Scorecard) -> None:
        submit_levels(scorecard, [3, 3, 3])
        mara = scorecard.interviewer
        for reason in ("Wrong year", "On reflection"):
            amendment = amend_scorecard(scorecard=scorecard, reason=reason, corrects_fact=False, by=mara)
            assert reason not in page(client, "scorecard", scorecard.pk, RecruiterFactory()), "not before it is sealed"
            submit_scorecard(scorecard=amendment, by=mara, now=LATER)
            text = page(client, "scorecard", scorecard.pk, RecruiterFactory())
            assert f'href="/scorecards/{amendment.pk}/"' in text
            assert reason in text
        assert "Wrong year" in text, "the first one stays named"


def test_a_cancelled_interview_answers_the_script_too(client: Client, scorecard: Scorecard) -> None:
    scorecard.interview.state = InterviewState.CANCELLED
    scorecard.interview.save()
    status, answer = save(client, scorecard, {"revision": 0})
    assert status == 422
    assert "cancelled" in str(answer["problem"])
