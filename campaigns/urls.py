from django.urls import path

from campaigns import views

app_name = "campaigns"

# /progetti/
public_urls = [
    path("", views.home, name="home"),
    path("progetti/", views.campaign_list, name="campaign_list"),
    path("progetti/feed.xml", views.campaign_feed, name="campaign_feed"),
    path("progetti/<slug:slug>/", views.campaign_detail, name="campaign_detail"),
    path("progetti/<slug:slug>/condividi/", views.campaign_share, name="campaign_share"),
    path("progetti/<slug:slug>/qr.svg", views.campaign_qr, name="campaign_qr"),
    path("progetti/<slug:slug>/locandina-<slug:shape>.pdf", views.campaign_poster, name="campaign_poster"),
    path("progetti/<slug:slug>/figura.png", views.campaign_picture, name="campaign_picture"),
    path("progetti/<slug:slug>/riquadro/", views.campaign_widget, name="campaign_widget"),
    path("progetti/<slug:slug>/segnala/", views.report_problem, name="report_problem"),
    path("progetti/<slug:slug>/segui/", views.follow_campaign, name="follow_campaign"),
    path("municipi/<int:borough>/segui/", views.follow_borough, name="follow_borough"),
    path("seguo/<str:token>/", views.follow_confirm, name="follow_confirm"),
    path("seguo/<str:token>/basta/", views.follow_end, name="follow_end"),
    path("oembed/", views.oembed, name="oembed"),
]

# /mie-campagne/
promoter_urls = [
    path("mie-campagne/", views.my_campaigns, name="my_campaigns"),
    path("mie-campagne/<slug:slug>/", views.campaign_manage, name="campaign_manage"),
    path("mie-campagne/<slug:slug>/invia/", views.campaign_submit, name="campaign_submit"),
    path("mie-campagne/<slug:slug>/osservazioni/<int:remark>/", views.remark_answer, name="remark_answer"),
]

urlpatterns = [*public_urls, *promoter_urls]
