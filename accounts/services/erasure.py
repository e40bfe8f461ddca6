"""A person takes the own account away: what only served the account goes, what was signed stays under a number.

Source: Regulation (EU) 2016/679 art. 17 c. 1, and c. 3 b for what a duty of law keeps.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, Q
from django.db.models.functions import Lower

from accounts.models import Claim, Invitation, Mail, Membership, Organization, OrganizationChange, User
from accounts.models.change import FORGOTTEN
from accounts.services.change import What, note_person
from accounts.services.mail import NOWHERE

#: How the key of the mail begins that says that everything is erased.
LAST_MAIL = "data_erased:"
#: What of a body's record is a person's.
OF_THE_REPRESENTATIVE = ("representative_name", "representative_tax_code")


class StillAtTheDesk(Exception):
    """Say that the person works for the city: the office ends that first."""


class NotAlone(Exception):
    """Say that others act for a body too, so that it is theirs to go on with."""


@transaction.atomic
def forget_person(*, person: User, keeps_name: bool, now: datetime) -> User:
    """Take everything out of an account that is not signed: address, name, password, second factors, digital identities.

    `keeps_name` is for who has signed acts of a procedure: they name their author. A repetition changes nothing. Raise
    StillAtTheDesk.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.forgotten_at:
        return person
    if person.is_staff or person.is_superuser:
        raise StillAtTheDesk(person.pk)
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    SocialAccount.objects.filter(user=person).delete()
    sessions = UserSession.objects.filter(user=person)
    Session.objects.filter(session_key__in=sessions.values("session_key")).delete()
    sessions.delete()
    # What was asked in free words, and nobody has decided.
    Claim.objects.filter(person=person, status=Claim.Status.OPEN).update(words=FORGOTTEN)
    _unname_in_lists(person)
    person.groups.clear()
    person.user_permissions.clear()
    person.email = f"{person.pk}@{NOWHERE}"
    person.full_name = person.full_name if keeps_name else ""
    person.language = "it"
    person.last_login = None
    person.is_active = False
    person.forgotten_at = now
    # Whoever is still signed in somewhere is so no longer: a session holds a digest of the password.
    person.set_unusable_password()
    person.save()
    return person


def _unname_in_lists(person: User) -> None:
    """Take the person's name out of what the desk's library writes about rows it has changed."""
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=kind, object_id=str(person.pk)).update(object_repr=FORGOTTEN)


@transaction.atomic
def leave_empty(*, organization: Organization, by: User, now: datetime) -> None:
    """Leave a body for which nobody else acts; it stays, and whoever may act for it can ask to. Raise NotAlone."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    own = Membership.objects.filter(organization=organization, user=by).first()
    if own is None:
        return
    if organization.memberships.exclude(pk=own.pk).exists():
        raise NotAlone(organization.pk)
    note_person(organization=organization, what=What.LEFT, person=by, by=by, now=now, old=own.role)
    own.delete()


@transaction.atomic
def forget_representative(*, organization: Organization) -> None:
    """Take the legal representative's name and tax code out of a body's record and of its history."""
    Organization.objects.filter(pk=organization.pk).update(
        representative_name="", representative_tax_code="", representative_since=None
    )
    changes = OrganizationChange.objects.filter(organization=organization, column__in=OF_THE_REPRESENTATIVE)
    changes.exclude(old="", new=FORGOTTEN).update(old="", new=FORGOTTEN)


def forget_mails(*, addresses: Iterable[str], now: datetime, unsent_too: bool = False) -> int:
    """Empty the mails that have left for some addresses, and return how many; their keys stay, so none leaves twice.

    Those whose sending never ended are removed, and with `unsent_too` those that wait: nobody wants them any more.
    """
    small = [address.lower() for address in addresses if address]
    mails = Mail.objects.alias(address=Lower("recipient")).filter(address__in=small)
    removed = mails.queued().delete()[0] if unsent_too else 0
    removed += mails.stuck(now - Mail.STUCK_AFTER).delete()[0]
    return removed + _empty(mails.filter(status=Mail.Status.SENT))


def forget_old_mails(*, before: datetime) -> int:
    """Empty the mails that left before an instant, and return how many."""
    sent = Mail.objects.filter(status=Mail.Status.SENT).exclude(recipient="")
    # The last mail to who has erased everything is itself the last thing that is known.
    Mail.objects.stuck(before).delete()
    return _empty(sent.filter(Q(sent_at__lt=before) | Q(key__startswith=LAST_MAIL)))


def _empty(mails: object) -> int:
    """Take reader, subject and text out of mails."""
    return mails.update(recipient="", subject="", body="", unsubscribe_url="")  # type: ignore[attr-defined]


@transaction.atomic
def forget_invitations(*, addresses: Iterable[str] = (), before: datetime | None = None) -> int:
    """Forget whom bodies have invited: some addresses, or all invitations written before an instant; return how many.

    One that nobody has answered is removed, with its link; one that was answered stays, without the address.
    """
    found = Invitation.objects.exclude(email="")
    if before is None:
        found = found.filter(email__in=[address.lower() for address in addresses if address])
    else:
        found = found.filter(created_at__lt=before)
    removed = found.unanswered().delete()[0]
    return removed + found.exclude(status=Invitation.Status.OPEN).update(email="")


#: For how long an account waits for the confirmation of its address.
CONFIRM_WITHIN = timedelta(days=30)


@transaction.atomic
def forget_unconfirmed(*, now: datetime) -> int:
    """Remove the accounts whose address nobody has confirmed in a month and with which nobody has signed in."""
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    asked = EmailAddress.objects.filter(user=OuterRef("pk"), verified=False)
    people = User.objects.filter(
        Exists(asked),
        ~Exists(confirmed),
        date_joined__lt=now - CONFIRM_WITHIN,
        last_login=None,
        is_staff=False,
        memberships=None,
        forgotten_at=None,
    )
    removed = 0
    for person in people.select_for_update(of=("self",)):
        try:
            with transaction.atomic():
                person.delete()
        except ProtectedError:
            # An officer has written it into something: then it is no forgotten form.
            continue
        removed += 1
    return removed
