"""When mails leave."""

import logging
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail as outgoing
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import Mail
from accounts.services import queue_mail
from accounts.tasks import send_mails

RECIPIENTS = ["uno@example.org", "due@example.org", "tre@example.org"]


@pytest.fixture
def queued(db: None) -> None:
    """Write three mails."""
    for recipient in RECIPIENTS:
        queue_mail(
            key=recipient,
            topic="",
            recipient=recipient,
            template="campaign_returned",
            context={"campaign": {"title": "Un forno", "slug": "un-forno", "remarks": "-"}},
            language="it",
            now=timezone.now(),
        )


def test_send_mails_sends_each_once(queued: None) -> None:
    send_mails()
    send_mails()

    assert sorted(mail.to[0] for mail in outgoing.outbox) == sorted(RECIPIENTS)
    assert set(Mail.objects.values_list("status", flat=True)) == {Mail.Status.SENT}


def test_send_mails_goes_on_after_one_that_fails(
    queued: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    send = EmailMessage.send

    def refuse_one(message: EmailMessage, *args: object, **kwargs: object) -> int:
        if message.to == ["due@example.org"]:
            raise OSError("the line broke")
        return send(message, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", refuse_one)

    with caplog.at_level(logging.ERROR):
        send_mails()
        send_mails()

    states = dict(Mail.objects.values_list("recipient", "status"))
    assert states == {"uno@example.org": "sent", "due@example.org": "sending", "tre@example.org": "sent"}
    assert len(outgoing.outbox) == 2
    assert len([record for record in caplog.records if record.name == "accounts.tasks"]) == 1


def test_send_mails_touches_nothing_while_the_server_does_not_answer(
    queued: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    send_mails()

    assert set(Mail.objects.values_list("status", flat=True)) == {Mail.Status.QUEUED}
    assert "does not answer" in caplog.text


def test_send_mails_leaves_the_rest_alone_when_the_line_breaks(
    queued: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(message: EmailMessage, *args: object, **kwargs: object) -> int:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailMessage, "send", break_off)

    send_mails()

    states = list(Mail.objects.order_by("pk").values_list("status", flat=True))
    assert states == [Mail.Status.SENDING, Mail.Status.QUEUED, Mail.Status.QUEUED]
