"""Every mail of the site, written about a real project in both languages."""

import copy
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.utils import timezone
from pytest_django import Settings

from accounts.models import BankAccount, Claim, Mail, Membership, OrganizationChange, User
from accounts.services import queue_mail
from calls.models import (
    Amendment,
    AnswerCorrection,
    Application,
    CallAnswer,
    CallQuestion,
    DeskWriting,
    Opening,
    Partner,
    Stop,
    SupportOffer,
    SupportRequest,
)
from calls.services import switch_off
from campaigns.models import Campaign, CostVariation, Follow, Problem
from donations.models import (
    BankRefund,
    Dedication,
    Difference,
    Dispute,
    Donation,
    GiftInvitation,
    GiftPause,
    OfflineDonation,
    OfflineReturn,
    Outgoing,
    Receipt,
    Reconciliation,
    Reversal,
)
from donations.services import (
    Finding,
    begin_run,
    claim_reversals,
    end_run,
    issue_receipt,
    owe_refund,
    send_refund,
)
from matching.models import (
    Grant,
    GrantCompletion,
    GrantOffer,
    Incorporation,
    Revocation,
    Shortfall,
    Withdrawal,
)
from matching.services import release_grant
from tests.factories import give
from vetting.models import (
    Assignment,
    CommitteeMember,
    DecisionProposal,
    EligibilityCheck,
    IntegrationRequest,
    Ranking,
    RankingEntry,
    ReviewRequest,
    Round,
)

FOLDER = Path(site.BASE_DIR) / "templates" / "emails"
NAMES = sorted(path.name.removesuffix("_body.txt") for path in FOLDER.glob("*_body.txt"))
MISSING = "[nothing here]"
#: Mails about a call; all others are about a campaign.
OF_CALLS = (
    "amendment_to_confirm",
    "answer_corrected",
    "call_amended",
    "committee_assigned",
    "committee_reminder",
    "committee_version",
    "question_answered",
    "question_declined",
    "ranking_to_publish",
    "stop_to_confirm",
    "stop_to_end",
)
#: A mail about all campaigns, or whose subject is the money.
OF_NONE = (
    "claims_waiting",
    "organization_corrected",
    "claim_asked",
    "claim_closed",
    "claim_decided",
    "iban_changed",
    "iban_stopped",
    "member_joined",
    "member_left",
    "member_removed",
    "member_role_changed",
    "organization_invitation",
    "difference_found",
    "barrier_reported",
    "gifts_link",
    "donation_bank_asked",
    "donation_bank_given",
    "donation_bank_paid",
    "donation_bank_reminder",
    "money_held_long",
    "payout_failed",
    "payout_paid",
)

#: A mail that leads nowhere: nothing is left to do.
NO_ADDRESS = ""

