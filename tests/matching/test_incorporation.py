"""A group of citizens is admitted, collects, and is awarded the grant once it has become a body."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from accounts.forms import OrganizationForm
from accounts.models import Mail, Organization, OrgKind, User
from accounts.services import create_organization
from calls.models import Call, Declaration
from calls.services import ApplicationRefused, submit_application
from campaigns.models import Campaign
from donations.models import ConnectedAccount
from donations.services import NoBodyYet, balance_account, start_onboarding
from ledger.models import Account
from ledger.services import balance
from matching.models import Grant, Incorporation, IncorporationProof
from matching.services import (
    BodyUnfit,
    BodyWaits,
    IncorporationMovedOn,
    NotAGroup,
    NotYours,
    OwnBody,
    ProofMissing,
    body_due_at,
    close_campaign,
    confirm_body,
    keep_body_proof,
    open_campaign,
    record_body,
    refuse_body,
    release_grant,
    settle_campaign,
)
from matching.tasks import forget_body_proofs, release_due_grants
from tests import factories
from tests.desk import desk_of, list_url, row_url, take_step, text_of
from tests.pages import browser_of, words_of
from tests.papers import make_pdf

Kind = Account.Kind
#: An invented person of a real form: the last letter fits.
PERSON = "RSSMRA85T10A562S"
PROOF = "Atto del 3 marzo 2027, registrato a Milano al n. 1234."


@pytest.fixture
def group(organizer: User) -> Organization:
    return create_organization(
        user=organizer,
        now=timezone.now(),
        legal_name="Gruppo Cortile di via Padova",
        kind=OrgKind.INFORMAL,
        tax_code=PERSON,
        address="Via Padova 9",
        city="Milano",
        email="gruppo@example.org",
    )


@pytest.fixture
def body(organizer: User) -> Organization:
    return factories.make_organization(user=organizer)


def opened(call: Call, group: Organization, officer: User) -> Campaign:
    """Open the campaign of a group."""
    application = factories.make_application(call=call, organization=group)
    campaign = factories.make_scheduled_campaign(application=application, officer=officer)
    return open_campaign(campaign=campaign, now=timezone.now())


@pytest.fixture
def held(stripe: str, call: Call, group: Organization, officer: User) -> Campaign:
    """Return a group's campaign that has reached its threshold."""
    campaign = opened(call, group, officer)
    factories.give(campaign=campaign, amount_cents=campaign.threshold_cents)
    campaign.refresh_from_db()
    return campaign


def again(campaign: Campaign) -> Campaign:
    """Return a campaign with everything about it as it is now."""
    return Campaign.objects.with_story().get(pk=campaign.pk)


def recorded(campaign: Campaign, body: Organization, by: User, **words: Any) -> Incorporation:
    """Name the new body."""
    fields = {"proof": PROOF, "now": timezone.now(), **words}
    return record_body(campaign=campaign, body=body, by=by, **fields)


def ended(campaign: Campaign, now: datetime) -> Campaign:
    """Let a campaign's deadline pass."""
    close_campaign(campaign=campaign, now=now)
    return settle_campaign(campaign=campaign, now=now)


def test_group_undertakes_to_become_a_body_before_it_applies(call: Call, group: Organization) -> None:
    draft = factories.make_draft_application(call=call, organization=group)
    promise = Declaration.objects.get(application=draft, key="incorporate")
    assert promise.made_by == draft.author
    assert promise.text
    assert not draft.declarations.filter(key="standing").exists()
    promise.delete()

    with pytest.raises(ApplicationRefused):
        submit_application(application=draft, by=draft.author, now=timezone.now())


def test_group_applies_only_where_the_call_admits_it(officer: User, group: Organization) -> None:
    strict = factories.make_call(
        officer=officer, eligible_kinds=[OrgKind.APS, OrgKind.ETS], incorporation_days=0
    )
    draft = factories.make_draft_application(call=strict, organization=group)

    with pytest.raises(ApplicationRefused):
        submit_application(application=draft, by=draft.author, now=timezone.now())


