import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class OrgKind(models.TextChoices):
    """The kinds of body a call may admit."""

    ETS = "ets", _("Third Sector body (ETS)")
    ODV = "odv", _("voluntary organization (ODV)")
    APS = "aps", _("social promotion association (APS)")
    ONLUS = "onlus", _("ONLUS")
    SOCIAL_ENTERPRISE = "social_enterprise", _("social enterprise or cooperative")
    NON_PROFIT = "non_profit", _("other non-profit body")
    MSME = "msme", _("micro, small or medium enterprise")


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Questions about bodies."""

    def of(self, user: models.Model) -> "OrganizationQuerySet":
        """Keep the bodies the person acts for."""
        return self.filter(memberships__user=user)

    def owned_by(self, user: models.Model) -> "OrganizationQuerySet":
        """Keep the bodies whose data and payments the person answers for."""
        return self.filter(memberships__user=user, memberships__role=Membership.Role.OWNER)


class Organization(models.Model):
    """A body that applies, receives citizens' gifts and the municipality's grant."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    legal_name = models.CharField(_("legal name"), max_length=200)
    kind = models.CharField(_("kind of body"), max_length=20, choices=OrgKind)
    tax_code = models.CharField(_("tax code"), max_length=16, unique=True)
    vat_number = models.CharField(_("VAT number"), max_length=11, blank=True)
    runts_number = models.CharField(_("RUNTS number"), max_length=40, blank=True)
    rea_number = models.CharField(_("REA number"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200)
    city = models.CharField(_("town"), max_length=100, default="Milano")
    email = models.EmailField(_("public e-mail"))
    website = models.URLField(_("website"), blank=True)
    description = models.TextField(_("who you are"), blank=True, max_length=1500)
    created_at = models.DateTimeField(_("registered at"))
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="Membership",
        related_name="organizations",
        verbose_name=_("members"),
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["legal_name"]

    def __str__(self) -> str:
        return self.legal_name


class Membership(models.Model):
    """A person may act for a body."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner: may do everything")
        EDITOR = "editor", _("editor: may write applications and campaigns")

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.OWNER)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization}"
