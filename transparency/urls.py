from django.urls import path

from transparency import found, views
from transparency.components import components

app_name = "transparency"

# /statistiche/, and what search engines ask for
urlpatterns = [
    path("statistiche/", views.statistics, name="statistics"),
    path("statistiche/edizioni.csv", views.editions_csv, name="editions_csv"),
    path("componenti/", components, name="components"),
    path("sitemap.xml", found.sitemap, name="sitemap"),
    path("robots.txt", found.robots, name="robots"),
    path("statistiche/municipi.csv", views.boroughs_csv, name="boroughs_csv"),
]
