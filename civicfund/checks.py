"""What Django's own check of the settings cannot know about this project."""

from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections

from civicfund.databases import DIRECT, SESSION
from civicfund.sealing import sealing_keys

EXAMPLE = 'python -c "import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())"'


@register(Tags.security)
def sealing_keys_are_given(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to start a production site without a key for donors' bank accounts; while developing, only warn."""
    try:
        sealing_keys()
    except ImproperlyConfigured as error:
        kind = Caution if settings.DEBUG else Error
        return [kind(str(error), hint=f"Make one: {EXAMPLE}", id="civicfund.E001")]
    return []


@register(Tags.security)
def proxies_are_named(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to start behind a proxy whose address is not known: every visitor would be counted as one."""
    if settings.TRUST_PROXY and not settings.TRUSTED_PROXIES:
        words = "TRUST_PROXY is set, but TRUSTED_PROXIES names no proxy."
        return [Error(words, hint="Give the proxy's address, as web sees it.", id="civicfund.E002")]
    try:
        for text in settings.TRUSTED_PROXIES:
            ip_network(text.strip(), strict=False)
    except ValueError as error:
        return [Error(f"TRUSTED_PROXIES: {error}", id="civicfund.E003")]
    return []


@register(Tags.security, deploy=True)
def staff_has_second_factors(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of a production site whose officers need only a password."""
    if not settings.STAFF_SECOND_FACTOR:
        words = "STAFF_SECOND_FACTOR is false: an officer's password alone opens the desk."
        return [Caution(words, hint="Leave it out of the environment.", id="civicfund.W001")]
    return []


@register(Tags.security)
def buckets_are_two(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to keep private papers where everybody may read, or half of the files on a machine's own disk."""
    public, private = settings.S3_PUBLIC_BUCKET, settings.S3_PRIVATE_BUCKET
    if bool(public) != bool(private):
        words = "Only one of S3_PUBLIC_BUCKET and S3_PRIVATE_BUCKET is set."
        return [Error(words, hint="Name two buckets, or none.", id="civicfund.E050")]
    if public and public == private:
        words = (
            "S3_PUBLIC_BUCKET and S3_PRIVATE_BUCKET are one bucket: its readers could open private papers."
        )
        return [
            Error(words, hint="Make a second bucket that nobody but the site reads.", id="civicfund.E051")
        ]
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
