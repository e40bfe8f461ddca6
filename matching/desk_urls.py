"""Pages of the desk that belong to no single list; they stand under the desk's own address."""

from django.contrib import admin
from django.urls import path

from matching.search import search

urlpatterns = [path("cerca/", admin.site.admin_view(search), name="desk-search")]
