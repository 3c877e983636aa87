"""A version as its authors work on it: questions beneath the dimensions they inform, and what is said of each part."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rubrics.enums import CommentAbout
from rubrics.models import Dimension, DraftComment, RubricVersion, Signal
from rubrics.queries.sheets import DimensionShown, QuestionShown, Sheet
from screening.accounts.models import User


@dataclass(frozen=True)
class Thread:
    """What was said of one thing; `settled` are resolved."""

    about: str
    key: str
    open: list[DraftComment] = field(default_factory=list)
    settled: list[DraftComment] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"thread-{self.about}-{self.key}" if self.key else f"thread-{self.about}"


@dataclass(frozen=True)
class Asked:
    """A question beneath a dimension it informs; at home beneath the first, where its neighbours can be passed."""

    shown: QuestionShown
    signals: list[Signal]
    thread: Thread
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Section:
    """A dimension with the questions at home there, and those at home elsewhere that inform it too."""

    row: DimensionShown
    asked: list[Asked]
    also: list[Asked]
    thread: Thread
    before: str
    after: str


@dataclass(frozen=True)
class Studio:
    sheet: Sheet
    sections: list[Section]
    homeless: list[Asked]
    thread: Thread


def studio_of(sheet: Sheet, comments: Sequence[DraftComment]) -> Studio:
    keys = ["", *(row.dimension.key for row in sheet.dimensions), ""]
    return Studio(
        sheet=sheet,
        sections=[
            _section(row, sheet, comments, before, after)
            for row, before, after in zip(sheet.dimensions, keys, keys[2:], strict=False)
        ],
        homeless=_placed([shown for shown in sheet.questions if not shown.dimensions], None, comments),
        thread=_thread(comments, CommentAbout.DRAFT, ""),
    )


def comments_on(version: RubricVersion, user: User) -> list[DraftComment]:
    visible = DraftComment.objects.visible_to(user).filter(version=version)
    return list(visible.select_related("author", "resolved_by"))


def _section(row: DimensionShown, sheet: Sheet, comments: Sequence[DraftComment], before: str, after: str) -> Section:
    informing = [shown for shown in sheet.questions if row.dimension in shown.dimensions]
    at_home = [shown for shown in informing if shown.dimensions[0] == row.dimension]
    return Section(
        row=row,
        asked=_placed(at_home, row.dimension, comments),
        also=_placed([shown for shown in informing if shown not in at_home], row.dimension, comments),
        thread=_thread(comments, CommentAbout.DIMENSION, row.dimension.key),
        before=before,
        after=after,
    )


def _placed(
    questions: Sequence[QuestionShown], dimension: Dimension | None, comments: Sequence[DraftComment]
) -> list[Asked]:
    keys = ["", *(shown.question.key for shown in questions), ""]
    return [
        Asked(
            shown=shown,
            signals=next((signals for one, signals in shown.signals if one == dimension), []),
            thread=_thread(comments, CommentAbout.QUESTION, shown.question.key),
            before=before,
            after=after,
        )
        for shown, before, after in zip(questions, keys, keys[2:], strict=False)
    ]


def _thread(comments: Sequence[DraftComment], about: CommentAbout, key: str) -> Thread:
    said = [comment for comment in comments if (comment.about, comment.key) == (about, key)]
    return Thread(
        about=about,
        key=key,
        open=[comment for comment in said if comment.resolved_at is None],
        settled=[comment for comment in said if comment.resolved_at is not None],
    )
