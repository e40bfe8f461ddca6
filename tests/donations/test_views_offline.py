"""The promoter's pages about gifts outside the site, and who may open a proof."""

import uuid
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations.models import Evidence, OfflineDonation
from donations.services import accept_return, owe_offline_return, refuse_return
from tests.desk import officer_with, text_of
from tests.factories import enter_outside, give_outside, make_call, make_campaign, slip
from tests.pages import browser_of

IN_ENGLISH = {"headers": {"accept-language": "en"}}
Status = OfflineDonation.Status
#: Its parts are all right, but no mail goes to an address this long.
LONG_EMAIL = "lia@" + "scuola-di-quartiere." * 13 + "it"


def typed(**changes: Any) -> dict[str, Any]:
    """Return what a promoter types about a gift, its file included."""
    return {
        "method": "bank_transfer",
        "amount": "1.250,50",
        "received_on": timezone.localdate().isoformat(),
        "name": "Lia  Bianchi",
        "email": "lia@example.org",
        "tax_code": "rss mra 85t10 a562s",
        "evidence": slip(),
        "form_token": str(uuid.uuid4()),
        **changes,
    }


def enter(client: Client, campaign: Campaign, **changes: Any) -> HttpResponse:
    """Send the form."""
    url = reverse("donations:offline_gift_enter", args=[campaign.slug])
    return client.post(url, typed(**changes), **IN_ENGLISH)


@pytest.fixture
def promoter(organizer: User) -> Client:
    """Return the browser of the promoter."""
    return browser_of(organizer)


def test_promoter_enters_a_gift_and_sees_it(campaign: Campaign, promoter: Client) -> None:
    desk = promoter.get(reverse("campaigns:campaign_manage", args=[campaign.slug]))
    address = reverse("donations:offline_gifts", args=[campaign.slug])
    assert f'href="{address}"' in desk.content.decode()
    assert "No gift outside the site yet" in text_of(promoter.get(address, **IN_ENGLISH))

    answer = enter(promoter, campaign)

    assert answer.url == address
    gift = OfflineDonation.objects.get()
    assert (gift.amount_cents, gift.name, gift.tax_code) == (125_050, "Lia Bianchi", "RSSMRA85T10A562S")
    page = text_of(promoter.get(address, **IN_ENGLISH))
    for words in ("Lia Bianchi", "€1,250.50", "to be verified", "up to €3,000", "Cash never counts"):
        assert words in page, words


def test_a_form_that_made_a_gift_of_another_campaign_comes_back_with_a_number_of_its_own(
    campaign: Campaign, promoter: Client, officer: User, stranger: User
) -> None:
    other = make_campaign(officer=officer, promoter=stranger, call=campaign.call)
    token = enter_outside(campaign=other).public_id

    answer = enter(promoter, campaign, form_token=str(token))

    assert (answer.status_code, campaign.offline_donations.count()) == (422, 0)
    assert "press once more" in text_of(answer) and "Lia" in answer.content.decode()
    form = answer.context["form"]
    again = typed(form_token=form["form_token"].value(), kept=str(form.kept.public_id), evidence="")
    promoter.post(reverse("donations:offline_gift_enter", args=[campaign.slug]), again)
    assert campaign.offline_donations.count() == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"amount": "molto"}, "Write an amount in euro"),
        ({"amount": "1"}, "A gift is from €2"),
        ({"received_on": "2020-01-01"}, "choose a day between them"),
        ({"method": "cash"}, "Cash cannot be entered"),
        ({"tax_code": "RSSMRA85T10A562X"}, "This tax code is not valid"),
        ({"name": ""}, "This field is required"),
        ({"email": LONG_EMAIL}, "at most 254 characters"),
    ],
)
def test_error_elsewhere_loses_neither_the_file_nor_what_was_typed(
    campaign: Campaign, promoter: Client, changes: dict[str, Any], told: str
) -> None:
    answer = enter(promoter, campaign, **changes)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert told in page and "bonifico.pdf" in page and page.count('id="errors"') == 1
    kept = Evidence.objects.get()
    assert f'name="kept" value="{kept.public_id}"' in page
    again = typed(kept=str(kept.public_id), form_token=answer.context["form"]["form_token"].value())
    del again["evidence"]
    promoter.post(reverse("donations:offline_gift_enter", args=[campaign.slug]), again)
    assert OfflineDonation.objects.get().evidence == kept
    # The same form once more, after the back button or a second click, is the same gift.
    promoter.post(reverse("donations:offline_gift_enter", args=[campaign.slug]), again)
    enter(promoter, campaign, form_token=again["form_token"])
    assert OfflineDonation.objects.count() == 1


def test_form_asks_whose_gift_it_is_where_the_call_needs_it(
    stripe: str, officer: User, organizer: User, promoter: Client
) -> None:
    call = make_call(officer=officer, min_donors=3)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)

    answer = enter(promoter, campaign, email="", tax_code="")

    assert answer.status_code == 422
    assert "one is enough" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "Add the proof"),
        (b"", "This file is empty"),
        (b"<svg>", "a web page or a drawing"),
        (b"%PDF-1.7 and nothing else", "damaged or incomplete"),
        (b"%PDF-" + b"x" * 10 * 1024 * 1024, "larger than 10 MB"),
    ],
)
def test_file_that_proves_nothing_is_refused_beside_its_field(
    campaign: Campaign, promoter: Client, content: bytes | None, told: str
) -> None:
    answer = enter(promoter, campaign, evidence="" if content is None else slip(content))

    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert not Evidence.objects.exists()


