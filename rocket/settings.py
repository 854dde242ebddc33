"""Settings of one portal. Everything that differs between machines comes from environment variables.

A value of the wrong type stops the start and names its variable.
"""

from pathlib import Path
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

from rocket.core import logs

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

DATA_DIR: Path = env.path("ROCKET_DATA_DIR", BASE_DIR / "var")
"""Where an embedded portal keeps its database, documents and mails."""

DEBUG: bool = env.bool("DEBUG", False)
DEMO: bool = env.bool("ROCKET_DEMO", False)
"""A demonstration shows the mails that it would send and lists its sign-ins."""

SECRET_KEY: str = env.str("SECRET_KEY", "" if not (DEBUG or DEMO) else "demonstration-only")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
"""Earlier keys, for a while after a change: what they signed stays valid."""
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
SITE_URL: str = env.str(
    "SITE_URL",
    "http://127.0.0.1:8000",
    validate=validate.Regexp(r"https?://[^/\s]+$", error="Write it as https://host"),
)
"""The address that mails link to, without a slash at its end."""
IS_HTTPS = SITE_URL.startswith("https://")
TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", 0, validate=validate.Range(min=0))
"""How many proxies of one's own stand in front, add to X-Forwarded-For and set X-Forwarded-Proto; none: both are ignored."""
HOME_PROGRAMME: str = env.str("HOME_PROGRAMME", "rocket-next" if DEMO else "")
"""Code of the programme whose name, mark and colours the public pages carry; empty: the first one loaded."""

# Applications --------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "rocket.core",
    "rocket.accounts",
    "calls",
    "consortia",
    "feasibility",
    "reporting",
    "rocket.demo",
    "rocket.operations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "django_filters",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "rocket.core.middleware.ArrivalMiddleware",
    "rocket.core.middleware.RequestLogMiddleware",
    "rocket.core.middleware.NobodyIsAskedMiddleware",
    "rocket.core.middleware.WholeRequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rocket.accounts.middleware.AccountLanguageMiddleware",
    "rocket.core.kept.KeepingLoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rocket.accounts.middleware.SecondFactorMiddleware",
]
ROOT_URLCONF = "rocket.urls"
WSGI_APPLICATION = "rocket.wsgi.application"
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
                "rocket.core.context.portal",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "rocket.core.templatetags.rocket",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("rocket",)
CRISPY_TEMPLATE_PACK = "rocket"

# Database, cache, tasks ----------------------------------------------------------------------------------
DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'rocket.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers go on while one writes; IMMEDIATE takes the write lock at the start of a transaction,
    # so that a writer waits (timeout) where it would otherwise fail half-way.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        transaction_mode="IMMEDIATE",
        timeout=20,
    )
else:
    # A connection that a restart has cut is found dead before its next request and made anew.
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    # A page's questions are over before PostgreSQL has compiled one: it only guesses that they are long.
    DATABASES["default"]["OPTIONS"].setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.str(
    "REDIS_URL",
    "",
    validate=validate.Regexp(r"((rediss?|unix)://.+)?$", error="Write it as redis://host:6379/0"),
)
"""Empty: work that follows a request runs inside the portal's own process."""
CACHES = {
    "default": (
        {"BACKEND": "rocket.core.cache.SteadyRedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    ),
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "process"},
}
"""``process`` holds what each process works out for itself, and what must be there without Redis."""
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
BACKGROUND_THREADS: bool = not REDIS_URL
"""Long work (the report) runs in a thread of the portal where no worker is."""
CELERY_TASK_IGNORE_RESULT = True
# A task is taken off the queue when it has ended. One whose worker was killed is given to another: each task must
# bear to be begun twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 9 * 60
CELERY_TASK_TIME_LIMIT = 10 * 60
CELERY_VISIBILITY_TIMEOUT = 15 * 60
"""Seconds after which Redis hands out a task again that nobody has ended; longer than any task may take."""
# A worker that is told to stop has this long to end what it has begun; the rest goes back to the queue.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30.0
# A mail on its way is not broken off because Redis was restarted; what is begun twice finds its work claimed.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A submission must not wait for a broker that is away: the outbox row is kept and the sweep hands it over.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 3,
    "max_retries": 0,
    "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
}
CELERY_BEAT_SCHEDULE = {
    "deliver-outbox": {"task": "rocket.core.tasks.deliver_outbox", "schedule": 60.0},
    "resume-reports": {"task": "reporting.tasks.resume_reports", "schedule": 60.0},
}

# People --------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_work"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "rocket.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "rocket.accounts.forms.SignupForm"
ACCOUNT_FORMS = {
    "login": "rocket.accounts.sign_in_forms.LoginForm",
    "signup": "rocket.accounts.sign_in_forms.SignupForm",
    "add_email": "rocket.accounts.sign_in_forms.AddEmailForm",
    "change_password": "rocket.accounts.sign_in_forms.ChangePasswordForm",
    "set_password": "rocket.accounts.sign_in_forms.SetPasswordForm",
    "reset_password": "rocket.accounts.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "rocket.accounts.sign_in_forms.ResetPasswordKeyForm",
    "reauthenticate": "rocket.accounts.sign_in_forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False  # a mail scanner that follows the link confirms nothing
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True  # one address; the new one counts once it is confirmed, and the old one is told
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/m/ip,5/5m/key",
    "login": "60/m/ip",
    "reset_password": "20/m/ip,5/5m/key",
    "signup": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
}
"""Attempts / span / counted by network address, by the address that was typed (key), or by person."""
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT  # limits count the address before them

