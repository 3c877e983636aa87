"""What a token allows, beside what its owner may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission

from screening.accounts.models import ApiToken

if TYPE_CHECKING:  # the framework reads its settings, which name this module, while it loads its views
    from rest_framework.request import Request
    from rest_framework.views import APIView


class TokenMayWrite(BasePermission):
    """Lets a token that only reads do nothing else."""

    message = "This token may only read."

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002  # the framework's signature
        token = request.auth
        return request.method in SAFE_METHODS or not (isinstance(token, ApiToken) and token.read_only)
