"""What interviewers write, drawn: stories with systems, measures and people filled in; comments and notes."""

import numpy as np

from candidates.demo.stories import PLAIN, STRONG, Told

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
    stories = (STRONG if strong else PLAIN)[kind_of(key)]
    told = stories[rng.integers(len(stories))]
    words = {
        "system": SYSTEMS[rng.integers(len(SYSTEMS))],
        "measure": MEASURES[rng.integers(len(MEASURES))],
        "owner": OWNERS[rng.integers(len(OWNERS))],
    }
    return Told(*(_sentence(text.format(**words)) for text in (told.incident, told.action, told.outcome)))


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def dated(rng: np.random.Generator) -> str:
    return f"{rng.integers(2023, 2026)}-{rng.integers(1, 13):02d}"
