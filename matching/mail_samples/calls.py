"""What mails tell about calls, those who apply and those who act for a body."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import BankAccount, Claim, Membership, OrganizationChange, User
from calls import models as call_rows
from matching.mail_samples.project import GIFT_CENTS, NOBODY


def about_people(application: call_rows.Application, officer: User, now: datetime) -> dict[str, Any]:
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


def about_calls(application: call_rows.Application, officer: User, now: datetime) -> dict[str, Any]:
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
        **_about_questions(call),
        **_about_applicants(application, now),
    }


def _about_questions(call: call_rows.Call) -> dict[str, Any]:
    """Return what is told about a question and its answer."""
    return {
        "question": call_rows.CallQuestion(
            call=call, text="Può candidarsi chi ha sede a Rho?", decline_reason="Fuori tema."
        ),
        "answer": call_rows.CallAnswer(call=call, number=1, text="Sì."),
        "correction": call_rows.AnswerCorrection(text="Anzi, no."),
    }


def _about_applicants(application: call_rows.Application, now: datetime) -> dict[str, Any]:
    """Return what is told about what was handed in, what is asked for, and who takes part."""
    call = application.call
    return {
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
