from django.db import models


class RoleStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    ON_HOLD = "on_hold", "On hold"
    FILLED = "filled", "Filled"
    CLOSED = "closed", "Closed"


class StageKind(models.TextChoices):
    """What a stage means; a role may rename, drop or add stages within a kind, the kinds carry the behaviour."""

    SOURCED = "sourced", "Sourced"
    CONTACTED = "contacted", "Contacted"
    SCREENING = "screening", "Screening"
    INTERVIEWING = "interviewing", "Interviewing"
    SCORED = "scored", "Scored"
    SHORTLISTED = "shortlisted", "Shortlisted"
    WITH_CLIENT = "with_client", "With client"
    OFFER = "offer", "Offer"
    HIRED = "hired", "Hired"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Duty(models.TextChoices):
    LEAD = "lead", "Lead"
    INTERVIEWER = "interviewer", "Interviewer"
    OBSERVER = "observer", "Observer"


class NameForm(models.TextChoices):
    FULL = "full", "Full name"
    INITIALS = "initials", "Initials"


class VersionStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


class SignalKind(models.TextChoices):
    STRONG = "strong", "Strong"
    WEAK = "weak", "Weak"


class CommentAbout(models.TextChoices):
    DRAFT = "draft", "The whole draft"
    DIMENSION = "dimension", "Dimension"
    QUESTION = "question", "Question"


class KickoffState(models.TextChoices):
    SENT = "sent", "Sent"
    ANSWERED = "answered", "Answered"
    ACCEPTED = "accepted", "Accepted"
    RETURNED = "returned", "Returned"


class GateName(models.TextChoices):
    """The gates that an override may open."""

    OPEN_ROLE = "open_role", "Open a role"
    SHORTLIST = "shortlist", "Put on a shortlist"
    PRESENT = "present", "Present a shortlist"
