"""One settings file, driven by environment variables, safe unless told otherwise.

PEER_MODE is `real` (default), `demo` (a fictional organization, plain http on localhost), `dev` (the demo, for developers:
errors are shown in full) or `test`.
"""

import os
import resource
import sys
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from peersupport.beat import Every
from peersupport.secrets_file import read_or_create
from peersupport.zones import use_newest

#: The version of the rules of time zones that is used: the newer of the machine's and the package's.
ZONE_DATA = use_newest()
env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env("PEER_MODE", default="real")
if MODE not in {"real", "demo", "dev", "test"}:
    raise ImproperlyConfigured(f"PEER_MODE is {MODE!r}; it can be real, demo, dev or test.")
DEVELOPING, TESTING = MODE == "dev", MODE == "test"
DEMO = MODE == "demo" or DEVELOPING
PLAIN_HTTP = DEMO or TESTING or env.bool("PEER_PLAIN_HTTP", default=False)
VAR = Path(env("PEER_VAR", default=str(BASE_DIR / "var" / ("data" if MODE == "real" else MODE)))).resolve()
if not TESTING:
    # Whatever the shell or the unit says: what this installation writes is for its own user, and no dump of its memory.
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    VAR.mkdir(parents=True, exist_ok=True, mode=0o700)

#: Only with fictional people, and only for this machine: a page that tells of an error shows what was typed.
DEBUG = DEVELOPING
SECRET_KEY = env("SECRET_KEY", default="") or ("test" * 16 if TESTING else read_or_create(VAR / "secret_key"))
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
_LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = _LOOPBACK if DEVELOPING else env.list("ALLOWED_HOSTS", default=_LOOPBACK)
SITE_URL = env("SITE_URL", default="http://localhost:8000" if PLAIN_HTTP else "https://localhost").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "peersupport.web",
    "peersupport.audit",
    "peersupport.vault",
    "peersupport.organization",
    "peersupport.accounts",
    "peersupport.notifications",
    "peersupport.writing_helper",
    "supporters",
    "supporters.supervision",
    "supporters.training",
    "supporters.staffing",
    "matching",
    "sessions_log",
    "hiring",
    "peersupport.reports",
    "peersupport.backups",
    "peersupport.demo",
    "peersupport.serving",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "rules",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "peersupport.web.middleware.KnownHostMiddleware",
    "peersupport.vault.unlocking.VaultMiddleware",
    "peersupport.web.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "peersupport.web.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "peersupport.accounts.session_limits.SessionLimitsMiddleware",
    "peersupport.web.scripts.ScriptAnswersMiddleware",
    "peersupport.web.kept_words.KeptWordsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "peersupport.accounts.middleware.PreferencesMiddleware",
    "peersupport.accounts.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "peersupport.accounts.middleware.ConfirmFirstMiddleware",
    "peersupport.accounts.middleware.PasswordAttemptsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "peersupport.web.middleware.UnexpectedInputMiddleware",
    "peersupport.web.middleware.WorkflowAnswersMiddleware",
    "peersupport.web.form_keys.FormKeyMiddleware",
]

ROOT_URLCONF = "peersupport.urls"
WSGI_APPLICATION = "peersupport.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "peersupport.web.templatetags.peer"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "peersupport.web.context.languages",
                "peersupport.organization.context.organization",
                "peersupport.accounts.context.navigation",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ("peer",)
CRISPY_TEMPLATE_PACK = "peer"

