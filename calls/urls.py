from django.urls import include, path

from calls import views

app_name = "calls"

# /bandi/
call_urls = [
    path("bandi/", views.call_list, name="call_list"),
    path("bandi/<slug:slug>/", views.call_detail, name="call_detail"),
    path("bandi/<slug:slug>/versioni/<int:version>/", views.call_version, name="call_version"),
    path("bandi/<slug:slug>/regole.json", views.call_data, name="call_data"),
    path("bandi/<slug:slug>/date.ics", views.call_calendar, name="call_calendar"),
    path("bandi/<slug:slug>/domande/", views.call_questions, name="call_questions"),
    path("bandi/<slug:slug>/domande/nuova/", views.ask_question, name="ask_question"),
    path("bandi/<slug:slug>/domande/feed.xml", views.call_answers_feed, name="call_answers_feed"),
    path("bandi/<slug:slug>/domande/<int:number>/", views.call_answer, name="call_answer"),
    path("bandi/<slug:slug>/posso-candidarmi/", views.eligibility, name="eligibility"),
    path("bandi/<slug:slug>/candidatura/", views.apply, name="apply"),
]

# /candidature/
application_urls = [
    path("candidature/", views.application_list, name="application_list"),
    path("candidature/<uuid:public_id>/", views.application_detail, name="application_detail"),
    path("candidature/<uuid:public_id>/modifica/", views.application_edit, name="application_edit"),
    path("candidature/<uuid:public_id>/riprendi/", views.application_take_back, name="application_take_back"),
    path("candidature/<uuid:public_id>/sportello/", views.desk_writing_end, name="desk_writing_end"),
    path("candidature/<uuid:public_id>/ritira/", views.application_withdraw, name="application_withdraw"),
    path(
        "candidature/<uuid:public_id>/versioni/<int:number>/",
        views.application_version,
        name="application_version",
    ),
    path(
        "candidature/<uuid:public_id>/versioni/<int:number>/ricevuta.pdf",
        views.application_receipt,
        name="application_receipt",
    ),
    path(
        "candidature/<uuid:public_id>/versioni/<int:number>/contenuto.json",
        views.application_deposit,
        name="application_deposit",
    ),
]

# /candidature/<id>/: the steps in which an application is written
step_urls = [
    path("organizzazione/", views.step_organization, name="step_organization"),
    path("progetto/", views.step_write, {"key": "project"}, name="step_project"),
    path("luogo/", views.step_write, {"key": "place"}, name="step_place"),
    path("attivita/", views.step_write, {"key": "timeline"}, name="step_timeline"),
    path("bilancio/", views.step_write, {"key": "budget"}, name="step_budget"),
    path("partner/", views.step_partners, name="step_partners"),
    path("partner/<uuid:partner_id>/", views.partner_edit, name="partner_edit"),
    path("partner/<uuid:partner_id>/invita/", views.partner_invite, name="partner_invite"),
    path("partner/<uuid:partner_id>/togli/", views.partner_remove, name="partner_remove"),
    path("partner/<uuid:partner_id>/mandato.pdf", views.partner_mandate, name="partner_mandate"),
    path("partner/<uuid:partner_id>/lettera/", views.partner_letter_keep, name="partner_letter_keep"),
    path("partner/<uuid:partner_id>/caricamenti/", views.partner_letter_begin, name="partner_letter_begin"),
    path("partner/<uuid:partner_id>/lettera/<uuid:letter_id>/", views.partner_letter, name="partner_letter"),
    path("documenti/", views.step_documents, name="step_documents"),
    path("documenti/<uuid:document_id>/", views.document, name="document"),
    path("documenti/<uuid:document_id>/togli/", views.document_remove, name="document_remove"),
    path("documenti/<uuid:document_id>/rimetti/", views.document_restore, name="document_restore"),
    path("caricamenti/", views.upload_begin, name="upload_begin"),
    path("caricamenti/<uuid:upload_id>/", views.upload, name="upload"),
    path("caricamenti/<uuid:upload_id>/annulla/", views.upload_drop, name="upload_drop"),
    path("dichiarazioni/", views.step_write, {"key": "declarations"}, name="step_declarations"),
    path("invio/", views.application_submit, name="step_check"),
]
application_urls += [path("candidature/<uuid:public_id>/", include(step_urls))]

# /partenariati/: what a partner opens by the link of its mail
partner_urls = [
    path("partenariati/<str:token>/", views.partner_answer, name="partner_answer"),
    path("partenariati/<str:token>/ritira/", views.partner_take_back, name="partner_take_back"),
    path("partenariati/<str:token>/mandato.pdf", views.partner_own_mandate, name="partner_own_mandate"),
    path("partenariati/<str:token>/lettera/", views.partner_own_letter_keep, name="partner_own_letter_keep"),
    path("partenariati/<str:token>/lettera/firmata/", views.partner_own_letter, name="partner_own_letter"),
    path(
        "partenariati/<str:token>/caricamenti/",
        views.partner_own_letter_begin,
        name="partner_own_letter_begin",
    ),
    path(
        "partenariati/<str:token>/caricamenti/<uuid:upload_id>/",
        views.partner_own_upload,
        name="partner_own_upload",
    ),
]

# /verifica/
verification_urls = [
    path("verifica/", views.verify, name="verify"),
    path("verifica/<str:code>/", views.verification, name="verification"),
]

urlpatterns = [*call_urls, *application_urls, *partner_urls, *verification_urls]
