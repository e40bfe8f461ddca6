from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import Organization, User
from accounts.services import refuse_own_body
from calls.services import pass_to_body
from campaigns.models import Campaign
from campaigns.services import deadline_after
from civicfund.papers import examined
from matching.models import Incorporation, IncorporationProof
from matching.services.campaign import awaits_body, lock_campaign, tell_promoter

State = Incorporation.State
#: The tax code of a body is made of so many digits; a person's is longer.
BODY_DIGITS = 11


#: The largest file that proves a body.
LARGEST_BYTES = 10 * 1024 * 1024


class NotAGroup(Exception):
    """Say that the promoter is a body already."""


class BodyUnfit(Exception):
    """Say that a body cannot take the group's place: a kind the call does not admit, no tax code of its own."""


class NotYours(Exception):
    """Say that the person is not an owner of both the group and the body."""


class ProofMissing(Exception):
    """Say that nothing proves the body, or no reason was given for refusing it."""


class ProofUnusable(Exception):
    """Say that a file is of another campaign or person, or has served already."""


class BodyWaits(Exception):
    """Say that the group has named a body already, and an officer has not decided yet."""


class IncorporationMovedOn(Exception):
    """Say that an officer has decided about it already."""


def body_due_at(campaign: Campaign) -> datetime:
    """Return the aware instant by which an admitted group undertook to be a body: nothing is lost when it comes later."""
    return deadline_after(campaign.application.decision.decided_at, campaign.call.incorporation_days)


@transaction.atomic
def record_body(
    *,
    campaign: Campaign,
    body: Organization,
    proof: str,
    by: User,
    now: datetime,
    proof_file: IncorporationProof | None = None,
) -> Incorporation:
    """Name the body that a group of citizens has set up, with what proves it in words or as a file; an officer confirms it.

    Raise NotAGroup, NotYours, BodyUnfit, ProofMissing, ProofUnusable or BodyWaits. It may be late: the grant is kept for
    it.
    """
    _fund, campaign = lock_campaign(campaign)
    group = campaign.organization
    if not awaits_body(campaign):
        raise NotAGroup(campaign.slug)
    body = Organization.objects.get(pk=body.pk)
    has_own_code = body.tax_code.isdigit() and len(body.tax_code) == BODY_DIGITS
    if body.is_informal or body.kind not in campaign.call.eligible_kinds or not has_own_code:
        raise BodyUnfit(body.pk)
    if Organization.objects.owned_by(by).filter(pk__in=[group.pk, body.pk]).count() < 2:
        raise NotYours(by.pk)
    if not proof.strip() and proof_file is None:
        raise ProofMissing
    unused = IncorporationProof.objects.unused().filter(campaign=campaign, kept_by=by)
    if proof_file and not unused.filter(pk=proof_file.pk).exists():
        raise ProofUnusable(proof_file.pk)
    if campaign.incorporations.waiting().exists():
        raise BodyWaits(campaign.slug)
    return Incorporation.objects.create(
        campaign=campaign,
        group=group,
        body=body,
        proof=proof.strip(),
        proof_file=proof_file,
        recorded_at=now,
        recorded_by=by,
    )


def keep_body_proof(
    *, campaign: Campaign, upload: UploadedFile, by: User, now: datetime
) -> IncorporationProof:
    """Make the file of a proof harmless and keep it, whatever is still wrong in its form. Raise Unusable."""
    with examined(upload.chunks(), name=upload.name or "", largest_bytes=LARGEST_BYTES) as paper:
        kept = IncorporationProof(campaign=campaign, kept_by=by, kept_at=now)
        kept.take(paper, folder="incorporations")
        try:
            with transaction.atomic():
                kept.save()
        except Exception:
            kept.file.delete(save=False)
            raise
    return kept


def forget_body_proof(*, proof: IncorporationProof, now: datetime) -> None:
    """Remove a proof whose form was never finished; one that serves meanwhile stays."""
    with transaction.atomic():
        waiting = IncorporationProof.objects.forgotten(now).filter(pk=proof.pk)
        forgotten = waiting.select_for_update(of=("self",)).first()
        if forgotten is None:
            return
        forgotten.delete()
    # After the row: a file too many harms less than a proof without its file.
    forgotten.file.delete(save=False)


@transaction.atomic
def confirm_body(*, incorporation: Incorporation, by: User, now: datetime) -> Incorporation:
    """Put a group's new body in its place: from then on the grant can be awarded and the gifts be transferred to it.

    The award follows within seconds. Raise IncorporationMovedOn, OwnBody for an officer who belongs to either of them.
    """
    campaign, incorporation = _lock(incorporation)
    refuse_own_body(campaign.organization, by)
    _decide(incorporation, State.CONFIRMED, by, now)
    pass_to_body(application=campaign.application, body=incorporation.body)
    _fund, campaign = lock_campaign(campaign)
    refuse_own_body(campaign.organization, by)
    tell_promoter(campaign, "body_confirmed", {"incorporation": incorporation}, now)
    return incorporation


@transaction.atomic
def refuse_body(*, incorporation: Incorporation, reason: str, by: User, now: datetime) -> Incorporation:
    """Leave a group in its place, with a reason it reads; it may name a body again.

    Raise ProofMissing, IncorporationMovedOn, OwnBody.
    """
    if not reason.strip():
        raise ProofMissing
    campaign, incorporation = _lock(incorporation)
    refuse_own_body(campaign.organization, by)
    incorporation.refusal_reason = reason.strip()
    _decide(incorporation, State.REFUSED, by, now)
    facts = {"incorporation": incorporation}
    tell_promoter(campaign, "body_refused", facts, now, suffix=f":{incorporation.pk}")
    return incorporation


def _lock(incorporation: Incorporation) -> tuple[Campaign, Incorporation]:
    """Lock a campaign and what its group recorded, and return both as they are now. Raise IncorporationMovedOn."""
    _fund, campaign = lock_campaign(incorporation.campaign)
    locked = Incorporation.objects.select_for_update(no_key=True).get(pk=incorporation.pk)
    if locked.state != State.RECORDED:
        raise IncorporationMovedOn(incorporation.pk)
    return campaign, locked


def _decide(incorporation: Incorporation, state: State, by: User, now: datetime) -> None:
    incorporation.state = state
    incorporation.decided_at = now
    incorporation.decided_by = by
    incorporation.save(update_fields=["state", "decided_at", "decided_by", "refusal_reason"])
