"""One mail each morning with what needs its reader's attention; none when there is nothing."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction

from candidates.queries.day import Section, whole_day
from screening.accounts.enums import Notice
from screening.accounts.models import DigestDay, User
from screening.jobs.services.deliveries import queue_mail

MORNING, TOO_LATE = time(8), time(18)
"""On the reader's own clock. After an outage it still comes while they work, and never at night."""
log = structlog.get_logger(__name__)


def digest_day(now: datetime, zone: ZoneInfo) -> date | None:
    """The day whose mail is due in this zone now, if any."""
    local = now.astimezone(zone)
    return local.date() if MORNING <= local.time() < TOO_LATE else None


def send_digests(*, now: datetime) -> int:
    """Queue what is due and was not considered today; how many mails. Twice, or late, is harmless."""
    zones = User.objects.active().order_by("time_zone").values_list("time_zone", flat=True).distinct()
    days = {zone: digest_day(now, ZoneInfo(zone)) for zone in zones}
    return sum(_send_or_log(user, day, now) for zone, day in days.items() if day for user in _readers(zone, day))


def _readers(zone: str, day: date) -> list[User]:
    wanting = User.objects.active().filter(time_zone=zone).exclude(muted__contains=[Notice.DIGEST])
    return list(wanting.exclude(digest_day__day__gte=day).order_by("pk"))


def _send_or_log(user: User, day: date, now: datetime) -> bool:
    """One that can't be written keeps nobody else from theirs; it is tried again at the next tick."""
    try:
        return _send(user, day, now)
    except Exception:  # whatever the one day comes up with
        log.exception("digest_failed", user=user.pk)
        return False


@transaction.atomic
def _send(user: User, day: date, now: datetime) -> bool:
    """Under a lock of its reader's own, so that two workers send one mail."""
    DigestDay.objects.get_or_create(user=user)
    considered = DigestDay.objects.select_for_update(skip_locked=True).filter(user=user).first()
    if considered is None or (considered.day is not None and considered.day >= day):
        return False
    considered.day = day
    considered.save(update_fields=["day"])
    sections = whole_day(user, now)
    if sections:
        _queue(user, day, sections, now)
    return bool(sections)


def _queue(user: User, day: date, sections: list[Section], now: datetime) -> None:
    number = sum(len(items.rows) if items.total is None else items.total for _, items in sections)
    more = "+" if any(items.more and items.total is None for _, items in sections) else ""
    words = "1 thing needs" if f"{number}{more}" == "1" else f"{number:,}{more} things need"
    queue_mail(
        event=Notice.DIGEST,
        to=user,
        subject=f"{words} your attention",
        template="digest",
        context={"person": user, "sections": sections, "day": day},
        key=f"{Notice.DIGEST}:{user.pk}:{day:%Y%m%d}",
        due_at=now,
    )
