"""Settings, from the environment; `docs/settings.md` lists every variable."""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from config import database, env, local, providers

BASE_DIR = local.CHECKOUT

TESTING = "pytest" in sys.modules or env.flag("TESTING")
DEBUG = env.flag("DEBUG")
DEMO = local.is_demo()
MAINTENANCE = env.flag("MAINTENANCE")

# --- safety ---------------------------------------------------------------------------------------

SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY and TESTING:
    SECRET_KEY = "for-tests-only"
elif not SECRET_KEY and local.is_development():
    SECRET_KEY = local.kept_secret("secret_key", 50)
elif not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set: 50 random characters that stay the same at every start."
    )

ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")

HTTPS = env.flag("HTTPS", default=not (DEBUG or TESTING or local.is_development()))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# A load balancer asks for health, and Prometheus for figures, by plain http, from inside.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
TRUST_PROXY = env.flag("TRUST_PROXY")
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Where browsers find the streams; empty: pages do not draw themselves anew.
LIVE_URL = env.text("LIVE_URL").rstrip("/")
LIVE_ORIGINS = env.names("LIVE_ORIGINS")

SOCIALACCOUNT_PROVIDERS, SIGN_IN_ORIGINS = providers.from_environment()
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "connect-src": [CSP.SELF, *([LIVE_URL] if LIVE_URL else [])],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    # A button that leads to a provider is a form that is answered by a redirect to it.
    "form-action": [CSP.SELF, *SIGN_IN_ORIGINS],
    "frame-ancestors": [CSP.NONE],
}

# --- the site -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "apps.events",
    "apps.api",
    "apps.live",
    "apps.games",
    "apps.user_profile",
    "apps.notifications",
    "apps.teams",
    "apps.tournaments",
    "apps.economy",
    "apps.gamification",
    "apps.community",
    "apps.webhooks",
    "apps.overlay",
    "apps.monitoring",
    "apps.web",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.discord",
    "allauth.socialaccount.providers.openid",
    "allauth.socialaccount.providers.steam",
    "allauth.socialaccount.providers.twitch",
    "lucide",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.pages.ContentSecurityPolicyMiddleware",
    "apps.events.middleware.CorrelationMiddleware",
    "config.maintenance.MaintenanceMiddleware",
    "apps.api.middleware.ApiMiddleware",
    "config.pages.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.pages.AuthenticationMiddleware",
    "config.pages.MessageMiddleware",
    "apps.user_profile.middleware.StaffLookMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# --- what it stands on ----------------------------------------------------------------------------

DATABASE_URL = env.text("DATABASE_URL")
DATABASES = {
    "default": database.from_url(DATABASE_URL) if DATABASE_URL else database.embedded(throwaway=TESTING)
}
EVENTS_LISTEN_URL = env.text("EVENTS_LISTEN_URL")
# It is set when a pooler stands between, where a cursor does not outlive its transaction.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = bool(EVENTS_LISTEN_URL)
# What `manage.py worker` runs: one that takes turns itself, or one that asks for them through a queue.
EVENTS_ENGINE = env.choice("EVENTS_ENGINE", "postgres", ("postgres", "celery"))
EVENTS_WORKER = {"postgres": "apps.events.worker.Worker", "celery": "config.celery.dispatcher"}[EVENTS_ENGINE]
EVENTS_BROKER_URL = env.text("EVENTS_BROKER_URL", env.text("REDIS_URL"))
if EVENTS_ENGINE == "celery" and not EVENTS_BROKER_URL:
    raise ImproperlyConfigured("EVENTS_ENGINE=celery needs EVENTS_BROKER_URL: amqp://... or redis://...")
NATS_URL = env.text("NATS_URL")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Those that come with it are for smaller ids than the line above says.
MIGRATION_MODULES = {"openid": "config.openid_migrations"}

# In tests always a cache per process: parallel tests have databases of their own and would share Redis.
REDIS_URL = env.text("REDIS_URL")
if REDIS_URL and not TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- the API --------------------------------------------------------------------------------------

API_PER_MINUTE = env.number("API_PER_MINUTE", 300, 1, 1_000_000)
API_PER_MINUTE_SIGNED_IN = env.number("API_PER_MINUTE_SIGNED_IN", 1200, 1, 1_000_000)
LIVE_PER_MINUTE = env.number("LIVE_PER_MINUTE", 600, 1, 1_000_000)
RATE_LIMITS_URL = "" if TESTING else REDIS_URL

# --- webhooks -------------------------------------------------------------------------------------

SITE_URL = env.text("SITE_URL", f"http://127.0.0.1:{env.number('PORT', 8000, 1, 65535)}").rstrip("/")
# Messages may go to this machine itself where nobody else uses it.
WEBHOOKS_LOOPBACK = DEBUG or TESTING or local.is_development()

# --- alerts ---------------------------------------------------------------------------------------

ALERT_EMAILS = env.names("ALERT_EMAILS")
ALERT_FAILURE_PERCENT = env.number("ALERT_FAILURE_PERCENT", 5, 0, 100)
ALERT_QUEUE_DEPTH = env.number("ALERT_QUEUE_DEPTH", 1000, 1, 100_000_000)
ALERT_OLDEST_S = env.number("ALERT_OLDEST_S", 300, 1, 1_000_000)
ALERT_STALLED_S = env.number("ALERT_STALLED_S", 30, 1, 1_000_000)
ALERT_TRANSACTION_S = env.number("ALERT_TRANSACTION_S", 600, 1, 1_000_000)
METRICS_TOKEN = env.text("METRICS_TOKEN")

MAILERS = {"default": env.mailer()}
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "deltacrown@localhost")

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "media/"
MEDIA_ROOT = env.text("MEDIA_ROOT", str(BASE_DIR / "media"))
SERVE_MEDIA = env.flag("SERVE_MEDIA", default=local.is_development())
FILE_UPLOAD_HANDLERS = [
    "apps.web.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING

# --- accounts -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "user_profile.User"
AUTHENTICATION_BACKENDS = [
    "apps.user_profile.backends.ModelBackend",
    "apps.user_profile.backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "apps.web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
MFA_ADAPTER = "apps.web.accounts.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "DeltaCrown"
MFA_TOTP_TOLERANCE = 1  # of 30 s, before and after: clocks differ, and typing takes time
# Who comes from another site chooses his username here; an address that it names opens no account of ours.
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TRUST_PROXY else 0

# --- log ------------------------------------------------------------------------------------------

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": "config.logs.JsonFormatter"},
    },
    "filters": {"correlation": {"()": "apps.events.logs.CorrelationFilter"}},
    "handlers": {
        "stderr": {
            "filters": ["correlation"],
            "class": "logging.StreamHandler",
            "formatter": env.choice("LOG_FORMAT", "text", ("text", "json")),
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "apps": {"level": LOG_LEVEL},
        "config": {"level": LOG_LEVEL},
        "django": {"level": "INFO" if LOG_LEVEL == "DEBUG" else "WARNING", "handlers": [], "propagate": True},
    },
}