#: What a mail must tell besides its subject: amounts in cents, and addresses.
TOLD: dict[str, tuple[list[int], str]] = {
    "amendment_to_confirm": ([], "/gestione/calls/amendment/"),
    "answer_corrected": ([], "/bandi/"),
    "application_admitted": ([2_000_000, 1_000_000], "/mie-campagne/"),
    "application_inadmissible": ([], "/candidature/"),
    "application_submitted": ([2_000_000], "/verifica/"),
    "application_taken_back": ([], "/candidature/"),
    "application_withdrawn": ([], "/candidature/"),
    "body_confirmed": ([], "/mie-campagne/"),
    "body_refused": ([], "/mie-campagne/"),
    "call_amended": ([], "/candidature/"),
    "campaign_approved": ([1_000_000], "/mie-campagne/"),
    "campaign_failed": ([1_000_000, 1_000_050], "/progetti/"),
    "campaign_not_opened": ([1_000_000], "/mie-campagne/"),
    "campaign_opened": ([1_000_000], "/progetti/"),
    "campaign_returned": ([], "/mie-campagne/"),
    "campaign_succeeded": ([1_000_000, 1_000_050], "/mie-campagne/"),
    "committee_assigned": ([], "/gestione/vetting/myfile/"),
    "committee_reminder": ([], "/gestione/vetting/myfile/"),
    "committee_version": ([], "/gestione/vetting/myfile/"),
    "donation_receipt": ([1_000_050], "/donazioni/"),
    "receipt_replaced": ([1_000_050], "/donazioni/"),
    "donation_refunded": ([1_000_050], "/donazioni/"),
    "desk_wrote": ([], "/candidature/"),
    "organization_corrected": ([], "/organizzazioni/"),
    "claims_waiting": ([], "/gestione/accounts/claim/?queue=open"),
    "difference_found": ([1_000_050], "/gestione/donations/difference/"),
    "question_answered": ([], "/bandi/"),
    "question_declined": ([], "/bandi/"),
    "stop_to_confirm": ([], "/gestione/calls/stop/"),
    "stop_to_end": ([], "/gestione/calls/stop/"),
    "grant_waits_for_body": ([1_000_000], "/mie-campagne/"),
    "grant_completed": ([1_000_000, 2_000_000], "/mie-campagne/"),
    "grant_offer_over": ([2_000_000], "/mie-campagne/"),
    "grant_offered": ([1_000_000, 2_000_000], "/mie-campagne/"),
    "grant_awarded": ([1_000_000, 1_000_050], "/progetti/"),
    "campaign_cost_lowered": ([2_000_000, 1_000_000], "/mie-campagne/"),
    "campaign_cure": ([1_000_000], "/mie-campagne/"),
    "campaign_extended": ([], "/mie-campagne/"),
    "campaign_keeping": ([], "/mie-campagne/"),
    "campaign_withdrawn": ([1_000_050], "/mie-campagne/"),
    "donation_bank_asked": ([1_000_050], "/rimborso/"),
    "donation_bank_given": ([1_000_050], NO_ADDRESS),
    "donation_bank_paid": ([1_000_050], "/donazioni/"),
    "donation_bank_reminder": ([1_000_050], "/rimborso/"),
    "donation_withdrawn": ([1_000_050], "/donazioni/"),
    "donors_may_leave": ([1_000_050], "/donazioni/"),
    "gift_dispute_lost": ([1_000_050], "/mie-campagne/"),
    "gift_dispute_won": ([1_000_050], "/mie-campagne/"),
    "follow_closing": ([], "/rimborso/"),
    "follow_confirm": ([], "/rimborso/"),
    "follow_opened": ([1_000_000], "/rimborso/"),
    "follow_result": ([1_000_050], "/progetti/"),
    "gift_disputed": ([1_000_050], "/mie-campagne/"),
    "gift_card": ([1_000_050], "/donazioni/cartolina/"),
    "barrier_reported": ([], "/accessibilita/"),
    "gifts_link": ([], "/rimborso/"),
    "gift_link": ([], "/rimborso/"),
    "gifts_resting": ([], "/gestione/donations/giftpause/"),
    "gift_fraud_warning": ([1_000_050], "/donazioni/"),
    "grant_revoked": ([], "/mie-campagne/"),
    "claim_asked": ([], "/organizzazioni/"),
    "claim_closed": ([], "/organizzazioni/"),
    "claim_decided": ([], "/organizzazioni/"),
    "eligibility_admissible": ([], "/candidature/"),
    "eligibility_inadmissible": ([], "/candidature/"),
    "eligibility_rechecked": ([], "/candidature/"),
    "integration_answered": ([], "/verifica/"),
    "integration_asked": ([], "/candidature/"),
    "integration_called_off": ([], "/candidature/"),
    "integration_lapsed": ([], "/candidature/"),
    "integration_reminder": ([], "/candidature/"),
    "iban_changed": ([], "/organizzazioni/"),
    "iban_stopped": ([], "/organizzazioni/"),
    "member_joined": ([], "/organizzazioni/"),
    "member_left": ([], "/organizzazioni/"),
    "member_removed": ([], NO_ADDRESS),
    "member_role_changed": ([], "/organizzazioni/"),
    "organization_invitation": ([], "/rimborso/"),
    "money_held_long": ([1_000_050], "/gestione/donations/campaignmoney/"),
    "offline_donor_may_leave": ([1_000_050], "/progetti/"),
    "offline_gift_owed": ([1_000_050], "/progetti/"),
    "offline_gift_refused": ([1_000_050], "/mie-campagne/"),
    "offline_gift_verified": ([1_000_050, 2_000_000], "/progetti/"),
    "offline_gifts_lapsed": ([1_000_050], "/mie-campagne/"),
    "offline_return_refused": ([1_000_050], "/mie-campagne/"),
    "offline_returns_due": ([2_000_000, 1_000_050], "/mie-campagne/"),
    "offline_returns_reminder": ([2_000_000, 1_000_050], "/mie-campagne/"),
    "partner_asked_again": ([1_000_050], "/rimborso/"),
    "partner_confirmed": ([], "/candidature/"),
    "partner_declined": ([], "/candidature/"),
    "partner_invited": ([1_000_050], "/rimborso/"),
    "partner_reminder": ([], "/rimborso/"),
    "partner_removed": ([], NO_ADDRESS),
    "partner_took_back": ([], "/candidature/"),
    "payout_failed": ([1_000_050], "/mie-campagne/"),
    "payout_paid": ([1_000_050], "/mie-campagne/"),
    "support_decided": ([1_000_050], "/candidature/"),
    "problem_reported": ([], "/gestione/campaigns/problem/"),
    "shortfall_opened": ([1_000_050], "/mie-campagne/"),
    "withdrawal_asked": ([], "/mie-campagne/"),
    "decision_to_confirm": ([], "/gestione/vetting/decisionproposal/"),
    "ranking_published": ([1_000_000], "/candidature/"),
    "ranking_to_publish": ([], "/gestione/vetting/ranking/"),
    "review_answered": ([], "/candidature/"),
    "review_asked": ([], "/candidature/"),
}
AMOUNTS = {
    "it": {2_000_000: "20.000\u00a0€", 1_000_000: "10.000\u00a0€", 1_000_050: "10.000,50\u00a0€"},
    "en": {2_000_000: "€20,000", 1_000_000: "€10,000", 1_000_050: "€10,000.50"},
}


