"""The promoter's dashboard: figures for the members, thanks by those who write, one for each gift."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, Membership, User
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from donations import services
from donations.models import Donation, Thanks
from tests.campaigns.voices import ask
from tests.desk import text_of
from tests.factories import give, make_user


def dashboard(campaign: Campaign) -> str:
    """Return the address of a campaign's dashboard."""
    return reverse("donations:campaign_dashboard", args=[campaign.slug])


@pytest.fixture
def member(organizer: User) -> Client:
    """Return the organizer's browser."""
    browser = Client()
    browser.force_login(organizer)
    return browser


def test_a_member_reads_figures_and_no_address(campaign: Campaign, member: Client) -> None:
    give(campaign=campaign, amount_cents=4_000, name="Ada Neri", show_name=True, source="volantino")
    give(campaign=campaign, amount_cents=2_500, name="Bruno Segreto", email="segreto@example.org")
    ask(campaign)
    manage = member.get(reverse("campaigns:campaign_manage", args=[campaign.slug])).content.decode()
    assert dashboard(campaign) in manage

    page = member.get(dashboard(campaign))
    words = text_of(page)

    assert "Ada Neri" in words and "volantino" in words and "65 €" in words
    assert "Bruno" not in words and "segreto@" not in page.content.decode()
    assert "daychart__bar" in page.content.decode()
    assert reverse("campaigns:my_questions", args=[campaign.slug]) in page.content.decode()
    made = member.get(f"{dashboard(campaign)}?parola=Bar-2").content.decode()
    assert f"{campaign.get_absolute_url()}?da=bar-2" in made


def test_a_word_is_carried_from_the_link_to_the_gift(campaign: Campaign, client: Client) -> None:
    donate = reverse("donations:donate", args=[campaign.slug])
    assert (
        f"{donate}?da=volantino" in client.get(f"{campaign.get_absolute_url()}?da=volantino").content.decode()
    )
    assert (
        "?da="
        not in client.get(f'{campaign.get_absolute_url()}?da="><script>').content.decode().split("<main")[1]
    )
    form = client.get(f"{donate}?da=volantino").context["form"]
    sent = {"amount_choice": "2000", "email": "ada@example.org", "form_token": form["form_token"].value()}

    client.post(donate, {**sent, "source": form["source"].value()})
    client.post(
        donate,
        {
            "amount_choice": "1000",
            "email": "b@example.org",
            "source": "<b>x</b>",
            "form_token": "6f1f2f6e-0000-4000-8000-000000000001",
        },
    )

    assert list(Donation.objects.order_by("amount_cents").values_list("source", flat=True)) == [
        "",
        "volantino",
    ]
    assert not client.cookies.keys() - {"csrftoken", "gave", "messages"}


def test_thanks_go_once_for_each_gift_and_once_to_each_donor(campaign: Campaign, member: Client) -> None:
    first = give(campaign=campaign, amount_cents=4_000, email="ada@example.org")
    give(campaign=campaign, amount_cents=1_000, email="Ada@example.org")
    give(campaign=campaign, amount_cents=2_000, email="bruno@example.org")

    member.post(dashboard(campaign), {"text": "Grazie, Ada!", "gift": first.pk})
    assert [mail.recipient for mail in Mail.objects.filter(key__startswith="gift_thanks")] == [first.email]
    member.post(dashboard(campaign), {"text": "Grazie a tutti!"})
    member.post(dashboard(campaign), {"text": "Ancora grazie!"})

    assert sorted(Thanks.objects.values_list("text", flat=True)) == ["Grazie a tutti!"] * 2 + ["Grazie, Ada!"]
    assert Mail.objects.filter(key__startswith="gift_thanks").count() == 3
    assert member.post(dashboard(campaign), {"text": ""}).status_code == 422


def test_a_donor_who_gave_twice_gets_one_mail(campaign: Campaign, organizer: User) -> None:
    for _twice in range(2):
        give(campaign=campaign, amount_cents=1_000, email="ada@example.org")

    number = services.thank_donors(campaign=campaign, text="Grazie!", by=organizer, now=timezone.now())

    assert (number, Mail.objects.filter(key__startswith="gift_thanks").count()) == (2, 1)


def test_gifts_of_others_and_gifts_not_paid_have_no_thanks(campaign: Campaign, organizer: User) -> None:
    gift = give(campaign=campaign, amount_cents=1_000)
    with pytest.raises(services.NobodyToThank):
        services.thank_donors(
            campaign=campaign, text="!", by=organizer, now=timezone.now(), gifts=[gift.pk + 99]
        )
    campaign = suspend_campaign(
        campaign=campaign, by=campaign.approved_by, reason="Si controlla.", now=timezone.now()
    )

    with pytest.raises(services.ThanksOver):
        services.thank_donors(campaign=campaign, text="!", by=organizer, now=timezone.now())
    assert not Thanks.objects.exists()


def test_only_members_see_it_and_only_writers_thank(campaign: Campaign, client: Client) -> None:
    give(campaign=campaign, amount_cents=1_000, message="Forza!")
    assert client.get(dashboard(campaign)).status_code == 302
    client.force_login(make_user("stranger"))
    assert client.get(dashboard(campaign)).status_code == 404
    reader = make_user("reader")
    Membership.objects.create(
        organization=campaign.organization,
        user=reader,
        role=Membership.Role.READER,
        created_at=timezone.now(),
    )
    client.force_login(reader)

    assert "Forza!" not in text_of(client.get(dashboard(campaign)))
    assert client.post(dashboard(campaign), {"text": "Grazie!"}).status_code == 403


def test_words_for_one_gift_stay_for_that_gift_when_they_are_too_long(
    campaign: Campaign, client: Client, organizer: User
) -> None:
    gift = give(campaign=campaign)
    give(campaign=campaign)
    client.force_login(organizer)

    page = client.post(
        reverse("donations:campaign_dashboard", args=[campaign.slug]), {"gift": gift.pk, "text": "a" * 1001}
    )

    # Once in the form of the gift, and once in the form above that shows what was typed.
    assert page.status_code == 422
    assert page.content.decode().count(f'name="gift" value="{gift.pk}"') == 2
