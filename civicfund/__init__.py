"""The project: settings, addresses, background clock and money; it imports no app."""

from civicfund.celery import app as celery_app

__all__ = ["celery_app"]
