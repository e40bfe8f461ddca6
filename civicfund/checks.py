"""What Django's own check of the settings cannot know about this project; faults have already stopped the start by then."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import DEFAULT_DB_ALIAS, connections

from civicfund.configuration.start import given
from civicfund.configuration.together import cautions_of
from civicfund.databases import DIRECT, SESSION


@register(Tags.security)
def settings_are_meant(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of what a trial would say on a site that citizens reach: test keys, the example's addresses, mail that stays."""
    return [Caution(words, id="civicfund.W002") for words in cautions_of(given())]


@register(Tags.security, deploy=True)
def staff_has_second_factors(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of a production site whose officers need only a password."""
    if not settings.STAFF_SECOND_FACTOR:
        words = "STAFF_SECOND_FACTOR is false: an officer's password alone opens the desk."
        return [Caution(words, hint="Leave it out of the environment.", id="civicfund.W001")]
    return []


@register(Tags.database)
def sessions_are_told(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a pooler whose sessions wait for locks without end: the order of awards counts on it that they do not."""
    if DIRECT not in settings.DATABASES or DEFAULT_DB_ALIAS not in (databases or []):
        return []
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        found = cursor.fetchone()[0]
    if found != SESSION["lock_timeout"]:
        words = f"Behind the pooler a session waits for a lock {found}, not {SESSION['lock_timeout']}."
        return [
            Error(
                words,
                hint="Run manage.py prepare_database as the owner, then let the pooler connect anew.",
                id="civicfund.E052",
            )
        ]
    return []
