"""What a person has signed: acts and papers of a procedure, which name their author for as long as they are kept."""

from collections.abc import Iterator
from typing import Any

from accounts.models import User
from calls.models import Application, Declaration

#: Keys to a person that are no signature: what one is, writes or uploads before anything is handed in, and what is public
#: without a name. Everything else, and whatever is added to the house, is one.
NOT_SIGNED = frozenset(
    {
        "account.EmailAddress.user",
        "accounts.Claim.person",
        "accounts.Invitation.ended_by",
        "accounts.Invitation.invited_by",
        "accounts.Membership.user",
        "accounts.OrganizationChange.by",
        "accounts.OrganizationChange.person",
        "accounts.OrganizationPaper.kept_by",
        "accounts.User_groups.user",
        "accounts.User_user_permissions.user",
        "admin.LogEntry.user",
        "calls.Application.author",
        "calls.Attachment.kept_by",
        "calls.Attachment.removed_by",
        "calls.CallQuestion.author",
        # A declaration counts once it is handed in; see below.
        "calls.Declaration.made_by",
        "calls.OpeningStep.saved_by",
        "calls.PartnerLetter.kept_by",
        "calls.Presence.user",
        "calls.SavedStep.saved_by",
        "calls.Upload.begun_by",
        "campaigns.CampaignUpdate.written_by",
        "campaigns.EarlierText.replaced_by",
        "campaigns.GalleryItem.added_by",
        "campaigns.Question.answered_by",
        # The trail names everybody by number, and outlives whom it names.
        "civicfund.Change.actor",
        "donations.Donation.donor",
        "donations.Evidence.kept_by",
        "donations.Thanks.written_by",
        "matching.IncorporationProof.kept_by",
        "mfa.Authenticator.user",
        "socialaccount.SocialAccount.user",
        "usersessions.UserSession.user",
    }
)


def keys_to_people() -> Iterator[Any]:
    """Yield every key of the database to a person."""
    for field in User._meta.get_fields(include_hidden=True):
        if field.auto_created and not field.concrete and (field.one_to_many or field.one_to_one):
            key = field.field
            if not key.model._meta.proxy:
                yield key


def has_signed(person: User) -> bool:
    """Say whether an act of the city, or a paper that was handed in, names the person as its author."""
    if (
        Declaration.objects.filter(made_by=person)
        .exclude(application__status=Application.Status.DRAFT)
        .exists()
    ):
        return True
    return any(
        key.model._default_manager.filter(**{key.name: person}).exists()
        for key in keys_to_people()
        if name_of(key) not in NOT_SIGNED
    )


def name_of(key: Any) -> str:
    """Return a key by its model and name."""
    return f"{key.model._meta.label}.{key.name}"
