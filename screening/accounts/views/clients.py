from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from screening.accounts.forms.clients import ClientForm
from screening.accounts.forms.refusals import carried_out
from screening.accounts.http import AuthedRequest
from screening.accounts.models import Client
from screening.accounts.paging import page_of
from screening.accounts.permissions import allow, can_list_clients, can_manage_clients
from screening.accounts.queries import users as queries
from screening.accounts.services import clients as services


@require_safe
def clients(request: AuthedRequest) -> HttpResponse:
    allow(can_list_clients(request.user))
    page = page_of(queries.clients(user=request.user), request)
    context = {"page": page, "may_manage": can_manage_clients(request.user)}
    return render(request, "accounts/clients/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_client(request: AuthedRequest) -> HttpResponse:
    allow(can_manage_clients(request.user))
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        if carried_out(form, lambda: services.create_client(name=name, by=request.user)):
            messages.success(request, f"{name} is added.")
            return redirect("accounts:clients")
    context = {"form": form, "title": "Add a client", "save": "Add"}
    return render(request, "accounts/clients/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def rename_client(request: AuthedRequest, slug: str) -> HttpResponse:
    allow(can_manage_clients(request.user))
    client = get_object_or_404(Client.objects.visible_to(request.user), slug=slug)
    title = f"Rename {client.name}"
    form = ClientForm(request.POST or None, instance=client)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        if carried_out(form, lambda: services.rename_client(client=client, name=name, by=request.user)):
            messages.success(request, f"The client is now called {name}.")
            return redirect("accounts:clients")
    context = {"form": form, "title": title, "save": "Save"}
    return render(request, "accounts/clients/form.html", context, status=422 if form.errors else 200)
