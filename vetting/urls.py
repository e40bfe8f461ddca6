from django.urls import path

from vetting import views

app_name = "vetting"

urlpatterns = [
    path("candidature/<uuid:public_id>/risposta/", views.answer, name="answer"),
]
