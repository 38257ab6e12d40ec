"""Django's settings for the review app and the case feed, derived from `configs.settings`.

Importing this module starts nothing and writes nothing: the database's address and the secret key are looked up when
first used.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazystr
from psycopg.conninfo import conninfo_to_dict

from configs.settings import settings
from web import signing_keys

_chosen = settings()


def _database() -> dict[str, Any]:
    """Return the database's description: the server of `RIDNI_DATABASE_URL`, else the embedded one."""
    common = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    # Values travel beside the statement, not inside it: a server that logs a statement logs $1 and no name.
    bound: dict[str, Any] = {}
    if _chosen.database_url is None:
        return {**common, "ENGINE": "registry.database.backend", "NAME": "ridni", "OPTIONS": bound}
    parts = conninfo_to_dict(_chosen.database_url.get_secret_value())
    known = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    options = {key: value for key, value in parts.items() if key not in known.values()}
    named = {key: str(parts.get(part, "")) for key, part in known.items()}
    engine = "django.db.backends.postgresql" if _chosen.database_owner_url is None else "registry.database.backend"
    return {**common, "ENGINE": engine, "OPTIONS": options | bound, **named}


def _providers() -> list[dict[str, Any]]:
    """Return the team's OpenID Connect provider, if one is configured."""
    if _chosen.oidc_server_url is None:
        return []
    secret = _chosen.oidc_client_secret
    return [
        {
            "provider_id": "team",
            "name": _chosen.oidc_name,
            "client_id": _chosen.oidc_client_id,
            "secret": "" if secret is None else secret.get_secret_value(),
            "settings": {"server_url": _chosen.oidc_server_url, "uid_field": "sub"},
        }
    ]


DEBUG = _chosen.debug
SECRET_KEY = lazystr(signing_keys.newest)
SECRET_KEY_FALLBACKS = signing_keys.Former()
ALLOWED_HOSTS = _chosen.allowed_hosts
ROOT_URLCONF = "web.urls"
WSGI_APPLICATION = "web.wsgi.application"
DATABASES = {"default": _database()}
"""Says what the fields mean that a person took from a document; named here, because screens never import pipelines."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "registry",
    "review",
    "casefeed",
    "ninja",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "web.static_files.StaticFiles",
    # Pages hold secrets only as CSRF tokens, which Django masks anew in each answer; beside that, it pads each answer
    # with random bytes (Heal the BREACH), so that their length tells nothing of what is in them.
    "django.middleware.gzip.GZipMiddleware",
    "web.security_headers.HeadersMiddleware",
    "casefeed.answers.FeedAnswers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "review.sign_in.middleware.HashingLanes",
    "review.sign_in.middleware.SessionEnd",
    "review.sign_in.middleware.SecondFactor",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

# Accounts
AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = ["review.sign_in.backend.LimitedBackend"]
PASSWORD_HASHERS = ["review.sign_in.hashing.BoundedHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"

# Second factors and OIDC: nobody signs up by themselves, and no message is ever sent.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
ACCOUNT_ADAPTER = "review.sign_in.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _chosen.https else "http"
ACCOUNT_LOGIN_TIMEOUT = 10 * 60
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,10/15m/key", "reauthenticate": "10/m/user"}
MFA_ADAPTER = "review.sign_in.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "review.sign_in.accounts.CodeForm",
    "reauthenticate": "review.sign_in.accounts.CodeAgainForm",
    "activate_totp": "review.sign_in.enrolment.CodesForm",
    "add_webauthn": "review.sign_in.enrolment.KeyForm",
}
MFA_TOTP_ISSUER = "Ridni"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _chosen.https
SOCIALACCOUNT_ADAPTER = "review.sign_in.accounts.ProviderAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "SCOPE": ["openid"], "APPS": _providers()}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "registry_cache"}}

# Sessions, cookies, headers
SESSION_ENGINE = "registry.access.sessions"
SESSION_SERIALIZER = "registry.access.sessions.EncryptedSerializer"
SESSION_COOKIE_AGE = int(_chosen.session_hours * 60 * 60)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _chosen.https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = _chosen.https
SECURE_SSL_REDIRECT = _chosen.https
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _chosen.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _chosen.https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # with no-referrer, browsers send no origin and no form is accepted
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Languages and times
LANGUAGE_CODE = _chosen.language
LANGUAGES = [("uk", "Українська"), ("en", "English")]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Kyiv"

# Static files are served from the packages themselves, or compressed from the home, where `ridni serve` lays them.
STATIC_URL = "/static/"
STATIC_ROOT = _chosen.home.resolve() / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = _chosen.debug

# Logs carry ids, codes and places in the code; never a message of an exception, which may quote a value.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"safe": {"()": "web.safe_logging.SafeFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "safe"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.db.backends": {"handlers": [], "level": "WARNING", "propagate": False},
    },
}
