"""Pages of the desk that belong to no single list; they stand under the desk's own address."""

from django.contrib import admin
from django.urls import path

from matching.search import search
from matching.views import machine

urlpatterns = [
    path("cerca/", admin.site.admin_view(search), name="desk-search"),
    path("macchina/", admin.site.admin_view(machine), name="desk-operation"),
]