MFA_ADAPTER = "rocket.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# Browsers allow passkeys on http://localhost and on HTTPS only; everything else they refuse by themselves.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
MFA_ALLOW_UNVERIFIED_EMAIL = (
    True  # nobody is signed in without a confirmed address; a change of it may be under way
)
MFA_TOTP_TOLERANCE = 1  # a clock that is 30 seconds off
MFA_FORMS = {
    "activate_totp": "rocket.accounts.forms.AppForm",
    "add_webauthn": "rocket.accounts.forms.PasskeyForm",
    "edit_webauthn": "rocket.accounts.forms.PasskeyNameForm",
}

# Languages, time -----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("nl", _("Dutch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["rocket.core.formats"]
TIME_ZONE: str = env.str(
    "TIME_ZONE", "Europe/Amsterdam", validate=validate.OneOf(available_timezones(), error="No such time zone")
)
USE_TZ = True

# Mail ----------------------------------------------------------------------------------------------------
_mail = env.dj_email_url("EMAIL_URL", "dummy:" if DEMO else "console:")
if "EMAIL_BACKEND" not in _mail:
    raise ImproperlyConfigured("EMAIL_URL: write it as smtp://user:password@host:587/?tls=True")
# A server that never answers must not hold a worker for ever.
vars().update(_mail, EMAIL_TIMEOUT=_mail.get("EMAIL_TIMEOUT") or 20)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "ROCKET <portal@rocket.invalid>")

# Operator ------------------------------------------------------------------------------------------------
OPERATOR_NAME: str = env.str("OPERATOR_NAME", "")
"""Who runs the portal, for imprint and privacy; a system check asks for it."""
OPERATOR_ADDRESS: str = env.str("OPERATOR_ADDRESS", "")
"""Postal address, its lines parted by semicolons."""
OPERATOR_EMAIL: str = env.str("OPERATOR_EMAIL", "desk@demo.example" if DEMO else "")
"""Where questions about the portal, and what people say does not work, go."""
OPERATOR_PHONE: str = env.str("OPERATOR_PHONE", "")
ACCESSIBILITY_BODY: str = env.str("ACCESSIBILITY_BODY", "")
"""The body that enforces Directive (EU) 2016/2102 where the operator sits, with its address."""

# Files ---------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("generated", DATA_DIR / "generated")]
"""`generated` holds what set-up makes from installed packages: the subset of the typeface."""
(DATA_DIR / "generated").mkdir(parents=True, exist_ok=True)
DOCUMENTS_DIR: Path = env.path("DOCUMENTS_DIR", DATA_DIR / "documents")
DOCUMENTS_S3_BUCKET: str = env.str("DOCUMENTS_S3_BUCKET", "")
"""A bucket for documents in place of ``DOCUMENTS_DIR``; its keys are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."""
DOCUMENTS_S3_ENDPOINT: str = env.str(
    "DOCUMENTS_S3_ENDPOINT",
    "",
    validate=validate.Regexp(r"(https?://\S+)?$", error="Write it as https://host"),
)
"""Where the object storage answers, if it is not Amazon's."""
DOCUMENTS_S3_REGION: str = env.str("DOCUMENTS_S3_REGION", "")
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.InMemoryStorage"
    },  # nothing is stored without its own place
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "documents": (
        {
            "BACKEND": "rocket.core.bucket.BucketStorage",
            "OPTIONS": {
                "bucket_name": DOCUMENTS_S3_BUCKET,
                "endpoint_url": DOCUMENTS_S3_ENDPOINT or None,
                "region_name": DOCUMENTS_S3_REGION or None,
                "file_overwrite": False,
                "signature_version": "s3v4",
                "max_memory_size": 1024 * 1024,
            },
        }
        if DOCUMENTS_S3_BUCKET
        else {"BACKEND": "rocket.core.storage.DocumentStorage"}
    ),
}
DOCUMENT_MAX_BYTES: int = env.int("DOCUMENT_MAX_BYTES", 20 * 1024 * 1024, validate=validate.Range(min=1024))
CLAMD_ADDRESS: str = env.str(
    "CLAMD_ADDRESS",
    "",
    validate=validate.Regexp(r"([^\s/]+:\d{1,5}|unix:/\S+)?$", error="Write it as host:3310 or unix:/path"),
)
"""The virus scanner; empty: files are not scanned, and the page where they are handed in says so."""
FILE_UPLOAD_HANDLERS = [
    "rocket.core.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "rocket.core.uploads.CarefulUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
WHITENOISE_USE_FINDERS = DEBUG or DEMO

CSRF_FAILURE_VIEW = "rocket.core.kept.csrf_failure"

# Security ------------------------------------------------------------------------------------------------
SESSION_COOKIE_AGE = 12 * 3600  # seconds; the cookie itself ends with the browser
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True  # pages carry the token; no script reads the cookie
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT: bool = env.bool("SECURE_SSL_REDIRECT", IS_HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS: int = env.int(
    "SECURE_HSTS_SECONDS", 365 * 24 * 3600 if IS_HTTPS else 0, validate=validate.Range(min=0)
)
SECURE_HSTS_INCLUDE_SUBDOMAINS: bool = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
SECURE_HSTS_PRELOAD: bool = env.bool("SECURE_HSTS_PRELOAD", False)
# Browsers' preload lists hold whole domains for years: their owner decides, not a portal on one of their hosts.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Logs ----------------------------------------------------------------------------------------------------
LOG_FORMAT: str = env.str(
    "LOG_FORMAT", "text" if DEBUG or DEMO else "json", validate=validate.OneOf(("json", "text"))
)
LOG_LEVEL: str = env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(("INFO", "WARNING", "ERROR")))
LOGGING = logs.configuration(LOG_FORMAT, LOG_LEVEL)
