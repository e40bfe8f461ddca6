"""The one table of what is kept about people: whole, in step with the code, carried out each night, shown to everybody."""

import io
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from celery import current_app
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Invitation, Mail, Organization, User
from accounts.services import queue_mail
from accounts.services.erasure import CONFIRM_WITHIN
from calls.models import Application, Call, CallSession
from calls.services.draft_end import DRAFT_KEPT, HandedIn, forget_draft
from campaigns.models import Campaign, Follow, Problem, Question
from campaigns.services import report_problem
from campaigns.services.forget import REPORTER_KEPT
from civicfund.models import Change
from civicfund.retention import KINDS, NIGHT, kind
from donations.models import Decline, Dedication, Donation, Evidence, StripeEvent
from donations.services import erasure, issue_receipt
from donations.services.erasure import ACCOUNTS_KEPT_YEARS, UNPAID_KEPT
from matching import erasing
from matching.erasing import ERASES, WITH_GIFTS
from matching.models import RetentionRun
from matching.operation_words import TASKS
from matching.services import close_campaign, release_grant, settle_campaign
from matching.services.retention import erase_what_is_over
from matching.tasks import forget_expired
from tests.desk import desk_of, officer_with, text_of
from tests.factories import (
    give,
    make_application,
    make_donation,
    make_draft_application,
    make_organization,
    make_user,
)
from tests.pages import words_of

pytestmark = pytest.mark.django_db


def night(**later: Any) -> RetentionRun:
    """Erase what is over some time from now."""
    return erase_what_is_over(now=timezone.now() + timedelta(**later))


