"""Words of letters to candidates: names in double braces are replaced from a fixed list, and nothing is evaluated."""

import re
from collections.abc import Mapping

from candidates.models import Application, Candidate
from screening.accounts.models import User

VARIABLES = {
    "candidate_first_name": "the first word of their name",
    "candidate_name": "their whole name",
    "role_title": "the role you write about",
    "client_name": "the company the role is for",
    "sender_name": "your name",
    "sender_email": "your e-mail address",
}
"""All there are, with what each stands for. None of them may tell what somebody thinks of a candidate."""

EXAMPLE = {
    "candidate_first_name": "Nok",
    "candidate_name": "Nok Ariyawat",
    "role_title": "Senior AI Engineer",
    "client_name": "Northwind Claims",
}
"""Who stands in the preview of a template."""

BRACES = re.compile(r"\{\{(.*?)\}\}")
STRAY = re.compile(r"\{\{|\}\}|\{%|%\}")


def problems_in(text: str, *, where: str) -> list[str]:
    """What of it would not be replaced, with the line in which it stands; `where` is such as “the text”."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"Line {number} of {where}"
        found += [
            f"{place}: “{whole[0]}” is none of the variables."
            for whole in BRACES.finditer(line)
            if whole[1].strip() not in VARIABLES
        ]
        stray = STRAY.search(BRACES.sub("", line))
        if stray:
            found.append(
                f"{place}: “{stray[0]}” is no part of a variable. Only the names beside the field are replaced."
            )
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """Once through, so that what a value says is never taken for a variable; what has no value stays as it is."""
    return BRACES.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def unfilled_in(text: str, values: Mapping[str, str]) -> list[str]:
    """Variables, as they are written, for which there is no value."""
    return [found[0] for found in BRACES.finditer(text) if found[1].strip() not in values]


def values_for(candidate: Candidate, application: Application | None, by: User) -> dict[str, str]:
    """`application` comes with its role and client."""
    values = values_of_sender(by) | {
        "candidate_name": candidate.name,
        "candidate_first_name": (candidate.name.split() or [candidate.name])[0],
    }
    if application is not None:
        values |= {"role_title": application.role.title, "client_name": application.role.client.name}
    return values


def values_of_sender(by: User) -> dict[str, str]:
    return {"sender_name": by.name, "sender_email": by.email}
