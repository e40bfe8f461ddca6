"""The yearly report to the tax agency, and a campaign's own account."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from accounts.models import OrgKind, User
from campaigns.models import Campaign
from donations.campaign_account import account_csv, account_lines, account_totals
from donations.models import Donation, DonorExport
from donations.services import NoTaxRelief, export_donors, issue_receipt, owe_refund, sync_payment
from tests.donations.at_stripe import answer_otherwise, refund_at_stripe
from tests.factories import edit_body, give, make_campaign, twin

ADA = "RSSMRA85T10A562S"
GRACE = "BNCLRA80A41F205B"
YEAR = timezone.localdate().year


@pytest.fixture
def registered(campaign: Campaign) -> Campaign:
    """Return a campaign of a body in the register of the Third Sector."""
    edit_body(organization=campaign.organization, runts_number="4711")
    return campaign


def exported(campaign: Campaign, by: User, year: int = YEAR) -> list[dict[str, str]]:
    """Return the lines of the report of a campaign's body."""
    export = export_donors(organization=campaign.organization, year=year, by=by, now=timezone.now())
    return read(export.text)


def read(text: str) -> list[dict[str, str]]:
    """Read a table again."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_export_donors_adds_the_gifts_of_each_donor_net_of_what_went_back(
    registered: Campaign, organizer: User, officer: User
) -> None:
    give(campaign=registered, amount_cents=5050, tax_code=ADA)
    reduced = give(campaign=registered, amount_cents=3000, tax_code=ADA)
    refund_at_stripe(reduced, 1000)
    sync_payment(donation=reduced, now=timezone.now())
    returned = give(campaign=registered, tax_code=GRACE)
    owe_refund(donation=returned, by=officer, reason="Richiesta", now=timezone.now())

    lines = exported(registered, organizer)

    assert lines == [
        {
            "anno": str(YEAR),
            "codice_fiscale_ente": registered.organization.tax_code,
            "codice_fiscale_donatore": ADA,
            "numero_donazioni": "2",
            "importo_eur": "70.50",
        }
    ]


def test_export_donors_leaves_out_who_is_not_named_who_objects_and_who_contests(
    registered: Campaign, organizer: User
) -> None:
    give(campaign=registered)
    objecting = give(campaign=registered, tax_code=GRACE)
    Donation.objects.filter(pk=objecting.pk).update(tax_reporting_opt_out=True)
    contested = give(campaign=registered, tax_code=ADA)
    twin("dispute", charge=contested.stripe_charge_id)
    sync_payment(donation=contested, now=timezone.now())

    assert exported(registered, organizer) == []


def test_export_donors_is_about_one_body(
    registered: Campaign, call: object, officer: User, organizer: User
) -> None:
    other = make_campaign(officer=officer, promoter=organizer, call=registered.call)
    edit_body(organization=other.organization, runts_number="4712")
    give(campaign=other, tax_code=GRACE)

    assert exported(registered, organizer) == []
    assert [line["codice_fiscale_donatore"] for line in exported(other, organizer)] == [GRACE]


@pytest.mark.parametrize(
    ("charged_at", "year"),
    [
        (datetime(2024, 12, 31, 22, 59, 59, tzinfo=UTC), 2024),
        (datetime(2024, 12, 31, 23, 0, 0, tzinfo=UTC), 2025),
    ],
)
def test_export_donors_takes_the_year_of_the_payment_in_the_citys_time(
    registered: Campaign,
    organizer: User,
    monkeypatch: pytest.MonkeyPatch,
    charged_at: datetime,
    year: int,
) -> None:
    answer_otherwise(monkeypatch, charged_at=charged_at)
    give(campaign=registered, tax_code=ADA)

    years = [one for one in (2023, 2024, 2025, 2026) if exported(registered, organizer, one)]

    assert years == [year]


def test_export_donors_is_logged(registered: Campaign, organizer: User) -> None:
    give(campaign=registered, tax_code=ADA)

    exported(registered, organizer)

    log = DonorExport.objects.get()
    assert (log.organization, log.year, log.actor) == (registered.organization, YEAR, organizer)
    assert (log.donors, log.total_cents) == (1, 2000)


@pytest.mark.parametrize("change", [{"kind": OrgKind.MSME}, {"runts_number": ""}])
def test_export_donors_of_a_body_without_the_right_is_refused(
    registered: Campaign, organizer: User, change: dict[str, str]
) -> None:
    edit_body(organization=registered.organization, **change)

    with pytest.raises(NoTaxRelief):
        exported(registered, organizer)

    assert not DonorExport.objects.exists()


def test_account_of_a_campaign_tells_gift_by_gift_what_became_of_it(
    registered: Campaign, officer: User
) -> None:
    kept, reduced, returned, contested = (
        give(campaign=registered, amount_cents=5000, tax_code=ADA, name="Ada Bianchi") for _number in range(4)
    )
    receipt = issue_receipt(donation=kept, now=timezone.now())
    refund_at_stripe(reduced, 1500)
    owe_refund(donation=returned, by=officer, reason="Richiesta", now=timezone.now())
    twin("dispute", charge=contested.stripe_charge_id)
    for gift in (reduced, contested):
        sync_payment(donation=gift, now=timezone.now())
    lines = account_lines(registered)

    table = {line["donazione"]: line for line in read(account_csv(lines))}

    sums = ["importo_eur", "restituito_eur", "contestato_eur", "netto_eur"]
    told = [
        [table[str(gift.public_id)][name] for name in sums] for gift in (kept, reduced, returned, contested)
    ]
    assert told == [
        ["50.00", "0.00", "0.00", "50.00"],
        ["50.00", "15.00", "0.00", "35.00"],
        ["50.00", "50.00", "0.00", "0.00"],
        ["50.00", "0.00", "50.00", "0.00"],
    ]
    assert table[str(kept.public_id)]["ricevuta"] == str(receipt)
    assert table[str(kept.public_id)]["metodo"] == "card"
    totals = account_totals(lines)
    assert (totals["gifts"], totals["given_cents"], totals["kept_cents"]) == (4, 20_000, 8500)
    assert totals["fee_cents"] == sum(gift.fee_cents or 0 for gift in registered.donations.all()) > 0


def test_account_of_a_campaign_names_no_donor(registered: Campaign) -> None:
    give(campaign=registered, tax_code=ADA, name="Ada Bianchi", email="ada@example.org", show_name=True)

    text = account_csv(account_lines(registered))

    assert not [one for one in (ADA, "Ada", "ada@example.org") if one in text]
