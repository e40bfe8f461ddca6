"""When campaigns are drafted."""

import logging

import pytest
from django.utils import timezone

from accounts.models import User
from calls.models import Application, Call
from campaigns import services
from campaigns.models import Campaign
from campaigns.tasks import draft_admitted_campaigns
from tests.deciding import admit, exclude
from tests.factories import make_application, make_organization
from vetting.models import Decision


@pytest.fixture
def admitted(call: Call, officer: User, organizer: User) -> list[Application]:
    """Return three admitted applications."""
    made = []
    for _ in range(3):
        application = make_application(call=call, organization=make_organization(user=organizer))
        admit(application=application, by=officer, reason="Utile.", now=timezone.now())
        made.append(application)
    return made


def test_draft_admitted_campaigns_makes_each_once(
    admitted: list[Application], call: Call, officer: User, organizer: User
) -> None:
    excluded = make_application(call=call, organization=make_organization(user=organizer))
    exclude(application=excluded, by=officer, reason="No.", now=timezone.now())
    make_application(call=call, organization=make_organization(user=organizer))

    draft_admitted_campaigns()
    draft_admitted_campaigns()

    drafted = Campaign.objects.values_list("application", flat=True)
    assert sorted(drafted) == sorted(application.pk for application in admitted)


def test_draft_admitted_campaigns_goes_on_after_one_that_fails(
    admitted: list[Application], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    draft = services.draft_campaign
    bad = Decision.objects.get(application=admitted[1])

    def refuse_one(*, decision: Decision, **rest: object) -> Campaign:
        if decision == bad:
            raise RuntimeError("a bad row")
        return draft(decision=decision, **rest)

    monkeypatch.setattr(services, "draft_campaign", refuse_one)

    with caplog.at_level(logging.ERROR):
        draft_admitted_campaigns()

    assert Campaign.objects.count() == 2
    assert not Campaign.objects.filter(application=admitted[1]).exists()
    assert [record.name for record in caplog.records] == ["campaigns.tasks"]
    monkeypatch.undo()
    draft_admitted_campaigns()
    assert Campaign.objects.count() == 3
