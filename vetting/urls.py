from django.urls import include, path

from vetting import views

app_name = "vetting"

# /bandi/<slug>/graduatoria/<window>/versioni/<number>/
version_urls = [
    path("", views.ranking_version, name="ranking_version"),
    path("graduatoria.csv", views.ranking_places, name="ranking_places"),
    path("graduatoria.json", views.ranking_data, name="ranking_data"),
    path("dati.csv", views.ranking_input, name="ranking_input"),
]

urlpatterns = [
    path("candidature/<uuid:public_id>/risposta/", views.answer, name="answer"),
    path("bandi/<slug:slug>/graduatoria/", views.ranking_latest, name="ranking_latest"),
    path("bandi/<slug:slug>/graduatoria/provvisoria/", views.ranking_provisional, name="ranking_provisional"),
    path("bandi/<slug:slug>/graduatoria/<int:window>/versioni/<int:number>/", include(version_urls)),
    path("candidature/<uuid:public_id>/graduatoria/", views.own_place, name="own_place"),
]
