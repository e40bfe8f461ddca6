"""Settings of CivicFund, read once from the environment; every variable stands in .env.example."""

from pathlib import Path

from civicfund.configuration.start import env
from civicfund.databases import LOCK_TIMEOUT_SECONDS as LOCK_TIMEOUT_SECONDS
from civicfund.databases import read_databases
from civicfund.languages import languages_in
from civicfund.limits import read_limits
from civicfund.look import desk_look
from civicfund.operation.settings import *  # noqa: F403 - a settings module is its names
from civicfund.policies import policy_of_the_site
from civicfund.scale_settings import *  # noqa: F403 - a settings module is its names
from civicfund.sign_in_settings import *  # noqa: F403 - a settings module is its names

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [])
#: The address of the site as people type it, without a slash at the end; absolute links in mails start with it.
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
#: True behind HTTPS. The demo on a plain local address sets it to false.
SECURE = env.bool("SECURE", True)

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "accounts.sessions.Sessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "csp",
    "django_htmx",
    "pgtrigger",
    "civicfund",
    "accounts",
    "calls",
    "vetting",
    "campaigns",
    "ledger",
    "donations",
    "matching",
    "transparency",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "civicfund.compressing.CompressedForVisitors",
    "csp.middleware.CSPMiddleware",
    "civicfund.policies.policy_of_the_desk",
    "civicfund.headers.headers_of_every_answer",
    "civicfund.maintenance.Maintenance",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "civicfund.language.LanguageOfAddress",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "civicfund.page_cache.PageCache",
    "civicfund.replica.PublicReads",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "civicfund.session_age.end_old_sessions",
    "civicfund.sign_in.second_factor_for_staff",
    "accounts.sessions.KnownSessions",
    "civicfund.sign_in_identity.IdentityWhereRequired",
    "civicfund.trail.context.WhoAsks",
    "civicfund.desk.menu.forget_after_steps",
    "django_htmx.middleware.HtmxMiddleware",
    "civicfund.methods.OnlyNamedMethods",
]

ROOT_URLCONF = "civicfund.urls"
if env.bool("ONLY_MESSAGES", False):
    # A process for Stripe alone has no visitor, no session and no page.
    ROOT_URLCONF = "matching.message_urls"
    MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "civicfund.headers.headers_of_every_answer",
        "civicfund.operation.logs.name_requests",
        "allauth.account.middleware.AccountMiddleware",
    ]
WSGI_APPLICATION = "civicfund.wsgi.application"

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
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "civicfund.context.city",
            ],
        },
    },
]

# --- Database -------------------------------------------------------------------------------------------------------

DATABASES = read_databases(env)
DATABASE_ROUTERS = ["civicfund.replica.Router"] if "replica" in DATABASES else []
#: Password of the application's own, restricted role; read only by `manage.py prepare_database`.
APP_DATABASE_PASSWORD = env.str("APP_DATABASE_PASSWORD", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
#: Keys, 32 bytes in base64, for what the database keeps and cannot read: bank accounts. The first one seals, all open, so
#: a key is replaced by putting the new one first. no site starts without one, but while it is developed.
SEALING_KEYS = env.list("SEALING_KEYS", [])

# --- Background work: Redis may be flushed and any worker killed at any moment without loss ---------------------------

REDIS_URL = env.str("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": env.int("CELERY_VISIBILITY_TIMEOUT", 300),
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A Redis that is cut off without a word is given up after seconds, not after a quarter of an hour.
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
}
#: Tasks that may wait for Stripe at once: fewer than a worker has slots, so that mails and awards go on in an outage.
STRIPE_TASKS_AT_ONCE = env.int("STRIPE_TASKS_AT_ONCE", 3)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# --- Stripe -----------------------------------------------------------------------------------------------------------

STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY")
#: Signing secrets of the webhook endpoint; two while they are being rotated.
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "")  # empty for Stripe itself, else the local one's address
STRIPE_DESCRIPTOR_PREFIX = env.str("STRIPE_DESCRIPTOR_PREFIX", "CIVICO")
#: Origins of the pages a form may lead to: Stripe's Checkout and onboarding.
CHECKOUT_HOSTS = env.list("CHECKOUT_HOSTS", ["https://checkout.stripe.com", "https://connect.stripe.com"])

# --- Against the testing of stolen cards: "5/600" is five times in ten minutes; docs/decisions/0019-card-testing.md ---------

