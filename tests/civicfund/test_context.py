from django.test import RequestFactory
from django.utils import translation
from pytest_django import Settings

from civicfund.context import city


def test_city_names_the_city_and_its_addresses(rf: RequestFactory, settings: Settings) -> None:
    settings.CITY = {
        **settings.CITY,
        "name": "Comune di Prova",
        "privacy_url": "https://prova.example/privacy",
    }
    settings.SITE_URL = "https://prova.example"
    settings.ADMIN_PATH = "ufficio"

    context = city(rf.get("/"))

    assert context["city"]["name"] == "Comune di Prova"
    assert context["city"]["privacy_url"] == "https://prova.example/privacy"
    assert context["site_url"] == "https://prova.example"
    assert context["admin_path"] == "/ufficio/"


def test_city_has_every_name_the_templates_use(rf: RequestFactory) -> None:
    names = {"name", "service_name", "tagline", "contact_email"}
    addresses = {"accessibility_url", "privacy_url", "transparency_url"}

    context = city(rf.get("/"))

    assert set(context["city"]) == names | addresses
    assert all(context["city"][name] for name in names)


def test_city_leaves_the_settings_alone(rf: RequestFactory, settings: Settings) -> None:
    with translation.override("en"):
        city(rf.get("/"))

    assert "tagline" not in settings.CITY
