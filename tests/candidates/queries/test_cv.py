import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates.queries.cv import redacted


@pytest.mark.parametrize(
    "text",
    [
        "nok@example.org",
        "nok.ariyawat+jobs@mail.example.co.th",
        "nok (at) example.org",
        "+66 2 555 0100",
        "(030) 1234-5678",
        "0049 30 12345678",
        "https://nok.example/cv?x=1",
        "www.nok.example",
        "linkedin.com/in/nok",
        "github.com/nok",
        "9 years of experience",
        "12+ years",
        "twelve years",
    ],
)
def test_ways_to_reach_somebody_and_years_go(text: str) -> None:
    found = redacted(f"Engineer, {text} and more")
    assert text not in found
    assert found.startswith("Engineer, ")
    assert found.endswith("and more")


@pytest.mark.parametrize(
    "text",
    [
        "Claims triage, 40,000 decisions a day",
        "2021 – 2025",
        "2019-03 - 2021-05",
        "Precision 0.91 → 0.84",
        "PostgreSQL 18, Python 3.11",
        "two years ago we moved",
        "cut latency from 900 ms to 120 ms",
    ],
)
def test_the_work_stays(text: str) -> None:
    assert redacted(text) == text


LOCAL = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+%-]{0,20}", fullmatch=True)
DOMAIN = st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}(\.[a-z]{2,6}){1,3}", fullmatch=True)


@given(LOCAL, DOMAIN, st.sampled_from(["", " ", "\n", "mailto:", "<", "("]))
def test_no_e_mail_address_survives(local: str, domain: str, before: str) -> None:
    assert f"{local}@{domain}" not in redacted(f"Write to {before}{local}@{domain} today")
