"""What mails tell about checks, committees, decisions and rankings."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from calls import models as call_rows
from matching.mail_samples.project import COST_CENTS, HALF_CENTS, NOBODY
from vetting import models as vetting_rows


def about_vetting(application: call_rows.Application, officer: User, now: datetime) -> dict[str, Any]:
    """Return what is told about checks, committees, decisions and rankings."""
    call, author = application.call, application.author
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
        **_about_rankings(application, now),
    }


def _about_rankings(application: call_rows.Application, now: datetime) -> dict[str, Any]:
    """Return what is told about a ranking, a place in it and a request for review."""
    author = application.author
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
    return {
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
