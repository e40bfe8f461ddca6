"""Updates and questions of a campaign, made by the services that people's presses call."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from campaigns import services
from campaigns.models import Campaign, CampaignUpdate, Question


def tell(
    campaign: Campaign, by: User, *, ago: timedelta = timedelta(hours=1), **words: Any
) -> CampaignUpdate:
    """Publish an update some time ago."""
    then = timezone.now() - ago
    told = {"title": "Il forno è acceso", "text": "Da **oggi** si inforna.", **words}
    update = services.write_update(campaign=campaign, by=by, now=then, **told)
    return services.publish_update(update=update, now=then)


def ask(campaign: Campaign, *, now: datetime | None = None, **words: Any) -> Question:
    """Ask by mail and press the link."""
    now = now or timezone.now()
    asked = {"text": "Si entra con la carrozzina?", "name": "Ada", "email": "ada@example.org", **words}
    question = services.ask_question(campaign=campaign, language="it", now=now, **asked)
    return services.confirm_question(question=question, now=now)


def answer(campaign: Campaign, by: User, text: str = "Sì, c'è la rampa.", **words: Any) -> Question:
    """Ask and have the promoter answer."""
    return services.answer_question(question=ask(campaign, **words), text=text, by=by, now=timezone.now())
