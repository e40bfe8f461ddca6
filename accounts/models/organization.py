import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
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
    #: No body yet: people who undertake to set one up. Its tax code is that of the person who speaks for it.
    INFORMAL = "informal", _("informal group of citizens")


#: Kinds that are in the national register of the Third Sector by law.
THIRD_SECTOR = frozenset([OrgKind.ETS, OrgKind.ODV, OrgKind.APS])
#: Kinds that are in the chamber of commerce's register.
ENTERPRISES = frozenset([OrgKind.MSME, OrgKind.SOCIAL_ENTERPRISE])
#: Kinds a single person may stand for with the own tax code: a sole trader, the speaker of a group of citizens.
PERSONAL = frozenset([OrgKind.MSME, OrgKind.INFORMAL])
#: Kinds nobody asks for certified e-mail.
WITHOUT_PEC = frozenset([OrgKind.INFORMAL])


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Questions about bodies."""

    def of(self, user: models.Model) -> "OrganizationQuerySet":
        """Keep the bodies the person acts for."""
        return self.filter(memberships__user=user)

    def writable_by(self, user: models.Model) -> "OrganizationQuerySet":
        """Keep the bodies in whose name the person may write applications and campaigns."""
        return self.filter(memberships__user=user, memberships__role__in=WRITERS)

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
    pec = models.EmailField(_("certified e-mail (PEC)"), blank=True)
    address = models.CharField(_("street and number"), max_length=200)
    postcode = models.CharField(_("postcode"), max_length=5, blank=True)
    city = models.CharField(_("town"), max_length=100, default="Milano")
    province = models.CharField(_("province"), max_length=2, blank=True)
    representative_name = models.CharField(_("name of the legal representative"), max_length=150, blank=True)
    representative_tax_code = models.CharField(
        _("tax code of the legal representative"), max_length=16, blank=True
    )
    representative_since = models.DateField(_("in office since"), null=True, blank=True)
    email = models.EmailField(_("public e-mail"))
    website = models.URLField(_("website"), blank=True)
    description = models.TextField(_("who you are"), blank=True, max_length=1500)
    created_at = models.DateTimeField(_("registered at"))
    #: The officer who registered it at the counter for people who came there; its own people did everywhere else.
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("registered at the counter by"),
    )
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
        permissions = [("correct_organization", "Can correct the record of a body")]

    def __str__(self) -> str:
        return self.legal_name

    def get_absolute_url(self) -> str:
        return reverse("accounts:organization_detail", args=[self.public_id])

    def has_member(self, user: models.Model) -> bool:
        """Say whether a person belongs to it, in whatever role."""
        return self.members.filter(pk=user.pk).exists()

    @property
    def seat(self) -> str:
        """Return the registered seat on one line."""
        town = " ".join(part for part in (self.postcode, self.city) if part)
        return f"{self.address}, {town}" + (f" ({self.province})" if self.province else "")

    @property
    def needs_pec(self) -> bool:
        """Say whether the municipality writes to it by certified e-mail alone, so that it cannot apply without."""
        return self.kind not in WITHOUT_PEC

    @property
    def is_informal(self) -> bool:
        """Say whether it is a group that is no body of its own yet."""
        return self.kind == OrgKind.INFORMAL

    @property
    def public_tax_code(self) -> str:
        """Return the tax code as everybody may read it: that of a group is a person's, and nobody's business."""
        return "" if self.is_informal else self.tax_code


class Membership(models.Model):
    """A person may act for a body."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner: may do everything")
        EDITOR = "editor", _("editor: may write applications and campaigns")
        READER = "reader", _("reader: may look at everything and write nothing")

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

    @property
    def role_name(self) -> str:
        """Return the role in one word."""
        return str(self.get_role_display()).partition(":")[0]

    @property
    def is_owner(self) -> bool:
        """Say whether the person answers for the body's data, members and money."""
        return self.role == self.Role.OWNER


#: The roles that write in a body's name; a reader only looks.
WRITERS = (Membership.Role.OWNER, Membership.Role.EDITOR)
