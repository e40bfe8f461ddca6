"""Addresses of the login library that lead to pages of our own; they stand before the library's."""

from django.urls import path

from accounts.views.identity import identity_callback, identity_login, identity_needed
from accounts.views.second_factor import ActivateApp, AddKey, RenameKey

urlpatterns = [
    path("identita/", identity_needed, name="identity_needed"),
    path("oidc/<slug:provider_id>/login/", identity_login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", identity_callback, name="openid_connect_callback"),
    path("2fa/totp/activate/", ActivateApp.as_view(), name="mfa_activate_totp"),
    path("2fa/webauthn/add/", AddKey.as_view(), name="mfa_add_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", RenameKey.as_view(), name="mfa_edit_webauthn"),
]
