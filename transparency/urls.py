from django.urls import path

from transparency import found, open_data, views
from transparency.components import components
from transparency.open_rows import RESOURCES

app_name = "transparency"

# /statistiche/, /dati-aperti/ and what search engines ask for
urlpatterns = [
    path("statistiche/", views.statistics, name="statistics"),
    path("statistiche/edizioni.csv", views.editions_csv, name="editions_csv"),
    path("dati-aperti/", open_data.open_data, name="open_data"),
    path("api/v1/openapi.json", open_data.description, name="description"),
    *(
        path(f"api/v1/{name}{ending}", view, {"name": name}, name=view.__name__)
        for name in RESOURCES
        for ending, view in open_data.VIEWS.items()
    ),
    path("componenti/", components, name="components"),
    path("sitemap.xml", found.sitemap, name="sitemap"),
    path("robots.txt", found.robots, name="robots"),
    path("statistiche/municipi.csv", views.boroughs_csv, name="boroughs_csv"),
]
