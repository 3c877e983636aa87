import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from candidates.queries.redaction import without_name

LETTERS = st.characters(whitelist_categories=("Lu", "Ll"), max_codepoint=0x24F)
WORDS = st.text(LETTERS, min_size=2, max_size=12)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
BETWEEN = st.text(st.sampled_from(" ,;:()-–’'\"/\n0123456789"), min_size=1, max_size=3)


def test_names_go_as_whole_words_in_any_capitals_and_with_or_without_accents() -> None:
    said = "JOSÉ told it; Jose's team, jose garcía-lópez, and Josefina stayed."

    assert without_name(said, "José García-López") == "J. told it; J.'s team, J. G.-L., and Josefina stayed."


def test_an_initial_takes_the_full_stop_of_its_sentence() -> None:
    assert without_name("We asked Ada. Then ada left", "Ada Byron") == "We asked A. Then A. left"


def test_scripts_without_spaces_are_searched_everywhere() -> None:
    assert "李娜" not in without_name("当时李娜说了三次", "李娜")
    assert "สมชาย" not in without_name("ตอนนั้นสมชายบอกทีม", "สมชาย ใจดี")


def test_marks_that_only_direct_text_hide_no_name() -> None:
    assert "Ada" not in without_name("\u200fAda\u200f wrote A\u00adda", "Ada Byron")
    assert without_name("محمد قال", "محمد علي") == "م. قال"


@given(NAMES, st.lists(st.tuples(WORDS, BETWEEN), max_size=5), BETWEEN)
@example("Søren Ærø", [], " ")
def test_no_part_of_a_name_stays_however_it_is_written(name: str, around: list[tuple[str, str]], between: str) -> None:
    ways = [
        way
        for part in name.split()
        for way in (part, part.lower(), part.swapcase(), unicodedata.normalize("NFD", part))
    ]
    text = between.join([*("".join(pair) for pair in around), *ways])
    left = without_name(text, name)
    kept = {"".join(pair[0]).casefold() for pair in around}

    for part in name.split():
        words = [word for word in _split(left) if word.casefold() not in kept]
        assert part.casefold() not in [word.casefold() for word in words]


@given(st.text(max_size=60))
def test_a_text_that_names_nobody_stays_as_it_is(text: str) -> None:
    assert without_name(text, "Xqzjw Vbnmk") == unicodedata.normalize("NFC", text)


def _split(text: str) -> list[str]:
    return "".join(char if char.isalpha() else " " for char in text).split()
