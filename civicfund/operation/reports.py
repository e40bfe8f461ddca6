"""Errors reported to Sentry or its like, where a city names a place for them."""

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration


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
    )
    return True