# The database: SQLite in one file unless DATABASE_URL says PostgreSQL.
_OWN_DATABASE = f"sqlite:///{VAR / 'peersupport.sqlite3'}"
# Errors in full are for fictional people: a developer's site never opens the database of a real one.
DATABASES = {
    "default": env.db_url_config(_OWN_DATABASE) if DEVELOPING else env.db("DATABASE_URL", default=_OWN_DATABASE)
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

# Django's own shared caches unpickle: a value in them would be code. This one is signed JSON in a table.
CACHES = {"default": {"BACKEND": "peersupport.web.cache.SignedDatabaseCache"}}
# In the database alone: a session that was ended must not come back from a cache that was away meanwhile.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"

# Celery: Redis when there is one, otherwise folders that need no server.
REDIS_URL = env("REDIS_URL", default="")
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default=REDIS_URL or "embedded://localhost")
if CELERY_BROKER_URL.startswith("embedded"):
    _BROKER = VAR / "broker"
    if not TESTING:
        (_BROKER / "queue").mkdir(parents=True, exist_ok=True)
        (_BROKER / "control").mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_BROKER / "queue"),
        "data_folder_out": str(_BROKER / "queue"),
        "control_folder": str(_BROKER / "control"),
        "store_processed": False,
    }
else:
    # A broker that is away or silent is given up soon: a message is only a hint, and somebody waits for their page.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "max_retries": 0,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
        "socket_connect_timeout": 1,
        "socket_timeout": 2,
    }
# Messages are JSON alone: a pickle that somebody puts into the broker is refused.
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
SCAN_SECONDS = env.int("PEER_SCAN_SECONDS", default=20)
CELERY_BEAT_SCHEDULE = {
    "reminders": {"task": "peersupport.notifications.tasks.scan", "schedule": Every(SCAN_SECONDS)},
    "erased": {"task": "peersupport.accounts.tasks.leave_nothing_erased", "schedule": Every(3 * SCAN_SECONDS)},
    "bounces": {"task": "peersupport.notifications.tasks.read_bounces", "schedule": Every(600)},
    "housekeeping": {"task": "peersupport.accounts.tasks.housekeeping", "schedule": Every(3600)},
    "matching": {"task": "matching.tasks.housekeeping", "schedule": Every(60)},
    "notes": {"task": "sessions_log.tasks.housekeeping", "schedule": Every(60)},
    "figures": {"task": "peersupport.reports.tasks.fix_figures", "schedule": Every(3600)},
    "training": {"task": "supporters.training.tasks.housekeeping", "schedule": Every(3600)},
    "hiring": {"task": "hiring.tasks.housekeeping", "schedule": Every(300)},
    "work": {"task": "supporters.staffing.tasks.housekeeping", "schedule": Every(600)},
    "supervision": {"task": "supporters.supervision.tasks.housekeeping", "schedule": Every(3600)},
    "imports": {"task": "supporters.tasks.continue_imports", "schedule": Every(30)},
    "zones": {"task": "peersupport.notifications.tasks.recompute_times", "schedule": Every(3600)},
}
# Never the default one, whose file of pickles runs code for whoever can write to it.
CELERY_BEAT_SCHEDULER = "peersupport.beat:RowScheduler"

