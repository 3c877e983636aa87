from django.db import models


class Part(models.TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    RECRUITER = "recruiter", "Recruiter"
    HIRING_MANAGER = "hiring_manager", "Hiring manager"
    CLIENT_REVIEWER = "client_reviewer", "Client reviewer"


class Notice(models.TextChoices):
    """Mails that a user may do without, by the event they tell of. What concerns their account always comes."""

    DIGEST = "digest.daily", "What needs your attention, each morning at 8"
    INTERVIEW_SCHEDULED = "interview.scheduled", "You are on the panel of an interview"
    INTERVIEW_CHANGED = "interview.changed", "An interview of yours has another time, place or panel"
    INTERVIEW_CANCELLED = "interview.cancelled", "An interview of yours is cancelled"
    INTERVIEW_LEFT = "interview.left", "Somebody takes your place on a panel"
    INTERVIEW_EXCUSED = "interview.excused", "You are excused from a scorecard"
    INTERVIEW_REMINDER = "interview.reminder", "An interview is near"
    SCORECARD_REMINDER = "scorecard.reminder", "A scorecard is awaited"
    DEBRIEF_ASKED = "debrief.asked", "Somebody asks about your scorecard"
    DEBRIEF_ANSWERED = "debrief.answered", "Somebody wrote in a debrief you take part in"
    NOTE_MENTION = "note.mention", "Somebody mentions you in a note"
    KICKOFF_ASKED = "kickoff.asked", "You are asked about the scope of a role"
    KICKOFF_REMINDER = "kickoff.reminder", "Questions about a scope still wait for you"
    KICKOFF_RETURNED = "kickoff.returned", "An answer about a scope comes back to you"
    KICKOFF_ANSWERED = "kickoff.answered", "Your questions about a scope are answered"
    SCOPE_APPROVAL_ASKED = "scope.approval_asked", "A scope waits for your approval"
    SCOPE_APPROVED = "scope.approved", "A client has approved a scope"
    OVERRIDE_ASKED = "override.asked", "A colleague asks for your approval"
    OVERRIDE_ANSWERED = "override.answered", "What you asked approval for is answered"
    RUBRIC_COMMENT = "rubric.comment", "Somebody comments on a draft you work on"
    SHORTLIST_PRESENTED = "shortlist.presented", "A shortlist is presented to you"
    SHORTLIST_REMINDER = "shortlist.reminder", "A shortlist still waits for your evaluation"
    SHORTLIST_WITHDRAWN = "shortlist.withdrawn", "A shortlist is withdrawn"
    SHORTLIST_QUESTION = "shortlist.question", "A question about somebody on a shortlist, or its answer"
    MEETING_ASKED = "meeting.asked", "A client asks to meet somebody"
    MEETING_CALLED_OFF = "meeting.called_off", "A client no longer wants a meeting"
    MEETING_ARRANGED = "meeting.arranged", "A meeting you asked for is arranged, or changed"
    MEETING_DECLINED = "meeting.declined", "A meeting you asked for will not be"
    MEETING_CANCELLED = "meeting.cancelled", "A meeting you asked for is cancelled"
    ENGAGEMENT_REVIEW = "engagement.review", "A review at work is due"


INSIDE = (Part.ADMINISTRATOR, Part.RECRUITER, Part.HIRING_MANAGER)
OF_THE_FIRM = (Part.ADMINISTRATOR, Part.RECRUITER)

NOTICES: tuple[tuple[str, tuple[Part, ...], tuple[Notice, ...]], ...] = (
    ("Every morning", tuple(Part), (Notice.DIGEST,)),
    (
        "Interviews and scorecards",
        INSIDE,
        (
            Notice.INTERVIEW_SCHEDULED, Notice.INTERVIEW_CHANGED, Notice.INTERVIEW_CANCELLED, Notice.INTERVIEW_LEFT,
            Notice.INTERVIEW_REMINDER, Notice.SCORECARD_REMINDER, Notice.INTERVIEW_EXCUSED,
        ),
    ),
    ("Debriefs", INSIDE, (Notice.DEBRIEF_ASKED, Notice.DEBRIEF_ANSWERED)),
    ("Notes", INSIDE, (Notice.NOTE_MENTION,)),
    ("Rubrics", INSIDE, (Notice.RUBRIC_COMMENT,)),
    (
        "The scope of roles",
        (Part.HIRING_MANAGER,),
        (Notice.KICKOFF_ASKED, Notice.KICKOFF_REMINDER, Notice.KICKOFF_RETURNED),
    ),
    ("The scope of roles", OF_THE_FIRM, (Notice.KICKOFF_ANSWERED, Notice.SCOPE_APPROVED)),
    ("Approvals among colleagues", OF_THE_FIRM, (Notice.OVERRIDE_ASKED, Notice.OVERRIDE_ANSWERED)),
    (
        "Clients",
        OF_THE_FIRM,
        (
            Notice.SHORTLIST_QUESTION, Notice.MEETING_ASKED, Notice.MEETING_CALLED_OFF, Notice.ENGAGEMENT_REVIEW,
        ),
    ),
    ("The scope of roles", (Part.CLIENT_REVIEWER,), (Notice.SCOPE_APPROVAL_ASKED,)),
    (
        "Shortlists",
        (Part.CLIENT_REVIEWER,),
        (
            Notice.SHORTLIST_PRESENTED, Notice.SHORTLIST_REMINDER, Notice.SHORTLIST_WITHDRAWN,
            Notice.SHORTLIST_QUESTION,
        ),
    ),
    (
        "Meetings",
        (Part.CLIENT_REVIEWER,),
        (Notice.MEETING_ARRANGED, Notice.MEETING_DECLINED, Notice.MEETING_CANCELLED),
    ),
    ("After the hire", (Part.CLIENT_REVIEWER,), (Notice.ENGAGEMENT_REVIEW,)),
)  # fmt: skip
"""Which notices reach whom, under which heading."""


def notices_of(part: str) -> list[tuple[str, tuple[Notice, ...]]]:
    return [(heading, notices) for heading, parts, notices in NOTICES if part in parts]