def test_group_has_a_persons_tax_code_that_nobody_reads_in_public(
    held: Campaign, group: Organization, organizer: User
) -> None:
    page = browser_of(None).get(held.get_absolute_url())

    assert PERSON not in page.content.decode()
    assert "Via Padova 9" not in page.content.decode()
    form = OrganizationForm({"kind": OrgKind.INFORMAL, "tax_code": factories.tax_code_of(77)})
    assert form["tax_code"].errors


def test_group_has_no_stripe_account_and_collects_through_the_platform(
    held: Campaign, group: Organization
) -> None:
    with pytest.raises(NoBodyYet):
        start_onboarding(organization=group, return_url="https://x.test/", refresh_url="", now=timezone.now())

    assert not ConnectedAccount.objects.exists()
    assert held.payment_flow == Campaign.PaymentFlow.SEPARATE
    assert held.status == Campaign.Status.OPEN


def test_release_grant_keeps_the_share_until_the_body_is_confirmed(
    held: Campaign, body: Organization, organizer: User, officer: User
) -> None:
    release_due_grants()
    release_due_grants()

    grant = Grant.objects.get()
    assert (grant.state, grant.amount_cents) == (Grant.State.RESERVED, 1_000_000)
    assert grant.held_at is not None
    assert balance(Kind.RESERVED, fund=held.fund, campaign=held) == 1_000_000
    assert balance(Kind.AWARDED, fund=held.fund, campaign=held) == 0
    assert Mail.objects.filter(key__startswith="grant_waits_for_body").count() == 1
    words = words_of(browser_of(None).get(held.get_absolute_url()))
    assert "gruppo di cittadini" in words
    call_command("audit")

    confirm_body(incorporation=recorded(held, body, organizer), by=officer, now=timezone.now())
    release_due_grants()

    grant.refresh_from_db()
    assert (grant.state, grant.amount_cents) == (Grant.State.AWARDED, 1_000_000)
    assert again(held).organization == body
    assert Mail.objects.filter(key__startswith="body_confirmed").count() == 1
    call_command("audit")


def test_nothing_is_lost_when_the_body_comes_after_the_deadline(
    held: Campaign, body: Organization, organizer: User, officer: User
) -> None:
    release_grant(campaign=held, now=timezone.now())
    assert held.closes_at is not None

    campaign = ended(held, held.closes_at)

    assert campaign.status == Campaign.Status.SUCCEEDED
    assert Grant.objects.get().state == Grant.State.RESERVED
    assert balance_account(campaign=campaign, now=held.closes_at) is None
    call_command("audit")

    late = body_due_at(held) + timedelta(days=400)
    factories.connect_stripe(body)
    confirm_body(incorporation=recorded(held, body, organizer, now=late), by=officer, now=late)
    grant = release_grant(campaign=again(held), now=late)

    assert grant is not None
    assert (grant.state, grant.amount_cents) == (Grant.State.AWARDED, 1_000_000)
    transfer = balance_account(campaign=again(held), now=late)
    assert transfer is not None
    assert transfer.stripe_account_id == body.connected_account.stripe_account_id
    call_command("audit")


def test_gifts_wait_until_stripe_is_connected_for_the_body(
    held: Campaign, body: Organization, organizer: User, officer: User
) -> None:
    assert held.closes_at is not None
    campaign = ended(held, held.closes_at)
    confirm_body(incorporation=recorded(held, body, organizer), by=officer, now=held.closes_at)

    assert balance_account(campaign=campaign, now=held.closes_at) is None
    factories.connect_stripe(body)
    assert balance_account(campaign=campaign, now=held.closes_at) is not None


def test_first_reached_sets_a_groups_share_aside_and_keeps_its_place(
    stripe: str, group: Organization, body: Organization, officer: User, organizer: User, donor: User
) -> None:
    call = factories.make_call(
        officer=officer, fund_cents=6_000_000, reservation_mode=Call.ReservationMode.FIRST_REACHED
    )
    first = opened(call, group, officer)
    other = factories.make_campaign(officer=officer, promoter=donor, call=call, cost_cents=10_000_000)
    for campaign in (first, other):
        factories.give(campaign=campaign, amount_cents=campaign.threshold_cents)

    release_grant(campaign=again(first), now=timezone.now())
    assert Grant.objects.get(campaign=first).state == Grant.State.RESERVED
    release_grant(campaign=again(other), now=timezone.now())
    assert balance(Kind.AWARDED, fund=first.fund, campaign=other) == 5_000_000
    call_command("audit")

    confirm_body(incorporation=recorded(first, body, organizer), by=officer, now=timezone.now())
    release_grant(campaign=again(first), now=timezone.now())
    assert balance(Kind.AWARDED, fund=first.fund, campaign=first) == 1_000_000


