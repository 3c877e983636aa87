from functools import cache
from zoneinfo import available_timezones

LEGACY = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    """UTC and the places of the time zone database, by name; old names for the same places are left out."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith(LEGACY))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]
