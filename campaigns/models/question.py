import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.moderated import Moderated, ModeratedQuerySet, hidden_for_a_reason

TOKEN = signing.Signer(salt="campaign-question")


class QuestionQuerySet(ModeratedQuerySet):
    """Questions about questions."""

    def waiting(self) -> Self:
        """Keep those the promoter has not answered and no officer has hidden, the oldest first."""
        return self.unhidden().filter(status=Question.Status.WAITING).order_by("confirmed_at", "pk")

    def answered(self) -> Self:
        """Keep those everybody reads with their answer or, where hidden, with the reason; the newest first."""
        return self.filter(status=Question.Status.ANSWERED).order_by("-answered_at", "-pk")

    def confirmed(self) -> Self:
        """Keep those whose author has shown to be reached by mail."""
        return self.exclude(status=Question.Status.ASKED)

    def to_look_at(self) -> Self:
        """Keep those no officer has looked at since they, or their answers, were written."""
        return self.confirmed().filter(looked_at=None)

    def never_answered(self, now: datetime) -> Self:
        """Keep those nobody will answer, whose author is still known: their campaign is over, or they were hidden long ago."""
        over = Q(campaign__status__in=["failed", "refunded", "withdrawn"])
        hidden = Q(hidden_at__lte=now - Question.FORGOTTEN_AFTER)
        return self.filter(over | hidden, status=Question.Status.WAITING).exclude(email="")

    def forgotten(self, now: datetime) -> Self:
        """Keep those nobody confirmed in time."""
        return self.filter(status=Question.Status.ASKED, asked_at__lte=now - Question.CONFIRM_WITHIN)

    def by_token(self, token: str) -> Self:
        """Keep the question a signed link names; none when the link is not ours."""
        try:
            return self.filter(public_id=TOKEN.unsign(token))
        except signing.BadSignature:
            return self.none()


class Question(Moderated):
    """What a citizen asks a promoter about a campaign; everybody reads it together with the answer."""

    #: How long a question waits for its author to press the mailed link.
    CONFIRM_WITHIN = timedelta(days=7)
    #: How long the author of a hidden question is known: an officer may show it again.
    FORGOTTEN_AFTER = timedelta(days=30)
    #: Questions one address may ask in a day, and one campaign is asked in an hour: more is noise.
    MOST_A_DAY = 5
    MOST_AN_HOUR = 20

    class Status(models.TextChoices):
        #: Only the owner of the address can confirm it; the promoter does not see it.
        ASKED = "asked", _("waiting for the confirmation of its author")
        #: The promoter has it on the list.
        WAITING = "waiting", _("waits for an answer")
        #: Everybody reads question and answer, unless an officer hides them.
        ANSWERED = "answered", _("answered")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="questions", verbose_name=_("campaign")
    )
    text = models.TextField(_("question"), max_length=1000)
    #: Read by everybody, if its author wishes to be named.
    name = models.CharField(_("name"), max_length=80, blank=True)
    #: Only for the confirmation and the answer: taken away when the answer leaves.
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="it")
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField(_("asked at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=5000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    corrected_at = models.DateTimeField(_("corrected at"), null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about a campaign")
        verbose_name_plural = _("questions about campaigns")
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["email", "asked_at"], name="campaign_question_by_email")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="campaign_question_has_words"),
            models.CheckConstraint(
                condition=Q(status="asked", confirmed_at=None, answered_at=None, answered_by=None, answer="")
                | Q(
                    status="waiting",
                    confirmed_at__isnull=False,
                    answered_at=None,
                    answered_by=None,
                    answer="",
                )
                | Q(
                    status="answered",
                    confirmed_at__isnull=False,
                    answered_at__gte=F("confirmed_at"),
                    answered_by__isnull=False,
                    email="",
                )
                & ~Q(answer=""),
                name="campaign_question_answer_matches_status",
            ),
            hidden_for_a_reason("campaign_question"),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 60 else f"{self.text[:59]}…"

    def get_absolute_url(self) -> str:
        return f"{reverse('campaigns:campaign_questions', args=[self.campaign.slug])}#{self.anchor}"

    @property
    def is_read(self) -> bool:
        """Say whether everybody reads it now: together with its answer, unless it is hidden."""
        return self.status == self.Status.ANSWERED and not self.is_hidden

    @property
    def anchor(self) -> str:
        """Return where on its page the question stands."""
        return f"domanda-{self.pk}"

    @property
    def public_name(self) -> str:
        """Return whom the public reads as its author."""
        return self.name or gettext("A reader")

    @property
    def confirm_url(self) -> str:
        """Return the address by which its author confirms it."""
        return settings.SITE_URL + reverse(
            "campaigns:question_confirm", args=[TOKEN.sign(str(self.public_id))]
        )
