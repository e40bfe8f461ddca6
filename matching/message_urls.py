"""The addresses of a process that only takes Stripe's messages (ONLY_MESSAGES): nothing else of the site can be reached there."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from civicfund.views import healthz
from donations.views import stripe_webhook
from matching.views import readyz


def not_here(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer every other address in a word: there are no pages here."""
    return HttpResponse("not here\n", status=404, content_type="text/plain; charset=utf-8")


def failed(request: HttpRequest) -> HttpResponse:
    """Answer an error in a word; Stripe sends the message again."""
    return HttpResponse("try again\n", status=500, content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("stripe/webhook/", stripe_webhook, name="stripe_webhook"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
handler404 = not_here
handler500 = failed
