"""An Italian identity provider, or a city's gateway to it, in the terms of django-allauth."""

import json
import secrets
import time
from http import HTTPStatus
from typing import Any

import jwt
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.http import HttpRequest

from accounts.identity.claims import (
    check_again,
    check_sign_in,
    digest_of_person,
    name_of,
    tax_code_of,
    verified,
)
from accounts.identity.errors import WRONG, IdentityRefused

#: What is asked of userinfo beside the standard claims: names and tax code, as SPID and CIE want to be asked.
WANTED = ("given_name", "family_name", "email")
#: For how long what a provider says about itself is believed, in seconds.
CONFIGURATION_KEPT = 300
ASSERTION_LASTS = 60
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class IdentityOAuth2Adapter(OpenIDConnectOAuth2Adapter):
    """The conversation with one provider, with every check of the ID token."""

    #: What was kept in the session when the person was sent away; the callback fills it in.
    state: dict[str, Any] | None = None
    login: Any = None

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says about itself, kept for some minutes."""
        server = self.get_provider().server_url
        found = cache.get(f"identity-provider:{server}")
        if found is None:
            found = super().openid_config
            cache.set(f"identity-provider:{server}", found, CONFIGURATION_KEPT)
        return found

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        """Exchange the code, showing our secret, or a statement signed with our key. Raise IdentityRefused."""
        told = {
            "grant_type": "authorization_code",
            "code": request.GET.get("code", ""),
            "redirect_uri": client.callback_url,
            "code_verifier": pkce_code_verifier or "",
            "client_id": app.client_id,
        }
        told |= self._proof(app)
        with self._session() as line:
            answer = line.request("POST", self.access_token_url, data=told)
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            answer.raise_for_status()
        found = answer.json() if answer.ok else {}
        if not found.get("access_token"):
            raise IdentityRefused(WRONG, f"token endpoint: {answer.status_code}")
        self.did_fetch_access_token = True
        return found

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Return the person who has signed in. Raise IdentityRefused when anything about the answer is not right."""
        state, wanted = self.state or {}, app.settings
        id_token = kwargs["response"].get("id_token")
        if not id_token:
            raise IdentityRefused(WRONG, "no ID token")
        claims = self._decode_id_token(app, id_token)
        check_sign_in(
            claims,
            nonce=state.get("nonce", ""),
            access_token=token.token,
            acr=wanted["acr"],
            level=wanted["level"],
        )
        if state.get("again"):
            check_again(claims, now=time.time())
        told = self._fetch_user_info(token.token)
        if told.get("sub") != claims["sub"]:
            raise IdentityRefused(WRONG, "userinfo: sub")
        data = {"userinfo": {**claims, **told, "acr": claims["acr"]}}
        self.login = self.get_provider().sociallogin_from_response(request, data)
        return self.login

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Return the claims of a token whose signature, issuer, audience and times are right."""
        return verified(
            id_token, keys=self._keys(), issuer=self.openid_config["issuer"], client_id=app.client_id
        )

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        """Return what is attested of the person; a provider may sign this answer too."""
        headers = {"Authorization": f"Bearer {access_token}"}
        with self._session() as line:
            answer = line.request("GET", self.profile_url, headers=headers)
            answer.raise_for_status()
        if answer.headers.get("content-type", "").startswith("application/jwt"):
            provider = self.get_provider()
            return verified(
                answer.text,
                keys=self._keys(),
                issuer=self.openid_config["issuer"],
                client_id=provider.app.client_id,
            )
        return answer.json()

    def _keys(self) -> dict[str, Any]:
        """Return the provider's public keys, as they are now."""
        with self._session() as line:
            answer = line.request("GET", self.openid_config["jwks_uri"])
            answer.raise_for_status()
        return answer.json()

    def _session(self) -> Any:
        return self.get_provider().session()

    def _proof(self, app: Any) -> dict[str, str]:
        """Return what shows who we are. Source: RFC 6749 section 2.3.1, RFC 7523 section 2.2."""
        if not app.settings["private_key"]:
            return {"client_secret": app.secret}
        now = int(time.time())
        told = {
            "iss": app.client_id,
            "sub": app.client_id,
            "aud": self.access_token_url,
            "iat": now,
            "exp": now + ASSERTION_LASTS,
            "jti": secrets.token_hex(16),
        }
        headers = {"kid": app.settings["key_id"]} if app.settings["key_id"] else None
        signed = jwt.encode(told, app.settings["private_key"], algorithm="RS256", headers=headers)
        return {"client_assertion_type": ASSERTION, "client_assertion": signed}


class IdentityProvider(OpenIDConnectProvider):
    """One provider of the settings: which person it means, and what is asked of it."""

    pkce_enabled_default = True
    oauth2_adapter_class = IdentityOAuth2Adapter

    def serialize(self) -> dict[str, Any]:
        """Name the provider of the settings, which may share its client id with another."""
        return {"id": self.app.provider_id}

    def session(self) -> Any:
        """Return a line to the provider that gives up after some seconds."""
        return get_adapter(self.request).get_requests_session()

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the digest of the tax code: the same person by SPID, by CIE and by another provider of SPID."""
        return digest_of_person(tax_code_of(data["userinfo"], self.app.settings["tax_code_claim"]))

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep nothing but the level of the identity."""
        return {"acr": data["userinfo"]["acr"]}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the name, and the address to propose in the form."""
        return {"name": name_of(data["userinfo"]), "email": data["userinfo"].get("email")}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Return none: whose an address is, is known only once its link was followed."""
        return []

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, Any]:
        """Ask for the level and the claims; nothing of the address of our page changes them."""
        wanted = self.app.settings
        claims = dict.fromkeys([*WANTED, wanted["tax_code_claim"]])
        params = {
            "acr_values": " ".join(wanted["acr"][wanted["level"] - 1 :]),
            "claims": json.dumps({"userinfo": claims}),
            "ui_locales": request.LANGUAGE_CODE,  # type: ignore[attr-defined]
        }
        return params | ({"prompt": "login"} if request.GET.get("again") else {})

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Return the scope of the settings."""
        return self.get_scope()

    def redirect(
        self, request: HttpRequest, process: str, next_url: Any = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """Send the person away with a nonce that the ID token has to bring back."""
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {**kwargs.get("auth_params", {}), "nonce": nonce}
        kwargs |= {"nonce": nonce, "again": bool(request.GET.get("again"))}
        return super().redirect(request, process, next_url, data, **kwargs)
