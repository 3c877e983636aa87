from pathlib import Path

import pytest

from screening.stylesheets import trimmed, words_of


def kept(css: str, *words: str, beside: str = "") -> str:
    return trimmed(css, words=words, beside=beside)


def test_rules_of_classes_that_occur_stay() -> None:
    assert kept(".card{a:b}.carousel{c:d}", "card") == ".card{a:b}"


def test_rules_without_a_class_stay() -> None:
    assert kept("body{a:b}*,::before{c:d}[hidden]{e:f}") == "body{a:b}*,::before{c:d}[hidden]{e:f}"


def test_only_the_used_selectors_of_a_list_stay() -> None:
    assert kept(".card,.carousel .card,a:is(.card,.btn),h1{a:b}", "card") == ".card,h1{a:b}"


def test_every_class_of_a_selector_must_occur() -> None:
    assert kept(".card .title{a:b}.card.title{a:b}.card>.title:hover{a:b}", "card") == ""
    assert kept(".card .title{a:b}", "card", "title") == ".card .title{a:b}"


def test_a_class_that_is_only_excluded_need_not_occur() -> None:
    assert kept(".btn:not(.disabled):not(:is(.x)):hover{a:b}", "btn") == ".btn:not(.disabled):not(:is(.x)):hover{a:b}"


def test_a_word_that_ends_in_a_hyphen_keeps_all_that_begin_with_it() -> None:
    assert kept(".btn-primary{a:b}.bt{c:d}", "btn-") == ".btn-primary{a:b}"


def test_groups_stay_while_something_in_them_does() -> None:
    css = "@media print{.card{a:b}.x{c:d}}@supports (a:b){@media print{.x{c:d}}}"
    assert kept(css, "card") == "@media print{.card{a:b}}"


def test_statements_keyframes_and_fonts_stay_whole() -> None:
    css = '@charset "utf-8";@keyframes spin{from{a:b}50.5%{c:d}}@font-face{e:f}'
    assert kept(css) == css


def test_braces_and_semicolons_in_strings_do_not_count() -> None:
    css = ".card{background:url(\"data:{};,}\");content:'}'}.x{a:b}"
    assert kept(css, "card") == ".card{background:url(\"data:{};,}\");content:'}'}"


def test_comments_go() -> None:
    assert kept("/*! .x{ */.card{a:b}/* } */", "card") == ".card{a:b}"


def test_variables_nobody_uses_go_with_those_that_only_they_used() -> None:
    css = ":root{--a:var(--b);--b:1;--c:2;--d:3}.card{x:var(--c)}"
    assert kept(css, "card", beside="y{z:var(--d)}") == ":root{--c:2;--d:3}.card{x:var(--c)}"


def test_a_class_with_two_hyphens_is_no_variable() -> None:
    assert kept(".card--wide:hover{a:b}", "card--wide") == ".card--wide:hover{a:b}"


def test_a_brace_that_is_never_closed_is_told() -> None:
    with pytest.raises(ValueError, match="never closed"):
        kept(".card{a:b")


def test_words_are_those_of_the_files(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<p class="card mb-3 btn-{{ tone }}">', encoding="utf-8")
    assert words_of([page]) == {"p", "class", "card", "mb-3", "btn-", "tone"}
