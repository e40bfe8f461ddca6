"""What Django's own check of the settings cannot know about this project; faults have already stopped the start by then."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Caution

from civicfund.configuration.start import given
from civicfund.configuration.together import cautions_of


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
