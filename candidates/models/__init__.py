from candidates.models.applications import Application, StageChange
from candidates.models.bulk import BulkAction, BulkItem
from candidates.models.candidate_imports import CandidateImport, ImportRow
from candidates.models.candidates import Candidate
from candidates.models.client_questions import ClientAnswer, ClientQuestion
from candidates.models.consents import Consent
from candidates.models.debriefs import DebriefAnswer, DebriefOutcome, DebriefQuestion
from candidates.models.decisions import Decision
from candidates.models.documents import Document
from candidates.models.engagements import Engagement, EngagementRating, EngagementReview
from candidates.models.erasures import Erasure
from candidates.models.exports import Export
from candidates.models.feedback import Feedback
from candidates.models.interviews import Interview
from candidates.models.mails import CandidateMail, MailTemplate
from candidates.models.meetings import Meeting
from candidates.models.merges import DifferentPeople, LikelyDuplicate, Merge
from candidates.models.notes import CandidateTag, Mention, Note, Tag
from candidates.models.offers import Offer
from candidates.models.openings import ShortlistOpening
from candidates.models.opinions import OpinionSeen
from candidates.models.reports import Report
from candidates.models.reviews import ClientRating, ClientReview
from candidates.models.samples import SampleRating
from candidates.models.saved_views import SavedView
from candidates.models.scorecards import Evidence, PrivateNote, QuestionNote, Rating, Scorecard, SignalHeard
from candidates.models.scores import Score, ScoreSnapshot, ScoringRun
from candidates.models.shortlist_versions import ShortlistVersion, VersionPlace
from candidates.models.shortlists import EntryClaim, Shortlist, ShortlistEntry, ShortlistReviewer

__all__ = [
    "Application",
    "BulkAction",
    "BulkItem",
    "Candidate",
    "CandidateImport",
    "CandidateMail",
    "CandidateTag",
    "ClientAnswer",
    "ClientQuestion",
    "ClientRating",
    "ClientReview",
    "Consent",
    "DebriefAnswer",
    "DebriefOutcome",
    "DebriefQuestion",
    "Decision",
    "DifferentPeople",
    "Document",
    "Engagement",
    "EngagementRating",
    "EngagementReview",
    "EntryClaim",
    "Erasure",
    "Evidence",
    "Export",
    "Feedback",
    "ImportRow",
    "Interview",
    "LikelyDuplicate",
    "MailTemplate",
    "Meeting",
    "Mention",
    "Merge",
    "Note",
    "Offer",
    "OpinionSeen",
    "PrivateNote",
    "QuestionNote",
    "Rating",
    "Report",
    "SampleRating",
    "SavedView",
    "Score",
    "ScoreSnapshot",
    "Scorecard",
    "ScoringRun",
    "Shortlist",
    "ShortlistEntry",
    "ShortlistOpening",
    "ShortlistReviewer",
    "ShortlistVersion",
    "SignalHeard",
    "StageChange",
    "Tag",
    "VersionPlace",
]
