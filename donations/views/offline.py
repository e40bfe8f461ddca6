import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, Sum
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import Campaign
from campaigns.services import WrongState
from civicfund.papers import give_out
from civicfund.rates import SENDING, at_most
from donations import rules, services
from donations.models import Evidence, OfflineDonation
from donations.offline_forms import OfflineGiftForm, ProofForm, ReturnForm

Status = OfflineDonation.Status


@login_required
@never_cache
@require_safe
def offline_gifts(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a promoter the gifts outside the site of a campaign: what counts, what waits, what has to go back."""
    campaign = _own_campaign(request, slug)
    gifts = campaign.offline_donations.prefetch_related("returns").select_related("evidence")
    live = Q(status=Status.VERIFIED)
    totals = gifts.aggregate(
        counted=Sum("counted_cents", default=0),
        uncounted=Sum("uncounted_cents", default=0),
        waiting=Sum("amount_cents", filter=Q(status=Status.ENTERED), default=0),
        owed=Sum("verified_cents", filter=Q(status=Status.RETURN_DUE), default=0),
        verified=Sum("verified_cents", filter=live, default=0),
    )
    context = {
        "campaign": campaign,
        "gifts": gifts,
        "totals": totals,
        "most_cents": rules.offline_limit_cents(campaign.threshold_cents, campaign.call.offline_share_bp),
        "may_enter": campaign.is_open(timezone.now()),
        "may_write": _may_write(request, campaign),
    }
    return render(request, "donations/offline_gifts.html", context)


@login_required
@never_cache
@at_most("UPLOAD_LIMITS", on=SENDING)
def offline_gift_enter(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a promoter for a gift that reached its bank; a file that has arrived is kept whatever is wrong elsewhere."""
    campaign = _written_campaign(request, slug)
    now = timezone.now()
    if not campaign.is_open(now):
        messages.error(request, _("The campaign takes no gifts now, so none can be entered."))
        return redirect("donations:offline_gifts", slug)
    form = OfflineGiftForm(
        request.POST or None,
        request.FILES or None,
        campaign=campaign,
        days=services.received_days(campaign, now),
        language=get_language() or "it",
        kept=_kept(request, campaign),
    )
    if request.method == "POST" and _was_entered(request, campaign):
        messages.info(request, _("This gift has been entered already."))
        return redirect("donations:offline_gifts", slug)
    if request.method == "POST" and _is_complete(request, form, campaign):
        _enter(request, form, campaign)
        return redirect("donations:offline_gifts", slug)
    context = {"campaign": campaign, "form": form}
    return render(request, "donations/offline_gift_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def offline_gift_withdraw(request: HttpRequest, slug: str, public_id: uuid.UUID) -> HttpResponse:
    """Take back a gift no officer has decided about."""
    campaign = _written_campaign(request, slug)
    gift = get_object_or_404(campaign.offline_donations, public_id=public_id)
    try:
        services.withdraw_offline_donation(gift=gift, by=request.user, now=timezone.now())
    except WrongState:
        messages.error(request, _("An officer has decided about this gift already."))
    else:
        messages.success(request, _("The gift is withdrawn: nobody verifies it any more."))
    return redirect("donations:offline_gifts", slug)


@login_required
@never_cache
@at_most("UPLOAD_LIMITS", on=SENDING)
def offline_return(request: HttpRequest, slug: str, public_id: uuid.UUID) -> HttpResponse:
    """Ask a promoter for the proof that a gift was given back."""
    campaign = _written_campaign(request, slug)
    gift = get_object_or_404(campaign.offline_donations.prefetch_related("returns"), public_id=public_id)
    if gift.status != Status.RETURN_DUE or gift.proof_given:
        messages.info(request, _("Nothing is asked of you for this gift now."))
        return redirect("donations:offline_gifts", slug)
    form = ReturnForm(
        request.POST or None,
        request.FILES or None,
        gift=gift,
        today=timezone.localdate(),
        kept=_kept(request, campaign),
    )
    if request.method == "POST" and _is_complete(request, form, campaign):
        try:
            services.give_return_proof(
                gift=gift,
                returned_on=form.cleaned_data["returned_on"],
                evidence=form.kept,
                today=timezone.localdate(),
                by=request.user,
                now=timezone.now(),
            )
        except (WrongState, services.EvidenceUnusable):
            messages.info(request, _("This proof has been sent already."))
        else:
            messages.success(request, _("Thank you: an officer checks the proof."))
        return redirect("donations:offline_gifts", slug)
    context = {"campaign": campaign, "gift": gift, "form": form}
    return render(request, "donations/offline_return.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def evidence(request: HttpRequest, public_id: uuid.UUID) -> FileResponse:
    """Give out a proof of payment to the members of its body and to officers who may see gifts; to others 404."""
    found = Evidence.objects.select_related("campaign")
    is_officer = request.user.is_staff and request.user.has_perm("donations.view_offlinedonation")
    if not is_officer:
        found = found.filter(campaign__in=Campaign.objects.of(request.user))
    proof = get_object_or_404(found, public_id=public_id)
    return give_out(proof.file, name=f"prova-{proof.public_id}.{proof.kind}", kind=proof.kind)


def _own_campaign(request: HttpRequest, slug: str) -> Campaign:
    """Return a campaign of a body the person acts for, in a call with gifts outside the site, or answer 404."""
    campaigns = Campaign.objects.of(request.user).filter(opened_at__isnull=False).with_story()
    return get_object_or_404(campaigns, slug=slug, application__call__offline_share_bp__gt=0)


def _written_campaign(request: HttpRequest, slug: str) -> Campaign:
    """Return such a campaign to whoever may write in its body's name; answer 403 to a reader."""
    campaign = _own_campaign(request, slug)
    if not _may_write(request, campaign):
        raise PermissionDenied
    return campaign


def _may_write(request: HttpRequest, campaign: Campaign) -> bool:
    """Say whether the person does not merely read the body's papers."""
    return Campaign.objects.writable_by(request.user).filter(pk=campaign.pk).exists()


def _enter(request: HttpRequest, form: OfflineGiftForm, campaign: Campaign) -> None:
    """Enter the gift a complete form asks for, and say what became of it."""
    try:
        services.enter_offline_donation(
            campaign=campaign,
            gift=form.said(),
            evidence=form.kept,
            by=request.user,
            now=timezone.now(),
            public_id=form.cleaned_data["form_token"],
        )
    except (services.EvidenceUnusable, services.FormOfAnother):
        messages.info(request, _("This gift has been entered already."))
    except (services.CampaignNotOpen, services.ReceivedOutside):
        messages.error(request, _("The campaign takes no gifts now, so none can be entered."))
    else:
        messages.success(request, _("Entered: it counts as soon as an officer has verified it."))


def _was_entered(request: HttpRequest, campaign: Campaign) -> bool:
    """Say whether this very form has made a gift already, after the back button or a second click."""
    token = _uuid(request.POST.get("form_token", ""))
    return token is not None and campaign.offline_donations.filter(public_id=token).exists()


def _uuid(text: str) -> uuid.UUID | None:
    """Return what a form sent as a number of its own, if it is one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _kept(request: HttpRequest, campaign: Campaign) -> Evidence | None:
    """Return the file that has arrived with an earlier try of this form, if it is the person's own and unused."""
    kept = _uuid(request.POST.get("kept", ""))
    mine = Evidence.objects.unused().filter(campaign=campaign, kept_by=request.user)
    return mine.filter(public_id=kept).first() if kept else None


def _is_complete(request: HttpRequest, form: ProofForm, campaign: Campaign) -> bool:
    """Keep a file that has arrived, even when something else is wrong, and say whether nothing is."""
    complete = form.is_valid()
    if form.upload:
        try:
            kept = services.keep_evidence(
                campaign=campaign, upload=form.upload, by=request.user, now=timezone.now()
            )
        except services.EvidenceUnusable as refusal:
            form.add_error("evidence", str(refusal))
            return False
        form.keep(kept)
    return complete
