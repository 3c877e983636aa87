from django.urls import URLPattern, URLResolver, path

from screening.jobs.views import deliveries, jobs

app_name = "jobs"
urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("jobs/<uuid:pk>/cancel/", jobs.cancel, name="cancel"),
    path("outbox/", deliveries.outbox, name="outbox"),
    path("outbox/<int:pk>/", deliveries.delivery, name="delivery"),
    path("outbox/<int:pk>/resend/", deliveries.resend, name="resend"),
]
