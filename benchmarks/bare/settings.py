"""The least a Django site may be told: one database, no middleware, no template."""

import os

from environs import Env

SECRET_KEY = "only-for-benchmarks"  # noqa: S105 - it keeps no secret
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "benchmarks.bare.site"
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
DATABASES = {"default": Env().dj_db_url("DATABASE_URL")}
DATABASES["default"] |= {"CONN_MAX_AGE": 60}
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare.settings"