def test_every_kind_that_the_night_erases_has_its_function_and_every_task_its_words() -> None:
    by_night = {one.key for one in KINDS if one.task == NIGHT}

    assert by_night == {*ERASES, *WITH_GIFTS}
    assert {one.task for one in KINDS} - {""} <= set(TASKS)
    assert NIGHT in {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert len({one.key for one in KINDS}) == len(KINDS)


@pytest.mark.parametrize(
    ("key", "lasts"),
    [
        ("unconfirmed", CONFIRM_WITHIN),
        ("sessions", timedelta(seconds=site.SESSION_COOKIE_AGE)),
        ("unpaid", UNPAID_KEPT),
        ("dedications", Dedication.KEPT),
        ("declines", Decline.KEPT),
        ("followers", Follow.NEWS_LAST),
        ("questions", Question.CONFIRM_WITHIN),
        ("reports", REPORTER_KEPT),
        ("drafts", DRAFT_KEPT),
        ("proofs", Evidence.WAITS),
    ],
)
def test_the_table_tells_the_periods_the_code_keeps(key: str, lasts: timedelta) -> None:
    assert kind(key).lasts == lasts


def test_the_table_tells_ten_years_where_the_code_keeps_ten() -> None:
    assert ACCOUNTS_KEPT_YEARS == 10
    with translation.override("en"):
        assert all("ten years" in str(kind(key).period) for key in ("gifts", *WITH_GIFTS))


def test_the_public_page_tells_every_period(client: Client) -> None:
    page = words_of(client.get(reverse("privacy"), headers={"accept-language": "en"}))

    with translation.override("en"):
        assert [one.key for one in KINDS if str(one.name) not in page] == []
    assert "180 days after they left" in page


def test_a_gift_nobody_paid_is_forgotten_after_ninety_days(campaign: Campaign) -> None:
    gift = give(campaign=campaign, email="eva@example.org", name="Eva")
    Donation.objects.filter(pk=gift.pk).update(
        status="expired",
        settled_at=None,
        charged_at=None,
        stripe_charge_id=None,
        charged_cents=None,
        counted_cents=0,
        uncounted_cents=0,
        expired_at=timezone.now(),
    )

    assert "unpaid" not in night(days=89).erased
    assert night(days=91).erased["unpaid"] == 1

    gift.refresh_from_db()
    assert (gift.email, gift.name) == ("", "")


def test_a_row_that_cannot_be_erased_keeps_no_other_one(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays, _goes = (make_donation(campaign=campaign, email=f"{name}@example.org") for name in ("eva", "leo"))
    Donation.objects.update(status="expired", expired_at=timezone.now())
    unname = erasure._unname

    def fail(gift: Donation) -> None:
        unname(gift)
        if gift.pk == stays.pk:
            raise ValueError

    monkeypatch.setattr(erasure, "_unname", fail)

    run = night(days=91)

    assert (run.erased["unpaid"], run.failed, run.is_complete) == (1, {"unpaid": "1 riga"}, False)
    assert [one.email for one in Donation.objects.order_by("pk")] == ["eva@example.org", ""]


def test_a_donor_is_forgotten_after_the_tenth_year(campaign: Campaign) -> None:
    gift = give(campaign=campaign, email="eva@example.org", name="Eva", amount_cents=1_000_000)
    release_grant(campaign=campaign, now=timezone.now())
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)
    issue_receipt(donation=gift, now=timezone.now())
    last = gift.charged_at.replace(year=gift.charged_at.year + 10, month=12, day=30)

    erase_what_is_over(now=last)
    gift.refresh_from_db()
    assert gift.email
    erase_what_is_over(now=last + timedelta(days=5))
    gift.refresh_from_db()

    assert (gift.email, gift.name, gift.amount_cents) == ("", "", 1_000_000)
    call_command("audit", "--books-only")


def test_mails_lose_their_reader_and_leave_no_second_time() -> None:
    told = {"template": "data_link", "context": {"link": "x"}, "language": "it", "topic": ""}
    for _time in range(2):
        queue_mail(key="k", recipient="eva@example.org", now=timezone.now(), **told)
        Mail.objects.update(status="sent", claimed_at=timezone.now(), sent_at=timezone.now())
        night(days=181)

    mail = Mail.objects.get()
    assert (mail.recipient, mail.subject, mail.body, mail.key) == ("", "", "", "k")
    assert "mails" not in night(days=182).erased


def test_forgotten_forms_sessions_messages_and_addresses_go(
    campaign: Campaign, organizer: User, client: Client
) -> None:
    now = timezone.now()
    person = User.objects.create_user("chi@example.org", "una-parola-lunga")
    EmailAddress.objects.create(user=person, email=person.email, verified=False, primary=True)
    client.force_login(organizer)
    StripeEvent.objects.create(
        stripe_id="evt_1", type="x", received_at=now, next_attempt_at=now, processed_at=now, outcome="unused"
    )
    told = {"campaign": campaign, "kind": "other", "text": "Refuso.", "email": "eva@example.org"}
    problem = report_problem(now=now, **told)
    Problem.objects.update(status="closed", closed_at=now, closed_by=organizer, note="Visto.")
    Invitation.objects.create(
        organization=campaign.organization,
        email="zoe@example.org",
        role="reader",
        digest="d",
        invited_by=organizer,
        created_at=now,
        sent_at=now,
        expires_at=now + timedelta(days=14),
    )

    run = night(days=401)

    assert run.is_complete
    assert {"unconfirmed", "sessions", "stripe_events", "reports", "invitations"} <= set(run.erased)
    assert not User.objects.filter(pk=person.pk).exists() and not Session.objects.exists()
    problem.refresh_from_db()
    assert (problem.email, problem.text) == ("", "Refuso.")
    assert not Invitation.objects.exists() and not StripeEvent.objects.exists()


def test_drafts_go_a_year_after_their_window_and_what_was_handed_in_never(
    call: Call, organizer: User
) -> None:
    body = make_organization(user=organizer)
    draft = make_draft_application(call=call, organization=body)
    filed = make_application(call=call, organization=make_organization(user=organizer))
    closes_at = CallSession.objects.get().closes_at

    erase_what_is_over(now=closes_at + DRAFT_KEPT - timedelta(hours=1))
    assert Application.objects.count() == 2
    erase_what_is_over(now=closes_at + DRAFT_KEPT + timedelta(hours=1))

    assert not Application.objects.filter(pk=draft.pk).exists()
    with pytest.raises(HandedIn):
        forget_draft(application=filed)


def test_a_kind_that_fails_is_named_and_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(now: object) -> int:
        raise ValueError

    monkeypatch.setitem(erasing.ERASES, "mails", (fail,))

    run = night()

    assert (run.is_complete, run.failed) == (False, {"mails": "ValueError"})
    with pytest.raises(DatabaseError), transaction.atomic():
        run.delete()


def test_the_night_runs_once_and_not_before_two(monkeypatch: pytest.MonkeyPatch) -> None:
    zone = timezone.get_default_timezone()
    for hour, runs in ((1, 0), (2, 1), (5, 1)):
        instant = timezone.now().astimezone(zone).replace(hour=hour, minute=30)
        monkeypatch.setattr("matching.tasks.timezone.now", lambda instant=instant: instant)
        forget_expired()
        assert RetentionRun.objects.count() == runs


def test_the_register_is_for_the_data_protection_officer(campaign: Campaign) -> None:
    night(days=401)
    page = reverse("desk-register")

    assert desk_of(officer_with("calls.view_call")).get(page).status_code == 403
    answer = desk_of(officer_with("matching.view_register")).get(page)
    words = text_of(answer)
    assert answer.status_code == 200
    assert "c.c. art. 2220" in words and "Erases what no longer has to be kept, each night" in words
    assert "complete" in words


def test_the_owner_brings_old_lines_of_the_trail_to_its_law(organizer: User) -> None:
    body = make_organization(user=organizer)
    Organization.objects.filter(pk=body.pk).update(representative_name="Eva Riva", city="Roma")
    line = Change.objects.of(body)[0]
    assert line.new == {"representative_name": None, "city": "Roma"}
    # As an earlier law has written it.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE civicfund_change DISABLE TRIGGER USER")
        Change.objects.filter(pk=line.pk).update(new={"representative_name": "Eva Riva", "city": "Roma"})
        cursor.execute("ALTER TABLE civicfund_change ENABLE TRIGGER USER")

    said = [io.StringIO(), io.StringIO()]
    for out in said:
        call_command("hide_in_trail", stdout=out)

    line.refresh_from_db()
    assert line.new == {"representative_name": None, "city": "Roma"}
    assert [out.getvalue()[0] for out in said] == ["1", "0"]
    with pytest.raises(DatabaseError), transaction.atomic():
        Change.objects.filter(pk=line.pk).update(new={})


def test_the_application_itself_cannot_touch_the_trail(organizer: User) -> None:
    call_command("prepare_database", stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE civicfund_app")
        with pytest.raises(CommandError), transaction.atomic():
            call_command("hide_in_trail", stdout=io.StringIO())
        cursor.execute("RESET ROLE")


def test_a_representatives_history_is_only_forgotten(organizer: User) -> None:
    body = make_organization(user=organizer)
    make = body.changes.create
    common = {"what": "edited", "at": timezone.now(), "by": organizer}
    personal = make(column="representative_name", old="Eva", new="Ada", **common)
    plain = make(column="city", old="Milano", new="Roma", **common)

    for change, new in (
        (plain, {"old": "", "new": "–"}),
        (personal, {"new": "Zoe"}),
        (personal, {"column": "city"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(change).objects.filter(pk=change.pk).update(**new)
    assert type(personal).objects.filter(pk=personal.pk).update(old="", new="–") == 1
    assert make_user("x") and cache
