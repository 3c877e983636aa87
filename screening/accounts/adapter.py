"""How the log-in library is bent to this house: nobody signs up, and its e-mails go through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.http import HttpRequest

from screening.jobs.services.deliveries import queue_message


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """As a row first: whether the address is known takes the same time, and a mail server may be away."""
        request = allauth_context.request
        values = {"request": request, "email": email, "site": settings.SCREENING_URL, **context}
        message = self.render_mail(template_prefix, email, values)
        name = template_prefix.rpartition("/")[2]
        queue_message(event=f"account.{name}", to=email, subject=message.subject, text=message.body, confidential=True)
