"""Who gives: found by the site, said by officers, and what follows for what counts."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from donations.models import Donation, Party, PartyFlag
from donations.services import FlagRefused, flag_party, owe_refund
from ledger.services import raised_cents
from tests.factories import give, make_call, make_campaign

NOW = timezone.now()


@pytest.fixture
def excluding(stripe: str, officer: User, organizer: User) -> Campaign:
    """Return a campaign whose call does not count gifts of the promoter's own people."""
    call = make_call(officer=officer, excludes_related_parties=True)
    return make_campaign(officer=officer, promoter=organizer, call=call)


def flag(gift: Donation, party: str, by: User, reason: str = "Lo dice lo statuto") -> Donation:
    """Say who gives."""
    return flag_party(donation=gift, party=party, by=by, reason=reason, now=NOW)


def test_gift_of_a_citizen_is_not_flagged(campaign: Campaign, donor: User) -> None:
    gift = give(campaign=campaign, email=donor.email, donor=donor)

    assert gift.party == Party.CITIZEN
    assert not PartyFlag.objects.exists()


@pytest.mark.parametrize(
    "email", ["organizer@example.org", "Organizer+forno@example.org", "INFO", "cassa"], ids=str
)
def test_gift_of_the_promoters_own_people_is_flagged_by_its_address(campaign: Campaign, email: str) -> None:
    info = campaign.organization.email
    address = {"INFO": info.upper(), "cassa": f"cassa@{info.partition('@')[2]}"}.get(email, email)

    gift = give(campaign=campaign, email=address)

    found = PartyFlag.objects.get()
    assert (gift.party, found.party, found.actor) == (Party.RELATED, Party.RELATED, None)
    assert found.reason


def test_gift_of_a_member_who_is_signed_in_is_flagged(campaign: Campaign, organizer: User) -> None:
    gift = give(campaign=campaign, email="altro@example.com", donor=organizer)

    assert gift.party == Party.RELATED


def test_gift_of_a_member_counts_unless_the_call_excludes_it(
    campaign: Campaign, excluding: Campaign, organizer: User
) -> None:
    gifts = [give(campaign=one, email=organizer.email) for one in (campaign, excluding)]

    assert [(gift.counted_cents, gift.uncounted_cents) for gift in gifts] == [(2000, 0), (0, 2000)]


def test_flag_party_takes_a_gift_out_and_puts_it_back(excluding: Campaign, officer: User) -> None:
    gift = give(campaign=excluding, amount_cents=1_000_000)
    excluding.refresh_from_db()
    assert excluding.reached_at is not None

    gift = flag(gift, Party.RELATED, officer)

    excluding.refresh_from_db()
    assert (gift.party, gift.counted_cents, excluding.reached_at) == (Party.RELATED, 0, None)
    assert raised_cents(excluding) == 0

    gift = flag(gift, Party.CITIZEN, officer, "Non è più socia")

    excluding.refresh_from_db()
    assert (gift.counted_cents, excluding.reached_at is not None) == (1_000_000, True)
    assert list(PartyFlag.objects.values_list("party", "actor", "reason")) == [
        ("related", officer.pk, "Lo dice lo statuto"),
        ("citizen", officer.pk, "Non è più socia"),
    ]
    entries = excluding.accounts.get(kind="donors").postings.filter(entry__kind="recount")
    assert list(entries.values_list("entry__actor", "entry__reason", "amount_cents")) == [
        (officer.pk, "Lo dice lo statuto", 1_000_000),
        (officer.pk, "Non è più socia", -1_000_000),
    ]


def test_flag_party_from_public_body_back_to_citizen(campaign: Campaign, officer: User) -> None:
    gift = flag(give(campaign=campaign), Party.PUBLIC_BODY, officer)
    assert gift.counted_cents == 0

    assert flag(gift, Party.CITIZEN, officer).counted_cents == 2000


def test_flag_party_holds_for_all_gifts_of_the_donor_and_those_to_come(
    campaign: Campaign, officer: User
) -> None:
    first, second = (give(campaign=campaign, email="comune@example.com") for _number in range(2))

    flag(first, Party.PUBLIC_BODY, officer)
    third = give(campaign=campaign, email="comune@example.com")

    second.refresh_from_db()
    assert [gift.party for gift in (second, third)] == [Party.PUBLIC_BODY] * 2
    assert raised_cents(campaign) == 0


def test_flag_party_of_an_officer_is_stronger_than_what_the_site_finds(
    excluding: Campaign, organizer: User, officer: User
) -> None:
    flag(give(campaign=excluding, email=organizer.email), Party.CITIZEN, officer, "Non è più socio")

    later = give(campaign=excluding, email=organizer.email)

    assert (later.party, later.counted_cents) == (Party.CITIZEN, 2000)


def test_flag_party_confirms_once_what_the_site_has_found(
    campaign: Campaign, organizer: User, officer: User
) -> None:
    gift = flag(give(campaign=campaign, email=organizer.email), Party.RELATED, officer)

    assert gift.party_flags.filter(actor=officer).count() == 1
    with pytest.raises(FlagRefused):
        flag(gift, Party.RELATED, officer)


def test_flag_party_needs_a_reason_and_a_gift_that_is_there(campaign: Campaign, officer: User) -> None:
    gift = give(campaign=campaign)
    with pytest.raises(FlagRefused):
        flag(gift, Party.RELATED, officer, "  ")
    owe_refund(donation=gift, by=officer, reason="Richiesta", now=NOW)

    with pytest.raises(FlagRefused):
        flag(gift, Party.RELATED, officer)


def test_party_flag_is_kept_and_has_a_reason(campaign: Campaign, officer: User) -> None:
    gift = flag(give(campaign=campaign), Party.RELATED, officer)

    with pytest.raises(IntegrityError, match="party_flag_has_reason"), transaction.atomic():
        PartyFlag.objects.create(donation=gift, party=Party.CITIZEN, reason="", created_at=NOW)
    for change in (gift.party_flags.all().delete, lambda: gift.party_flags.update(party=Party.CITIZEN)):
        with pytest.raises(Exception, match=r"party_flag_is_kept|Cannot"), transaction.atomic():
            change()
