from django.urls import path

from accounts import views

app_name = "accounts"

# /organizzazioni/
urlpatterns = [
    path("organizzazioni/", views.organization_list, name="organization_list"),
    path("organizzazioni/nuova/", views.organization_create, name="organization_create"),
    path("organizzazioni/<uuid:public_id>/", views.organization_detail, name="organization_detail"),
    path("organizzazioni/<uuid:public_id>/dati/", views.organization_edit, name="organization_edit"),
]
