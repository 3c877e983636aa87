from django.urls import URLPattern, URLResolver, path

from candidates.views import (
    applications,
    candidates,
    consents,
    debriefs,
    decisions,
    documents,
    engagements,
    entries,
    imports,
    interviews,
    notes,
    own_page,
    reports,
    reviews,
    scorecards,
    scores,
    searches,
    shortlists,
    today,
)

app_name = "candidates"
urlpatterns: list[URLPattern | URLResolver] = [
    # today, search
    path("", today.today, name="today"),
    path("search/", searches.search, name="search"),
    # candidates
    path("candidates/", candidates.candidates, name="candidates"),
    path("candidates/new/", candidates.candidate_new, name="candidate_new"),
    path("candidates/<int:pk>/", candidates.candidate, name="candidate"),
    path("candidates/<int:pk>/edit/", candidates.candidate_edit, name="candidate_edit"),
    path("candidates/<int:pk>/roles/", applications.add_to_role, name="add_to_role"),
    path("candidates/<int:pk>/notes/", notes.note_add, name="note_add"),
    path("notes/<int:pk>/delete/", notes.note_delete, name="note_delete"),
    path("candidates/<int:pk>/tags/", notes.tag_add, name="tag_add"),
    path("candidates/<int:pk>/tags/<int:tag>/remove/", notes.tag_remove, name="tag_remove"),
    path("candidates/<int:pk>/documents/", documents.document_add, name="document_add"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("documents/<int:pk>/delete/", documents.document_delete, name="document_delete"),
    path("candidates/<int:pk>/consent/", consents.consent_record, name="consent_record"),
    path("candidates/<int:pk>/consent/withdraw/", consents.consent_withdraw, name="consent_withdraw"),
    path("candidates/<int:pk>/link/", consents.link_send, name="link_send"),
    path("candidates/<int:pk>/link/renew/", consents.link_renew, name="link_renew"),
    path("candidates/<int:pk>/erase/", consents.erase, name="erase"),
    # the candidate's own page
    path("c/<str:token>/", own_page.own_page, name="own_page"),
    path("c/<str:token>/consent/", own_page.own_consent, name="own_consent"),
    path("c/<str:token>/withdraw/", own_page.own_withdraw, name="own_withdraw"),
    path("c/<str:token>/erasure/", own_page.own_erasure, name="own_erasure"),
    # applications
    path("roles/<slug:slug>/pipeline/", applications.pipeline, name="pipeline"),
    path("roles/<slug:slug>/pipeline/move/", applications.move_many, name="move_many"),
    path("roles/<slug:slug>/pipeline/<int:pk>/", applications.column, name="column"),
    path("applications/<int:pk>/move/", applications.move, name="move"),
    path("stage-changes/<int:pk>/undo/", applications.move_undo, name="move_undo"),
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
    # import of scorecards
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
