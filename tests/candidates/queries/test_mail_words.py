"""Variables in letters: only the listed ones, once through, never evaluated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates.queries.mail_words import EXAMPLE, VARIABLES, filled, problems_in, unfilled_in

VALUES = EXAMPLE | {"sender_name": "Ann", "sender_email": "ann@example.com"}


def test_what_is_listed_is_replaced_with_any_space_inside() -> None:
    assert filled("{{candidate_first_name}}, {{  role_title }}!", VALUES) == "Nok, Senior AI Engineer!"
    assert problems_in("{{candidate_first_name}}, {{  role_title }}!", where="the text") == []
    assert set(VALUES) == set(VARIABLES), "the preview of a template has a value for each"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello\n{{ score }}", ["Line 2 of the text: “{{ score }}” is none of the variables."]),
        ("{{ candidate.notes }}", ["Line 1 of the text: “{{ candidate.notes }}” is none of the variables."]),
        ("{{ candidate_name|safe }}", ["Line 1 of the text: “{{ candidate_name|safe }}” is none of the variables."]),
        ("{{ }}", ["Line 1 of the text: “{{ }}” is none of the variables."]),
    ],
)
def test_what_is_not_is_named_with_its_line(text: str, said: list[str]) -> None:
    assert problems_in(text, where="the text") == said


@pytest.mark.parametrize("text", ["{% if 1 %}", "{{ candidate_name", "candidate_name }}", "%}", "{{ role_title\n}}"])
def test_pieces_of_a_template_language_are_refused(text: str) -> None:
    assert "is no part of a variable" in problems_in(text, where="the subject")[0]


def test_a_value_is_never_taken_for_a_variable() -> None:
    assert filled("{{ candidate_name }}", VALUES | {"candidate_name": "{{ sender_email }}"}) == "{{ sender_email }}"


@given(st.text(alphabet="{}%ab_ \n", max_size=40))
def test_what_passes_has_nothing_left_to_replace(text: str) -> None:
    if not problems_in(text, where="the text"):
        assert "{{" not in text
        assert "{%" not in text


@given(st.lists(st.sampled_from([*VARIABLES, "words", "\n"])))
def test_everything_listed_is_filled_or_named(names: list[str]) -> None:
    text = " ".join(f"{{{{ {name} }}}}" if name in VARIABLES else name for name in names)
    assert problems_in(text, where="the text") == []
    without = {name: value for name, value in VALUES.items() if name != "role_title"}
    assert len(unfilled_in(text, without)) == names.count("role_title")
    assert "{{" not in filled(text, VALUES)
