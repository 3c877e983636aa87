"""Text that a spreadsheet would compute: marked as text on its way out, taken for text again on its way in."""

import re

WOULD_COMPUTE = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
MARKED = re.compile(rf"'+{WOULD_COMPUTE.pattern}")
SAYS_NOTHING = {"-", "–", "—"}
NUMBER = re.compile(r"[+\-][0-9][0-9 ().\-/]*")


def escaped(text: str) -> str:
    """With an apostrophe before it where a spreadsheet would take it for a formula, or for such a mark."""
    return f"'{text}" if WOULD_COMPUTE.match(text) or MARKED.match(text) else text


def unescaped(text: str) -> str:
    return text[1:] if MARKED.match(text) else text


def is_formula(text: str) -> bool:
    """Whether it would compute something; a number with its sign, such as a phone's, computes nothing."""
    return bool(WOULD_COMPUTE.match(text)) and not NUMBER.fullmatch(text)
