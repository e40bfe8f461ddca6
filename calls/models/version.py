"""What has been handed in, as it was at that instant, and what has happened to an application."""

import hashlib
import json
from datetime import UTC
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models.application import Application
from calls.models.application_parts import StepKey
from calls.models.call import Call
from calls.models.parts import CallSession


def deposit_text(schema: int, content: dict[str, Any], files: list[dict[str, Any]]) -> bytes:
    """Return content and list of files as the one text whose SHA-256 is the fingerprint of a version."""
    whole = {"schema": schema, "content": content, "files": files}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class ApplicationVersion(models.Model):
    """An application as it was handed in: its content, its files, its own protocol number; it is never changed.

    The numbers of a call begin at 1 and have neither gap nor double, which PostgreSQL itself sees to.
    """

    class Kind(models.TextChoices):
        SUBMISSION = "submission", _("submission")
        ANSWER = "answer", _("answer to a request of the office")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="versions", verbose_name=_("application")
    )
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="versions", verbose_name=_("call"))
    session = models.ForeignKey(
        CallSession, on_delete=models.PROTECT, related_name="+", verbose_name=_("application window")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    sequence = models.PositiveIntegerField(_("number in the call"))
    protocol_number = models.CharField(_("protocol number"), max_length=30, unique=True)
    #: Printed on the receipt; whoever has it may check the receipt.
    code = models.CharField(_("verification code"), max_length=16, unique=True)
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("filed by")
    )
    #: Which form of content it is; it grows when a part changes its meaning.
    schema = models.PositiveSmallIntegerField(_("form of the content"))
    content = models.JSONField(_("content"))
    files = models.JSONField(_("files"))
    digest = models.CharField(_("fingerprint (SHA-256)"), max_length=64)

    class Meta:
        verbose_name = _("version of an application")
        verbose_name_plural = _("versions of applications")
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["call", "sequence"], name="version_sequence_once"),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="version_digest_is_sha256"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="version_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="version_follows_the_last",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.call_id <> (SELECT call_id FROM calls_application WHERE id = NEW.application_id) THEN
                        RAISE EXCEPTION 'a version belongs to the call of its application'
                            USING ERRCODE = '23514';
                    END IF;
                    IF NEW.sequence <> 1 + COALESCE(
                        (SELECT max(sequence) FROM calls_applicationversion WHERE call_id = NEW.call_id), 0
                    ) OR NEW.number <> 1 + COALESCE(
                        (SELECT max(number) FROM calls_applicationversion
                         WHERE application_id = NEW.application_id), 0
                    ) THEN
                        RAISE EXCEPTION 'a version has the number after the last' USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.protocol_number

    def get_absolute_url(self) -> str:
        return reverse("calls:application_version", args=[self.application.public_id, self.number])

    @property
    def body_name(self) -> str:
        """Return the name the body had when it filed this."""
        return str(self.content["organization"]["legal_name"])

    @property
    def is_filed_by_office(self) -> bool:
        """Say whether an officer handed it in for the body."""
        at = self.filed_at.astimezone(UTC).isoformat()
        marks = self.content.get("office", [])
        return any(mark["step"] == StepKey.CHECK and mark["at"] == at for mark in marks)

    @property
    def title(self) -> str:
        """Return the title the project had when this was filed."""
        return str(self.content["title"])

    @property
    def shown_code(self) -> str:
        """Return the verification code as people read it, in groups of four."""
        return "-".join(self.code[start : start + 4] for start in range(0, len(self.code), 4))

    @property
    def text(self) -> bytes:
        """Return what the fingerprint is the SHA-256 of."""
        return deposit_text(self.schema, self.content, self.files)

    @property
    def is_whole(self) -> bool:
        """Say whether content and files still have the fingerprint they were filed with."""
        return hashlib.sha256(self.text).hexdigest() == self.digest


class ApplicationEvent(models.Model):
    """Something that happened to an application, for the story its body reads; it is never changed."""

    class What(models.TextChoices):
        SUBMITTED = "submitted", _("Handed in")
        TAKEN_BACK = "taken_back", _("Taken back to be changed")
        WITHDRAWN = "withdrawn", _("Withdrawn for good")
        ASKED = "asked", _("The office asks for something more")
        ANSWERED = "answered", _("Answer handed in")
        LAPSED = "lapsed", _("The time for the answer is over")
        CALLED_OFF = "called_off", _("The office needs no answer any more")
        ADMISSIBLE = "admissible", _("Found admissible at the formal check")
        INADMISSIBLE = "inadmissible", _("Found not admissible at the formal check")
        RESTORED = "restored", _("The exclusion is taken back")
        RECHECKED = "rechecked", _("The formal check is taken up again")
        DESK_WROTE = "desk_wrote", _("Written by the office for the organization")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="events", verbose_name=_("application")
    )
    what = models.CharField(_("what happened"), max_length=12, choices=What)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    version = models.ForeignKey(
        ApplicationVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    reason = models.TextField(_("reason"), blank=True)
    #: Which part the office has written.
    step = models.CharField(_("step"), max_length=20, choices=StepKey, blank=True)

    class Meta:
        verbose_name = _("event of an application")
        verbose_name_plural = _("events of applications")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(version__isnull=False) | ~Q(what__in=["submitted", "taken_back", "answered"]),
                name="event_of_a_deposit_names_its_version",
            ),
            models.CheckConstraint(
                condition=~Q(reason="")
                | ~Q(what__in=["asked", "called_off", "desk_wrote", "inadmissible", "rechecked", "restored"]),
                name="event_of_the_office_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(what="desk_wrote") & ~Q(step="") | ~Q(what="desk_wrote") & Q(step=""),
                name="event_of_writing_names_its_step",
            ),
        ]
        triggers = [pgtrigger.Protect(name="event_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.get_what_display()