@pytest.fixture
def facts(campaign: Campaign, officer: User) -> dict[str, Any]:
    """Return what the mails tell: a campaign with its grant, a gift of 10,000.50 euro, its receipt and its refund."""
    now = timezone.now()
    donation = give(campaign=campaign, amount_cents=1_000_050, name="Ada Neri")
    campaign.refresh_from_db()
    grant = release_grant(campaign=campaign, now=now)
    receipt = issue_receipt(donation=donation, now=now)
    receipt.replaces = Receipt(number=1, year=2026, void_reason=Receipt.VoidReason.values[0])
    reversal = owe_refund(donation=donation, by=officer, reason="Pagata due volte.", now=now)
    for claimed in claim_reversals(now=now):
        send_refund(reversal=claimed, now=now)
    reversal.refresh_from_db()
    campaign.remarks = "Manca il prezzo del forno."
    campaign.opening_refusal = Campaign.OpeningRefusal.GRANT_NOT_COVERED
    application = campaign.application
    stop = switch_off(
        call=application.call, what=Stop.What.REFUNDS, by=officer, reason="Doppi rimborsi.", now=now
    )
    run = begin_run(kind=Reconciliation.Kind.RECENT, since=now, not_after=now, now=now)
    assert run
    odd = Finding(Difference.What.UNKNOWN_PAYMENT, "pi_odd", "", 1_000_050, 0)
    campaign.cure_until = campaign.keep_until = campaign.leave_until = now
    campaign.leave_reason = campaign.withdrawal_reason = "Il cortile non è più libero."
    return {
        **endings(campaign, donation, grant, reversal, now),
        **ranked(application, now),
        "run": run,
        "differences": end_run(run=run, looked_at=1, healed=0, findings=[odd], now=now),
        "more": 2,
        "stop": stop,
        "amendment": Amendment(
            pk=1, call=campaign.call, act_number="12/2027", act_date=now.date(), reason="Proroga."
        ),
        "call": campaign.call,
        "round": Round(call=campaign.call, due_at=now),
        "member": CommitteeMember(call=campaign.call, user=officer, act_number="12/2027"),
        "assignment": Assignment(pk=1, application=application),
        "files": [application],
        "support": SupportRequest(
            offer=SupportOffer(name="Primi attrezzi", kind="micro_grant"),
            state="granted",
            amount_cents=1_000_050,
            reason="Utile al quartiere.",
            act_number="12/2027",
            act_date=now.date(),
        ),
        "incorporation": Incorporation(
            body=campaign.organization, refusal_reason="Manca l'atto costitutivo."
        ),
        "question": CallQuestion(text="Può candidarsi chi ha sede a Rho?", decline_reason="Fuori tema."),
        "answer": CallAnswer(call=campaign.call, number=1, text="Sì."),
        "correction": AnswerCorrection(text="Anzi, no."),
        "application": application,
        "check": EligibilityCheck(grounds=["documents"]),
        "request": IntegrationRequest(reason="Manca lo statuto.", called_off_reason="Non serve più."),
        "opening": Opening(due_at=now),
        "organization": application.organization,
        "person": application.author,
        "claim": Claim(
            organization=application.organization,
            person=application.author,
            words="Presiedo l'ente.",
            reason="Il verbale lo prova.",
        ),
        "writing": DeskWriting(by=officer, reason="È venuta allo sportello.", begun_at=now),
        "changes": [OrganizationChange(what="corrected", column="kind", old="aps", new="odv")],
        "reason": "Come nel RUNTS.",
        "number": 2,
        "account": BankAccount(iban_last4="1234", usable_from=now, stop_reason="Un errore."),
        "role": Membership.Role.EDITOR,
        "until": now,
        "version": application.versions.get(),
        "by": application.author,
        "decision": application.decision,
        "promise": application.promise,
        "campaign": campaign,
        "grant": grant,
        "donation": donation,
        "receipt": receipt,
        "card": Dedication(donation=donation, name="Eva", greeting="Auguri!", shows_amount=True),
        "offer": GrantOffer(grant=grant, amount_cents=2_000_000, expires_at=now),
        "expired": True,
        "completion": GrantCompletion(grant=grant, amount_cents=2_000_000),
        "reversal": reversal,
        "raised_cents": 1_000_050,
    }


