from django.urls import URLPattern, URLResolver, path

from candidates.views import debriefs, interviews, scorecards

app_name = "candidates"
urlpatterns: list[URLPattern | URLResolver] = [
    # interviews
    path("interviews/", interviews.interviews, name="interviews"),
    path("interviews/<int:pk>/", interviews.interview, name="interview"),
    path("interviews/<int:pk>/held/", interviews.hold, name="interview_hold"),
    path("interviews/<int:pk>/cancel/", interviews.cancel, name="interview_cancel"),
    path("interviews/<int:pk>/no-show/", interviews.no_show, name="interview_no_show"),
    path("interviews/<int:pk>/panel/", interviews.panel, name="interview_panel"),
    path("roles/<slug:slug>/interviews/", interviews.role_interviews, name="role_interviews"),
    path("applications/<int:pk>/interviews/new/", interviews.schedule, name="interview_new"),
    # scorecards
    path("scorecards/<int:pk>/", scorecards.scorecard, name="scorecard"),
    path("scorecards/<int:pk>/draft/", scorecards.draft, name="scorecard_draft"),
    path("scorecards/<int:pk>/submit/", scorecards.submit, name="scorecard_submit"),
    path("scorecards/<int:pk>/excuse/", interviews.excuse, name="scorecard_excuse"),
    path("scorecards/<int:pk>/amend/", scorecards.amend, name="scorecard_amend"),
    path("scorecards/<int:pk>/discard/", scorecards.discard, name="scorecard_discard"),
    path("scorecards/<int:pk>/approve/", scorecards.approve, name="scorecard_approve"),
    # debriefs
    path("applications/<int:pk>/debrief/", debriefs.debrief, name="debrief"),
]
