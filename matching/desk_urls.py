"""Pages of the desk that belong to no single list; they stand under the desk's own address."""

from django.contrib import admin
from django.urls import path

from matching.mail_kinds import kind_page, kinds_page
from matching.search import search
from matching.views import machine, register

urlpatterns = [
    path("cerca/", admin.site.admin_view(search), name="desk-search"),
    path("macchina/", admin.site.admin_view(machine), name="desk-operation"),
    path("registro-trattamenti/", admin.site.admin_view(register), name="desk-register"),
    path("tipi-di-mail/", admin.site.admin_view(kinds_page), name="desk-mail-kinds"),
    path("tipi-di-mail/<slug:kind>/", admin.site.admin_view(kind_page), name="desk-mail-kind"),
]
