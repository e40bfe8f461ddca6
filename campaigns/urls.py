from django.urls import path

from campaigns import views

app_name = "campaigns"

# /progetti/
public_urls = [
    path("", views.home, name="home"),
    path("progetti/", views.campaign_list, name="campaign_list"),
    path("progetti/feed.xml", views.campaign_feed, name="campaign_feed"),
    path("progetti/<slug:slug>/", views.campaign_detail, name="campaign_detail"),
]

# /mie-campagne/
promoter_urls = [
    path("mie-campagne/", views.my_campaigns, name="my_campaigns"),
    path("mie-campagne/<slug:slug>/", views.campaign_manage, name="campaign_manage"),
    path("mie-campagne/<slug:slug>/invia/", views.campaign_submit, name="campaign_submit"),
]

urlpatterns = [*public_urls, *promoter_urls]