# Signing in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "peersupport.accounts.password_rules.GuessedSoonValidator"},
]
PASSWORD_HASHERS = [
    "peersupport.vault.hashers.Argon2id",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "peersupport.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "peersupport.accounts.forms.SignupDetails"
ACCOUNT_FORMS = {
    "login": "peersupport.accounts.password_forms.SignIn",
    "signup": "peersupport.accounts.password_forms.SignUp",
    "reset_password": "peersupport.accounts.password_forms.AskForNewPassword",
    "add_email": "peersupport.accounts.password_forms.AddAddress",
    "change_password": "peersupport.accounts.password_forms.ChangePassword",
}
# Passwords are counted by peersupport/accounts/password_attempts.py, so that others' guesses lock nobody out; codes of a
# second factor by allauth's own limit of failed sign-ins.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# Asked at sign-in: “Only I use this device”.
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if PLAIN_HTTP else "https"
MFA_ADAPTER = "peersupport.accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "peersupport.accounts.factor_forms.SecondFactor",
    "reauthenticate": "peersupport.accounts.factor_forms.SecondFactorAgain",
    "activate_totp": "peersupport.accounts.factor_forms.BeginApp",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Peer support"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PLAIN_HTTP
USERSESSIONS_TRACK_ACTIVITY = False
# A second factor for everyone who holds a role of trust; the demonstration never asks for one.
REQUIRE_SECOND_FACTOR = env.bool("PEER_REQUIRE_SECOND_FACTOR", default=not DEMO)

# The vault (peersupport/vault). The pepper and the ledger stay outside the database and its backups.
PEPPER_FILE = env("PEER_PEPPER_FILE", default=str(VAR / "pepper"))
PEPPER_MADE_BY_ITSELF = DEMO or TESTING
LEDGER_FILE = env("PEER_LEDGER_FILE", default=str(VAR / "ledger"))
# Backups are sealed to a key whose private half is kept offline (`manage.py backup_key`).
BACKUP_KEY = env("PEER_BACKUP_KEY", default="")
BACKUP_FOLDER = env("PEER_BACKUP_FOLDER", default=str(VAR / "backups"))
# Each sign-in takes 64 MiB for a tenth of a second: at most so many at once on this machine.
ARGON2_AT_ONCE = env.int("PEER_ARGON2_AT_ONCE", default=4)

# Languages and time
LANGUAGE_CODE = env("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", "English"), ("es", "Español"), ("fr", "Français"), ("ar", "العربية")]
FORMAT_MODULE_PATH = ["peersupport.formats"]
LOCALE_PATHS = [BASE_DIR / "peersupport" / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_I18N = USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="UTC")

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEVELOPING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEVELOPING
MEDIA_ROOT = VAR / "files"
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
FILE_UPLOAD_HANDLERS = ["peersupport.web.uploads.InMemory"]
DATA_UPLOAD_MAX_NUMBER_FILES = 10
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

# Security
CSP_POLICY = {
    "default-src": [NONE],
    "connect-src": [SELF],
    "font-src": [SELF],
    "img-src": [SELF, "data:"],
    "style-src": [SELF, NONCE],
    "script-src": [SELF, NONCE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
    "object-src": [NONE],
    "manifest-src": [SELF],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": CSP_POLICY}
SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^healthz/beat$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else env.int("HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=False)
# Subdomains and preload are the organization's decision: they can lock other sites of theirs out.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
BEHIND_PROXY_SAID = "BEHIND_PROXY" in env
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
#: Whoever does nothing for so long is signed out, unless only they use the device and they hold no role of trust.
IDLE_SECONDS = env.int("PEER_IDLE_MINUTES", default=30) * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# The prefix binds a cookie to this very host, over TLS, for every path: another site of the domain can't set it.
_HOST = "" if PLAIN_HTTP else "__Host-"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST}session", f"{_HOST}csrftoken"
LANGUAGE_COOKIE_NAME, LANGUAGE_COOKIE_SAMESITE, LANGUAGE_COOKIE_HTTPONLY = f"{_HOST}language", "Lax", True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "peersupport.web.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
if not DEVELOPING:
    DEFAULT_EXCEPTION_REPORTER_FILTER = "peersupport.web.errors.NothingShown"
ADMINS: list[tuple[str, str]] = []
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Mail. The sender's name is neutral on purpose: a bystander must not learn what this is about.
_MAIL = env.email_url("EMAIL_URL", default="filemail://" if DEMO else "consolemail://")
vars().update({key: value for key, value in _MAIL.items() if key.startswith("EMAIL_")})
if DEMO and "EMAIL_URL" not in env:
    EMAIL_FILE_PATH = str(VAR / "mail")
EMAIL_TIMEOUT = 20
#: A mailbox for mail that comes back later: imaps://name:password@host/folder.
BOUNCE_URL = env("BOUNCE_URL", default="")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Messages <messages@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "peersupport.web.errors.DiscreetFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.security.csrf": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "peersupport": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"
#: Where the source code of this version can be had (AGPL, section 13).
SOURCE_URL = env("SOURCE_URL", default="")
if DEVELOPING:
    del LOGGING["handlers"]["stderr"]["formatter"]  # type: ignore[index]
    LOGGING["loggers"]["django"]["level"] = "INFO"  # type: ignore[index]
