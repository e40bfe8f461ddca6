"""Addresses of the login library that lead to pages of our own; they stand before the library's."""

from django.urls import path

from accounts.views.second_factor import ActivateApp, AddKey, RenameKey

urlpatterns = [
    path("2fa/totp/activate/", ActivateApp.as_view(), name="mfa_activate_totp"),
    path("2fa/webauthn/add/", AddKey.as_view(), name="mfa_add_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", RenameKey.as_view(), name="mfa_edit_webauthn"),
]
