from django.urls import include, path

from screening.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
    path("", include("screening.accounts.urls")),
    path("", include("screening.jobs.urls")),
    path("", include("rubrics.urls")),
    path("", include("candidates.urls")),
]
