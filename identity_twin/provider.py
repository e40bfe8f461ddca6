"""One OpenID Connect provider: it hands out codes for PKCE, and ID tokens it signs with a key of its own.

Its `fault` makes the next tokens wrong in one way, so that tests see the site refuse them.
"""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from identity_twin.people import CITIZENS, Citizen

ACR = "https://www.spid.gov.it/SpidL{level}"
FISCAL = "https://attributes.eid.gov.it/fiscal_number"
#: For how long a code and an access token serve, in seconds.
CODE_LASTS, TOKEN_LASTS = 60, 300
KEY_BITS = 2048
FAULTS = (
    "signature",
    "none",
    "nonce",
    "audience",
    "issuer",
    "expired",
    "level",
    "subject",
    "silent",
    "no_tax_code",
)


class Refused(Exception):
    """Say that a request is wrong, in OpenID Connect's words."""


@dataclass
class Grant:
    """What a code or an access token stands for."""

    citizen: Citizen
    level: int
    ends_at: float
    asked: dict[str, str] = field(default_factory=dict)
    signed_in_at: int = 0


class Provider:
    """The provider of one kind of identity."""

    def __init__(
        self, name: str, issuer: str, *, client_id: str, secret: str, client_keys: Any = None
    ) -> None:
        self.name, self.issuer = name, issuer
        self.client_id, self.secret, self.client_keys = client_id, secret, client_keys
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        self.other_key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        self.key_id = secrets.token_hex(4)
        self.codes: dict[str, Grant] = {}
        self.tokens: dict[str, Grant] = {}
        self.fault = ""

    def configuration(self) -> dict[str, Any]:
        """Return what the discovery address says."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": [ACR.format(level=level) for level in (1, 2, 3)],
        }

    def keys(self) -> dict[str, Any]:
        """Return the public keys."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": "RS256"}]}

    def check_request(self, asked: dict[str, str]) -> None:
        """Refuse a sign-in that is not asked for as the rules say. Raise Refused."""
        needed = {"response_type": "code", "client_id": self.client_id, "code_challenge_method": "S256"}
        for name, value in needed.items():
            if asked.get(name) != value:
                raise Refused("invalid_request")
        if not all(asked.get(name) for name in ("code_challenge", "nonce", "state", "redirect_uri")):
            raise Refused("invalid_request")
        if "openid" not in asked.get("scope", "").split():
            raise Refused("invalid_scope")

    def authorize(self, asked: dict[str, str], *, citizen: str, level: int) -> str:
        """Let an invented citizen sign in at a level and return the code. Raise Refused."""
        self.check_request(asked)
        code = secrets.token_urlsafe(24)
        now = time.time()
        self.codes[code] = Grant(CITIZENS[citizen], level, now + CODE_LASTS, asked, int(now))
        return code

    def exchange(self, told: dict[str, str]) -> dict[str, Any]:
        """Return the tokens for a code, which serves once. Raise Refused."""
        self._check_client(told)
        grant = self.codes.pop(told.get("code", ""), None)
        if (
            grant is None
            or time.time() > grant.ends_at
            or grant.asked["redirect_uri"] != told.get("redirect_uri")
        ):
            raise Refused("invalid_grant")
        digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != grant.asked["code_challenge"]:
            raise Refused("invalid_grant")
        token = secrets.token_urlsafe(24)
        self.tokens[token] = Grant(grant.citizen, grant.level, time.time() + TOKEN_LASTS)
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": TOKEN_LASTS,
            "id_token": self._id_token(grant, token),
        }

    def userinfo(self, token: str) -> dict[str, Any]:
        """Return what is attested of the person an access token is for. Raise Refused."""
        grant = self.tokens.get(token)
        if grant is None or time.time() > grant.ends_at:
            raise Refused("invalid_token")
        told = {
            "sub": "somebody else" if self.fault == "subject" else self._subject(grant.citizen),
            "given_name": grant.citizen.given_name,
            "family_name": grant.citizen.family_name,
            "email": grant.citizen.email,
            "email_verified": True,
            FISCAL: f"TINIT-{grant.citizen.fiscal_number}",
        }
        if self.fault == "no_tax_code":
            del told[FISCAL]
        return told

    def _check_client(self, told: dict[str, str]) -> None:
        """Refuse who is not the site: by its secret, or by a statement signed with its key."""
        if self.client_keys is not None:
            try:
                jwt.decode(
                    told.get("client_assertion", ""),
                    self.client_keys,
                    algorithms=["RS256"],
                    audience=f"{self.issuer}/token",
                    issuer=self.client_id,
                )
            except jwt.PyJWTError as error:
                raise Refused("invalid_client") from error
        elif told.get("client_id") != self.client_id or told.get("client_secret") != self.secret:
            raise Refused("invalid_client")

    def _subject(self, citizen: Citizen) -> str:
        """Return what the site knows the person by: another one at every site."""
        return hashlib.sha256(f"{self.issuer} {self.client_id} {citizen.key}".encode()).hexdigest()[:32]

    def _id_token(self, grant: Grant, access_token: str) -> str:
        """Return a signed statement about a sign-in, wrong in the way a test wants."""
        now = int(time.time())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        level = 1 if self.fault == "level" else grant.level
        told = {
            "iss": "https://elsewhere.example" if self.fault == "issuer" else self.issuer,
            "aud": "another-site" if self.fault == "audience" else self.client_id,
            "sub": self._subject(grant.citizen),
            "nonce": "another" if self.fault == "nonce" else grant.asked["nonce"],
            "acr": ACR.format(level=level),
            "auth_time": grant.signed_in_at,
            "iat": now,
            "exp": now - 300 if self.fault == "expired" else now + 300,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            "jti": secrets.token_hex(8),
        }
        if self.fault == "none":
            return jwt.encode(told, None, algorithm="none", headers={"kid": self.key_id})
        key = self.other_key if self.fault == "signature" else self.key
        return jwt.encode(told, key, algorithm="RS256", headers={"kid": self.key_id})
