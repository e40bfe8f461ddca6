"""Tell instants in words, in the city's time zone."""

from datetime import UTC, date, datetime, time, timedelta

from django import template
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, gettext, ngettext

register = template.Library()

#: States in which a campaign takes no more gifts, whatever its deadline says.
OVER = ("closing", "keeping", "succeeded", "failed", "refunded", "withdrawn")
TICK = timedelta(seconds=1)
MIDNIGHT = time(0)


def _words(moment: date, pattern: str) -> str:
    """Format a date or an aware datetime; Italian writes days and months in lower case."""
    there = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    text = format_date(there, pattern)
    return text.lower() if (get_language() or "it").startswith("it") else text


@register.filter
def day(moment: date | None) -> str:
    """Write a date, or that of an aware datetime: 14 March 2027."""
    return _words(moment, "j F Y") if moment else ""


@register.filter
def last_day(moment: datetime | None) -> str:
    """Write the last date that an exclusive end still includes."""
    return day(moment - TICK) if moment else ""


@register.filter
def moment(moment: datetime | None) -> str:
    """Write the date and time of an aware datetime: 14 March 2027, 12:00."""
    return _words(moment, "j F Y, H:i") if moment else ""


@register.filter
def to_the_second(moment: datetime | None) -> str:
    """Write an instant with its second: 14 March 2027, 12:00:03."""
    return _words(moment, "j F Y, H:i:s") if moment else ""


@register.filter
def machine_time(moment: datetime | None) -> str:
    """Write an instant for `<time datetime>`, which takes three digits of a second at most: its whole second is enough."""
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def _end(moment: datetime) -> dict[str, str]:
    """Return the time and date people read for an exclusive end: midnight is 23:59 of the day before."""
    midnight = timezone.localtime(moment).time() == MIDNIGHT
    shown = moment - TICK if midnight else moment
    return {"time": _words(shown, "H:i"), "date": _words(shown, "l j F Y")}


@register.filter
def until(moment: datetime | None) -> str:
    """Tell an exclusive end: until 23:59 on Friday 14 March 2027, until 12:00 on ..."""
    return gettext("until %(time)s on %(date)s") % _end(moment) if moment else ""


@register.filter
def by_when(moment: datetime | None) -> str:
    """Tell an exclusive end as what something has to happen by."""
    return gettext("by %(time)s on %(date)s") % _end(moment) if moment else ""


@register.filter
def days(number: int) -> str:
    """Write a number of days: 1 day, 10 days."""
    return ngettext("%(count)s day", "%(count)s days", number) % {"count": number}


def span(now: datetime, then: datetime) -> tuple[int, int, int]:
    """Return the days, hours and minutes from an instant to a later one, as a calendar of the city counts them.

    A day leads to the same time of the next day, also over the nights in which the clocks change.
    """
    here, there = timezone.localtime(now), timezone.localtime(then)
    days = (there.date() - here.date()).days
    if (here + timedelta(days=days)).astimezone(UTC) > then:
        days -= 1
    rest = then.astimezone(UTC) - (here + timedelta(days=days)).astimezone(UTC)
    # The hours of the night that sets clocks back come to 24 without a day.
    minutes = int(rest.total_seconds()) // 60
    return days, minutes // 60, minutes % 60


def _span_words(now: datetime, then: datetime) -> tuple[str, int]:
    """Return the two largest units that matter, in words, and the number that a verb agrees with."""
    days, hours, minutes = span(now, then)
    told = []
    # Hours matter in the last week, minutes on the last day.
    if days:
        told.append((days, ngettext("%(count)s day", "%(count)s days", days)))
    if hours and days < 7:
        told.append((hours, ngettext("%(count)s hour", "%(count)s hours", hours)))
    if minutes and not days:
        told.append((minutes, ngettext("%(count)s minute", "%(count)s minutes", minutes)))
    words = [pattern % {"count": count} for count, pattern in told]
    if len(words) == 2:
        return gettext("%(first)s and %(second)s") % {"first": words[0], "second": words[1]}, 2
    return (words[0], told[0][0]) if words else ("", 0)


@register.filter
def countdown(moment: datetime, now: datetime) -> str:
    """Tell how long is left until an exclusive end: 3 days and 4 hours left; nothing once it is over."""
    if moment <= now:
        return ""
    words, number = _span_words(now, moment)
    if not words:
        return gettext("less than a minute left")
    return ngettext("%(time)s left", "%(time)s left", number) % {"time": words}


@register.filter
def starts_in(moment: datetime, now: datetime) -> str:
    """Tell in how long something begins: in 3 days and 4 hours; nothing once it has begun."""
    if moment <= now:
        return ""
    words, _number = _span_words(now, moment)
    return gettext("in %(time)s") % {"time": words} if words else gettext("in less than a minute")


def _left(closes_at: datetime, now: datetime) -> str:
    """Count days while there are two, then hours, then minutes."""
    seconds = int((closes_at - now).total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600, max(1, seconds // 60)
    if days >= 2:
        return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}
    if hours >= 1:
        return ngettext("%(count)s hour left", "%(count)s hours left", hours) % {"count": hours}
    return ngettext("%(count)s minute left", "%(count)s minutes left", minutes) % {"count": minutes}


@register.filter
def time_left(campaign) -> str:
    """Tell how long a campaign still takes gifts, or when it opens, or that it is over, also before its deadline."""
    now = timezone.now()
    if campaign.opens_at and now < campaign.opens_at and campaign.status not in OVER:
        return gettext("opens on %(date)s") % {"date": day(campaign.opens_at)}
    if campaign.gifts_until and now < campaign.gifts_until and campaign.status not in OVER:
        return _left(campaign.gifts_until, now)
    return gettext("campaign over") if campaign.closes_at else ""
