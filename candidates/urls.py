from django.urls import URLPattern, URLResolver, path

from candidates.views import (
    debriefs,
    decisions,
    engagements,
    entries,
    imports,
    interviews,
    reports,
    reviews,
    scorecards,
    scores,
    shortlists,
)

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
    # imports
    path("roles/<slug:slug>/import/", imports.scorecards, name="import_scorecards"),
    # scores
    path("roles/<slug:slug>/scores/", scores.comparison, name="comparison"),
    path("applications/<int:pk>/score/", scores.score, name="score"),
    # debriefs
    path("applications/<int:pk>/debrief/", debriefs.debrief, name="debrief"),
    # shortlists
    path("shortlists/", shortlists.shortlists, name="shortlists"),
    path("roles/<slug:slug>/shortlists/", shortlists.role_shortlists, name="role_shortlists"),
    path("roles/<slug:slug>/shortlists/new/", shortlists.shortlist_new, name="shortlist_new"),
    path("shortlists/<int:pk>/", shortlists.shortlist, name="shortlist"),
    path("shortlists/<int:pk>/preview/", shortlists.shortlist_preview, name="shortlist_preview"),
    path("shortlists/<int:pk>/order/", shortlists.order, name="shortlist_order"),
    path("shortlists/<int:pk>/shown/", shortlists.shown, name="shortlist_shown"),
    path("shortlists/<int:pk>/withdraw/", shortlists.withdraw, name="shortlist_withdraw"),
    path("shortlists/<int:pk>/reviewers/", shortlists.reviewer_new, name="reviewer_new"),
    path("shortlists/<int:pk>/reviewers/<int:reviewer>/remove/", shortlists.reviewer_remove, name="reviewer_remove"),
    path("shortlists/<int:pk>/reviewers/<int:reviewer>/release/", shortlists.reviewer_release, name="reviewer_release"),
    # entries
    path("shortlists/<int:pk>/add/", entries.add, name="shortlist_add"),
    path("shortlists/<int:pk>/add/override/", entries.override, name="shortlist_override"),
    path("entries/<int:pk>/", entries.entry, name="entry"),
    path("entries/<int:pk>/preview/", entries.entry_preview, name="entry_preview"),
    path("entries/<int:pk>/cv/", entries.entry_cv, name="entry_cv"),
    path("entries/<int:pk>/summary/", entries.summary, name="entry_summary"),
    path("entries/<int:pk>/remove/", entries.remove, name="entry_remove"),
    # reports
    path("shortlists/<int:pk>/present/", reports.present, name="shortlist_present"),
    path("shortlists/<int:pk>/present/override/", reports.present_override, name="present_override"),
    path("shortlists/<int:pk>/report/", reports.report_build, name="report_build"),
    path("shortlists/<int:pk>/report/<str:rendering>.pdf", reports.report_pdf, name="report_pdf"),
    # reviews
    path("entries/<int:pk>/review/", reviews.review, name="review"),
    path("entries/<int:pk>/commit/", reviews.commit, name="review_commit"),
    # decisions
    path("entries/<int:pk>/decide/", decisions.entry_decide, name="entry_decide"),
    # engagements
    path("engagements/", engagements.engagements, name="engagements"),
    path("engagements/<int:pk>/", engagements.engagement, name="engagement"),
    path("engagements/<int:pk>/end/", engagements.engagement_end, name="engagement_end"),
    path("engagement-reviews/<int:pk>/", engagements.engagement_review, name="engagement_review"),
    path("applications/<int:pk>/engagement/", engagements.engagement_start, name="engagement_start"),
]
