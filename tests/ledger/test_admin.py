"""The desk's pages of the ledger, which are only read."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from campaigns.models import Campaign
from civicfund.templatetags.clock import moment
from donations.services import owe_refund, send_refund
from ledger.admin import owing_since
from ledger.models import Account, Entry
from tests import factories
from tests.desk import desk_of, list_url, officer_with, row_url, text_of


def test_an_entry_shows_both_its_sides(campaign: Campaign, officer: User) -> None:
    factories.give(campaign=campaign, amount_cents=12_345)
    entry = Entry.objects.get(kind=Entry.Kind.CHARGE)
    desk = desk_of(officer)

    words = text_of(desk.get(row_url(entry)))

    assert words.count("€123.45") == 3
    assert "held by Stripe" in words and "given by citizens" in words
    assert "€123.45" in text_of(desk.get(list_url(entry, kind__exact="charge")))


def test_balances_are_positive_on_both_sides(campaign: Campaign, officer: User) -> None:
    factories.give(campaign=campaign, amount_cents=5000)
    given = Account.objects.get(kind=Account.Kind.DONORS)
    desk = desk_of(officer)

    listed = text_of(desk.get(list_url(given, queue="campaigns")))

    assert given.balance_cents == -5000
    assert "€50" in listed and "-€50" not in listed
    assert "€50" in text_of(desk.get(row_url(given)))


def test_queues_tell_funds_from_campaigns(campaign: Campaign, officer: User) -> None:
    factories.give(campaign=campaign)
    desk = desk_of(officer)

    funds = text_of(desk.get(list_url(Account, queue="funds")))

    assert "€590,000" in funds and "€600,000" in funds
    assert "Nothing is owed, and every cent is explained." in text_of(
        desk.get(list_url(Account, queue="owed"))
    )


def test_the_ledger_is_neither_added_to_nor_changed_nor_deleted(campaign: Campaign, officer: User) -> None:
    desk = desk_of(officer)

    for row in (Account.objects.first(), Entry.objects.first()):
        before = row.__class__.objects.count()
        assert desk.get(list_url(row) + "add/").status_code == 403
        assert desk.post(row_url(row), {"balance_cents": "1", "key": "x"}).status_code == 403
        assert desk.post(row_url(row, "delete"), {"post": "yes"}).status_code == 403
        desk.post(list_url(row), {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
        assert row.__class__.objects.count() == before


def test_rights_decide_who_reads(campaign: Campaign, evaluator: User, stranger: User) -> None:
    entry = Entry.objects.first()

    assert desk_of(officer_with("ledger.view_entry")).get(row_url(entry)).status_code == 200
    assert desk_of(officer_with("ledger.view_account")).get(row_url(entry)).status_code == 403
    assert desk_of(evaluator).get(list_url(entry)).status_code == 403
    assert desk_of(stranger).get(row_url(entry)).status_code == 302


def test_owed_money_is_counted_on_the_first_page_with_since_when(campaign: Campaign, officer: User) -> None:
    desk = desk_of(officer)
    assert "Nothing is owed, and every cent is explained." in text_of(desk.get("/gestione/"))
    first, second = (factories.give(campaign=campaign, email=f"{n}@example.org") for n in range(2))
    began = timezone.now() - timedelta(days=3)
    # Owed, given back, and owed anew: only the second time counts.
    reversal = owe_refund(donation=first, by=officer, reason="Doppio.", now=began - timedelta(days=30))
    send_refund(reversal=reversal, now=began - timedelta(days=29))
    owe_refund(donation=second, by=officer, reason="Doppio.", now=began)

    owed = Account.objects.annotate(since=owing_since()).get(kind=Account.Kind.REFUNDS_OWED)

    assert owed.since == began
    assert Account.objects.annotate(since=owing_since()).filter(since__isnull=False).get() == owed
    assert "1 Campaigns that owe money" in text_of(desk.get("/gestione/"))
    with override("en"):
        since = moment(began)
    assert since in text_of(desk.get(list_url(owed, queue="owed")))


def test_entries_are_found_by_key_and_by_campaign(campaign: Campaign, officer: User) -> None:
    factories.give(campaign=campaign, amount_cents=12_345)
    charge = Entry.objects.get(kind=Entry.Kind.CHARGE)
    desk = desk_of(officer)

    for words in (charge.key[-8:], campaign.title.split()[0].upper(), campaign.title.replace(" ", "+")):
        assert "€123.45" in text_of(desk.get(list_url(charge, q=words))), words
    for words in ("zebra", f"{campaign.title.split()[0]}+zebra"):
        found = desk.get(list_url(charge, q=words))
        assert "€123.45" not in text_of(
            found
        ) and f"Nothing found for “{words.replace('+', ' ')}”" in text_of(found)
