from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from screening.accounts.errors import Refused
from screening.accounts.models import Client, User


@transaction.atomic
def create_client(*, name: str, by: User) -> Client:  # noqa: ARG001  # every service says who
    client = Client(name=name, slug=free_slug(name))
    refuse_invalid(client)
    client.save()
    return client


@transaction.atomic
def rename_client(*, client: Client, name: str, by: User) -> Client:  # noqa: ARG001  # every service says who
    """The address of the client's page stays what it was."""
    client.name = name
    refuse_invalid(client)
    client.save(update_fields=["name"])
    return client


def refuse_invalid(client: Client) -> None:
    try:
        client.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error


def free_slug(name: str) -> str:
    """The name in an address; with a number when another client has it already."""
    base = slugify(name)[:70] or "client"
    taken = set(Client.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)
