from django.urls import include, path

from accounts import views

app_name = "accounts"

# /organizzazioni/<id>/
organization_urls = [
    path("", views.organization_detail, name="organization_detail"),
    path("dati/", views.organization_edit, name="organization_edit"),
    path("registro/", views.organization_changes, name="organization_changes"),
    path("membri/", views.member_list, name="member_list"),
    path("membri/<int:pk>/", views.member_edit, name="member_edit"),
    path("inviti/nuovo/", views.invitation_create, name="invitation_create"),
    path("inviti/<uuid:invitation>/rimanda/", views.invitation_again, name="invitation_again"),
    path("inviti/<uuid:invitation>/revoca/", views.invitation_revoke, name="invitation_revoke"),
    path("iban/", views.bank_accounts, name="bank_accounts"),
    path("iban/nuovo/", views.bank_account_name, name="bank_account_name"),
    path("iban/<uuid:account>/ferma/", views.bank_account_stop, name="bank_account_stop"),
    path("statuto/", views.statute_upload, name="statute_upload"),
    path("richiesta/", views.claim_create, name="claim_create"),
    path("richieste/<uuid:claim>/", views.claim_detail, name="claim_detail"),
    path("lascia/", views.organization_leave, name="organization_leave"),
]

urlpatterns = [
    path("accessibilita/segnala/", views.report_barrier, name="report_barrier"),
    path("organizzazioni/", views.organization_list, name="organization_list"),
    path("organizzazioni/nuova/", views.organization_create, name="organization_create"),
    path("organizzazioni/<uuid:public_id>/", include(organization_urls)),
    path("documenti-ente/<uuid:paper>/", views.organization_paper, name="organization_paper"),
    path("inviti/<str:token>/", views.invitation, name="invitation"),
]
