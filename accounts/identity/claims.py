"""What an identity provider attests, read with care: an ID token is believed only when everything about it is right."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import jwt
from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from stdnum.it import codicefiscale

from accounts.identity.errors import LEVEL, NO_TAX_CODE, WRONG, IdentityRefused

#: Ways to sign that are believed; "none" and shared secrets are not.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
#: How far the provider's clock may be off, in seconds.
LEEWAY = 30
#: How long ago a person may have signed in there who is asked to prove it again, in seconds.
AGAIN_WITHIN = 120
#: Other names under which gateways tell the tax code.
TAX_CODE_CLAIMS = ("https://attributes.eid.gov.it/fiscal_number", "fiscal_number", "fiscalNumber")


def verified(token: str, *, keys: Mapping[str, Any], issuer: str, client_id: str) -> dict[str, Any]:
    """Return the claims of a signed token for us. Raise IdentityRefused.

    Source: OpenID Connect Core 1.0, 3.1.3.7. The library leaves the signature out where the token came over TLS; here it
    is looked at always, since a city's gateway may sit behind other machines.
    """
    try:
        header = jwt.get_unverified_header(token)
        key = _key(keys, header)
        claims = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "sub", "aud", "iss"]},
        )
    except (jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
        raise IdentityRefused(WRONG, f"token: {type(error).__name__}") from error
    if claims.get("azp", client_id) != client_id:
        raise IdentityRefused(WRONG, "token: azp")
    return claims


def _key(keys: Mapping[str, Any], header: Mapping[str, Any]) -> Any:
    """Return the public key a token names, of a kind that fits how it is signed. Raise KeyError."""
    if header.get("alg") not in ALGORITHMS:
        raise KeyError("alg")
    fitting = [one for one in keys.get("keys", []) if one.get("use", "sig") == "sig"]
    named = [one for one in fitting if one.get("kid") == header.get("kid")]
    if len(named) != 1:
        raise KeyError("kid")
    return jwt.PyJWK(named[0], algorithm=header["alg"]).key


def check_sign_in(
    claims: Mapping[str, Any], *, nonce: str, access_token: str, acr: Sequence[str], level: int
) -> None:
    """Refuse a token that belongs to another sign-in, or whose level is too low. Raise IdentityRefused."""
    if not nonce or not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise IdentityRefused(WRONG, "token: nonce")
    told = claims.get("at_hash")
    if told is not None and not constant_time_compare(str(told), _half(access_token)):
        raise IdentityRefused(WRONG, "token: at_hash")
    if claims.get("acr") not in acr[level - 1 :]:
        raise IdentityRefused(LEVEL, "token: acr")


def check_again(claims: Mapping[str, Any], *, now: float) -> None:
    """Refuse an old sign-in where a new one was asked for. Raise IdentityRefused."""
    told = claims.get("auth_time")
    if told is not None and now - float(told) > AGAIN_WITHIN:
        raise IdentityRefused(WRONG, "token: auth_time")


def tax_code_of(claims: Mapping[str, Any], claim: str) -> str:
    """Return the tax code that is attested, without the country before it. Raise IdentityRefused."""
    told = next((str(claims[name]) for name in (claim, *TAX_CODE_CLAIMS) if claims.get(name)), "")
    code = codicefiscale.compact(told.upper().removeprefix("TINIT-"))
    if not codicefiscale.is_valid(code):
        raise IdentityRefused(NO_TAX_CODE, "tax code")
    return code


def digest_of_person(tax_code: str) -> str:
    """Return what a person is known by: a digest under the site's key, so that the tax code itself is not kept."""
    return salted_hmac(
        "digital identity", tax_code, secret=settings.IDENTITY_KEY, algorithm="sha256"
    ).hexdigest()


def name_of(claims: Mapping[str, Any]) -> str:
    """Return the full name that is attested, short enough to be kept."""
    parts = [str(claims.get(name) or "").strip() for name in ("given_name", "family_name")]
    return " ".join(part.title() if part.isupper() else part for part in parts if part)[:150]


def _half(access_token: str) -> str:
    """Return the digest by which an ID token names the access token that came with it, for RS256 and ES256."""
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()
