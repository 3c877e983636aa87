from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.paging import page_of
from screening.accounts.permissions import allow
from screening.jobs.forms.deliveries import OutboxFilter
from screening.jobs.models import Delivery
from screening.jobs.permissions import can_read_outbox
from screening.jobs.services.deliveries import send_again


@require_safe
def outbox(request: AuthedRequest) -> HttpResponse:
    allow(can_read_outbox(request.user))
    form = OutboxFilter(request.GET or None)
    deliveries = form.applied_to(Delivery.objects.visible_to(request.user)).defer("text", "html", "calendar", "error")
    return render(request, "jobs/deliveries/list.html", {"form": form, "page": page_of(deliveries, request)})


@require_safe
def delivery(request: AuthedRequest, pk: int) -> HttpResponse:
    allow(can_read_outbox(request.user))
    delivery = get_object_or_404(Delivery.objects.visible_to(request.user), pk=pk)
    return render(request, "jobs/deliveries/delivery.html", {"delivery": delivery, "text": delivery.readable_text})


@require_POST
def resend(request: AuthedRequest, pk: int) -> HttpResponse:
    allow(can_read_outbox(request.user))
    delivery = get_object_or_404(Delivery.objects.visible_to(request.user), pk=pk)
    try:
        send_again(delivery=delivery, by=request.user)
        messages.success(request, "It is being sent again.")
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("jobs:delivery", pk=pk)
