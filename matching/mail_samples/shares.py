"""What mails tell about the municipality's share, and about what changes or ends a campaign."""

from datetime import datetime
from typing import Any

from campaigns import models as campaign_rows
from matching import models as share_rows
from matching.mail_samples.project import COST_CENTS, GIFT_CENTS, HALF_CENTS, REASON


def about_shares(campaign: campaign_rows.Campaign, now: datetime) -> dict[str, Any]:
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


def about_undoing(campaign: campaign_rows.Campaign, now: datetime) -> dict[str, Any]:
    """Return what is told about remarks, withdrawals, lower costs, reports and followers."""
    return {
        "remarks": [
            campaign_rows.Remark(place="title", text="Dite dove nasce il forno."),
            campaign_rows.Remark(place="image", text="Scegliete una fotografia senza volti."),
        ],
        "follow": campaign_rows.Follow(campaign=campaign),
        "news": [
            campaign_rows.CampaignUpdate(
                campaign=campaign, number=1, title="Il forno è acceso", text="Da *oggi*."
            )
        ],
        "inquiry": campaign_rows.Question(
            campaign=campaign, text="Si entra con la carrozzina?", answer="Sì."
        ),
        "words": campaign_rows.Question(campaign=campaign, text="Si entra con la carrozzina?"),
        "text": "Grazie di cuore.",
        "page": "La pagina dei progetti",
        "email": "ada@example.org",
        "kind": campaign_rows.Question._meta.verbose_name,
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
