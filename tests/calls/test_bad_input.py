"""Every kind of hostile and clumsy input is in a test; those that no other file has are here."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Application, Call, Partner
from tests.accounts import test_hostile as bodies
from tests.calls import test_hostile as steps
from tests.calls import test_hostile_files as files
from tests.calls import test_hostile_partners as partners
from tests.calls.partnering import invite, make_partner
from tests.factories import make_draft_application, make_organization
from tests.pages import browser_of, words_of

#: Each kind, and the test in which it is shown what people get for it.
KINDS = {
    "wrong checksum": "accounts.test_hostile:test_what_cannot_be_is_refused_beside_its_field_and_stays_typed",
    "emoji": "accounts.test_hostile:test_what_cannot_be_is_refused_beside_its_field_and_stays_typed",
    "right to left": "accounts.test_hostile:test_what_people_write_around_a_code_does_not_matter",
    "10 MB of text in a body": "accounts.test_hostile:test_ten_megabytes_of_text_are_refused_before_they_are_read",
    "10 MB of text in a step": "calls.test_hostile:test_more_than_a_request_may_bring",
    "10 MB of text in a partner": (
        "calls.test_hostile_partners:test_ten_megabytes_of_text_are_turned_away_before_they_are_read"
    ),
    "negative and huge amounts": "calls.test_hostile:test_what_cannot_be_read_is_said_and_kept",
    "comma and dot decimals": "calls.test_hostile:test_what_can_be_read_is_stored_as_it_is",
    "lying extension": "calls.test_hostile_files:test_hostile_file_is_refused_with_words_that_help",
    "zip bomb": "calls.test_hostile_files:test_hostile_file_is_refused_with_words_that_help",
    "PDF with JavaScript": "calls.test_hostile_files:test_pdf_loses_what_could_act",
    "expired invitation of a member": "accounts.test_hostile:test_links_of_invitations",
    "expired invitation of a partner": "calls.test_bad_input:test_link_of_a_partner_that_has_expired_opens_nothing",
    "step sent twice, back button": "calls.test_hostile:test_pressing_save_twice_and_going_back",
    "handed in twice": "calls.test_hostile_submission:test_two_tabs_hand_in_once",
    "back after handing in": (
        "calls.test_hostile_submission:test_back_button_after_handing_in_leads_to_the_application"
    ),
    "session lost in a step": "calls.test_views_writing:test_what_was_typed_is_there_again_after_the_login",
    "session lost before a file": "calls.test_bad_input:test_file_of_somebody_signed_out_is_not_kept_and_says_so",
    "words amended while they are ticked": (
        "calls.test_declarations:test_words_that_changed_have_to_be_read_again"
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_test(kind: str) -> None:
    module, _colon, name = KINDS[kind].partition(":")

    assert callable(getattr(import_module(f"tests.{module}"), name))


def test_the_tables_have_what_was_asked_for() -> None:
    typed = [text for _step, _field, text in steps.REFUSED] + [row[2] for row in steps.STORED]

    assert len(steps.REFUSED) + len(steps.STORED) + len(partners.REFUSED) + len(bodies.REFUSED) >= 60
    assert any(text.startswith("-") for text in typed)
    assert {"1250,5", "1,250.50"} <= set(typed)
    assert steps.RIGHT_TO_LEFT in "".join(typed) and "🍕" in "".join(typed)
    assert {"ZIP bomb", "program", "page that unfolds"} <= set(files.REFUSED)
    assert "program" in files.WASHED


@pytest.fixture
def draft(call: Call, organizer: User) -> Application:
    """Return a draft in which nothing is missing."""
    return make_draft_application(call=call, organization=make_organization(user=organizer))


def test_link_of_a_partner_that_has_expired_opens_nothing(client: Client, draft: Application) -> None:
    long_ago = timezone.now() - Partner.LINK_LASTS - timedelta(seconds=1)
    token = invite(make_partner(draft, now=long_ago), now=long_ago)
    address = reverse("calls:partner_answer", args=[token])

    page = client.get(address)
    sent = client.post(address, partners.ANSWER)

    assert (page.status_code, sent.status_code) == (410, 410)
    assert "invitarti di nuovo" in words_of(page)
    assert Partner.objects.get().status == Partner.Status.INVITED


def test_file_of_somebody_signed_out_is_not_kept_and_says_so(draft: Application, organizer: User) -> None:
    browser = browser_of(organizer)
    asked = draft.call.document_requirements.first()
    begin = reverse("calls:upload_begin", args=[draft.public_id])
    browser.logout()
    told = {"requirement": asked.pk, "name": "a.pdf", "size_bytes": 10, "mark": "1"}

    pieces = browser.post(begin, told, content_type="application/json")
    plain = browser.post(reverse("calls:step_documents", args=[draft.public_id]), {"requirement": asked.pk})

    assert (pieces.status_code, pieces.json()) == (401, {"signed_out": True})
    assert plain.status_code == 302 and "login" in plain["Location"]
    assert not draft.uploads.exists() and not draft.attachments.exists()
