"""The settings of tests and type checks: debug's defaults, with names that no other test run shares."""

import os

from screening import embedded
from tests import servers

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the workers: more threads only wait for each other here
os.environ.setdefault("TEST_RUN", str(os.getpid()))
SERVERS = servers.place()
OWN = embedded.addresses(SERVERS)
if os.environ.setdefault("DATABASE_URL", OWN.database) == OWN.database:
    os.environ["DATABASE_OWNER_URL"] = OWN.owner_database
os.environ.setdefault("REDIS_URL", f"{OWN.redis}?db=15")
os.environ["REDIS_PREFIX"] = f"test-{os.environ['TEST_RUN']}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"

from screening.settings import *  # noqa: E402, F403  # every setting, then what tests change

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
