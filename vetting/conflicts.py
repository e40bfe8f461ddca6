"""Who stands behind an application, and behind a member of the committee, read for the rules that compare them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import prefetch_related_objects

from accounts.models import Organization
from calls.models import Application, Partner
from vetting.conflict_rules import Judge, Match, Party, matches_between
from vetting.models import CommitteeMember

Bodies = Mapping[str, Organization]


def conflicts_between(member: CommitteeMember, application: Application) -> list[Match]:
    """Return what ties a member to an application now."""
    return matches_between(judge_of(member), parties_of(application, registered_partners([application])))


def conflicts_among(
    members: Iterable[CommitteeMember], applications: Iterable[Application]
) -> dict[tuple[int, int], list[Match]]:
    """Return what ties each of some members to each of some applications, by the keys of both, where anything does."""
    judges = {member.pk: judge_of(member) for member in members}
    looked_at = list(applications)
    prefetch_related_objects(looked_at, "organization__members", "partners")
    bodies = registered_partners(looked_at)
    found = {}
    for application in looked_at:
        parties = parties_of(application, bodies)
        for key, judge in judges.items():
            if matches := matches_between(judge, parties):
                found[key, application.pk] = matches
    return found


def judge_of(member: CommitteeMember) -> Judge:
    """Return a member as the rules take it."""
    bodies = member.user.memberships.values_list("organization_id", flat=True)
    return Judge(member.user.full_name, member.user.email, member.tax_code, frozenset(bodies))


def registered_partners(applications: Sequence[Application]) -> dict[str, Organization]:
    """Return the partners that are registered here themselves, by tax code, with their people."""
    codes = {partner.tax_code for application in applications for partner in _present(application)}
    bodies = Organization.objects.filter(tax_code__in=codes).prefetch_related("members")
    return {body.tax_code: body for body in bodies}


def parties_of(application: Application, registered: Bodies) -> list[Party]:
    """Return the bodies and the people of an application: who applies, its members and representative, the partners.

    They are named without words of a language: what was found is kept.
    """
    return [*_applicant(application.organization), *_partners(application, registered)]


def _applicant(body: Organization) -> Iterator[Party]:
    """Yield the body that applies and its people."""
    yield Party(str(body), email=body.email, tax_code=body.tax_code, body=body.pk)
    yield Party(str(body), email=body.pec)
    name, code = body.representative_name, body.representative_tax_code
    yield Party(f"{name or code} ({body})", name=name, tax_code=code)
    yield from _people(body)


def _people(body: Organization) -> Iterator[Party]:
    """Yield the people who act for a body."""
    for person in body.members.all():
        yield Party(f"{person} ({body})", name=person.full_name, email=person.email)


def _partners(application: Application, registered: Bodies) -> Iterator[Party]:
    """Yield the partners, their contact persons, and the people of those that are registered here."""
    for partner in _present(application):
        body = registered.get(partner.tax_code)
        key = body.pk if body else None
        yield Party(partner.legal_name, email=partner.email, tax_code=partner.tax_code, body=key)
        yield Party(f"{partner.referent} ({partner.legal_name})", name=partner.referent)
        if body:
            yield from _people(body)


def _present(application: Application) -> list[Partner]:
    """Return the partners that take part as the application stands."""
    return [one for one in application.partners.all() if one.is_present]
