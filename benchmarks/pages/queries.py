"""How many questions a page asks of the database: `python -m demo.engines -m benchmarks.pages.queries`; prints JSON.

One campaign is given 10 and then 100,000 gifts, written past the services in plain SQL, and every page that shows it is
opened by a visitor who has not signed in.
"""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
for setting, value in {
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver",
    "DEBUG": "true",
}.items():
    os.environ[setting] = value
django.setup()

# The models can be imported only now.
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks.audit import first_gift, write_gifts  # noqa: E402
from campaigns.models import Campaign  # noqa: E402
from tests.migrated import migrated  # noqa: E402

NUMBERS = (10, 100_000)


def main() -> None:
    """Fill an empty database up to each number of gifts, and print what each page asks."""
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated(os.environ["DATABASE_URL"], dict(os.environ))
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    template = first_gift(1)
    given, counted = 0, {}
    for number in NUMBERS:
        write_gifts(template, given, number)
        given = number
        counted[str(number)] = _asked()
    print(json.dumps(counted))


def _asked() -> dict[str, int]:
    """Return the number of questions of each page of the campaign with the most gifts."""
    campaign = Campaign.objects.public().earliest("pk")
    here = campaign.get_absolute_url()
    pages = [
        "/",
        "/progetti/",
        "/progetti/?q=forno",
        here,
        f"{here}dona/",
        f"{here}condividi/",
        f"{here}riquadro/",
    ]
    pages += [f"{here}segui/", f"{here}aggiornamenti/", f"{here}domande/", "/statistiche/", "/dati-aperti/"]
    found = {}
    for page in pages:
        with CaptureQueriesContext(connection) as asked:
            answer = Client().get(page)
        if answer.status_code != 200:
            raise SystemExit(f"{page} answers {answer.status_code}")
        found[page.replace(campaign.slug, "…")] = len(asked)
    return found


if __name__ == "__main__":
    main()
