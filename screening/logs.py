"""Logs as JSON lines that tell what happened and not to whom."""

import re
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

# A signed link to a candidate's own page is a key to it, as are an invitation and the link to a new password.
KEY_IN_PATH = re.compile(r"(/(?:c|invitations|reset/key)/)[^/\s]+")
QUERY = re.compile(r"(/[^\s?]*)\?\S*")  # a search holds names
E_MAIL = re.compile(r"[^\s@<>\"'(=]+@[^\s@<>\"')]+")
DATABASE_DETAIL = re.compile(r"(DETAIL: ).*")  # PostgreSQL quotes the row that broke a rule
PERSONAL = ("ip", "user_agent", "email", "name")


def without_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for key in PERSONAL:
        event.pop(key, None)
    return {key: cleaned(value) if isinstance(value, str) else value for key, value in event.items()}


def cleaned(text: str) -> str:
    text = KEY_IN_PATH.sub(r"\1…", text)
    text = QUERY.sub(r"\1", text)
    text = DATABASE_DETAIL.sub(r"\1…", text)
    return E_MAIL.sub("…@…", text)


def processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def logging_settings(*, plain: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING; `plain` writes lines for people instead of JSON."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last: list[Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if plain
        else [structlog.processors.format_exc_info, without_personal_data, structlog.processors.JSONRenderer()]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
                "foreign_pre_chain": processors(),
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django.server": {"handlers": [], "propagate": False}, "pgtrigger": {"level": "WARNING"}},
    }
