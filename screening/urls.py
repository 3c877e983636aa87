from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from screening.accounts.views.sign_out import SignOutView
from screening.health import healthz, metrics

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("accounts/logout/", SignOutView.as_view(), name="account_logout"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("rubrics.api.urls")),
    path("api/v1/", include("candidates.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", include("screening.accounts.urls")),
    path("", include("screening.jobs.urls")),
    path("", include("rubrics.urls")),
    path("", include("candidates.urls")),
]