def test_first_reached_lets_a_group_wait_its_turn_when_the_fund_is_short(
    stripe: str, group: Organization, officer: User
) -> None:
    call = factories.make_call(
        officer=officer,
        fund_cents=900_000,
        cap_cents=900_000,
        reservation_mode=Call.ReservationMode.FIRST_REACHED,
    )
    campaigns = [opened(call, group, officer)]
    other = factories.make_user("second")
    campaigns.insert(
        0, factories.make_campaign(officer=officer, promoter=other, call=call, cost_cents=1_000_000)
    )
    for campaign in campaigns:
        factories.give(campaign=campaign, amount_cents=campaign.threshold_cents)
        release_grant(campaign=again(campaign), now=timezone.now())

    grant = Grant.objects.get(campaign=campaigns[1])
    assert (grant.state, grant.amount_cents) == (Grant.State.WAITLISTED, 0)
    assert grant.held_at is not None
    call_command("audit")


def test_record_body_refuses_what_cannot_take_the_place(
    held: Campaign, group: Organization, body: Organization, organizer: User, stranger: User, officer: User
) -> None:
    foreign = factories.make_organization(user=stranger)
    personal = create_organization(
        user=organizer,
        now=timezone.now(),
        legal_name="Ditta",
        kind=OrgKind.MSME,
        tax_code="BNCLRA80A41F205B",
        address="Via Padova 1",
        email="d@example.org",
    )
    refused: list[tuple[type[Exception], Organization, dict[str, Any]]] = [
        (BodyUnfit, group, {}),
        (BodyUnfit, personal, {}),
        (NotYours, foreign, {}),
        (ProofMissing, body, {"proof": " "}),
    ]
    for error, wrong, words in refused:
        with pytest.raises(error):
            recorded(held, wrong, organizer, **words)

    first = recorded(held, body, organizer)
    with pytest.raises(BodyWaits):
        recorded(held, body, organizer)
    confirm_body(incorporation=first, by=officer, now=timezone.now())
    with pytest.raises(NotAGroup):
        recorded(again(held), body, organizer)


def test_refuse_body_leaves_everything_and_lets_the_group_try_again(
    held: Campaign, body: Organization, organizer: User, officer: User
) -> None:
    first = recorded(held, body, organizer)
    with pytest.raises(ProofMissing):
        refuse_body(incorporation=first, reason=" ", by=officer, now=timezone.now())

    refuse_body(incorporation=first, reason="Manca la registrazione.", by=officer, now=timezone.now())

    assert "Manca la registrazione." in Mail.objects.get(key__startswith="body_refused").body
    assert again(held).organization.is_informal
    with pytest.raises(IncorporationMovedOn):
        confirm_body(incorporation=first, by=officer, now=timezone.now())
    recorded(held, body, organizer)


def test_confirm_body_by_one_of_its_own_people(held: Campaign, body: Organization, organizer: User) -> None:
    organizer.is_staff = True
    organizer.save(update_fields=["is_staff"])

    with pytest.raises(OwnBody):
        confirm_body(incorporation=recorded(held, body, organizer), by=organizer, now=timezone.now())
    assert again(held).organization.is_informal


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("incorporation_decision_matches_state", {"state": "confirmed"}),
        ("incorporation_decision_matches_state", {"refusal_reason": "No."}),
        ("incorporation_decision_matches_state", {"state": "refused", "decided_at": timezone.now()}),
    ],
)
def test_incorporation_constraints(
    held: Campaign, body: Organization, organizer: User, constraint: str, changes: dict[str, Any]
) -> None:
    recorded(held, body, organizer)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Incorporation.objects.update(**changes)