def ranked(application: Application, now: datetime) -> dict[str, Any]:
    """Return what is told about decisions and rankings."""
    session, author = application.session, application.author
    ranking = Ranking(
        pk=1,
        session=session,
        number=1,
        kind="provisional",
        reason="Verbale n. 3.",
        proposed_by=author,
        reviews_until=now,
    )
    entry = RankingEntry(
        ranking=ranking,
        application=application,
        rank=1,
        score=8750,
        outcome="funded",
        due_cents=1_000_000,
        grant_cents=1_000_000,
    )
    return {
        "ranking": ranking,
        "entry": entry,
        "proposal": DecisionProposal(
            pk=1, application=application, outcome="admitted", reason="Utile.", proposed_by=author
        ),
        "review": ReviewRequest(
            entry=entry,
            text="Il voto non torna.",
            filed_at=now,
            filed_by=author,
            outcome="upheld",
            answer="C'era un errore.",
        ),
    }


def endings(
    campaign: Campaign, donation: Donation, grant: Grant, reversal: Reversal, now: datetime
) -> dict[str, Any]:
    """Return what is told when something is undone or contested, paid out or paid by bank."""
    bank = BankRefund(
        reversal=reversal,
        asked_at=now,
        link_expires_at=now,
        iban_last4="1234",
        paid_on=now.date(),
        reference="CRO 1",
    )
    reason = "Il cortile non è più libero."
    outside = OfflineDonation(
        campaign=campaign,
        name="Ada Neri",
        amount_cents=1_000_050,
        verified_cents=1_000_050,
        uncounted_cents=2_000_000,
        received_on=now.date(),
        return_reason=OfflineDonation.ReturnReason.FAILURE,
        ended_reason=reason,
    )
    return {
        "gift": outside,
        "gifts": [outside],
        "total_cents": 2_000_000,
        "proof": OfflineReturn(donation=outside, returned_on=now.date(), reason=reason),
        "follow": Follow(campaign=campaign),
        "problem": Problem(campaign=campaign, kind="facts", text="Il forno c'è già."),
        "variation": CostVariation(
            campaign=campaign,
            act_number="12/2027",
            reason=reason,
            cost_cents=2_000_000,
            threshold_cents=1_000_000,
            grant_due_cents=1_000_000,
        ),
        "withdrawal": Withdrawal(campaign=campaign, stage=Withdrawal.Stage.AWARDED, reason=reason),
        "revocation": Revocation(grant=grant, reason=reason),
        "act": "12/2027",
        "shortfall": Shortfall(grant=grant, amount_cents=1_000_050, opened_at=now),
        "dispute": Dispute(donation=donation, amount_cents=1_000_050, opened_at=now),
        "outgoing": Outgoing(campaign=campaign, amount_cents=1_000_050),
        "paid_out_cents": 1_000_050,
        "held_cents": 1_000_050,
        "bank": bank,
        "invitation": GiftInvitation(campaign=campaign, expires_at=now),
        "pause": GiftPause(campaign=campaign, until=now, declines=21, payments=3),
        "partner": Partner(
            application=campaign.application,
            legal_name="Cooperativa Aurora",
            referent="Eva Riva",
            part="Tiene i laboratori.",
            share_cents=1_000_050,
            invited_at=now,
            answered_at=now,
            answered_by="Eva Riva, presidente",
            answer="Volentieri.",
            link_expires_at=now,
        ),
        "page": "La pagina dei progetti",
        "text": "Il pulsante non si raggiunge con la tastiera.",
        "email": "ada@example.org",
        "link": "http://testserver/rimborso/segreto/",
    }


