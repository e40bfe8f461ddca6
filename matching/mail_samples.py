"""Invented data for the previews of mails: rows that are in no database, about a project that does not exist."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import BankAccount, Claim, Membership, Organization, OrganizationChange, User
from calls import models as call_rows
from campaigns import models as campaign_rows
from donations import models as gift_rows
from matching import models as share_rows
from vetting import models as vetting_rows

#: No row has this number, so nothing real is found through an invented one.
NOBODY = 0
#: The amounts told: a whole cost, half of it, and a gift with cents.
COST_CENTS, HALF_CENTS, GIFT_CENTS = 2_000_000, 1_000_000, 1_000_050
REASON = "Il cortile non è più libero."


def sample_facts(now: datetime) -> dict[str, Any]:
    """Return what the texts of all mails tell, by the names they use."""
    application = _application(now)
    campaign = _campaign(application, now)
    officer = User(pk=NOBODY, email="ufficio@example.org", full_name="Olga Officina")
    call = application.call
    return {
        "application": application,
        "organization": application.organization,
        "call": call,
        "campaign": campaign,
        "person": application.author,
        "by": application.author,
        "reason": "Come nel RUNTS.",
        "raised_cents": GIFT_CENTS,
        "number": 2,
        "more": 2,
        "until": now + timedelta(days=3),
        "expired": True,
        "link": f"{settings.SITE_URL}/rimborso/segreto/",
        "act": "12/2027",
        **_about_people(application, officer, now),
        **_about_calls(application, officer, now),
        **_about_vetting(application, officer, now),
        **_about_gifts(campaign, now),
        **_about_shares(campaign, now),
        **_about_undoing(campaign, now),
    }


def _application(now: datetime) -> call_rows.Application:
    """Return an application to a call like that of 2024: half and half."""
    author = User(pk=NOBODY, email="ada@example.org", full_name="Ada Neri")
    body = Organization(
        pk=NOBODY,
        legal_name="Associazione Forno",
        kind="aps",
        tax_code="97123450152",
        email="forno@example.org",
    )
    call = call_rows.Call(
        pk=NOBODY,
        slug="bando-esempio",
        title="Bando di esempio",
        edition="2027",
        threshold_bp=5000,
        grant_bp=5000,
        cap_cents=5_000_000,
    )
    return call_rows.Application(
        pk=NOBODY,
        call=call,
        organization=body,
        author=author,
        theme=call_rows.Theme(call=call, name="Beni comuni"),
        session=call_rows.CallSession(pk=NOBODY, call=call, number=1, opens_at=now, closes_at=now),
        title="Un forno di quartiere",
        summary="Pane e un cortile aperto.",
        borough=2,
        protocol_number="ESEMPIO-2027-0001",
        cost_cents=COST_CENTS,
    )


def _campaign(application: call_rows.Application, now: datetime) -> campaign_rows.Campaign:
    """Return the campaign of an application, with its grant awarded."""
    campaign = campaign_rows.Campaign(
        pk=NOBODY,
        application=application,
        slug="un-forno-di-quartiere",
        title=application.title,
        summary=application.summary,
        remarks="Manca il prezzo del forno.",
        cost_cents=COST_CENTS,
        threshold_cents=HALF_CENTS,
        grant_due_cents=HALF_CENTS,
        own_cents=0,
        opens_at=now,
        closes_at=now + timedelta(days=40),
        opening_refusal="grant_not_covered",
        suspension_reason="",
        cure_until=now + timedelta(days=10),
        keep_until=now + timedelta(days=10),
        leave_until=now + timedelta(days=10),
        leave_reason=REASON,
        withdrawal_reason=REASON,
    )
    campaign.grant = share_rows.Grant(
        pk=NOBODY,
        campaign=campaign,
        state="awarded",
        amount_cents=HALF_CENTS,
        awarded_at=now,
        reached_at=now,
        rule_version="1",
        cost_cents=COST_CENTS,
        threshold_bp=5000,
        grant_bp=5000,
        cap_cents=5_000_000,
        threshold_cents=HALF_CENTS,
        due_cents=HALF_CENTS,
        raised_cents=GIFT_CENTS,
        available_cents=60_000_000,
    )
    return campaign


def _about_people(application: call_rows.Application, officer: User, now: datetime) -> dict[str, Any]:
    """Return what is told about who acts for a body, and about its data."""
    body, person = application.organization, application.author
    return {
        "claim": Claim(
            organization=body, person=person, words="Presiedo l'ente.", reason="Il verbale lo prova."
        ),
        "changes": [OrganizationChange(what="corrected", column="kind", old="aps", new="odv")],
        "account": BankAccount(iban_last4="1234", usable_from=now, stop_reason="Un errore."),
        "role": Membership.Role.EDITOR,
        "writing": call_rows.DeskWriting(by=officer, reason="È venuta allo sportello.", begun_at=now),
    }


def _about_calls(application: call_rows.Application, officer: User, now: datetime) -> dict[str, Any]:
    """Return what is told about calls, their questions, stops and amendments, and about partners."""
    call = application.call
    return {
        "amendment": call_rows.Amendment(
            pk=NOBODY, call=call, act_number="12/2027", act_date=now.date(), reason="Proroga."
        ),
        "stop": call_rows.Stop(
            pk=NOBODY,
            call=call,
            what=call_rows.Stop.What.REFUNDS,
            reason="Doppi rimborsi.",
            off_at=now,
            off_by=officer,
            confirm_until=now + timedelta(hours=12),
            proposed_at=now,
            proposed_by=officer,
        ),
        "question": call_rows.CallQuestion(
            call=call, text="Può candidarsi chi ha sede a Rho?", decline_reason="Fuori tema."
        ),
        "answer": call_rows.CallAnswer(call=call, number=1, text="Sì."),
        "correction": call_rows.AnswerCorrection(text="Anzi, no."),
        "opening": call_rows.Opening(due_at=now),
        "version": call_rows.ApplicationVersion(
            application=application,
            call=call,
            session=application.session,
            number=1,
            protocol_number=application.protocol_number,
            code="ABCDEFGHJKMNPQRS",
            filed_at=now,
            content={"title": application.title, "organization": {"legal_name": "Associazione Forno"}},
            files=[{"name": "statuto.pdf", "sha256": "0" * 64}],
            digest="0" * 64,
        ),
        "support": call_rows.SupportRequest(
            offer=call_rows.SupportOffer(name="Primi attrezzi", kind="micro_grant"),
            state="granted",
            amount_cents=GIFT_CENTS,
            reason="Utile al quartiere.",
            act_number="12/2027",
            act_date=now.date(),
        ),
        "partner": call_rows.Partner(
            application=application,
            legal_name="Cooperativa Aurora",
            referent="Eva Riva",
            part="Tiene i laboratori.",
            share_cents=GIFT_CENTS,
            invited_at=now,
            answered_at=now,
            answered_by="Eva Riva, presidente",
            answer="Volentieri.",
            link_expires_at=now,
        ),
    }


def _about_vetting(application: call_rows.Application, officer: User, now: datetime) -> dict[str, Any]:
    """Return what is told about checks, committees, decisions and rankings."""
    call, author = application.call, application.author
    ranking = vetting_rows.Ranking(
        pk=NOBODY,
        session=application.session,
        number=1,
        kind="provisional",
        reason="Verbale n. 3.",
        proposed_by=author,
        reviews_until=now + timedelta(days=10),
    )
    entry = vetting_rows.RankingEntry(
        ranking=ranking,
        application=application,
        rank=1,
        score=8750,
        outcome="funded",
        due_cents=HALF_CENTS,
        grant_cents=HALF_CENTS,
    )
    decision = {"outcome": "admitted", "reason": "Utile al quartiere."}
    return {
        "check": vetting_rows.EligibilityCheck(grounds=["documents"]),
        "request": vetting_rows.IntegrationRequest(
            reason="Manca lo statuto.", called_off_reason="Non serve più."
        ),
        "round": vetting_rows.Round(call=call, due_at=now),
        "member": vetting_rows.CommitteeMember(call=call, user=officer, act_number="12/2027"),
        "assignment": vetting_rows.Assignment(pk=NOBODY, application=application),
        "files": [application],
        "decision": vetting_rows.Decision(
            application=application, admitted_cost_cents=COST_CENTS, decided_at=now, **decision
        ),
        "promise": application.promise,
        "proposal": vetting_rows.DecisionProposal(
            pk=NOBODY, application=application, proposed_by=author, **decision
        ),
        "ranking": ranking,
        "entry": entry,
        "review": vetting_rows.ReviewRequest(
            entry=entry,
            text="Il voto non torna.",
            filed_at=now,
            filed_by=author,
            outcome="upheld",
            answer="C'era un errore.",
        ),
    }


def _about_gifts(campaign: campaign_rows.Campaign, now: datetime) -> dict[str, Any]:
    """Return what is told about gifts, their receipts and refunds, and about the comparison with Stripe."""
    donation = gift_rows.Donation(
        pk=NOBODY,
        campaign=campaign,
        email="ada@example.org",
        name="Ada Neri",
        amount_cents=GIFT_CENTS,
        charged_cents=GIFT_CENTS,
        charged_at=now,
        status="settled",
        payment_method="card",
    )
    reversal = gift_rows.Reversal(
        pk=NOBODY, donation=donation, amount_cents=GIFT_CENTS, reason="request", status="done", ended_at=now
    )
    gift = gift_rows.OfflineDonation(
        campaign=campaign,
        name="Ada Neri",
        amount_cents=GIFT_CENTS,
        verified_cents=GIFT_CENTS,
        uncounted_cents=COST_CENTS,
        received_on=now.date(),
        return_reason=gift_rows.OfflineDonation.ReturnReason.FAILURE,
        ended_reason=REASON,
    )
    return {
        "donation": donation,
        "receipt": gift_rows.Receipt(
            donation=donation,
            year=now.year,
            number=12,
            amount_cents=GIFT_CENTS,
            payee_name=campaign.organization.legal_name,
            issued_at=now,
            replaces=gift_rows.Receipt(
                number=1, year=now.year, void_reason=gift_rows.Receipt.VoidReason.values[0]
            ),
        ),
        "reversal": reversal,
        "bank": gift_rows.BankRefund(
            reversal=reversal,
            asked_at=now,
            link_expires_at=now + timedelta(days=30),
            iban_last4="1234",
            paid_on=now.date(),
            reference="CRO 1",
        ),
        "gift": gift,
        "gifts": [gift],
        "total_cents": COST_CENTS,
        "proof": gift_rows.OfflineReturn(donation=gift, returned_on=now.date(), reason=REASON),
        "invitation": gift_rows.GiftInvitation(campaign=campaign, expires_at=now),
        "pause": gift_rows.GiftPause(pk=NOBODY, campaign=campaign, until=now, declines=21, payments=3),
        "dispute": gift_rows.Dispute(donation=donation, amount_cents=GIFT_CENTS, opened_at=now),
        "outgoing": gift_rows.Outgoing(campaign=campaign, amount_cents=GIFT_CENTS),
        "paid_out_cents": GIFT_CENTS,
        "held_cents": GIFT_CENTS,
        "run": gift_rows.Reconciliation(kind=gift_rows.Reconciliation.Kind.RECENT),
        "differences": [
            gift_rows.Difference(
                what=gift_rows.Difference.What.UNKNOWN_PAYMENT,
                stripe_id="pi_odd",
                stripe_cents=GIFT_CENTS,
                our_cents=0,
            )
        ],
    }


def _about_shares(campaign: campaign_rows.Campaign, now: datetime) -> dict[str, Any]:
    """Return what is told about the municipality's share."""
    grant = campaign.grant
    return {
        "grant": grant,
        "offer": share_rows.GrantOffer(grant=grant, amount_cents=COST_CENTS, expires_at=now),
        "completion": share_rows.GrantCompletion(grant=grant, amount_cents=COST_CENTS),
        "incorporation": share_rows.Incorporation(
            body=campaign.organization, refusal_reason="Manca l'atto costitutivo."
        ),
        "shortfall": share_rows.Shortfall(grant=grant, amount_cents=GIFT_CENTS, opened_at=now),
        "revocation": share_rows.Revocation(grant=grant, reason=REASON),
    }


def _about_undoing(campaign: campaign_rows.Campaign, now: datetime) -> dict[str, Any]:
    """Return what is told about remarks, withdrawals, lower costs, reports and followers."""
    return {
        "remarks": [
            campaign_rows.Remark(place="title", text="Dite dove nasce il forno."),
            campaign_rows.Remark(place="image", text="Scegliete una fotografia senza volti."),
        ],
        "follow": campaign_rows.Follow(campaign=campaign),
        "problem": campaign_rows.Problem(campaign=campaign, kind="facts", text="Il forno c'è già."),
        "variation": campaign_rows.CostVariation(
            campaign=campaign,
            act_number="12/2027",
            reason=REASON,
            cost_cents=COST_CENTS,
            threshold_cents=HALF_CENTS,
            grant_due_cents=HALF_CENTS,
        ),
        "withdrawal": share_rows.Withdrawal(
            campaign=campaign, stage=share_rows.Withdrawal.Stage.AWARDED, reason=REASON
        ),
    }
