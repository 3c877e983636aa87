"""Every setting, read from the environment once. Outside debug a missing or malformed value stops the start."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from screening import embedded
from screening.logs import logging_settings

django_stubs_ext.monkeypatch()  # forms.ModelChoiceField[User] means something at run time too

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def needed(name: str, *, in_debug: str) -> str:
    """A variable that may be missing in debug only."""
    value: str = env.str(name, default=in_debug if DEBUG else "").strip()
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name} (or DEBUG=1 for development).")
    return value


def address(name: str, *, in_debug: str, schemes: tuple[str, ...]) -> SplitResult:
    """A variable that holds an address with one of these schemes."""
    parts = urlsplit(needed(name, in_debug=in_debug))
    if parts.scheme not in schemes or not (parts.hostname or parts.path.strip("/")):
        raise ImproperlyConfigured(f"{name} must be an address that begins with {' or '.join(schemes)}.")
    return parts


def database(name: str, *, in_debug: str) -> dict[str, Any]:
    """A PostgreSQL connection from an address; `?host=/directory` names a Unix socket, as libpq has it."""
    parts = address(name, in_debug=in_debug, schemes=("postgres", "postgresql"))
    if not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must end in the name of a database.")
    settings: dict[str, Any] = env.db_url_config(parts.geturl())
    options = settings.setdefault("OPTIONS", {})
    settings["HOST"] = options.pop("host", None) or settings["HOST"]
    options.setdefault("connect_timeout", 5)
    return settings | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "ENGINE": "screening.postgresql"}


def flag(name: str) -> bool:
    value: str = env.str(name, default="").strip().lower()
    if value not in {"", "0", "1", "false", "true", "no", "yes", "off", "on"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0.")
    return value in {"1", "true", "yes", "on"}


def count(name: str) -> int:
    value: str = env.str(name, default="0").strip()
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a number.")
    return int(value)


DEBUG = flag("DEBUG")

# The public address: one variable decides host names, https, cookies and links in e-mails.
PUBLIC = address("SCREENING_URL", in_debug="http://127.0.0.1:8000", schemes=("https", "http"))
HTTPS = PUBLIC.scheme == "https"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
if not PUBLIC.hostname or PUBLIC.path.strip("/") or PUBLIC.query:
    raise ImproperlyConfigured("SCREENING_URL must be an address without a path, such as https://screening.example.")
if not (HTTPS or DEBUG or PUBLIC.hostname in LOOPBACK):
    raise ImproperlyConfigured("SCREENING_URL must begin with https:// unless it names this very machine.")
SCREENING_URL = f"{PUBLIC.scheme}://{PUBLIC.netloc}"

SECRET_KEY = needed("SECRET_KEY", in_debug="debug-only-" + "x" * 50)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
if not DEBUG and len(SECRET_KEY) < 50:  # noqa: PLR2004  # the length that `check --deploy` asks for
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 random characters.")

# Data. The runtime uses the application's role whoever logs in; only `migrate` uses the owner's rights.
EMBEDDED = embedded.addresses(BASE_DIR)
APP_ROLE = "screening_app"
OWNER_ROLE_URL = "DATABASE_OWNER_URL" if env.str("DATABASE_OWNER_URL", default="") else "DATABASE_URL"
DATABASES: dict[str, dict[str, Any]] = {
    "default": database("DATABASE_URL", in_debug=EMBEDDED.database),
    "owner": database(OWNER_ROLE_URL, in_debug=EMBEDDED.owner_database) | {"CONN_MAX_AGE": 0},
}
DATABASES["default"]["OPTIONS"]["options"] = f"-c role={APP_ROLE} -c pg_trgm.word_similarity_threshold=0.35"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

address("REDIS_URL", in_debug=EMBEDDED.redis, schemes=("redis", "rediss", "unix"))
REDIS_URL = needed("REDIS_URL", in_debug=EMBEDDED.redis)
REDIS_PREFIX: str = env.str("REDIS_PREFIX", default="screening")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX,
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 5},
    }
}

# Files of candidates lie outside everything that a web server serves; a view hands them out.
MEDIA_ROOT = needed("MEDIA_ROOT", in_debug=str(BASE_DIR / "var" / "files"))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "screening.static_files.NeededAppFilesFinder",
    "screening.static_files.NodeModulesFinder",
]
NODE_MODULES = BASE_DIR / "node_modules"
# Address below STATIC_URL → file in node_modules. Only what a page really loads is collected.
NODE_FILES = {
    "tabler.css": "@tabler/core/dist/css/tabler.min.css",
    "sortable.js": "sortablejs/Sortable.min.js",
}
TABLER_ICONS = NODE_MODULES / "@tabler" / "icons" / "icons"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "screening.static_files.HashedStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# The program
ROOT_URLCONF = "screening.urls"
WSGI_APPLICATION = "screening.wsgi.application"
INSTALLED_APPS = [
    "screening.accounts",
    "screening.jobs",
    "rubrics",
    "candidates",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "anymail",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "knox",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "rules.apps.AutodiscoverRulesConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "screening.accounts.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "screening.accounts.middleware.TimeZoneMiddleware",
    "screening.accounts.middleware.HistoryMiddleware",
    "screening.accounts.middleware.OpenedFormMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "screening.accounts.context.navigation",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
APPEND_SLASH = True

# Figures on /metrics, for whoever knows the token; without a token there is no such page.
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")
if METRICS_TOKEN:
    INSTALLED_APPS.append("django_prometheus")
    MIDDLEWARE.insert(0, "django_prometheus.middleware.PrometheusBeforeMiddleware")
    MIDDLEWARE.append("django_prometheus.middleware.PrometheusAfterMiddleware")

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Who may enter: by invitation, by e-mail address, with a second factor for those who set one up.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
AUTH_PASSWORD_VALIDATORS.append(
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}}
)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "screening.accounts.adapter.InvitationOnlyAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of a new password, second factor or passkey
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60  # the outbox and a mailbox take their time
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "20/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = count("TRUSTED_PROXIES")
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Screening"
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "screening_session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "screening_csrf"
CSRF_TRUSTED_ORIGINS = [SCREENING_URL]

# What a browser is told
ALLOWED_HOSTS = [PUBLIC.hostname, *(LOOPBACK if DEBUG or PUBLIC.hostname in LOOPBACK else ())]
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Tabler's style sheet draws check marks and arrows with data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")
} | {"publickey-credentials-get": ["self"], "publickey-credentials-create": ["self"]}

# E-mail: smtp://user:password@host:port, or ANYMAIL_BACKEND with ANYMAIL as JSON. Rows of the outbox come first.
EMAIL_URL = needed("EMAIL_URL", in_debug="consolemail://")
try:
    vars().update(env.email_url_config(EMAIL_URL))
except (KeyError, ImproperlyConfigured) as error:
    raise ImproperlyConfigured("EMAIL_URL must be an address such as smtp+tls://user:password@host:587.") from error
EMAIL_TIMEOUT = 20
ANYMAIL_BACKEND: str = env.str("ANYMAIL_BACKEND", default="")
if ANYMAIL_BACKEND:
    EMAIL_BACKEND = f"anymail.backends.{ANYMAIL_BACKEND}.EmailBackend"
    ANYMAIL: dict[str, Any] = env.json("ANYMAIL", default={})
DEFAULT_FROM_EMAIL = SERVER_EMAIL = needed("DEFAULT_FROM_EMAIL", in_debug="screening@localhost")
if "@" not in DEFAULT_FROM_EMAIL:
    raise ImproperlyConfigured("DEFAULT_FROM_EMAIL must be an e-mail address.")
# An installation for trying out shows its own outbox to everybody who is signed in as administrator.
DEMO = flag("DEMO")

# Work in the background: a killed worker's task comes back soon, and nothing is lost when the broker is (the sweep).
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": f"{REDIS_PREFIX}:",
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# What takes longer the more people there are waits in a queue of its own: a letter or a CV never waits behind it.
QUEUES = ("short", "long")
LONG_TASKS = (
    "candidates.build_export",
    "candidates.bulk",
    "candidates.check_import",
    "candidates.find_duplicates",
    "candidates.run_import",
    "candidates.score_pool",
)
CELERY_TASK_QUEUES = [Queue(name) for name in QUEUES]
CELERY_TASK_DEFAULT_QUEUE = "short"
CELERY_TASK_ROUTES = {task: {"queue": "long"} for task in LONG_TASKS}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "jobs.sweep", "schedule": 30.0, "options": {"expires": 25}},
    "remind": {"task": "candidates.remind", "schedule": 60.0, "options": {"expires": 55}},
    "digest": {"task": "candidates.send_digests", "schedule": 300.0, "options": {"expires": 295}},
    "duplicates": {"task": "candidates.look_for_duplicates", "schedule": 86_400.0, "options": {"expires": 3600}},
}

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "screening.accounts.api.TokenMayWrite",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["screening.accounts.filters.KnownFilters"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "screening.accounts.viewsets.refusals_in_words",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min"},
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Screening",
    "VERSION": "1",
    "DESCRIPTION": "Structured interviewing: roles, rubrics, candidates, scorecards, scores, shortlists.",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105  # the name of a model
REST_KNOX = {"TOKEN_TTL": None, "AUTO_REFRESH": False}

# Logs: one JSON object a line, with the ids of request and task and nothing that tells who somebody is.
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # the line at a request's end says all that one would
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
LOGGING = logging_settings(plain=DEBUG, level=env.str("LOG_LEVEL", default="INFO"))
