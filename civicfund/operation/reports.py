"""Errors reported to Sentry or its like, where a city names a place for them."""

from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration

from civicfund.operation.logs import place, work


def begin_to_report() -> bool:
    """Report errors of pages and tasks from now on, if SENTRY_DSN names where; say whether they are reported.

    Neither a person nor what was typed goes along: only the code, its line and the request's or run's number.
    """
    if not settings.SENTRY_DSN:
        return False
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        integrations=[DjangoIntegration(), CeleryIntegration()],
        send_default_pii=False,
        # Values of variables and bodies of requests may be somebody's.
        include_local_variables=False,
        max_request_body_size="never",
        traces_sample_rate=0,
        max_breadcrumbs=0,
        before_send=_without_persons,
    )
    return True


def _without_persons(event: Any, hint: Any) -> Any:
    """Take out of a report what may be somebody's: addresses that are keys or searches, and what the database quotes."""
    event.pop("user", None)
    if "request" in event:
        event["request"] = {"method": event["request"].get("method", "")}
    for fault in event.get("exception", {}).get("values", []):
        if str(fault.get("module", "")).startswith(("django.db", "psycopg2")):
            fault["value"] = ""
    event.setdefault("tags", {}).update(work=work.get(), place=place.get())
    return event
