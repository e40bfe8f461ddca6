"""Settings of signing in with SPID and CIE, which `civicfund/sign_in_settings.py` takes in; docs/sign-in.md explains them."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import Env
from marshmallow.validate import OneOf

env = Env()
env.read_env(Path(__file__).resolve().parent.parent / ".env", recurse=False)

#: The identity providers a city may name, in the order of their buttons.
NAMES = {"spid": "SPID", "cie": "CIE"}
#: The levels of an identity as the Italian rules write them, the lowest first: password, password and code, card.
ACR = [f"https://www.spid.gov.it/SpidL{level}" for level in (1, 2, 3)]


def read_provider(name: str) -> dict[str, Any] | None:
    """Return what the environment says of one provider; None when it names none."""
    prefix = name.upper()
    discovery = env.str(f"{prefix}_DISCOVERY", "")
    if not discovery:
        return None
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(discovery))
    return {
        "provider_id": name,
        "name": NAMES[name],
        "client_id": env.str(f"{prefix}_CLIENT_ID", ""),
        "secret": env.str(f"{prefix}_CLIENT_SECRET", ""),
        "settings": {
            "server_url": discovery,
            # A key, as PEM with \n for its line breaks, in place of a secret.
            "private_key": env.str(f"{prefix}_PRIVATE_KEY", "").replace("\\n", "\n"),
            "key_id": env.str(f"{prefix}_KEY_ID", ""),
            # Level 1 is a password alone, which the site has itself.
            "level": env.int(f"{prefix}_LEVEL", 2, validate=OneOf([2, 3])),
            "acr": env.list(f"{prefix}_ACR", ACR),
            "scope": env.list(f"{prefix}_SCOPE", ["openid", "profile", "email"]),
            "tax_code_claim": env.str(
                f"{prefix}_TAX_CODE_CLAIM", "https://attributes.eid.gov.it/fiscal_number"
            ),
            # Where the browser is sent to sign in, if that is not where the discovery address is.
            "origins": env.list(f"{prefix}_ORIGINS", [origin]),
        },
    }


def read_providers() -> list[dict[str, Any]]:
    """Return the providers the environment names."""
    return [found for found in map(read_provider, NAMES) if found]


def read_key(secret_key: str) -> str:
    """Return what tax codes are digested with: its own setting outlives a change of SECRET_KEY."""
    return env.str("IDENTITY_KEY", "") or secret_key
