from screening.accounts.models.clients import Client
from screening.accounts.models.invitations import Invitation
from screening.accounts.models.users import User

__all__ = ["Client", "Invitation", "User"]