def test_incorporation_rows_are_kept(
    held: Campaign, body: Organization, organizer: User, officer: User
) -> None:
    first = recorded(held, body, organizer)
    signed = {"campaign": held, "recorded_at": timezone.now(), "recorded_by": organizer}
    new = [
        ("incorporation_once", {"group": held.organization, "body": body, "proof": "x"}),
        ("incorporation_is_of_another_and_proven", {"group": body, "body": body, "proof": "x"}),
        ("incorporation_is_of_another_and_proven", {"group": held.organization, "body": body, "proof": ""}),
    ]
    for constraint, fields in new:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Incorporation.objects.create(**signed, **fields)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Incorporation.objects.update(proof="Altro.")
    confirm_body(incorporation=first, by=officer, now=timezone.now())
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Incorporation.objects.update(state="refused")
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Incorporation.objects.all()._raw_delete("default")


def test_page_of_the_group_and_the_desk(
    held: Campaign, body: Organization, organizer: User, officer: User, stranger: User
) -> None:
    release_grant(campaign=held, now=timezone.now())
    address = reverse("matching:new_body", args=[held.slug])
    browser = browser_of(organizer)
    manage = reverse("campaigns:campaign_manage", args=[held.slug])
    assert f'href="{address}"' in browser.get(manage).content.decode()
    assert browser_of(stranger).get(address).status_code == 404
    assert browser.post(address, {"body": body.pk, "proof": ""}).status_code == 422

    done = browser.post(address, {"body": body.pk, "proof": PROOF}, follow=True)

    assert body.legal_name in words_of(done)
    row = Incorporation.objects.get()
    client = desk_of(officer)
    front = text_of(client.get(reverse("admin:index")))
    assert "New bodies of groups to confirm" in front
    assert "Grants kept until a group has become a body" in front
    assert body.legal_name in text_of(client.get(list_url(row)))
    assert PROOF in text_of(client.get(row_url(row)))
    assert "a body, which" not in text_of(client.get(row_url(again(held))))
    assert "Confirmed: the body" in text_of(take_step(client, row_url(row, "confirm")))
    assert again(held).organization == body
    assert browser.get(address).url == manage


def test_desk_refuses_a_body(held: Campaign, body: Organization, organizer: User, officer: User) -> None:
    row = recorded(held, body, organizer)

    page = take_step(desk_of(officer), row_url(row, "refuse"), reason="Manca la registrazione.")

    assert "may name a body again" in text_of(page)
    assert "Manca la registrazione." in words_of(browser_of(organizer).get(row.get_absolute_url()))


def test_payments_page_of_a_group_leads_to_the_body(group: Organization, organizer: User) -> None:
    address = reverse("donations:connect_account", args=[group.public_id])
    browser = browser_of(organizer)

    assert "nuovo ente" in words_of(browser.get(address))
    assert browser.post(address).status_code == 200
    assert not ConnectedAccount.objects.exists()


def test_proof_of_a_body_can_be_a_file(
    held: Campaign, body: Organization, organizer: User, officer: User, stranger: User
) -> None:
    address = reverse("matching:new_body", args=[held.slug])
    browser, deed = browser_of(organizer), make_pdf(lambda pdf: None, mark=b"atto")

    nothing = browser.post(address, {"body": str(body.pk), "proof": " "})
    wrong = browser.post(address, {"body": str(body.pk), "upload": SimpleUploadedFile("a.pdf", b"MZ" * 99)})
    assert (nothing.status_code, wrong.status_code) == (422, 422)
    assert not Incorporation.objects.exists() and not IncorporationProof.objects.exists()
    sent = browser.post(address, {"body": str(body.pk), "upload": SimpleUploadedFile("atto.pdf", deed)})

    assert sent.status_code == 302
    row = Incorporation.objects.get()
    kept = row.proof_file
    assert kept and row.proof == "" and kept.name == "atto.pdf"
    with kept.file.open() as stored:
        assert kept.sha256 == hashlib.sha256(stored.read()).hexdigest()
    assert kept.came_sha256 == hashlib.sha256(deed).hexdigest()
    link = reverse("matching:new_body_proof", args=[held.slug, kept.public_id])
    answers = [browser_of(who).get(link) for who in (organizer, officer, stranger)]
    assert [given.getvalue()[:4] for given in answers if given.streaming] == [b"%PDF"] * 2
    assert [given.status_code for given in answers] == [200, 200, 404]
    assert link in browser.get(address).content.decode()
    assert link in desk_of(officer).get(row_url(row)).content.decode()
    assert kept.sha256[:12] in text_of(desk_of(officer).get(row_url(row, "confirm")))


