"""Going to an identity provider and coming back, and the page that asks for one where the city requires it."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from requests import RequestException

from accounts.identity.errors import SILENT
from accounts.identity.provider import IdentityOAuth2Adapter
from civicfund.sign_in_identity import where_to


class Callback(OAuth2CallbackView):
    """Coming back: what was kept in the session when the person left has to fit what the provider tells."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, answer = super()._get_state(request, provider)
        self.adapter.state = state
        return state, answer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let the person in; whoever joins an identity has used it in this session too."""
        answer = super().dispatch(request, *args, **kwargs)
        login = self.adapter.login
        if login and login.state.get("process") == "connect" and request.user.is_authenticated:
            account = login.account
            own = SocialAccount.objects.filter(user=request.user, provider=account.provider, uid=account.uid)
            if own.exists():
                record_authentication(
                    request, request.user, "socialaccount", provider=account.provider, uid=account.uid
                )
        return answer


@never_cache
def identity_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send a person to an identity provider, or say that it does not answer."""
    adapter = IdentityOAuth2Adapter(request, provider_id)
    try:
        return OAuth2LoginView.adapter_view(adapter)(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except RequestException:
        context = {"reason": SILENT, "provider": provider_id}
        return render(request, "account/identity_error.html", context, status=503)


@never_cache
def identity_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take a person back from an identity provider."""
    adapter = IdentityOAuth2Adapter(request, provider_id)
    try:
        return Callback.adapter_view(adapter)(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error


@require_safe
@login_required
@never_cache
def identity_needed(request: HttpRequest) -> HttpResponse:
    """Say that this city asks for a digital identity here, and offer the way."""
    joined = set(SocialAccount.objects.filter(user=request.user).values_list("provider", flat=True))
    providers = [
        (provider, "login" if provider.app.provider_id in joined else "connect")
        for provider in get_adapter(request).list_providers(request)
    ]
    if joined:
        # Whose identity it is, is known: joining another one is for the account's page.
        providers = [one for one in providers if one[1] == "login"]
    context = {"providers": providers, "next": where_to(request)}
    return render(request, "account/identity_needed.html", context)
