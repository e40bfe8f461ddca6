"""Partners and the body's own data, open again: what was handed in stays until the answer is, and shows what changed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from accounts.services import edit_organization, keep_statute
from calls import services
from calls.models import Application, Opening, Partner
from calls.version_differences import differences_between
from tests.calls.partnering import answer, invite, last_token, make_confirmed, make_partner, partner_fields
from tests.factories import make_call, make_draft_application, make_organization, make_user
from tests.pages import browser_of, words_of
from tests.papers import make_pdf

Status = Partner.Status
NOW = timezone.now()
LATER = NOW + timedelta(days=9)


@pytest.fixture
def application(officer: User, organizer: User) -> Application:
    """Return an application with two partners, handed in while the call asks for signed letters."""
    call = make_call(officer=officer, partner_letter="signed")
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    for number in (1, 2):
        send_letter(make_confirmed(draft, number), pieces=[make_pdf(mark=str(number).encode())])
    return services.submit_application(application=draft, by=organizer, now=timezone.now())


def send_letter(partner: Partner, **changes: Any) -> Any:
    """Send a signed letter."""
    given = {"by": partner.application.author, "now": timezone.now(), "pieces": [make_pdf()], **changes}
    return services.keep_letter(partner=partner, name="mandato.pdf", **given)


def opened(application: Application, *fields: str) -> Opening:
    """Open parts of it for nine days."""
    now = timezone.now()
    return services.open_application(
        application=application, fields=fields or ("partners",), documents=[], due_at=LATER, now=now
    )


def hand_in(opening: Opening, now: Any = None) -> Any:
    """Hand the answer in."""
    by = opening.application.author
    return services.hand_in_answer(opening=opening, by=by, now=now or timezone.now())


def edit(partner: Partner, **fields: Any) -> Partner:
    """Change what is written of a partner."""
    by = partner.application.author
    return services.edit_partner(partner=partner, by=by, now=timezone.now(), **fields)


def names(application: Application) -> list[str]:
    """Return who takes part as the application stands."""
    return list(application.partners.present().order_by("pk").values_list("legal_name", flat=True))


def shown(version: Any) -> str:
    """Return what a version says otherwise than the first."""
    first = version.application.versions.get(number=1)
    return str([(one.label, one.before, one.after) for one in differences_between(first, version)])


def test_partners_change_only_with_the_answer(application: Application) -> None:
    first, second = application.partners.order_by("pk")
    opening = opened(application)

    changed = edit(first, part="Tiene il forno.")
    services.remove_partner(partner=second, by=application.author, now=timezone.now())
    fresh = make_partner(application, 3)
    token, again = invite(fresh), last_token(changed)

    assert names(application) == ["Cooperativa 1", "Cooperativa 2"]
    assert application.partners.present().confirmed().count() == 2
    assert set(application.partners.carried_in(opening)) == {changed, fresh}
    first.refresh_from_db()
    assert (first.part, first.status) == ("Tiene i laboratori.", Status.CONFIRMED)
    with pytest.raises(services.ApplicationRefused, match="Cooperativa 1"):
        hand_in(opening)
    for number, secret in ((2, again), (1, token)):
        send_letter(answer(secret, version=number), by=None)
    assert not Mail.objects.filter(key__startswith="partner_removed").exists()
    version = hand_in(opening)

    assert [one["part"] for one in version.content["partners"]] == ["Tiene il forno.", "Tiene i laboratori."]
    assert names(application) == ["Cooperativa 1", "Cooperativa 3"]
    told = shown(version)
    assert "Tiene il forno." in told and "Cooperativa 2" in told and "Cooperativa 3" in told
    assert Mail.objects.get(key__startswith="partner_removed").recipient == second.email
    assert services.partner_of(token=again, now=timezone.now()) == changed


def test_partners_written_and_not_handed_in_never_count(application: Application) -> None:
    first = application.partners.earliest("pk")
    opening = opened(application)
    token = invite(make_partner(application, 3))
    edit(first, part="Altro.")

    services.close_opening(opening=opening, now=timezone.now())

    assert names(application) == ["Cooperativa 1", "Cooperativa 2"]
    assert [one["legal_name"] for one in application.versions.get().content["partners"]] == names(application)
    with pytest.raises(services.ApplicationClosed):
        answer(token)
    with pytest.raises(services.ApplicationClosed):
        edit(first, part="Ancora altro.")
    assert list(Partner.objects.to_remind(LATER)) == []


def test_another_contact_keeps_the_yes_and_the_letter(application: Application) -> None:
    first = application.partners.earliest("pk")
    opening = opened(application)

    changed = edit(first, referent="Ugo Neri")

    assert (changed.status, changed.replaces, changed.letter) == (Status.CONFIRMED, first, first.letter)
    version = hand_in(opening)
    assert services.partner_of(token=last_token(first), now=timezone.now()) == changed
    assert version.content["partners"][1]["referent"] == "Ugo Neri" and "Ugo Neri" in shown(version)
    assert len(version.files) == 2


def test_a_letter_alone_is_brought_again(application: Application) -> None:
    first = application.partners.earliest("pk")
    before = first.letter
    opening = opened(application)

    send_letter(first, pieces=[make_pdf(mark=b"firmata")])

    assert first.letters.get() == before
    version = hand_in(opening)
    assert [file["sha256"] for file in version.files].count(before.sha256) == 0


def test_only_what_is_open_can_be_written_and_only_in_time_by_its_people(application: Application) -> None:
    first = application.partners.earliest("pk")
    opening = opened(application, "summary")
    with pytest.raises(services.ApplicationClosed):
        make_partner(application, 3)
    services.close_opening(opening=opening, now=timezone.now())
    opened(application)
    with pytest.raises(services.ApplicationClosed):
        make_partner(application, 3, now=LATER)
    with pytest.raises(services.PartnerNamedTwice):
        make_partner(application, 1)
    fields = partner_fields(3)
    with pytest.raises(services.MayOnlyRead):
        services.name_partner(application=application, by=make_user("estranea"), now=timezone.now(), **fields)
    services.remove_partner(partner=first, by=application.author, now=timezone.now())
    with pytest.raises(services.PartnerRemoved):
        edit(first, part="Di nuovo.")


def test_nothing_changed_is_no_answer(application: Application) -> None:
    opening = opened(application, "partners", "organization", "statute")

    with pytest.raises(services.NothingAnswered):
        hand_in(opening)


def test_the_record_of_the_body_counts_only_where_it_is_open(
    application: Application, organizer: User
) -> None:
    body = application.organization
    edit_organization(
        organization=body, by=organizer, now=NOW, address="Via Nuova 1", representative_name="Ada Verdi"
    )

    version = hand_in_with_summary(opened(application, "representative", "summary"))

    assert version.content["representative"]["name"] == "Ada Verdi"
    assert version.content["organization"] == application.versions.get(number=1).content["organization"]
    assert "Ada Verdi" in shown(version) and "Via Nuova" not in shown(version)
    later = hand_in(opened(application, "organization"))
    assert later.content["organization"]["address"] == "Via Nuova 1"


def hand_in_with_summary(opening: Opening) -> Any:
    """Write another summary and hand the answer in."""
    written = {"values": {"summary": "Più corto."}, "texts": {"summary": ["Più corto."]}}
    by = opening.application.author
    services.save_opened_step(opening=opening, key="project", by=by, now=timezone.now(), **written)
    return hand_in(opening)


def test_pages_lead_through_the_record_and_the_partners(application: Application, organizer: User) -> None:
    browser, here = browser_of(organizer), [application.public_id]
    step = reverse("calls:step_organization", args=here)
    assert browser.get(step).status_code == 302
    opened(application, "organization", "statute", "partners")

    page = browser.get(step)

    assert application.organization.legal_name in words_of(page)
    edit_page = reverse("accounts:organization_edit", args=[application.organization.public_id])
    assert f"{edit_page}?next={step}" in page.content.decode()
    upload = reverse("accounts:statute_upload", args=[application.organization.public_id])
    statute = SimpleUploadedFile("statuto.pdf", make_pdf())
    sent = browser.post(upload, {"statute": statute, "next": step})
    assert sent["Location"] == step
    partners = reverse("calls:step_partners", args=here)
    sent = browser.post(partners, {**partner_fields(3, kind="other"), "share": "3.000"})
    assert sent.status_code == 302, words_of(sent)
    assert "Cooperativa 3" in words_of(browser.get(partners))


@pytest.mark.parametrize("constraint", ["partner_waits_once", "partner_replaced_once"])
def test_waiting_partner_constraints(application: Application, constraint: str) -> None:
    first, second = application.partners.order_by("pk")
    opened(application)
    copies = [edit(one, referent="Ugo Neri") for one in (first, second)]
    double = {"tax_code": copies[0].tax_code} if constraint == "partner_waits_once" else {"replaces": first}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Partner.objects.filter(pk=copies[1].pk).update(**double)


def test_a_statute_is_a_part_of_what_is_handed_in(application: Application, organizer: User) -> None:
    upload = SimpleUploadedFile("statuto.pdf", make_pdf())
    paper = keep_statute(organization=application.organization, upload=upload, by=organizer, now=NOW)

    version = hand_in(opened(application, "statute"))

    assert version.content["statute"] == {"name": "statuto.pdf", "sha256": paper.sha256}
    assert paper.sha256[:12] in shown(version)
