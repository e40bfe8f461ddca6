"""What a version keeps of the body that applies and of its partners, and how that is told."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import OrgKind
from calls.models import Application, Partner
from civicfund.templatetags.clock import day
from civicfund.templatetags.money import euro

Content = Mapping[str, Any]
#: What stands in the body's own record, which its owners may change whatever becomes of an application.
BODY_PARTS = ("organization", "representative", "statute")
#: How much of a person's tax code is kept: enough to see that it was put right, too little to serve anybody else.
ENDING = 4


def settled_parts(application: Application) -> dict[str, Any]:
    """Return what an answer to the office leaves of the body's record as it was handed in, since nobody opened it."""
    if application.opening is None:
        return {}
    last = application.versions.latest("number").content
    closed = [key for key in BODY_PARTS if key not in application.opening.fields]
    return {key: last[key] for key in closed if key in last}


def has_new_record(application: Application) -> bool:
    """Say whether what is open of the body's record says something else by now than what was handed in."""
    last = application.versions.latest("number").content
    collect = {"organization": body, "representative": representative, "statute": statute}
    opened = [key for key in BODY_PARTS if key in application.opening.fields]
    return any(key in last and collect[key](application) != last[key] for key in opened)


def body(application: Application) -> dict[str, str]:
    """Return who applies."""
    organization = application.organization
    names = ("legal_name", "kind", "tax_code", "vat_number", "runts_number", "rea_number", "address", "city")
    return {name: getattr(organization, name) for name in names}


def tell_body(kept: Content) -> list[str]:
    """Tell who applies."""
    numbers = [
        (_("Tax code"), kept["tax_code"]),
        (_("VAT number"), kept["vat_number"]),
        (_("RUNTS number"), kept["runts_number"]),
        (_("REA number"), kept["rea_number"]),
    ]
    return [
        f"{kept['legal_name']}, {OrgKind(kept['kind']).label}",
        *(f"{name}: {number}" for name, number in numbers if number),
        f"{kept['address']}, {kept['city']}",
    ]


def representative(application: Application) -> dict[str, str]:
    """Return who signs for the body; nothing when its record does not say."""
    organization = application.organization
    since = organization.representative_since
    kept = {
        "name": organization.representative_name,
        "tax_code_ends": organization.representative_tax_code[-ENDING:],
        "since": since.isoformat() if since else "",
    }
    return kept if any(kept.values()) else {}


def tell_representative(kept: Content) -> list[str]:
    """Tell who signs for the body."""
    lines = [str(kept["name"])] if kept.get("name") else []
    if kept.get("tax_code_ends"):
        lines.append(_("Tax code ending in %(ending)s") % {"ending": kept["tax_code_ends"]})
    if kept.get("since"):
        lines.append(_("In office since %(day)s") % {"day": day(date.fromisoformat(kept["since"]))})
    return lines


def statute(application: Application) -> dict[str, str]:
    """Return the statute of the body that is in force; nothing when it has sent none."""
    paper = application.organization.papers.statutes().first()
    return {"name": paper.name, "sha256": paper.sha256} if paper else {}


def tell_statute(kept: Content) -> list[str]:
    """Tell the statute; its fingerprint tells it from another of the same name."""
    return [f"{kept['name']} (SHA-256 {kept['sha256'][:12]}…)"] if kept else []


def partners(application: Application) -> list[dict[str, Any]]:
    """Return who takes part, and what each of them has said."""
    names = ("legal_name", "tax_code", "referent", "email", "part", "share_cents", "status")
    present = application.partners.present().order_by("pk")
    return [{name: getattr(partner, name) for name in names} for partner in present]


def tell_partners(kept: list[Content]) -> list[str]:
    """Tell who takes part, a line each."""
    return [_tell_partner(one) for one in kept]


def _tell_partner(one: Content) -> str:
    """Tell one partner; older versions know less of it."""
    states = dict(Partner.Status.choices)
    line = f"{one['legal_name']} ({states.get(one['status'], one['status'])}): {one['part']}"
    more = [", ".join(one[name] for name in ("referent", "email") if one.get(name))]
    if one.get("share_cents"):
        more.append(_("Share of the budget: %(share)s") % {"share": euro(one["share_cents"])})
    return " · ".join([line, *(words for words in more if words)])
