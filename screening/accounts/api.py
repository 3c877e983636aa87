"""What a token allows, beside what its owner may do."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from screening.accounts.models import ApiToken


class TokenMayWrite(BasePermission):
    """Lets a token that only reads do nothing else."""

    message = "This token may only read."

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002  # the framework's signature
        token = request.auth
        return request.method in SAFE_METHODS or not (isinstance(token, ApiToken) and token.read_only)
