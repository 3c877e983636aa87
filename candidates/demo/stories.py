"""Incidents as interviewers write them down: what happened, what the person did, what came of it; by dimension and strength."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    incident: str
    action: str
    outcome: str


STRONG = {
    "ownership": (
        Told(
            "{measure} of {system} fell from 0.91 to 0.84 over nine days",
            "Own alert at 0.88 fired first; compared inputs by source, ruled out the model, rolled back a parser the same "
            "evening; told {owner} before they asked",
            "Back at 0.90 within a day; a schema check now refuses the changed form",
        ),
        Told(
            "{system} answered for six hours with features that were a day old",
            "Took the call as the one on duty; switched to the rules that run without features, wrote to {owner} every hour, "
            "found the job that had reported success without writing",
            "No wrong answer left after the first hour; jobs now report the rows they wrote, not that they ended",
        ),
        Told(
            "A retrained version of {system} was better on every test and worse for {owner}",
            "Held the release at 5 %, read two hundred cases by hand, found that the labels of one partner had changed their meaning",
            "Withdrew it the same day; every label now has an owner and a date",
        ),
    ),
    "judgment": (
        Told(
            "Split {system} into a scorer and a rules layer that three teams built on",
            "Wrote down two rejected designs and what each would have cost; asked whether a model was needed for half the cases",
            "Saved a second model; admits the queue between them made debugging slower and would merge it today",
        ),
        Told(
            "Was asked to put a large language model behind {system}",
            "Measured the present one first: most errors were missing inputs; proposed to mend those, and a small trial with a "
            "date on which it would be thrown away",
            "Errors went down by a third without it; the trial was thrown away on that date",
        ),
        Told(
            "Decided against one feature store for {system} and four others",
            "Listed what the five would really share, which was two tables; put those under a contract and left the rest where it was",
            "Two quarters of work not done; says what would make them decide otherwise",
        ),
    ),
    "observability": (
        Told(
            "Chose what to watch for {system} after a silent failure in {measure}",
            "Set thresholds from what a wrong answer costs {owner}; watched input drift per source and deleted two alerts nobody "
            "acted on",
            "The next shift was seen four hours before users noticed",
        ),
        Told(
            "Nobody could say why {system} had refused a case",
            "Kept inputs, version and reasons of every answer for 90 days, with names taken out; built the page on which {owner} "
            "can look one up",
            "Questions that took an engineer half a day take two minutes",
        ),
        Told(
            "Fourteen alerts of {system} had fired at once, every week",
            "Drew which follows from which; kept three that somebody must act on, wrote for each who and how, and made the rest a page",
            "Called at night twice in half a year instead of weekly; both times rightly",
        ),
    ),
    "communication": (
        Told(
            "{system} could not promise what sales had announced",
            "Told {owner} in plain words what it can do now and what would take a quarter; moved the estimate early, with reasons",
            "The date was changed once instead of slipping weekly",
        ),
        Told(
            "{owner} had stopped trusting {system} after two bad mornings",
            "Showed both mornings case by case, what was a mistake of the model and what was not; agreed on what they may overrule",
            "They overrule one case in fifty and say why; the reasons are read every Friday",
        ),
        Told(
            "Wrote the note after {system} had been down for an hour",
            "One page without blame: what users saw, what was tried in which order, what was a guess; sent to {owner} the next morning",
            "Two other teams found the same weakness with it",
        ),
    ),
    "mentoring": (
        Told(
            "Two colleagues kept shipping changes to {system} without evaluation",
            "Reviewed with them for six weeks, wrote down how to reason about a regression, then stepped back",
            "Both now catch their own problems; the checklist is used by another team",
        ),
        Told(
            "A new engineer was to take over {system}",
            "Let them lead an incident with a silent second beside them, talked for half an hour after each; gave away the easy half first",
            "They run it alone since the third month, and changed two things the author would not have",
        ),
        Told(
            "Reviews of {system} took a week and found spelling",
            "Asked each author for the one thing they were unsure of, and reviewed that; told a senior colleague the same, in private",
            "Reviews take a day; two faults in evaluation were found that way",
        ),
    ),
}
PLAIN = {
    "ownership": (
        Told(
            "{measure} of {system} dropped after a release",
            "Was told by {owner}, found the release with help, rolled it back",
            "It recovered; no check was added",
        ),
        Told(
            "{system} ran out of memory on a Monday",
            "Restarted it, asked for a larger machine and got it",
            "It has not happened again; why it grew was not looked at",
        ),
    ),
    "judgment": (
        Told(
            "Moved {system} to a managed queue",
            "Compared two options on price; the reasons against the other stayed vague",
            "It works; the cost of leaving it again was not considered",
        ),
        Told(
            "Rewrote {system} as services",
            "Followed how a larger company does it; could not say what the single program had been bad at",
            "Released after two quarters; slower to change than before, by their own account",
        ),
    ),
    "observability": (
        Told(
            "Added a dashboard for {system}",
            "Took over thresholds from a template; could say what two of them mean",
            "It was looked at after incidents, not before",
        ),
        Told(
            "Logs of {system} were searched after a complaint",
            "Found the request by its time; inputs had not been kept, so it could not be repeated",
            "Logging was added for that one path",
        ),
    ),
    "communication": (
        Told(
            "Presented {system} to {owner}",
            "Explained it well to engineers; had to be asked about limits",
            "Questions came back a week later",
        ),
        Told(
            "A change to {system} surprised {owner}",
            "It had been in the release notes; called them after they had complained",
            "They asked to be told beforehand; it is done by somebody else now",
        ),
    ),
    "mentoring": (
        Told(
            "Reviewed changes of one junior on {system}",
            "Gave comments on style, fewer on reasoning",
            "Reviews got shorter",
        ),
        Told(
            "Showed a colleague how {system} is released",
            "Did it in front of them twice; the steps are not written down",
            "They ask again each time",
        ),
    ),
}
