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
    path("progetti/<slug:slug>/aggiornamenti/", views.campaign_updates, name="campaign_updates"),
    path("progetti/<slug:slug>/aggiornamenti/feed.xml", views.updates_feed, name="updates_feed"),
    path("progetti/<slug:slug>/aggiornamenti/<int:number>/", views.campaign_update, name="campaign_update"),
    path("progetti/<slug:slug>/domande/", views.campaign_questions, name="campaign_questions"),
    path("progetti/<slug:slug>/domande/chiedi/", views.ask_promoter, name="ask_promoter"),
    path("progetti/<slug:slug>/video/<int:pk>/", views.campaign_video, name="campaign_video"),
    path("progetti/<slug:slug>/video/<int:pk>/avvia/", views.campaign_video_play, name="campaign_video_play"),
    path("progetti/<slug:slug>/immagini/<int:pk>/", views.gallery_picture, name="gallery_picture"),
    path("progetti/<slug:slug>/documenti/<int:pk>/", views.campaign_document, name="campaign_document"),
    path("domande/<str:token>/", views.question_confirm, name="question_confirm"),
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
    path("mie-campagne/<slug:slug>/aggiornamenti/", views.my_updates, name="my_updates"),
    path("mie-campagne/<slug:slug>/aggiornamenti/nuovo/", views.update_write, name="update_write"),
    path("mie-campagne/<slug:slug>/aggiornamenti/<int:number>/", views.update_edit, name="update_edit"),
    path("mie-campagne/<slug:slug>/domande/", views.my_questions, name="my_questions"),
    path("mie-campagne/<slug:slug>/domande/<int:pk>/", views.question_answer, name="question_answer"),
    path("mie-campagne/<slug:slug>/immagini/", views.my_gallery, name="my_gallery"),
    path(
        "mie-campagne/<slug:slug>/immagini/<int:pk>/togli/", views.gallery_take_away, name="gallery_take_away"
    ),
]

urlpatterns = [*public_urls, *promoter_urls]