def test_a_proof_that_has_arrived_survives_an_error_elsewhere(
    held: Campaign, body: Organization, organizer: User
) -> None:
    address = reverse("matching:new_body", args=[held.slug])
    browser, deed = browser_of(organizer), make_pdf(lambda pdf: None, mark=b"atto")

    wrong = browser.post(address, {"body": "", "upload": SimpleUploadedFile("atto.pdf", deed)})

    kept = IncorporationProof.objects.get()
    page = wrong.content.decode()
    assert wrong.status_code == 422 and "atto.pdf" in page and f'value="{kept.public_id}"' in page
    assert browser.post(address, {"body": str(body.pk), "kept": str(kept.public_id)}).status_code == 302
    assert Incorporation.objects.get().proof_file == kept


def test_proofs_nobody_comes_back_for_are_forgotten(
    held: Campaign, body: Organization, organizer: User
) -> None:
    def kept_at(now: datetime) -> IncorporationProof:
        upload = SimpleUploadedFile("atto.pdf", make_pdf())
        return keep_body_proof(campaign=held, upload=upload, by=organizer, now=now)

    week_ago = timezone.now() - IncorporationProof.WAITS
    forgotten, fresh, used = kept_at(week_ago), kept_at(timezone.now()), kept_at(week_ago)
    recorded(held, body, organizer, proof_file=used)

    forget_body_proofs()

    assert set(IncorporationProof.objects.all()) == {fresh, used}
    assert not forgotten.file.storage.exists(forgotten.file.name)


def proof_of(campaign: Campaign, by: User, **changes: Any) -> IncorporationProof:
    """Write a proof past the services."""
    fields = {"name": "a.pdf", "kind": "pdf", "size_bytes": 1, "sha256": "0" * 64, "came_sha256": "0" * 64}
    return IncorporationProof.objects.create(
        campaign=campaign, kept_by=by, kept_at=timezone.now(), **{**fields, **changes}
    )


@pytest.mark.parametrize(
    ("changes", "broken"), [({"size_bytes": 0}, "proof_not_empty"), ({"kind": "exe"}, "of_a_known_kind")]
)
def test_database_refuses_a_proof_that(
    held: Campaign, organizer: User, changes: dict[str, Any], broken: str
) -> None:
    with pytest.raises(IntegrityError, match=broken), transaction.atomic():
        proof_of(held, organizer, **changes)


def test_database_keeps_a_proof_and_ties_it_to_its_record(
    held: Campaign, body: Organization, organizer: User
) -> None:
    kept, other = proof_of(held, organizer), proof_of(held, organizer)
    recorded(held, body, organizer, proof_file=kept)

    with pytest.raises(DatabaseError), transaction.atomic():
        Incorporation.objects.update(proof_file=other)
    with pytest.raises(DatabaseError), transaction.atomic():
        IncorporationProof.objects.update(name="b")
    with pytest.raises(ProtectedError):
        kept.delete()


@pytest.mark.parametrize("is_body", [False, True])
def test_panel_says_that_the_grant_waits_until_the_group_is_a_body(
    held: Campaign, body: Organization, organizer: User, officer: User, is_body: bool
) -> None:
    if is_body:
        confirm_body(incorporation=recorded(held, body, organizer), by=officer, now=timezone.now())

    page = words_of(browser_of(None).get(held.get_absolute_url()))

    assert ("in attesa che il gruppo diventi un ente" in page) != is_body
    assert ("finché il gruppo non diventa un ente: solo allora può concederli" in page) != is_body
    assert ("la quota del Comune sta per essere concessa" in page) == is_body
