from collections.abc import Callable
from typing import TypeVar

from django import forms

from screening.accounts.errors import Refused

T = TypeVar("T")


def carried_out(form: forms.BaseForm, act: Callable[[], T]) -> T | None:
    """What the service gave; None when it refused, with its words on the form."""
    try:
        return act()
    except Refused as refused:
        form.add_error(None, refused.message)
        return None
