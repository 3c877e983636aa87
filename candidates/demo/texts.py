"""What interviewers write: incidents with dates, what was done, what came of it, by dimension and level."""

from dataclasses import dataclass

import numpy as np

SYSTEMS = (
    "the claims triage model", "the fraud scoring service", "the document search", "the demand forecast",
    "the support assistant", "the route planner", "the invoice reader", "the recommendation feed", "the pricing model",
    "the transcription pipeline",
)  # fmt: skip
MEASURES = (
    "precision",
    "recall",
    "latency at the 99th percentile",
    "calibration",
    "answer rate",
    "freshness of features",
)
OWNERS = ("the operations lead", "the support team", "the two hospitals on it", "finance", "the on-call engineer")


@dataclass(frozen=True)
class Told:
    incident: str
    action: str
    outcome: str


STRONG = {
    "ownership": Told(
        "{measure} of {system} fell from 0.91 to 0.84 over nine days",
        "Own alert at 0.88 fired first; compared inputs by source, ruled out the model, rolled back a parser the same evening; "
        "told {owner} before they asked",
        "Back at 0.90 within a day; a schema check now refuses the changed form",
    ),
    "judgment": Told(
        "Split {system} into a scorer and a rules layer that three teams built on",
        "Wrote down two rejected designs and what each would have cost; asked whether a model was needed for half the cases",
        "Saved a second model; admits the queue between them made debugging slower and would merge it today",
    ),
    "observability": Told(
        "Chose what to watch for {system} after a silent failure in {measure}",
        "Set thresholds from what a wrong answer costs {owner}; watched input drift per source and deleted two alerts nobody acted on",
        "The next shift was seen four hours before users noticed",
    ),
    "communication": Told(
        "{system} could not promise what sales had announced",
        "Told {owner} in plain words what it can do now and what would take a quarter; moved the estimate early, with reasons",
        "The date was changed once instead of slipping weekly",
    ),
    "mentoring": Told(
        "Two colleagues kept shipping changes to {system} without evaluation",
        "Reviewed with them for six weeks, wrote down how to reason about a regression, then stepped back",
        "Both now catch their own problems; the checklist is used by another team",
    ),
}
PLAIN = {
    "ownership": Told(
        "{measure} of {system} dropped after a release",
        "Was told by {owner}, found the release with help, rolled it back",
        "It recovered; no check was added",
    ),
    "judgment": Told(
        "Moved {system} to a managed queue",
        "Compared two options on price; the reasons against the other stayed vague",
        "It works; the cost of leaving it again was not considered",
    ),
    "observability": Told(
        "Added a dashboard for {system}",
        "Took over thresholds from a template; could say what two of them mean",
        "It was looked at after incidents, not before",
    ),
    "communication": Told(
        "Presented {system} to {owner}",
        "Explained it well to engineers; had to be asked about limits",
        "Questions came back a week later",
    ),
    "mentoring": Told(
        "Reviewed changes of one junior on {system}",
        "Gave comments on style, fewer on reasoning",
        "Reviews got shorter",
    ),
}
COMMENTS = (
    "Calm and exact; names what they do not know.",
    "Strong on what happened, thinner on why that threshold.",
    "Would want to see them under time pressure once more.",
    "Talks about the team where I asked for their own part; came back to it when probed.",
    "The kind of person who tells you before you ask.",
    "Good stories, few numbers.",
)
NOTES = (
    "Asked twice who noticed first; answer was clear the second time.",
    "Drew the data flow without being asked.",
    "Names the person they told and when.",
    "Hesitates on what was ruled out.",
)
SUMMARIES = (
    "Kept a production model honest through a silent input change; found it by their own alert and told operations first.",
    "Split a monolith that three teams built on; can say what it cost and what it avoided.",
    "Set drift thresholds from business loss rather than from statistics, and deleted alerts nobody acted on.",
    "Explains limits to people without AI depth before they become surprises.",
)
HEADLINES = (
    "ML engineer, search and ranking", "Senior engineer, applied AI", "Data scientist in insurance", "Platform engineer for ML",
    "Engineer, document understanding", "Lead engineer, forecasting", "MLOps engineer", "Research engineer turned product",
)  # fmt: skip


def kind_of(key: str) -> str:
    """The family of stories that fits a dimension, by its key."""
    for kind in STRONG:
        if kind in key:
            return kind
    return {"framing": "judgment", "question": "judgment", "data": "observability"}.get(
        key.split("-", maxsplit=1)[0], "ownership"
    )


def tell(key: str, *, strong: bool, rng: np.random.Generator) -> Told:
    told = (STRONG if strong else PLAIN)[kind_of(key)]
    words = {
        "system": SYSTEMS[rng.integers(len(SYSTEMS))],
        "measure": MEASURES[rng.integers(len(MEASURES))],
        "owner": OWNERS[rng.integers(len(OWNERS))],
    }
    first = told.incident.format(**words)
    return Told(first[0].upper() + first[1:], told.action.format(**words), told.outcome.format(**words))


def dated(rng: np.random.Generator) -> str:
    return f"{rng.integers(2023, 2026)}-{rng.integers(1, 13):02d}"
