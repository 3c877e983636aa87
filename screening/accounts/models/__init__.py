from screening.accounts.models.clients import Client
from screening.accounts.models.digests import DigestDay
from screening.accounts.models.invitations import Invitation
from screening.accounts.models.tokens import ApiToken
from screening.accounts.models.users import User

__all__ = ["ApiToken", "Client", "DigestDay", "Invitation", "User"]
