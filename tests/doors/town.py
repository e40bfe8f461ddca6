"""One town with something behind every address, and the people who come by."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.models import Mail, Membership, Organization, OrgKind, User
from accounts.services import ask_to_act, create_organization, invite_person, keep_proof, name_bank_account
from calls.models import Application, Fund, PartnerConsent
from calls.services import begin_letter_upload, keep_letter
from campaigns.models import Campaign, Follow, Remark
from campaigns.services import (
    ask_question,
    ask_to_follow,
    return_campaign,
    show_document,
    show_picture,
    show_video,
)
from donations import tasks as donation_tasks
from donations.models.own import link_to_address
from donations.services import Wish, dedicate_gift, issue_receipt, sync_payment
from matching.roles import ROLES
from matching.services import keep_body_proof, write_roles
from tests import factories
from tests.accounts.acting import link_to, token_of
from tests.calls.partnering import invite, make_partner
from tests.calls.test_attachment import begin, keep
from tests.campaigns.stages import campaign_in
from tests.campaigns.voices import ask, tell
from tests.desk import sign_in_freshly
from tests.donations.returned import come_back, links
from tests.papers import make_pdf, make_picture
from tests.test_pages import amend, answer
from tests.vetting import asking, ranking
from vetting import tasks as vetting_tasks

#: Who comes by: nobody in particular, a donor, a member of another body, the promoter.
CITIZENS = ("nobody", "donor", "other", "promoter")
#: P procedure officer, C clerk, M committee member, D president, T treasurer, K communication, R data protection, A auditor;
#: N has no role.
STAFF = dict(zip("PCMDTKRA", (role.key for role in ROLES), strict=True)) | {"N": ""}

Values = dict[str, Any]


def confirmed(person: User) -> User:
    """Let a person have confirmed the own address."""
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def people() -> dict[str, User | None]:
    """Register everybody who comes by; those of the staff have their role and an app on the telephone."""
    write_roles()
    cast: dict[str, User | None] = {"nobody": None}
    cast |= {name: confirmed(factories.make_user(name)) for name in CITIZENS[1:]}
    names = {role.key: role.name for role in ROLES}
    for letter, key in STAFF.items():
        person = confirmed(factories.make_user(f"staff-{letter}", is_staff=True))
        if key:
            person.groups.add(Group.objects.get(name=names[key]))
        TOTP.activate(person, "JBSWY3DPEHPK3PXP")
        cast[letter] = person
    return cast


def browsers(cast: dict[str, User | None]) -> dict[str, Client]:
    """Return a browser for each, signed in just now and by a second factor where one is asked for."""
    found = {}
    for name, person in cast.items():
        client = Client(raise_request_exception=False)
        if person:
            client.force_login(person)
            sign_in_freshly(client, person, method="mfa" if person.is_staff else "password")
        found[name] = client
    return found


def made_key() -> dict[str, Any]:
    """Return what a browser says of a key it has just made."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    held = AttestedCredentialData.create(bytes(16), b"k" * 16, public)
    told = AuthenticatorData.create(hashlib.sha256(b"testserver").digest(), 0x45, 0, held)
    written = {
        "clientDataJSON": websafe_encode(
            b'{"type":"webauthn.create","challenge":"eHg","origin":"https://testserver"}'
        ),
        "attestationObject": websafe_encode(AttestationObject.create("none", told, {})),
    }
    name = websafe_encode(b"k" * 16)
    return {
        "type": "public-key",
        "id": name,
        "rawId": name,
        "response": written,
        "clientExtensionResults": {},
    }