def test_every_mail_has_a_subject_and_is_told_about_here() -> None:
    subjects = sorted(path.name.removesuffix("_subject.txt") for path in FOLDER.glob("*_subject.txt"))

    assert subjects == NAMES
    assert sorted(TOLD) == NAMES


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_mail_is_whole(facts: dict[str, Any], settings: Settings, language: str) -> None:
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["string_if_invalid"] = MISSING
    settings.TEMPLATES = templates
    Mail.objects.all().delete()

    for name in NAMES:
        queue_mail(
            key=name,
            topic="",
            recipient="ada@example.org",
            template=name,
            context=facts,
            language=language,
            now=timezone.now(),
        )

    mails = {mail.key: mail for mail in Mail.objects.all()}
    assert sorted(mails) == NAMES
    for name, mail in mails.items():
        amounts, address = TOLD[name]
        assert not address or f"http://testserver{address}" in mail.body, name
        assert [cents for cents in amounts if AMOUNTS[language][cents] not in mail.body] == [], name
        about = str(facts["stop"].call if name in OF_CALLS else facts["campaign"])
        about = "" if name in OF_NONE else about
        assert about in mail.subject, name
        assert not re.search(r"\{[%{#]|&amp;|&quot;|&#", mail.subject + mail.body), name
        assert MISSING not in mail.subject + mail.body, name
        assert "\n\n\n" not in mail.body, name
        assert site.CITY["contact_email"] in mail.body, name
        assert max(map(len, mail.body.splitlines())) < 900, name


def test_mails_give_the_officers_words(facts: dict[str, Any]) -> None:
    now = timezone.now()
    Mail.objects.all().delete()

    names = ("application_inadmissible", "campaign_returned", "donation_refunded")
    for name in (*names, "eligibility_inadmissible", "integration_asked"):
        queue_mail(
            key=name, topic="", recipient="a@b.it", template=name, context=facts, language="it", now=now
        )

    bodies = dict(Mail.objects.values_list("key", "body"))
    assert "Utile al quartiere." in bodies["application_inadmissible"]
    assert "mancano documenti o non sono validi" in bodies["eligibility_inadmissible"]
    assert "Manca lo statuto." in bodies["integration_asked"]
    assert "Manca il prezzo del forno." in bodies["campaign_returned"]
    # What an officer notes about a refund is written for the files, not for the donor.
    assert facts["reversal"].note == "Pagata due volte."
    assert "Pagata due volte." not in bodies["donation_refunded"]


def test_mails_about_an_ended_campaign_blame_no_threshold(facts: dict[str, Any]) -> None:
    now = timezone.now()
    facts["reversal"].reason = Reversal.Reason.FAILURE
    names = ("campaign_failed", "donation_refunded")

    def written(key: str) -> dict[str, str]:
        for name in names:
            queue_mail(
                key=f"{key}:{name}",
                topic="",
                recipient="a@b.it",
                template=name,
                context=facts,
                language="en",
                now=now,
            )
        mails = {name: Mail.objects.get(key=f"{key}:{name}") for name in names}
        return {name: f"{mail.subject}\n{mail.body}" for name, mail in mails.items()}

    below = written("below")
    facts["campaign"].suspended_at, facts["campaign"].suspension_reason = now, "Permesso ritirato."
    ended = written("ended")

    assert all("below" in text for text in below.values())
    assert not any("below" in text for text in ended.values())
    assert "Reason: Permesso ritirato." in ended["campaign_failed"]
