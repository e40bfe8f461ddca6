"""Every address of the site; the words in them are Italian, for the people who read them."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from civicfund import media, views

# Officers sign in where everybody does: the same limits on wrong passwords, the same second factor.
admin.site.login = secure_admin_login(admin.site.login)


urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("come-funziona/", views.how_it_works, name="how-it-works"),
    path("privacy/", views.privacy, name="privacy"),
    path("cookie/", views.cookies, name="cookies"),
    path("accessibilita/", views.accessibility, name="accessibility"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("accounts.second_factor_urls")),
    path("account/", include("allauth.urls")),
    # Django's way from a row to its public page asks for no right, and some of our pages are known only by their address.
    path(f"{settings.ADMIN_PATH}/r/<path:anything>", views.no_such_page),
    path(f"{settings.ADMIN_PATH}/", include("matching.desk_urls")),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("calls.urls")),
    path("", include("vetting.urls")),
    path("", include("campaigns.urls")),
    path("", include("donations.urls")),
    path("", include("matching.urls")),
    path("", include("transparency.urls")),
    # Pictures are re-encoded and named by the site itself; a proxy or an object store may take this address over.
    re_path(r"^media/(?P<path>campaigns/.+)$", media.picture),
]