class Town:
    """Every kind of thing an address can be about; what the promoter has, no other citizen may touch."""

    def __init__(self, cast: dict[str, User | None], officer: User) -> None:
        self.now = timezone.now()
        self.officer = officer
        self.promoter: User = cast["promoter"]  # type: ignore[assignment]
        self.donor: User = cast["donor"]  # type: ignore[assignment]
        self.of: dict[str, Values] = {}
        self.call = factories.make_call(officer=officer, questions_until=self.now + timedelta(days=20))
        answer(self.call, asker=factories.make_user("asker"), by=officer)
        amend(self.call, by=officer, second=factories.make_user("second", is_staff=True))
        self.call.refresh_from_db()
        other: User = cast["other"]  # type: ignore[assignment]
        campaign_in(Campaign.Status.OPEN, call=self.call, officer=officer, promoter=other)
        self.campaign = factories.make_campaign(officer=officer, promoter=self.promoter, call=self.call)
        self.body = self.campaign.organization
        builders: list[Callable[[], None]] = [
            self.calls,
            self.applications,
            self.partners,
            self.checks,
            self.rankings,
            self.pages,
            self.gifts,
            self.outside,
            self.body_papers,
            self.group,
            self.signing_in,
        ]
        for build in builders:
            build()

    def calls(self) -> None:
        """Fill in what addresses about calls name."""
        self.of["bandi/"] = {"slug": self.call.slug, "version": 1, "number": 1}
        for name in ("calls", "campaigns"):
            slug = self.call.slug if name == "calls" else self.campaign.slug
            self.of[f"api/v1/{name}/"] = {"key": slug}
        self.of["api/v1/funds/"] = {"key": Fund.objects.earliest("pk").pk}
        self.of["api/v1/grants/"] = {"key": self.campaign.slug}

    def applications(self) -> None:
        """Write an application with documents, one of them taken away, one half sent, one handed in."""
        call = factories.make_call(
            officer=self.officer,
            documents=[{"name": "Statuto"}, {"name": "Lettere", "required": False}],
            partner_letter=PartnerConsent.SIGNED,
        )
        draft = factories.make_draft_application(call=call, organization=self.body)
        self.draft: Application = draft
        kept = keep(draft, self.promoter)
        sent = begin(draft, self.promoter, b"x" * 200)
        self.of["candidature/"] = {
            "public_id": draft.public_id,
            "document_id": kept.public_id,
            "upload_id": sent.public_id,
        }
        handed_in = {"public_id": self.campaign.application.public_id, "number": 1}
        for ending in ("versioni/", "ritira/", "riprendi/", "modifica/"):
            self.of[f"candidature/<public_id>/{ending}"] = handed_in
        version = self.campaign.application.versions.get()
        self.of["verifica/"] = {"code": version.code}

    def partners(self) -> None:
        """Invite a partner whose signed letter is there and is being sent anew."""
        partner = make_partner(self.draft)
        token = invite(partner)
        letter = keep_letter(partner=partner, pieces=[make_pdf()], name="l.pdf", by=None, now=self.now)
        sent = begin_letter_upload(
            partner=partner, name="m.pdf", size_bytes=9, mark="m", by=None, now=self.now
        )
        self.of["candidature/"] |= {"partner_id": partner.public_id, "letter_id": letter.public_id}
        self.of["partenariati/"] = {"token": token, "upload_id": sent.public_id}

    def checks(self) -> None:
        """Ask the body for something that is missing."""
        call = asking.make_checked_call(self.officer)
        asked = factories.make_application(call=call, organization=self.body)
        vetting_tasks.begin_checks()
        asking.ask(asked, self.officer)
        self.of["candidature/<public_id>/risposta/"] = {"public_id": asked.public_id}

    def rankings(self) -> None:
        """Publish a provisional ranking, with the promoter's body in the second place."""
        now = self.now.replace(microsecond=0)
        call = ranking.make_window(officer=self.officer, now=now)
        first, second = ranking.apply_to(call, 2, now=now)
        sheets = {first: [(4500, 2500, 1500)], second: [(4000, 2000, 1250)]}
        ranking.score(call, sheets, officer=self.officer, now=now)
        ranking.publish(
            call.sessions.get(), "provisional", officer=self.officer, now=now, fund_cents=1_000_000
        )
        self.of["bandi/<slug>/graduatoria/"] = {"slug": call.slug, "window": 1, "number": 1}
        Membership.objects.create(organization=second.organization, user=self.promoter, created_at=now)
        self.of["candidature/<public_id>/graduatoria/"] = {"public_id": second.public_id}

    def pages(self) -> None:
        """Put a text, a question, a picture, a video and a document on the campaign's page."""
        campaign, by, now = self.campaign, self.promoter, self.now
        update = tell(campaign, by)
        question = ask(campaign)
        picture = show_picture(
            campaign=campaign, image=ContentFile(make_picture(), name="f.jpg"), words="x", by=by, now=now
        )
        video = show_video(campaign=campaign, address="https://vimeo.com/7", words="x", by=by, now=now)
        upload = SimpleUploadedFile("piano.pdf", make_pdf())
        document = show_document(campaign=campaign, upload=upload, words="x", by=by, now=now)
        about = {"slug": campaign.slug, "number": update.number, "shape": "a4"}
        self.of["progetti/"] = about | {"pk": video.pk}
        self.of["progetti/<slug>/immagini/"] = about | {"pk": picture.pk}
        self.of["progetti/<slug>/documenti/"] = about | {"pk": document.pk}
        self.of["mie-campagne/"] = about | {"pk": picture.pk}
        self.of["mie-campagne/<slug>/domande/"] = about | {"pk": question.pk}
        self.of["media/"] = {"path": picture.image.name}
        returned = campaign_in(Campaign.Status.IN_REVIEW, call=self.call, officer=self.officer, promoter=by)
        return_campaign(campaign=returned, by=self.officer, on={"title": "Dite dove."}, now=now)
        remark = Remark.objects.of(returned).get()
        self.of["mie-campagne/<slug>/osservazioni/"] = {"slug": returned.slug, "remark": remark.pk}
        self.of["mie-campagne/<slug>/invia/"] = {"slug": returned.slug}
        ask_to_follow(campaign=campaign, email="f@example.org", language="it", now=now)
        self.of["seguo/"] = {"token": Follow.objects.latest("pk").token}
        ask_question(
            campaign=campaign, text="E i cani?", name="A", email="d@example.org", language="it", now=now
        )
        link = re.search(
            r"/domande/([^/\s]+)/", Mail.objects.filter(recipient="d@example.org").latest("pk").body
        )
        self.of["domande/"] = {"token": link[1]}
        self.of["municipi/"] = {"borough": 3}

    def gifts(self) -> None:
        """Make gifts: one that counts with its receipt and card, one that waits, one that goes back by bank."""
        campaign, now = self.campaign, self.now
        gift = factories.make_donation(campaign=campaign, donor=self.donor, email=self.donor.email)
        dedicate_gift(donation=gift, wish=Wish(name="Eva", email="eva@example.org", greeting=""))
        factories.pay(gift)
        sync_payment(donation=gift, now=now)
        receipt = issue_receipt(donation=gift, now=now)
        gift.refresh_from_db()
        self.of["donazioni/"] = {"token": gift.access_token, "year": receipt.year, "number": receipt.number}
        waiting = factories.make_donation(campaign=campaign, email="w@example.org", donor=self.donor)
        for ending in ("paga/", "ritira/"):
            self.of[f"donazioni/<token>/{ending}"] = {"token": waiting.access_token}
        self.of["donazioni/tutte/"] = {"token": link_to_address("a@b.it")}
        self.of["donazioni/cartolina/"] = {"token": gift.dedication.token}
        come_back(factories.give(campaign=campaign, email="b@example.org"), self.officer)
        donation_tasks.ask_for_bank_accounts()
        self.of["donazioni/rimborso/"] = {"token": links()[-1]}

    def outside(self) -> None:
        """Enter a gift that came outside the site."""
        entered = factories.enter_outside(campaign=self.campaign)
        about = {"slug": self.campaign.slug, "public_id": entered.public_id}
        self.of["mie-campagne/<slug>/fuori-dal-sito/"] = about
        self.of["prove/"] = {"public_id": entered.evidence.public_id}

    def body_papers(self) -> None:
        """Name a bank account, invite a person, keep a request of somebody who wants to act for the body."""
        body, now = self.body, self.now
        asker = factories.make_user("wants-to-act")
        proof = keep_proof(
            organization=body, upload=SimpleUploadedFile("v.pdf", make_pdf()), by=asker, now=now
        )
        claim = ask_to_act(organization=body, words="Sono la presidente.", proof=proof, by=asker, now=now)
        account = name_bank_account(
            organization=body, iban="IT60X0542811101000000123456", by=self.promoter, now=now
        )
        invited = invite_person(
            organization=body, email="i@example.org", role="reader", by=self.promoter, now=now
        )
        self.of["organizzazioni/"] = {
            "public_id": body.public_id,
            "pk": body.memberships.get().pk,
            "invitation": invited.public_id,
            "account": account.public_id,
            "claim": claim.public_id,
            "year": now.year,
            "slug": self.campaign.slug,
        }
        self.of["documenti-ente/"] = {"paper": proof.public_id}
        self.of["inviti/"] = {"token": token_of(link_to("i@example.org"))}

    def group(self) -> None:
        """Admit a group of citizens that has set up a body and kept the proof."""
        group: Organization = create_organization(
            user=self.promoter,
            now=self.now,
            legal_name="Gruppo Cortile",
            kind=OrgKind.INFORMAL,
            tax_code="RSSMRA85T10A562S",
            address="Via Padova 9",
            email="gruppo@example.org",
        )
        made = factories.make_application(call=self.call, organization=group)
        campaign = factories.make_draft_campaign(application=made, officer=self.officer)
        upload = SimpleUploadedFile("atto.pdf", make_pdf(mark=b"atto"))
        proof = keep_body_proof(campaign=campaign, upload=upload, by=self.promoter, now=self.now)
        self.of["mie-campagne/<slug>/ente/"] = {"slug": campaign.slug, "proof": proof.public_id}

    def signing_in(self) -> None:
        """Give the promoter codes and a key; links of mails that confirm are asked for with ones nobody was sent."""
        TOTP.activate(self.promoter, "JBSWY3DPEHPK3PXP")
        RecoveryCodes.activate(self.promoter)
        data = {"name": "Telefono", "credential": made_key()}
        key = Authenticator.objects.create(user=self.promoter, type="webauthn", data=data)
        self.of["account/"] = {"pk": key.pk, "key": "x-y", "uidb36": "1", "provider_id": "spid"}
        self.of["i-tuoi-dati/"] = {"token": link_to_address("a@b.it")}

    def address_of(self, pattern: str) -> str:
        """Return an address of a pattern, about what the longest beginning of the pattern names."""
        known = max((start for start in self.of if pattern.startswith(start)), key=len, default="")
        values = self.of.get(known, {})
        return "/" + re.sub(r"<(\w+)>", lambda found: str(values[found[1]]), pattern)
