"""A bare Django view that reads one row: what every page of the platform is measured against."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare.settings"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

# The application loads the settings that a model needs.
from django.db import models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Row(models.Model):
    """Any row of the same database: a campaign's."""

    slug = models.CharField(max_length=80)

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "campaigns_campaign"

    def __str__(self) -> str:
        return self.slug


def read_one_row(request: HttpRequest, number: int) -> HttpResponse:
    """Read a row by its key and say what it holds."""
    return HttpResponse(Row.objects.get(pk=number).slug)


urlpatterns = [path("<int:number>", read_one_row)]