def test_kept_file_of_another_person_is_not_used(
    campaign: Campaign, promoter: Client, officer: User, organizer: User
) -> None:
    other = enter_outside(
        campaign=make_campaign(officer=officer, promoter=organizer, call=campaign.call)
    ).evidence

    answer = enter(promoter, campaign, evidence="", kept=str(other.public_id))

    assert answer.status_code == 422
    assert "Add the proof" in answer.content.decode()


def test_promoter_withdraws_until_an_officer_has_decided(
    campaign: Campaign, promoter: Client, officer: User
) -> None:
    gifts = [enter_outside(campaign=campaign), give_outside(campaign=campaign, officer=officer)]

    for gift in gifts:
        promoter.post(
            reverse("donations:offline_gift_withdraw", args=[campaign.slug, gift.public_id]), **IN_ENGLISH
        )
        gift.refresh_from_db()

    assert [gift.status for gift in gifts] == [Status.WITHDRAWN, Status.VERIFIED]


def test_promoter_proves_a_return_again_after_a_refusal(
    campaign: Campaign, promoter: Client, officer: User
) -> None:
    gift = give_outside(campaign=campaign, officer=officer)
    url = reverse("donations:offline_return", args=[campaign.slug, gift.public_id])
    address = reverse("donations:offline_gifts", args=[campaign.slug])
    assert promoter.get(url).url == address
    owe_offline_return(gift=gift, reason="Richiesta", by=officer, now=timezone.now())
    today = timezone.localdate().isoformat()
    assert f'href="{url}"' in promoter.get(address).content.decode()

    wrong = promoter.post(url, {"returned_on": "2020-01-01", "evidence": slip()}, **IN_ENGLISH)
    assert wrong.status_code == 422 and "Choose a day from" in wrong.content.decode()
    kept = wrong.context["form"].kept
    promoter.post(url, {"returned_on": today, "kept": str(kept.public_id)})
    first = gift.returns.get()
    assert first.evidence == kept
    assert "The officers check your proof" in text_of(promoter.get(address, **IN_ENGLISH))
    refuse_return(proof=first, reason="Manca il giorno.", by=officer, now=timezone.now())
    assert "Manca il giorno." in text_of(promoter.get(url))
    promoter.post(url, {"returned_on": today, "evidence": slip()})

    accept_return(proof=gift.returns.get(status="given"), by=officer, now=timezone.now())
    assert "given back" in text_of(promoter.get(address, **IN_ENGLISH))


def test_pages_are_the_promoters_own_and_of_calls_that_take_such_gifts(
    campaign: Campaign, promoter: Client, officer: User, organizer: User, stranger: User
) -> None:
    none = make_campaign(
        officer=officer, promoter=organizer, call=make_call(officer=officer, offline_share_bp=0)
    )
    gift = enter_outside(campaign=campaign)
    for name in ("offline_gifts", "offline_gift_enter"):
        address = reverse(f"donations:{name}", args=[campaign.slug])
        assert promoter.get(address).status_code == 200
        assert browser_of(None).get(address).status_code == 302
        assert promoter.get(reverse(f"donations:{name}", args=[none.slug])).status_code == 404
        for other in (stranger, officer):
            assert browser_of(other).get(address).status_code == 404
    for name in ("offline_gift_withdraw", "offline_return"):
        address = reverse(f"donations:{name}", args=[campaign.slug, gift.public_id])
        assert browser_of(stranger).post(address).status_code == 404
    manage = promoter.get(reverse("campaigns:campaign_manage", args=[none.slug])).content.decode()
    assert "fuori-dal-sito" not in manage


def test_proof_opens_for_members_and_officers_only(
    campaign: Campaign, promoter: Client, stranger: User
) -> None:
    proof = enter_outside(campaign=campaign).evidence
    address = reverse("donations:evidence", args=[proof.public_id])
    clerk = officer_with("donations.view_offlinedonation")
    other_clerk = officer_with("donations.view_donation")

    for browser in (promoter, browser_of(clerk)):
        answer = browser.get(address)
        assert b"".join(answer).startswith(b"%PDF-")  # type: ignore[call-overload]
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
    for browser in (browser_of(stranger), browser_of(other_clerk)):
        assert browser.get(address).status_code == 404
    assert browser_of(None).get(address).status_code == 302
    assert Client().get(f"/media/{proof.file.name}").status_code == 404


def test_campaign_page_and_account_tell_them_apart(
    campaign: Campaign, promoter: Client, officer: User, client: Client
) -> None:
    give_outside(campaign=campaign, officer=officer, amount_cents=12_345, email="lia@example.org")
    enter_outside(campaign=campaign, amount_cents=99_900)

    page = text_of(client.get(campaign.get_absolute_url(), **IN_ENGLISH))
    account = promoter.get(
        reverse("donations:campaign_account", args=[campaign.organization.public_id, campaign.slug])
    ).content.decode()

    assert "€123.45 came outside the site" in page
    assert "1 person in all" in page
    assert "lia@example.org" not in page and "Lia" not in page
    assert account.count("bank_transfer") == 1 and "123.45" in account and "999" not in account
