from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class PartnerConsent(models.TextChoices):
    """What each partner of a project gives before its application can be handed in."""

    #: Being named by the lead partner is enough.
    NONE = "none", _("nothing: being named is enough")
    #: A yes by the link of a mail.
    ONLINE = "online", _("a yes by the link of its mail")
    #: The yes, and the letter of mandate with a signature as a file.
    SIGNED = "signed", _("a yes by the link, and the signed letter of mandate as a file")


class PartnerRules(models.Model):
    """What a call asks of those a body applies with."""

    partner_applications_max = models.PositiveSmallIntegerField(
        _("applications of one window in which a body may be a partner"),
        default=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit."),
    )
    partner_letter = models.CharField(
        _("what each partner gives"), max_length=10, choices=PartnerConsent, default=PartnerConsent.ONLINE
    )

    class Meta:
        abstract = True
