from django.db import models

from rubrics.enums import StageKind

BEFORE_SCORES = (StageKind.SOURCED, StageKind.CONTACTED, StageKind.SCREENING, StageKind.INTERVIEWING)
"""Kinds of stage that say nothing about anybody's opinion."""
ENDED = (StageKind.REJECTED, StageKind.WITHDRAWN)
"""Kinds of stage in which nobody considers a person any more."""


class Source(models.TextChoices):
    APPLIED = "applied", "Applied"
    REFERRAL = "referral", "Referral"
    SOURCED = "sourced", "Sourced by us"
    AGENCY = "agency", "Agency"
    EVENT = "event", "Event"
    IMPORT = "import", "Import"


class ConsentHow(models.TextChoices):
    OWN_PAGE = "own_page", "Given on their own page"
    RECORDED = "recorded", "Recorded by a recruiter"


class DocumentKind(models.TextChoices):
    CV = "cv", "CV"
    OTHER = "other", "Other"


class InterviewState(models.TextChoices):
    SCHEDULED = "scheduled", "Scheduled"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"
    NO_SHOW = "no_show", "No-show"


class Absent(models.TextChoices):
    """Who did not come to an interview."""

    CANDIDATE = "candidate", "The candidate"
    PANEL = "panel", "The panel"


class ScorecardState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    EXCUSED = "excused", "Excused"


class ScorecardOrigin(models.TextChoices):
    INTERVIEW = "interview", "Interview"
    IMPORTED = "imported", "Imported"


class Recommendation(models.TextChoices):
    STRONG_NO = "strong_no", "Strong no"
    NO = "no", "No"
    YES = "yes", "Yes"
    STRONG_YES = "strong_yes", "Strong yes"


class DebriefResult(models.TextChoices):
    ADVANCE = "advance", "Advance"
    HOLD = "hold", "Hold"
    MORE_EVIDENCE = "more_evidence", "More evidence needed"


class ShortlistState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PRESENTED = "presented", "Presented"
    DECIDED = "decided", "Decided"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ShowPanel(models.TextChoices):
    AFTER = "after", "After their own evaluation"
    BEFORE = "before", "Right away"


class Rendering(models.TextChoices):
    BEFORE = "before", "Before the client’s own evaluation"
    AFTER = "after", "After the client’s own evaluation"


class Opened(models.TextChoices):
    """What of a shortlist somebody at the client had before them."""

    SHORTLIST = "shortlist", "The shortlist"
    ENTRY = "entry", "A person"
    REPORT = "report", "The report"


class Basis(models.TextChoices):
    EVIDENCE = "evidence", "The evidence in the report"
    MEETING = "meeting", "A meeting with the candidate"


class MeetingState(models.TextChoices):
    ASKED = "asked", "Asked for"
    ARRANGED = "arranged", "Arranged"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"
    DECLINED = "declined", "Declined"


class Verdict(models.TextChoices):
    ADVANCE = "advance", "Advance"
    HOLD = "hold", "Hold"
    DECLINE = "decline", "Decline"


class Outcome(models.TextChoices):
    HIRE = "hire", "Hire"
    REJECT = "reject", "Reject"


class OfferAnswer(models.TextChoices):
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"


class ReviewDay(models.IntegerChoices):
    DAY_30 = 30, "Day 30"
    DAY_90 = 90, "Day 90"
    DAY_180 = 180, "Day 180"
    DAY_365 = 365, "Day 365"


class Citation(models.TextChoices):
    """What quoted a score, so that its snapshot has to stay."""

    SHORTLIST = "shortlist", "Shortlist"
    REPORT = "report", "Report"
    DECISION = "decision", "Decision"
    EXPLANATION = "explanation", "Explanation"


class ImportState(models.TextChoices):
    MAPPING = "mapping", "To be mapped"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Checked"
    IMPORTING = "importing", "Being imported"
    DONE = "done", "Imported"
    DISCARDED = "discarded", "Discarded"


class DuplicateRule(models.TextChoices):
    """What becomes of a row about somebody who may be here already."""

    SKIP = "skip", "Leave the row out"
    UPDATE = "update", "Update the person here"
    ADD = "add", "Add a new person anyway"


class MatchedBy(models.TextChoices):
    EMAIL = "email", "Same e-mail"
    REFERENCE = "reference", "Same reference"
    PHONE = "phone", "Same phone"
    NAME = "name", "Similar name"


class RowOutcome(models.TextChoices):
    ADDED = "added", "Added"
    UPDATED = "updated", "Updated"
    SKIPPED = "skipped", "Left out"


class TableFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel (.xlsx)"


class Warned(models.TextChoices):
    """What a card of the pipeline warns of."""

    CONSENT = "consent", "Consent missing"
    OVERDUE = "overdue", "Scorecard overdue"
    UNREAD = "unread", "Unread by the client"


class BulkKind(models.TextChoices):
    """What is done to many applications at once. A rejection is a move to a stage of that kind."""

    MOVE = "move", "Move"
    TAG = "tag", "Add a tag"
    UNTAG = "untag", "Remove a tag"
    ASSIGN = "assign", "Give to"
    MAIL = "mail", "E-mail"


class BulkOutcome(models.TextChoices):
    WAITING = "waiting", "Not reached"
    DONE = "done", "Done"
    UNCHANGED = "unchanged", "Was so already"
    REFUSED = "refused", "Refused"
    UNDONE = "undone", "Taken back"
    KEPT = "kept", "Not taken back"
