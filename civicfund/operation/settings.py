"""Settings of logs, measures and error reports; `civicfund/settings.py` takes them in."""

from civicfund.configuration.start import env
from civicfund.limits import read_limits

#: What Prometheus has to send to read /metrics; empty: there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
#: Where pg_dump and pg_restore lie; empty: wherever programs are found.
PG_BIN = env.str("PG_BIN", "")
#: Where errors are reported, as Sentry and its like give it; empty: only to the log.
SENTRY_DSN = env.str("SENTRY_DSN", "")
#: "line" for people, "json" for what collects logs.
LOG_FORMAT = env.str("LOG_FORMAT", "line")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"belongs": {"()": "civicfund.operation.logs.Belongs"}},
    "formatters": {
        "line": {
            "()": "civicfund.operation.logs.Lines",
            "fmt": "%(asctime)s %(levelname)s %(name)s [%(place)s %(work)s]: %(message)s",
        },
        "json": {"()": "civicfund.operation.logs.JsonLines"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["belongs"]}
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},  # Its informational lines repeat every request.
    },
}

#: What one visitor may ask for that costs much, and what all may while Redis is away; docs/security.md.
VISIT_LIMITS = env.bool("VISIT_LIMITS", True)
SEARCH_LIMITS = read_limits(env.str("SEARCH_LIMITS", "60/60,1200/3600"))
UPLOAD_LIMITS = read_limits(env.str("UPLOAD_LIMITS", "60/600,300/86400"))
EXPORT_LIMITS = read_limits(env.str("EXPORT_LIMITS", "60/600,600/86400"))
VISIT_LIMITS_WITHOUT_REDIS = read_limits(env.str("VISIT_LIMITS_WITHOUT_REDIS", "300/60"))
