"""The link that lets a candidate see their own page without an account.

It names the person and carries a signature over their key, so that a copy of the database makes no link, and a new key
ends the old one.
"""

from django.core.signing import BadSignature, Signer

from candidates.models import Candidate

SALT = "candidates.own_page"


def token_of(candidate: Candidate) -> str:
    signature = Signer(salt=SALT).signature(_signed(candidate))
    return f"{candidate.pk}-{signature}"


def pk_in(token: str) -> int | None:
    """Whose link it claims to be."""
    number = token.partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 16 else None  # noqa: PLR2004 -- fits a bigint


def opens(token: str, candidate: Candidate) -> bool:
    if candidate.erased_at is not None:
        return False
    try:
        Signer(salt=SALT).unsign(f"{_signed(candidate)}:{token.partition('-')[2]}")
    except BadSignature:
        return False
    return True


def _signed(candidate: Candidate) -> str:
    return f"{candidate.pk}/{candidate.link_key}"
