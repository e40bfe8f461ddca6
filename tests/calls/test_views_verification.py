"""Checking a protocol receipt, as anybody who holds one does."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import ApplicationVersion, Call
from calls.services import submit_application, take_back_application
from tests.factories import make_application, make_organization
from tests.pages import words_of


@pytest.fixture
def version(call: Call, organizer: User) -> ApplicationVersion:
    """Return what an association has handed in."""
    return make_application(call=call, organization=make_organization(user=organizer)).versions.get()


def page_of(version: ApplicationVersion) -> str:
    """Return the address that confirms a receipt."""
    return reverse("calls:verification", args=[version.code])


def test_verify_takes_the_code_as_people_type_it(client: Client, version: ApplicationVersion) -> None:
    for typed in (version.code, version.shown_code, version.shown_code.lower(), f" {version.shown_code} "):
        answer = client.get(reverse("calls:verify"), {"codice": typed})
        assert answer.status_code == 302
        assert answer["Location"] == page_of(version)


@pytest.mark.parametrize("typed", ["ABCD-EFGH", "'; DROP TABLE x; --", "🥖" * 10, "%00", "<script>"])
def test_verify_of_an_unknown_code_says_so_beside_the_field(client: Client, db: None, typed: str) -> None:
    answer = client.get(reverse("calls:verify"), {"codice": typed})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in page
    assert "<script>" not in page.split('id="content"')[1]


def test_verification_confirms_number_instant_and_body_and_nothing_of_the_content(
    client: Client, version: ApplicationVersion
) -> None:
    answer = client.get(page_of(version))

    words = words_of(answer)
    assert answer.status_code == 200
    for told in (version.protocol_number, version.body_name, version.digest, version.call.title):
        assert told in words
    assert timezone.localtime(version.filed_at).strftime("%H:%M:%S") in words
    for kept in (version.title, version.content["summary"], version.content["campaign_text"], "20.000"):
        assert kept not in words
    assert "noindex" in answer.content.decode()


def test_verification_of_a_code_that_does_not_exist(client: Client, db: None) -> None:
    assert client.get(reverse("calls:verification", args=["X" * 16])).status_code == 404


def test_verification_says_whether_it_still_counts(client: Client, version: ApplicationVersion) -> None:
    application, now = version.application, timezone.now()

    assert "è l'ultima" in words_of(client.get(page_of(version))).replace("&#x27;", "'")
    take_back_application(application=application, by=application.author, now=now)
    assert client.get(page_of(version)).context["taken_back"]
    submit_application(application=application, by=application.author, now=now)
    assert client.get(page_of(version)).context["later"]
    assert not client.get(page_of(application.versions.latest("number"))).context["later"]


@pytest.mark.parametrize(("change", "found"), [(str.upper, True), (lambda text: text[:-1] + "g", False)])
def test_verification_compares_a_fingerprint(
    client: Client, version: ApplicationVersion, change, found: bool
) -> None:
    answer = client.get(page_of(version), {"impronta": change(version.digest)})

    assert bool(answer.context["matches"]) is found
    assert 'id="impronta-answer"' in answer.content.decode()
