"""Switches of an incident: one person stops, a second one confirms, and switching on again takes two."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Mail, MailHold, User
from accounts.services import claim_mails, queue_mail
from calls.models import Call, Stop, StopStep
from calls.services import (
    AlreadyOff,
    ReasonMissing,
    SecondPersonNeeded,
    StopMovedOn,
    confirm_off,
    confirm_on,
    propose_on,
    refuse_off,
    refuse_on,
    switch_off,
)
from tests import factories
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of

NOW = timezone.now()
What = Stop.What
Status = Stop.Status


@pytest.fixture
def second(db: None) -> User:
    """Return another officer."""
    return factories.make_user("second", is_staff=True, is_superuser=True)


def stopped(call: Call, by: User, what: Stop.What = What.REFUNDS, **changes: Any) -> Stop:
    """Switch something of a call off."""
    fields = {"reason": "Rimborsi doppi.", "public_reason": "Stiamo verificando un guasto.", "now": NOW}
    return switch_off(call=call, what=what, by=by, **fields | changes)


def test_switch_off_acts_at_once_and_asks_for_a_second_person(
    call: Call, officer: User, second: User, evaluator: User
) -> None:
    stop = stopped(call, officer)

    assert stop.status == Status.UNCONFIRMED
    assert stop.confirm_until == NOW + timedelta(hours=24)
    assert list(Stop.objects.holding(What.REFUNDS)) == [stop]
    assert not Stop.objects.holding(What.GIFTS).exists()
    # Whoever stopped it is not asked, nor who has no right to answer.
    assert [mail.recipient for mail in Mail.objects.all()] == [second.email]


@pytest.mark.parametrize("words", [{"reason": " "}, {"what": What.GIFTS, "public_reason": ""}])
def test_switch_off_without_its_reasons(call: Call, officer: User, words: dict[str, Any]) -> None:
    with pytest.raises(ReasonMissing):
        stopped(call, officer, **words)

    assert not Stop.objects.exists()


def test_switch_off_what_is_off_already(call: Call, officer: User, second: User) -> None:
    stopped(call, officer)

    with pytest.raises(AlreadyOff):
        stopped(call, second)

    stopped(call, second, What.MAILS)
    stopped(factories.make_call(officer=officer), second)
    assert Stop.objects.off().count() == 3


def test_confirm_off_by_the_same_person_is_refused(call: Call, officer: User, second: User) -> None:
    stop = stopped(call, officer)

    for act in (confirm_off, refuse_off):
        with pytest.raises(SecondPersonNeeded):
            act(stop=stop, by=officer, reason="Confermo io.", now=NOW)

    assert confirm_off(stop=stop, by=second, reason="Visto.", now=NOW).status == Status.CONFIRMED


def test_refuse_off_switches_on_again(call: Call, officer: User, second: User) -> None:
    stop = stopped(call, officer)

    stop = refuse_off(stop=stop, by=second, reason="Falso allarme.", now=NOW)

    assert (stop.status, stop.ended_by) == (Status.ENDED, second)
    assert not Stop.objects.off().exists()
    stopped(call, officer)


def test_switching_on_takes_two_people(call: Call, officer: User, second: User) -> None:
    stop = confirm_off(stop=stopped(call, officer), by=second, reason="Visto.", now=NOW)

    with pytest.raises(StopMovedOn):
        confirm_on(stop=stop, by=second, reason="Subito.", now=NOW)
    stop = propose_on(stop=stop, by=second, reason="Guasto riparato.", now=NOW)
    with pytest.raises(SecondPersonNeeded):
        confirm_on(stop=stop, by=second, reason="Anch'io.", now=NOW)
    assert Stop.objects.holding(What.REFUNDS).exists()
    # Whoever has stopped it may be the one who agrees: it is still two people.
    stop = confirm_on(stop=stop, by=officer, reason="Provato.", now=NOW)

    assert (stop.status, stop.ended_by, stop.proposed_by) == (Status.ENDED, officer, second)
    told = [(step.kind, step.by, step.reason) for step in stop.steps.all()]
    assert told == [
        ("off", officer, "Rimborsi doppi."),
        ("confirmed", second, "Visto."),
        ("proposed", second, "Guasto riparato."),
        ("on", officer, "Provato."),
    ]


def test_refuse_on_leaves_it_off_and_it_can_be_proposed_again(
    call: Call, officer: User, second: User
) -> None:
    stop = confirm_off(stop=stopped(call, officer), by=second, reason="Visto.", now=NOW)
    stop = propose_on(stop=stop, by=officer, reason="Riparato.", now=NOW)

    stop = refuse_on(stop=stop, by=second, reason="Non ancora.", now=NOW)

    assert (stop.status, stop.proposed_by) == (Status.CONFIRMED, None)
    assert propose_on(stop=stop, by=officer, reason="Ora sì.", now=NOW).status == Status.ENDING
    # Each proposal asks the others, with a mail of its own.
    assert Mail.objects.filter(key__startswith="stop_to_end").count() == 2


def test_every_step_needs_a_reason(call: Call, officer: User, second: User) -> None:
    stop = stopped(call, officer)

    with pytest.raises(ReasonMissing):
        confirm_off(stop=stop, by=second, reason="  ", now=NOW)


def test_stop_is_overdue_when_nobody_confirms_it(call: Call, officer: User, second: User) -> None:
    stop = stopped(call, officer)
    limit = NOW + timedelta(hours=24)

    assert not Stop.objects.overdue(limit - timedelta(seconds=1)).exists()
    assert list(Stop.objects.overdue(limit)) == [stop]
    # It stays off, and a late second person can still say yes.
    assert Stop.objects.holding(What.REFUNDS).exists()
    confirm_off(stop=stop, by=second, reason="Visto.", now=limit)
    assert not Stop.objects.overdue(limit).exists()


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("stop_times_match_status", {"status": "confirmed"}),
        ("stop_times_match_status", {"status": "ended"}),
        ("stop_confirmed_by_a_second_person", {"status": "confirmed", "confirmed_at": NOW, "confirmed": 1}),
        ("stop_confirmed_by_a_second_person", {"confirmed": 2}),
        ("stop_proposal_is_signed", {"proposed": 2}),
        ("stop_ended_by_a_second_person", {"status": "ended", "ended_at": NOW, "ended": 1}),
    ],
)
def test_stop_constraints(
    call: Call, officer: User, second: User, constraint: str, changes: dict[str, Any]
) -> None:
    people = {1: officer, 2: second}
    changes = {
        f"{name}_by" if value in (1, 2) else name: people.get(value, value) for name, value in changes.items()
    }
    stop = stopped(call, officer)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Stop.objects.filter(pk=stop.pk).update(**changes)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("stop_once_at_a_time", {"what": "refunds"}),
        ("stop_has_reason", {"reason": ""}),
        ("stop_of_gifts_has_public_reason", {"what": "gifts"}),
    ],
)
def test_new_stop_constraints(call: Call, officer: User, constraint: str, changes: dict[str, Any]) -> None:
    stopped(call, officer)
    fields = {"what": "mails", "reason": "Prova.", "off_at": NOW, "off_by": officer, "confirm_until": NOW}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Stop.objects.create(call=call, **fields | changes)


def test_stop_step_constraint(call: Call, officer: User) -> None:
    stop = stopped(call, officer)

    with pytest.raises(IntegrityError, match="stop_step_has_reason"), transaction.atomic():
        StopStep.objects.create(stop=stop, kind="on", at=NOW, by=officer, reason="")


def test_stop_and_its_history_are_kept(call: Call, officer: User, second: User) -> None:
    stop = refuse_off(stop=stopped(call, officer), by=second, reason="Falso allarme.", now=NOW)
    forbidden = [
        lambda: Stop.objects.filter(pk=stop.pk).update(reason="Altro."),
        lambda: Stop.objects.filter(pk=stop.pk).update(ended_at=NOW + timedelta(days=1)),
        lambda: Stop.objects.filter(pk=stop.pk).delete(),
        lambda: stop.steps.update(reason="Altro."),
        lambda: stop.steps.all().delete(),
    ]

    for change in forbidden:
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            change()


def write(key: str, topic: str) -> None:
    """Write a mail under a topic."""
    campaign = {"title": "Un forno", "slug": "un-forno", "remarks": "-"}
    queue_mail(
        key=key,
        topic=topic,
        recipient="ada@example.org",
        template="campaign_returned",
        context={"campaign": campaign},
        language="it",
        now=NOW,
    )


def test_mails_of_a_stopped_call_stay_in_the_outbox_and_leave_once(
    call: Call, officer: User, second: User
) -> None:
    other = factories.make_call(officer=officer)
    write("before", call.mail_topic)
    stop = stopped(call, officer, What.MAILS)
    Mail.objects.filter(key__startswith="stop_").delete()
    write("during", call.mail_topic)
    write("other", other.mail_topic)
    write("neutral", "")

    assert {mail.key for mail in claim_mails(now=NOW)} == {"other", "neutral"}
    assert {mail.key for mail in Mail.objects.held()} == {"before", "during"}
    refuse_off(stop=stop, by=second, reason="Falso allarme.", now=NOW)
    assert {mail.key for mail in claim_mails(now=NOW)} == {"before", "during"}
    assert claim_mails(now=NOW) == []
    assert not MailHold.objects.exists()


def test_mail_hold_needs_a_topic(db: None) -> None:
    with pytest.raises(IntegrityError, match="mail_hold_has_topic"), transaction.atomic():
        MailHold.objects.create(topic="", since=NOW)


def test_desk_stops_gifts_with_a_public_reason(call: Call, officer: User, second: User) -> None:
    desk = desk_of(officer)
    typed = {"what": "gifts", "reason": "Carte rubate.", "public_reason": ""}

    refused = take_step(desk, row_url(call, "switch_off"), **typed)
    assert "Citizens have to read why gifts are paused." in text_of(refused)
    assert not Stop.objects.exists()
    done = take_step(desk, row_url(call, "switch_off"), **typed | {"public_reason": "Verifica in corso."})

    stop = Stop.objects.get()
    assert (stop.what, stop.off_by, stop.public_reason) == (What.GIFTS, officer, "Verifica in corso.")
    assert "A second person has to confirm it until" in text_of(done)
    first_page = text_of(desk_of(second).get("/gestione/"))
    assert "1 Stops that wait for a second person" in first_page
    assert "1 Stopped now" in first_page


def test_desk_refuses_the_same_person_and_takes_another(call: Call, officer: User, second: User) -> None:
    stop = stopped(call, officer)

    alone = take_step(desk_of(officer), row_url(stop, "confirm_off"), reason="Confermo.")
    assert "somebody else has to confirm it" in text_of(alone)
    take_step(desk_of(second), row_url(stop, "confirm_off"), reason="Visto.")
    take_step(desk_of(second), row_url(stop, "propose_on"), reason="Riparato.")
    take_step(desk_of(officer), row_url(stop, "refuse_on"), reason="Non ancora.")
    take_step(desk_of(officer), row_url(stop, "propose_on"), reason="Ora sì.")
    take_step(desk_of(second), row_url(stop, "confirm_on"), reason="Provato.")

    stop.refresh_from_db()
    assert (stop.status, stop.ended_by) == (Status.ENDED, second)
    page = text_of(desk_of(second).get(row_url(stop)))
    assert "Non ancora." in page
    assert "Nothing is stopped" in text_of(desk_of(second).get(list_url(stop, queue="off")))


def test_desk_of_stops_is_read_only_and_needs_its_rights(call: Call, officer: User, second: User) -> None:
    stop = stopped(call, officer)
    reader = desk_of(officer_with("calls.view_stop", "calls.view_call"))

    assert reader.get(row_url(stop)).status_code == 200
    for url in (row_url(stop, "confirm_off"), row_url(call, "switch_off"), row_url(stop, "delete")):
        assert reader.get(url).status_code == 403
    assert desk_of(second).post(row_url(stop), {"reason": "Altro."}).status_code == 403


def test_public_page_says_that_gifts_are_paused_and_why(client: Client, call: Call, officer: User) -> None:
    assert "guasto" not in client.get(call.get_absolute_url()).content.decode()

    stopped(call, officer, What.GIFTS)

    assert "Stiamo verificando un guasto." in client.get(call.get_absolute_url()).content.decode()
