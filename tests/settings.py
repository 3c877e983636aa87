"""The settings of tests and type checks: debug's defaults, without its other effects."""

import os

os.environ.setdefault("DEBUG", "1")

from screening.settings import *  # noqa: F403  # the environment comes first

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
