from django.urls import path

from matching import views

app_name = "matching"

# /i-tuoi-dati/
data_urls = [
    path("i-tuoi-dati/", views.my_data, name="my_data"),
    path("i-tuoi-dati/copia/", views.my_data_copy, name="my_data_copy"),
    path("i-tuoi-dati/cancella/", views.my_data_erase, name="my_data_erase"),
    path("i-tuoi-dati/<str:token>/", views.address_data, name="address_data"),
    path("i-tuoi-dati/<str:token>/copia/", views.address_copy, name="address_copy"),
    path("i-tuoi-dati/<str:token>/cancella/", views.address_erase, name="address_erase"),
]

# /mie-campagne/
urlpatterns = [
    *data_urls,
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("mie-campagne/<slug:slug>/contributo/", views.grant_offer, name="grant_offer"),
    path("mie-campagne/<slug:slug>/ritiro/", views.withdraw, name="withdraw"),
    path("mie-campagne/<slug:slug>/progetto-ridotto/", views.reduced_project, name="reduced_project"),
    path("mie-campagne/<slug:slug>/ente/", views.new_body, name="new_body"),
    path("mie-campagne/<slug:slug>/ente/<uuid:proof>/", views.new_body_proof, name="new_body_proof"),
]
