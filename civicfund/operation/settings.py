"""Settings of logs, measures and error reports; `civicfund/settings.py` takes them in."""

from pathlib import Path

from environs import Env
from marshmallow.validate import OneOf

env = Env()
env.read_env(Path(__file__).resolve().parent.parent.parent / ".env", recurse=False)

#: What Prometheus has to send to read /metrics; empty: there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
#: Where pg_dump and pg_restore lie; empty: wherever programs are found.
PG_BIN = env.str("PG_BIN", "")
#: Where errors are reported, as Sentry and its like give it; empty: only to the log.
SENTRY_DSN = env.str("SENTRY_DSN", "")
#: "line" for people, "json" for what collects logs.
LOG_FORMAT = env.str("LOG_FORMAT", "line", validate=OneOf(["line", "json"]))
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
