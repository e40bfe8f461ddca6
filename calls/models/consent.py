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
