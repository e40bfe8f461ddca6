from django.urls import path

from matching import views

app_name = "matching"

# /mie-campagne/
urlpatterns = [
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("mie-campagne/<slug:slug>/contributo/", views.grant_offer, name="grant_offer"),
    path("mie-campagne/<slug:slug>/ritiro/", views.withdraw, name="withdraw"),
    path("mie-campagne/<slug:slug>/progetto-ridotto/", views.reduced_project, name="reduced_project"),
    path("mie-campagne/<slug:slug>/ente/", views.new_body, name="new_body"),
    path("mie-campagne/<slug:slug>/ente/<uuid:proof>/", views.new_body_proof, name="new_body_proof"),
]
