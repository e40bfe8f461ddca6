"""Every step says what it does to others, and what can be tried is told by trying it, without a trace."""

from typing import Any

import pytest
from django.contrib import admin
from django.template.loader import get_template
from django.utils import timezone

from accounts.models import Mail, User
from accounts.services import instead_of_writing
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from civicfund.desk import Effects
from ledger.models import Entry
from tests.desk import desk_of, officer_with, row_url, seen_on, take_step, text_of
from tests.factories import give

STEPS = [
    pytest.param(step, id=f"{model._meta.label_lower}-{name}")
    for model, model_admin in admin.site._registry.items()
    for name, step in getattr(model_admin, "steps", {}).items()
]
#: The steps whose mails go to many.
TO_MANY = {"ConfirmStep", "EndWithRefundsStep", "ExtendStep", "LetLeaveStep", "PublishStep"}


@pytest.mark.parametrize("step", STEPS)
def test_every_step_declares_its_effects(step: Any) -> None:
    assert isinstance(step.effects, Effects)
    # What cannot be tried is told by a template of the step's own.
    assert step.effects is not Effects.TOLD or get_template(step.template)
    assert not step.writes_to_many or step.effects is Effects.TRIED


def test_the_steps_that_write_to_many_are_known() -> None:
    assert {param.values[0].__name__ for param in STEPS if param.values[0].writes_to_many} == TO_MANY


def test_ending_tells_donors_money_and_state_and_leaves_no_trace(campaign: Campaign, officer: User) -> None:
    for number in range(2):
        give(campaign=campaign, amount_cents=100_000, email=f"donor{number}@example.org")
    suspend_campaign(campaign=campaign, by=officer, reason="Un controllo.", now=timezone.now())
    before = (Mail.objects.count(), Entry.objects.count())

    page = desk_of(officer).get(row_url(campaign, "end"))

    words = text_of(page)
    assert "Suspended → " in words
    assert "The grant set aside goes back to the fund €10,000" in words
    assert "The campaign failed: the gifts go back €2,000" in words
    assert "donor0@example.org" in words and "2 mails" in words
    assert (Mail.objects.count(), Entry.objects.count()) == before
    campaign.refresh_from_db()
    assert campaign.status == Campaign.Status.SUSPENDED


def test_who_may_not_see_donors_reads_their_number_only(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=100_000, email="segreta@example.org")
    suspend_campaign(campaign=campaign, by=officer, reason="Un controllo.", now=timezone.now())
    clerk = officer_with("campaigns.view_campaign", "campaigns.change_campaign")

    words = text_of(desk_of(clerk).get(row_url(campaign, "end")))

    assert "segreta@example.org" not in words
    assert "Only who may see donors reads to whom." in words


def test_mails_to_many_leave_only_as_they_were_read(campaign: Campaign, officer: User) -> None:
    for number in range(30):
        give(campaign=campaign, amount_cents=1_000, email=f"donor{number:02}@example.org")
    desk, address = desk_of(officer), row_url(campaign, "let_leave")

    first = desk.post(address, {"reason": "Cambia il luogo.", "preview": "1"})
    second = desk.post(address, {"reason": "Cambia il luogo.", "preview": "2"})
    other = desk.post(address, {"reason": "Tutt'altro.", "seen": seen_on(first)})

    assert "Cambia il luogo." in first.content.decode() and "Page 1 of 2" in text_of(first)
    assert "donor29@example.org" in text_of(second) and "donor29@example.org" not in text_of(first)
    assert "What follows has changed" in text_of(other)
    campaign.refresh_from_db()
    assert campaign.leave_until is None
    take_step(desk, address, reason="Cambia il luogo.")
    assert Mail.objects.filter(body__contains="Cambia il luogo.").count() == 30


def test_a_refusal_is_told_before(campaign: Campaign, officer: User, monkeypatch: Any) -> None:
    def refuse(*_args: Any) -> None:
        raise next(iter(step.refusals))

    step = admin.site._registry[Campaign].steps["suspend"]  # type: ignore[attr-defined]
    monkeypatch.setattr(step, "act", refuse)

    told = desk_of(officer).post(row_url(campaign, "suspend"), {"reason": "Sì.", "preview": "1"})

    assert "As things stand this is refused:" in text_of(told)


def test_instead_of_writing_ends_with_the_try(campaign: Campaign, officer: User) -> None:
    with instead_of_writing() as drafts:
        suspend_campaign(campaign=campaign, by=officer, reason="Un controllo.", now=timezone.now())

    assert [one.template for one in drafts] == ["campaign_suspended"]
    assert not Mail.objects.filter(key__startswith="campaign_suspended:").exists()
    with instead_of_writing() as more:
        pass
    assert more == []
