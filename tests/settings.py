"""The settings of tests and type checks: debug's defaults, with names that no other test run shares."""

import os
from pathlib import Path

from screening import embedded

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the workers: more threads only wait for each other here
os.environ.setdefault("TEST_RUN", str(os.getpid()))
if "REDIS_URL" not in os.environ:
    os.environ["REDIS_URL"] = embedded.addresses(Path(__file__).resolve().parent.parent).redis + "?db=15"
os.environ["REDIS_PREFIX"] = f"test-{os.environ['TEST_RUN']}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"

from screening.settings import *  # noqa: F403  # every setting, then what tests change

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