GIFT_LIMITS = env.bool("GIFT_LIMITS", True)
GIFT_LIMITS_PER_NETWORK = read_limits(env.str("GIFT_LIMITS_PER_NETWORK", "5/600,20/3600"))
GIFT_LIMITS_PER_EMAIL = read_limits(env.str("GIFT_LIMITS_PER_EMAIL", "5/3600,20/86400"))
GIFT_LIMITS_PER_CAMPAIGN = read_limits(env.str("GIFT_LIMITS_PER_CAMPAIGN", "60/60,1500/3600"))
GIFT_LIMITS_OF_SITE = read_limits(env.str("GIFT_LIMITS_OF_SITE", "300/60,6000/3600"))
GIFT_LIMITS_WITHOUT_REDIS = read_limits(env.str("GIFT_LIMITS_WITHOUT_REDIS", "60/60"))
GIFT_LINKS_PER_EMAIL = read_limits(env.str("GIFT_LINKS_PER_EMAIL", "3/3600"))
GIFT_LINKS_PER_NETWORK = read_limits(env.str("GIFT_LINKS_PER_NETWORK", "30/3600"))
GIFT_FORM_SECONDS = (env.int("GIFT_FORM_LEAST_SECONDS", 3), env.int("GIFT_FORM_MOST_SECONDS", 7200))
GIFT_PUZZLE_BITS = env.int("GIFT_PUZZLE_BITS", 18)
GIFT_PAUSE_DECLINES = read_limits(env.str("GIFT_PAUSE_DECLINES", "20/600"))[0]
GIFT_PAUSE_RATE_BP = env.int("GIFT_PAUSE_RATE_BP", 5000)
GIFT_PAUSE_RATE_FROM = env.int("GIFT_PAUSE_RATE_FROM", 10)
GIFT_PAUSE_SECONDS = env.int("GIFT_PAUSE_SECONDS", 1800)

# --- People -----------------------------------------------------------------------------------------------------------

CALL_QUESTION_LIMITS = read_limits(env.str("CALL_QUESTION_LIMITS", "5/3600,20/86400"))
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.WordsOfThisPlace"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.partition(":")[0]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "campaigns:home"

# --- Language and time --------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "it"
LANGUAGES = languages_in(BASE_DIR / "locale")
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Rome"

#: Lets the trail look up who acts only when something is written.
PGHISTORY_JSON_ENCODER = "civicfund.trail.context.Encoder"

# --- Files ----------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(BASE_DIR / "media")))
#: Files that only some people may open: never below MEDIA_ROOT, which a proxy may serve to everybody.
PRIVATE_ROOT = Path(env.str("PRIVATE_ROOT", str(BASE_DIR / "private")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if S3_PUBLIC_BUCKET or S3_PRIVATE_BUCKET:  # noqa: F405 - see above
    STORAGES |= ON_S3  # noqa: F405
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
#: The largest document an application may carry, in megabytes, and how many it may carry in all.
DOCUMENT_LARGEST_MB = env.int("DOCUMENT_LARGEST_MB", 10)
DOCUMENTS_MOST = env.int("DOCUMENTS_MOST", 60)
VIDEO_HOSTS = env.list("VIDEO_HOSTS", ["www.youtube-nocookie.com", "player.vimeo.com"])

# --- Mail -----------------------------------------------------------------------------------------------------------------

for name, value in env.dj_email_url("EMAIL_URL", "smtp://localhost:25").items():
    globals()[name] = value
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Crowdfunding civico <crowdfunding@example.org>")
EMAIL_TIMEOUT = 15

# --- The city -------------------------------------------------------------------------------------------------------------

CITY = {
    "name": env.str("CITY_NAME", "Comune di Milano"),
    "service_name": env.str("SERVICE_NAME", "Crowdfunding civico"),
    "contact_email": env.str("CONTACT_EMAIL", "crowdfunding@example.org"),
    "accessibility_url": env.str("ACCESSIBILITY_URL", ""),
    "privacy_url": env.str("PRIVACY_URL", ""),
    "transparency_url": env.str("TRANSPARENCY_URL", ""),
}
MAINTENANCE_MINUTES = env.int("MAINTENANCE_MINUTES", 0)  # Not zero: everybody is told so.

# --- Security ---------------------------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
#: No script reads any of them: forms carry their own token.
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE else "csrftoken"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
#: Set behind a proxy that ends HTTPS, and only if it writes the header itself: it says whether the browser spoke HTTPS.
TRUST_PROXY = env.bool("TRUST_PROXY", False)
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
#: Addresses or networks of our own proxies: only they are believed about whence a visitor comes; the limits count by it.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", [])
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

ADMIN_PATH = env.str("ADMIN_PATH", "gestione").strip("/")

CONTENT_SECURITY_POLICY = policy_of_the_site([*CHECKOUT_HOSTS, *IDENTITY_ORIGINS])  # noqa: F405

# --- Forms and desk -----------------------------------------------------------------------------------------------------------

FORMS_URLFIELD_ASSUME_HTTPS = True  # What is typed without a scheme means https, as in the next Django.
CRISPY_ALLOWED_TEMPLATE_PACKS = ["italia"]
CRISPY_TEMPLATE_PACK = "italia"
CRISPY_FAIL_SILENTLY = False

UNFOLD = desk_look(CITY)
