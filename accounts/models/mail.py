from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicfund.letters import html_of


class MailQuerySet(models.QuerySet["Mail"]):
    """Questions about the outbox."""

    def due(self) -> Self:
        """Keep the mails nobody has begun to send and nobody holds back."""
        return self.queued().exclude(topic__in=MailHold.objects.values("topic"))

    def queued(self) -> Self:
        """Keep the mails nobody has begun to send, those held back included."""
        return self.filter(status=Mail.Status.QUEUED)

    def held(self) -> Self:
        """Keep the mails that leave only when their topic is released."""
        return self.queued().filter(topic__in=MailHold.objects.values("topic"))

    def stuck(self, before: datetime) -> Self:
        """Keep the mails whose sending began before an instant and never ended: a person decides about them."""
        return self.filter(status=Mail.Status.SENDING, claimed_at__lt=before)


class MailHold(models.Model):
    """A topic whose mails are kept in the outbox until it is released."""

    topic = models.CharField(_("topic"), max_length=40, unique=True)
    since = models.DateTimeField(_("held since"))

    class Meta:
        verbose_name = _("hold on mails")
        verbose_name_plural = _("holds on mails")
        constraints = [models.CheckConstraint(condition=~Q(topic=""), name="mail_hold_has_topic")]

    def __str__(self) -> str:
        return self.topic


class Mail(models.Model):
    """One mail owed to one address; its key makes sure that it is written once."""

    #: A sending that has not ended by then never will: a person decides about it.
    STUCK_AFTER = timedelta(minutes=10)

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        #: SMTP can't say whether a mail left when the line breaks, so it is never sent again by itself.
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")

    key = models.CharField(_("key"), max_length=120, unique=True)
    #: What it belongs to, so that the mails of one thing can be held back together; empty: it is never held.
    topic = models.CharField(_("topic"), max_length=40, blank=True, db_index=True)
    recipient = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    #: The reader's, as a code like "it": that of its HTML part, which is made of the text when the mail leaves.
    language = models.CharField(_("language"), max_length=10, default="it")
    #: Where one press ends mails of this kind; empty: they are owed, not subscribed to.
    unsubscribe_url = models.CharField(_("address that ends them"), max_length=300, blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.QUEUED)
    created_at = models.DateTimeField(_("written at"))
    claimed_at = models.DateTimeField(_("sending began at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["created_at"], name="mail_due", condition=Q(status="queued"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="queued", claimed_at=None, sent_at=None)
                | Q(status="sending", claimed_at__isnull=False, sent_at=None)
                | Q(status="sent", claimed_at__isnull=False, sent_at__isnull=False),
                name="mail_times_match_status",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"

    @property
    def html(self) -> str:
        """Return its HTML part, made of the text."""
        return html_of(subject=self.subject, body=self.body, language=self.language)
