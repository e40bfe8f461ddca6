"""What a body declares when it applies, in place of certificates. Source: DPR 445/2000 art. 46, 47 and 76."""

from typing import NamedTuple

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgKind
from calls.models import Application

#: Bodies whose grant is State aid.
UNDERTAKINGS = (OrgKind.MSME, OrgKind.SOCIAL_ENTERPRISE)


class Declared(NamedTuple):
    """A declaration: a short title and the words a person makes their own."""

    key: str
    title: Lazy
    text: Lazy


TRUTH = Declared(
    "truth",
    _("Truthfulness"),
    _(
        "What this application says is true. We know the penalties for false declarations (DPR 445/2000, art. 76) "
        "and that a grant obtained by them is lost (art. 75)."
    ),
)
STANDING = Declared(
    "standing",
    _("Standing of the body"),
    _(
        "The body is not being wound up, nothing keeps it from contracting with public administrations, and its "
        "social security contributions are in order (DURC)."
    ),
)
DOUBLE_FUNDING = Declared(
    "double_funding",
    _("No double financing"),
    _("No other public money pays the same expenses, and we will report any we are granted."),
)
SEAT = Declared(
    "seat",
    _("Seat in the city"),
    _("The body has a working seat in the city, or will open one before the agreement is signed."),
)
DE_MINIMIS = Declared(
    "de_minimis",
    _("De minimis aid"),
    _(
        "With this grant the single undertaking stays within the de minimis aid of Regulation (EU) 2023/2831: 300,000 "
        "euro in three years."
    ),
)
INCORPORATE = Declared(
    "incorporate",
    _("Undertaking to become a body"),
    _(
        "We are a group of citizens. If the project is admitted we set up a non-profit body with a tax code of its own within "
        "the days the call gives. We know that until then the grant cannot be awarded nor anything be paid out."
    ),
)
PUBLICATION = Declared(
    "publication",
    _("Publication"),
    _(
        "We know that the city publishes name, tax code and amount of whoever receives a grant (D.Lgs. 33/2013, art. 26 "
        "and 27), and that the project's page is public."
    ),
)
PRIVACY = Declared(
    "privacy",
    _("Personal data"),
    _("We have read how the city treats personal data, and have told the people named in this application."),
)


def declarations_for(application: Application) -> list[Declared]:
    """Return what the body of an application has to declare."""
    aid = [DE_MINIMIS] if application.organization.kind in UNDERTAKINGS else []
    standing = INCORPORATE if application.organization.is_informal else STANDING
    return [TRUTH, standing, DOUBLE_FUNDING, SEAT, *aid, PUBLICATION, PRIVACY]
