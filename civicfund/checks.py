"""What Django's own check of the settings cannot know about this project."""

from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.core.exceptions import ImproperlyConfigured

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
def identities_are_whole(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to start with half of what an identity provider needs, or with a duty nobody can fulfil."""
    found: list[CheckMessage] = []
    for one in settings.IDENTITY_PROVIDERS:
        prefix = one["provider_id"].upper()
        if not one["client_id"] or not (one["secret"] or one["settings"]["private_key"]):
            words = f"{prefix}_DISCOVERY is set, but not {prefix}_CLIENT_ID with a secret or a private key."
            found.append(Error(words, hint="docs/sign-in.md says where they come from.", id="civicfund.E004"))
        if settings.SECURE and not one["settings"]["server_url"].startswith("https://"):
            found.append(Error(f"{prefix}_DISCOVERY is not https.", id="civicfund.E005"))
    if settings.SPID_REQUIRED_FOR and not settings.IDENTITY_PROVIDERS:
        words = (
            "SPID_REQUIRED_FOR names roles, but no identity provider is configured: nobody of them gets in."
        )
        found.append(Error(words, hint="Set SPID_DISCOVERY or CIE_DISCOVERY.", id="civicfund.E006"))
    return found
