from django.urls import path

from donations import views

app_name = "donations"

# /progetti/ and /donazioni/
donor_urls = [
    path("progetti/<slug:slug>/dona/", views.donate, name="donate"),
    path("donazioni/ritrova/", views.find_gifts, name="find_gifts"),
    path("donazioni/tutte/<str:token>/", views.gifts_of_address, name="gifts_of_address"),
    path("donazioni/rimborso/<str:token>/", views.bank_account, name="bank_account"),
    path("donazioni/<str:token>/", views.donation_status, name="donation_status"),
    path("donazioni/<str:token>/stato/", views.donation_state, name="donation_state"),
    path("donazioni/<str:token>/paga/", views.donation_pay, name="donation_pay"),
    path("donazioni/<str:token>/ritira/", views.donation_leave, name="donation_leave"),
    path("donazioni/<str:token>/nome/", views.gift_appearance, name="gift_appearance"),
    path("donazioni/<str:token>/codice-fiscale/", views.gift_tax_code, name="gift_tax_code"),
    path("donazioni/<str:token>/ricevuta/<int:year>/<int:number>/", views.receipt, name="receipt"),
    path("donazioni/cartolina/<str:token>/", views.gift_card, name="gift_card"),
    path("donazioni/cartolina/<str:token>/dimentica/", views.gift_card_forget, name="gift_card_forget"),
    path("mie-donazioni/", views.my_donations, name="my_donations"),
]

# /organizzazioni/
account_urls = [
    path("organizzazioni/<uuid:public_id>/pagamenti/", views.connect_account, name="connect_account"),
    path("organizzazioni/<uuid:public_id>/pagamenti/ritorno/", views.connect_return, name="connect_return"),
    path("organizzazioni/<uuid:public_id>/donazioni/", views.organization_gifts, name="organization_gifts"),
    path("organizzazioni/<uuid:public_id>/donazioni/<int:year>/", views.donor_export, name="donor_export"),
    path(
        "organizzazioni/<uuid:public_id>/rendiconto/<slug:slug>/",
        views.campaign_account,
        name="campaign_account",
    ),
]

# /mie-campagne/
offline_urls = [
    path("mie-campagne/<slug:slug>/andamento/", views.campaign_dashboard, name="campaign_dashboard"),
    path("mie-campagne/<slug:slug>/fuori-dal-sito/", views.offline_gifts, name="offline_gifts"),
    path(
        "mie-campagne/<slug:slug>/fuori-dal-sito/nuova/", views.offline_gift_enter, name="offline_gift_enter"
    ),
    path(
        "mie-campagne/<slug:slug>/fuori-dal-sito/<uuid:public_id>/ritira/",
        views.offline_gift_withdraw,
        name="offline_gift_withdraw",
    ),
    path(
        "mie-campagne/<slug:slug>/fuori-dal-sito/<uuid:public_id>/restituzione/",
        views.offline_return,
        name="offline_return",
    ),
    path("prove/<uuid:public_id>/", views.evidence, name="evidence"),
]

urlpatterns = [
    *donor_urls,
    *account_urls,
    *offline_urls,
    path("stripe/webhook/", views.stripe_webhook, name="stripe_webhook"),
]
