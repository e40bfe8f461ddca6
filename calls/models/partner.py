import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgKind
from calls.models.application import Application
from calls.models.call import Call
from calls.models.consent import PartnerConsent
from civicfund.links import digest_of


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Questions about partners."""

    def present(self) -> Self:
        """Keep those that were not removed and do not wait for an answer to the office."""
        return self.exclude(status=Partner.Status.REMOVED).filter(waits_in=None)

    def carried_in(self, opening: models.Model) -> Self:
        """Keep those an application will have once what is written in an opening is handed in."""
        waiting = Partner.objects.filter(waits_in=opening)
        replaced = waiting.exclude(replaces=None).values("replaces")
        kept = self.exclude(status=Partner.Status.REMOVED).filter(Q(waits_in=None) | Q(waits_in=opening))
        return kept.exclude(pk__in=replaced).exclude(pk__in=opening.partners_out.values("pk"))  # type: ignore[attr-defined]

    def confirmed(self) -> Self:
        """Keep those that have said that they take part."""
        return self.filter(status=Partner.Status.CONFIRMED, waits_in=None)

    def taking_part(self, call: Call) -> Self:
        """Keep those that count as part of an application: whoever was named, where the call asks for no answer."""
        if call.partner_letter != PartnerConsent.NONE:
            return self.confirmed()
        return self.present().exclude(status=Partner.Status.DECLINED)

    def by_link(self, token: str, now: datetime) -> Self:
        """Keep the partner a link was written to, while the link lasts."""
        return self.filter(link_digest=digest_of(token), link_expires_at__gt=now)

    def to_remind(self, now: datetime) -> Self:
        """Keep the silent ones to whom it is time to write again; nobody is asked after the application has left."""
        is_draft = Q(waits_in=None, application__status=Application.Status.DRAFT)
        is_open = Q(waits_in__closed_at=None, waits_in__due_at__gt=now)
        return self.filter(is_draft | is_open, remind_at__lte=now)

    def with_application(self) -> Self:
        """Fetch what a mail or a page about a partner tells."""
        return self.select_related(
            "application__call", "application__organization", "application__author", "waits_in"
        )

    def with_letters(self) -> Self:
        """Fetch the signed letters, also those about the words a partner was handed in with."""
        return self.select_related("replaces").prefetch_related("letters", "replaces__letters")


class Partner(models.Model):
    """A body that does a part of another's project."""

    class Status(models.TextChoices):
        #: Written down by the lead partner, not asked yet.
        NAMED = "named", _("not invited yet")
        #: Asked by mail.
        INVITED = "invited", _("waiting for the answer")
        #: Takes part, in its own words.
        CONFIRMED = "confirmed", _("has confirmed")
        #: Does not take part.
        DECLINED = "declined", _("has declined")
        #: Taken out by the lead partner; kept for the record.
        REMOVED = "removed", _("removed")

    #: Bodies that take part beside those that may apply.
    KINDS = [*OrgKind.choices, ("public", _("school or other public body")), ("other", _("other body"))]
    LINK_LASTS = timedelta(days=30)
    REMIND_AFTER = timedelta(days=4)
    REMINDERS = 2

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="partners", verbose_name=_("application")
    )
    legal_name = models.CharField(_("legal name"), max_length=200)
    kind = models.CharField(_("kind of body"), max_length=20, choices=KINDS)
    tax_code = models.CharField(_("tax code"), max_length=16, db_index=True)
    referent = models.CharField(_("contact person"), max_length=150)
    email = models.EmailField(_("e-mail"))
    part = models.TextField(_("what it does"), max_length=1500)
    share_cents = models.PositiveBigIntegerField(_("share of the budget (cents)"), null=True, blank=True)
    #: Grows with each change of what is confirmed, so that nobody confirms what was not read.
    version = models.PositiveIntegerField(default=1)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.NAMED)
    named_at = models.DateTimeField(_("named at"))
    #: When the lead partner last wrote of it, or it took an answer back: nothing of that counts after a deadline.
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    invited_at = models.DateTimeField(_("invited at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)
    #: Who has answered for the partner: name and office, as that person wrote them.
    answered_by = models.CharField(_("answered by"), max_length=150, blank=True)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    link_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    link_expires_at = models.DateTimeField(_("the link lasts until"), null=True, blank=True)
    #: Invitations and reminders sent.
    links = models.PositiveSmallIntegerField(_("mails sent"), default=0)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    remind_at = models.DateTimeField(_("next reminder"), null=True, blank=True)
    #: It was written while the partners were open again, and counts once that answer is handed in.
    waits_in = models.ForeignKey(
        "calls.Opening", on_delete=models.PROTECT, null=True, blank=True, related_name="waiting_partners"
    )
    #: As it was handed in; it is taken out when this one counts.
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successors"
    )

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["named_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "tax_code"],
                condition=Q(waits_in=None) & ~Q(status="removed"),
                name="partner_once",
            ),
            models.UniqueConstraint(
                fields=["waits_in", "tax_code"], condition=~Q(status="removed"), name="partner_waits_once"
            ),
            models.UniqueConstraint(fields=["waits_in", "replaces"], name="partner_replaced_once"),
            models.CheckConstraint(
                condition=Q(status="named", invited_at=None)
                | Q(status__in=["invited", "confirmed", "declined"], invited_at__isnull=False)
                | Q(status="removed"),
                name="partner_invited_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["confirmed", "declined"], answered_at__isnull=False)
                & ~Q(answered_by="")
                | Q(status__in=["named", "invited"], answered_at=None, answered_by="", answer="")
                | Q(status="removed"),
                name="partner_answer_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status="removed", removed_at__isnull=False)
                | (~Q(status="removed") & Q(removed_at=None)),
                name="partner_removed_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["invited", "confirmed", "declined"],
                    link_digest__isnull=False,
                    link_expires_at__isnull=False,
                )
                | Q(status__in=["named", "removed"], link_digest=None, link_expires_at=None),
                name="partner_link_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(remind_at=None) | Q(status="invited"), name="partner_reminded_while_silent"
            ),
            models.CheckConstraint(
                condition=Q(share_cents=None) | Q(share_cents__gt=0), name="partner_share_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["remind_at"], name="partner_to_remind", condition=Q(remind_at__isnull=False))
        ]

    def __str__(self) -> str:
        return self.legal_name

    @property
    def is_present(self) -> bool:
        """Say whether it is part of the application as it stands: not removed, and not waiting for an answer to count."""
        return self.status != self.Status.REMOVED and self.waits_in_id is None

    @property
    def has_answered(self) -> bool:
        """Say whether the partner has said yes or no to its part as it is now."""
        return self.status in (self.Status.CONFIRMED, self.Status.DECLINED)

    @property
    def letter(self):  # type: ignore[no-untyped-def]
        """Return the signed letter about the part as it is now, or None."""
        return self.letter_about(self.version)

    def letter_about(self, version: int):  # type: ignore[no-untyped-def]
        """Return the signed letter about a version of the part, which may be older than this row; or None."""
        signed = [one for one in self.letters.all() if one.replaced_at is None]
        found = next((one for one in signed if one.part_version == version), None)
        return self.replaces.letter_about(version) if found is None and self.replaces else found

    def is_open(self, now: datetime) -> bool:
        """Say whether it can still be changed and answer: of a draft, or while the partners are open again."""
        if self.waits_in:
            return bool(self.waits_in.is_open(now))
        return self.application.status == Application.Status.DRAFT

    @property
    def is_silent(self) -> bool:
        """Say whether the partner has yet to be asked or to answer."""
        return self.status in (self.Status.NAMED, self.Status.INVITED)
