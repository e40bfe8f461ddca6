"""Who follows a campaign or a borough: asked for by anybody, confirmed by mail, ended by one press."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.services import queue_mail
from campaigns.models import Campaign, CampaignUpdate, Follow
from campaigns.models.follow import STOPPED


class TooManyAsked(Exception):
    """Say that an address has been asked to confirm too often today."""


@transaction.atomic
def ask_to_follow(
    *,
    email: str,
    language: str,
    now: datetime,
    campaign: Campaign | None = None,
    borough: int | None = None,
    wish: str = Follow.Wish.NEWS,
) -> None:
    """Write down a wish and mail its link to the address; who hears as much already gets no mail.

    Who hears only the result and now asks for all news gets a mail whose page raises the wish: only the owner of the address
    changes what was confirmed. Whoever asks learns nothing about the address: the answer is the same in every case. Raise
    TooManyAsked after five mails in a day.
    """
    email = email.strip().lower()
    follow = (
        Follow.objects.select_for_update().filter(email=email, campaign=campaign, borough=borough).first()
    )
    if follow and follow.status == Follow.Status.CONFIRMED:
        if follow.wish == Follow.Wish.RESULT and wish == Follow.Wish.NEWS:
            _tell(follow, "follow_more", f"follow:{follow.pk}:more:{now:%Y%m%d}", follow.confirm_url, now)
        return
    asked = Follow.objects.filter(email=email, asked_at__gt=now - timedelta(days=1))
    if asked.count() >= Follow.MOST_ASKED_A_DAY:
        raise TooManyAsked(email)
    if follow is None:
        # The same form sent twice at once makes one row.
        rows = Follow.objects.select_for_update()
        follow, _made = rows.get_or_create(
            email=email,
            campaign=campaign,
            borough=borough,
            defaults={"wish": wish, "language": language, "asked_at": now, "told_until": now},
        )
    follow.wish, follow.language, follow.asked_at, follow.told_until = wish, language, now, now
    follow.save()
    # One mail an hour, however often the form is sent.
    _tell(follow, "follow_confirm", f"follow:{follow.pk}:confirm:{now:%Y%m%d%H}", follow.confirm_url, now)


@transaction.atomic
def confirm_follow(*, follow: Follow, now: datetime) -> Follow:
    """Take up the mails; a repetition changes nothing."""
    follow = Follow.objects.select_for_update().get(pk=follow.pk)
    if follow.status == Follow.Status.ASKED:
        follow.status, follow.confirmed_at, follow.told_until = Follow.Status.CONFIRMED, now, now
        if follow.campaign and follow.campaign.settled_at:
            # Whoever comes after the outcome knows it.
            follow.result_told_at = now
        follow.save(update_fields=["status", "confirmed_at", "told_until", "result_told_at"])
    return follow


@transaction.atomic
def choose_wish(*, follow: Follow, wish: str, now: datetime) -> Follow:
    """Change what a follower of a campaign hears, at the wish of the address's owner; what was told before stays told.

    A repetition changes nothing.
    """
    follow = Follow.objects.select_for_update().get(pk=follow.pk)
    if follow.status == Follow.Status.CONFIRMED and follow.campaign_id and follow.wish != wish:
        # News begin from now on: what was published meanwhile was not wished for.
        follow.wish, follow.told_until = wish, now
        follow.save(update_fields=["wish", "told_until"])
    return follow


def end_follow(*, follow: Follow) -> None:
    """Forget who followed: nothing is kept of it."""
    Follow.objects.filter(pk=follow.pk).delete()


@transaction.atomic
def remind_of_closing(*, follow: Follow, now: datetime) -> None:
    """Write once, shortly before the deadline."""
    unreminded = Follow.objects.filter(pk=follow.pk, reminded_at=None)
    if unreminded.update(reminded_at=now, mailed_at=now):
        _tell_news(follow, "follow_closing", f"follow:{follow.pk}:closing", now)


@transaction.atomic
def tell_updates(*, follow: Follow, now: datetime) -> None:
    """Write in one mail, at most one a day, what the promoter has published since the follower was last told."""
    rows = Follow.objects.at_rest(now).select_for_update(of=("self",)).filter(pk=follow.pk)
    held = rows.select_related("campaign__application__call").first()
    if held is None or held.campaign is None or held.campaign.status in STOPPED:
        return
    news = list(held.campaign.updates.to_tell(now).filter(published_at__gt=held.told_until))
    if not news:
        return
    _tell_news(held, "follow_updates", f"follow:{held.pk}:updates:{news[-1].pk}", now, news=news)
    held.told_until, held.mailed_at = news[-1].published_at, now
    held.save(update_fields=["told_until", "mailed_at"])


@transaction.atomic
def tell_result(*, follow: Follow, now: datetime) -> None:
    """Write how it ended; only who follows the news of a project that goes on is kept."""
    untold = Follow.objects.filter(pk=follow.pk, result_told_at=None)
    if follow.hears_on:
        claimed = untold.update(result_told_at=now)
    else:
        claimed, _rows = untold.delete()
    if claimed:
        _tell_news(follow, "follow_result", f"follow:{follow.pk}:result", now)


@transaction.atomic
def tell_openings(*, follow: Follow, now: datetime) -> None:
    """Write of each campaign that has opened in a borough since the follower was last told."""
    follow = Follow.objects.select_for_update().get(pk=follow.pk)
    opened = Campaign.objects.public().filter(
        application__borough=follow.borough, opened_at__gt=follow.told_until
    )
    for campaign in opened.with_story().order_by("opened_at"):
        _tell_news(follow, "follow_opened", f"follow:{follow.pk}:opened:{campaign.pk}", now, campaign)
        follow.told_until = campaign.opened_at
    follow.save(update_fields=["told_until"])


def _tell_news(
    follow: Follow,
    template: str,
    key: str,
    now: datetime,
    campaign: Campaign | None = None,
    news: list[CampaignUpdate] | None = None,
) -> None:
    """Write a mail that carries the way to end it."""
    _tell(follow, template, key, follow.end_url, now, campaign, news)


def _tell(
    follow: Follow,
    template: str,
    key: str,
    link: str,
    now: datetime,
    campaign: Campaign | None = None,
    news: list[CampaignUpdate] | None = None,
) -> None:
    """Write a mail to a follower."""
    campaign = campaign or follow.campaign
    queue_mail(
        key=key,
        # A confirmation is never held back: nothing of a call's money is told in it.
        topic=campaign.call.mail_topic if campaign and link == follow.end_url else "",
        recipient=follow.email,
        template=template,
        context={
            "follow": follow,
            "campaign": campaign,
            "raised_cents": campaign.outcome_raised_cents if campaign else None,
            "link": link,
            "news": news,
        },
        language=follow.language,
        now=now,
        unsubscribe_url=follow.end_url if link == follow.end_url else "",
    )
