from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.jobs.models import Job
from screening.jobs.services.jobs import cancel_job


@never_cache
@require_safe
def job(request: AuthedRequest, pk: str) -> HttpResponse:
    """The whole page, or the one component that polls; what shows work on a page of its own shows what came of it."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    done_url = str(job.result.get("url", ""))
    context = {
        "job": job,
        "url": request.path,
        "done_url": done_url if done_url.startswith("/") and not done_url.startswith("//") else "",
        "done_label": job.result.get("label", ""),
    }
    response = render(request, "jobs/jobs/progress.html" if request.htmx else "jobs/jobs/job.html", context)
    if request.htmx and job.is_finished and request.htmx.current_url_abs_path not in {None, request.path}:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def cancel(request: AuthedRequest, pk: str) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    try:
        cancel_job(job=job, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("jobs:job", pk=pk)
