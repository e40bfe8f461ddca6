"""Settings of signing in with SPID and CIE, which `civicfund/sign_in_settings.py` takes in; docs/sign-in.md explains them."""

from typing import Any
from urllib.parse import urlsplit

from marshmallow.validate import OneOf

from civicfund.configuration.start import env

#: The levels of an identity as the Italian rules write them, the lowest first: password, password and code, card.
ACR = [f"https://www.spid.gov.it/SpidL{level}" for level in (1, 2, 3)]
SCOPE = ["openid", "profile", "email"]
TAX_CODE = "https://attributes.eid.gov.it/fiscal_number"
#: Level 1 is a password alone, which the site has itself.
ENOUGH = OneOf([2, 3])


def provider(name: str, discovery: str, client_id: str, secret: str, **told: Any) -> list[dict[str, Any]]:
    """Return a provider as django-allauth wants to be told; none where no discovery address is given."""
    if not discovery:
        return []
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(discovery))
    told["private_key"] = told["private_key"].replace("\\n", "\n")
    told["origins"] = told["origins"] or [origin]
    named = {"provider_id": name.lower(), "name": name, "client_id": client_id, "secret": secret}
    return [{**named, "settings": {"server_url": discovery, **told}}]


def read_providers() -> list[dict[str, Any]]:
    """Return the providers the environment names, in the order of their buttons."""
    spid = provider(
        "SPID",
        env.str("SPID_DISCOVERY", ""),
        env.str("SPID_CLIENT_ID", ""),
        env.str("SPID_CLIENT_SECRET", ""),
        private_key=env.str("SPID_PRIVATE_KEY", ""),
        key_id=env.str("SPID_KEY_ID", ""),
        level=env.int("SPID_LEVEL", 2, validate=ENOUGH),
        acr=env.list("SPID_ACR", ACR),
        tax_code_claim=env.str("SPID_TAX_CODE_CLAIM", TAX_CODE),
        scope=env.list("SPID_SCOPE", SCOPE),
        origins=env.list("SPID_ORIGINS", []),
    )
    cie = provider(
        "CIE",
        env.str("CIE_DISCOVERY", ""),
        env.str("CIE_CLIENT_ID", ""),
        env.str("CIE_CLIENT_SECRET", ""),
        private_key=env.str("CIE_PRIVATE_KEY", ""),
        key_id=env.str("CIE_KEY_ID", ""),
        level=env.int("CIE_LEVEL", 2, validate=ENOUGH),
        acr=env.list("CIE_ACR", ACR),
        tax_code_claim=env.str("CIE_TAX_CODE_CLAIM", TAX_CODE),
        scope=env.list("CIE_SCOPE", SCOPE),
        origins=env.list("CIE_ORIGINS", []),
    )
    return [*spid, *cie]


def read_key(secret_key: str) -> str:
    """Return what tax codes are digested with: its own setting outlives a change of SECRET_KEY."""
    return env.str("IDENTITY_KEY", "") or secret_key
