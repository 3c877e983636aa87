"""What a browser calls itself, in words."""

import re

from django import template

register = template.Library()

BROWSERS = {
    "Edge": r"Edg(?:e|A|iOS)?/(\d+)",
    "Opera": r"(?:OPR|Opera)/(\d+)",
    "Samsung Internet": r"SamsungBrowser/(\d+)",
    "Firefox": r"(?:Firefox|FxiOS)/(\d+)",
    "Chrome": r"(?:Chrome|Chromium|CriOS)/(\d+)",
    "Safari": r"Version/(\d+).*Safari/",
}
"""The first that is found: most name those they are like after themselves."""
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "ChromeOS": "CrOS",
    "macOS": "Macintosh|Mac OS X",
    "Linux": "Linux|X11",
}
UNKNOWN = "Unknown browser"


@register.filter
def browser_words(user_agent: str) -> str:
    """“Firefox 128 on Windows”, as far as it says so."""
    found = ((name, re.search(pattern, user_agent)) for name, pattern in BROWSERS.items())
    browser = next((f"{name} {match[1]}" for name, match in found if match), UNKNOWN)
    system = next((name for name, pattern in SYSTEMS.items() if re.search(pattern, user_agent)), "")
    return f"{browser} on {system}" if system else browser
