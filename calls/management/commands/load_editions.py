import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import OrgKind, User
from calls.models import Call, PartnerConsent
from calls.models.merit import FundFill, Rounding, TieRule
from calls.services import draft_call, publish_call, record_outcome

EDITIONS = Path(__file__).resolve().parents[2] / "editions"
#: Columns written in the files by the names of their choices.
CHOICES = {
    "funding_mode": Call.FundingMode,
    "reservation_mode": Call.ReservationMode,
    "partial_policy": Call.PartialPolicy,
    "count_basis": Call.CountBasis,
    "settlement_policy": Call.SettlementPolicy,
    "partner_letter": PartnerConsent,
    "ranking_rounding": Rounding,
    "fund_fill": FundFill,
}


class Command(BaseCommand):
    """Publish the editions described in calls/editions/, each through the same service as an officer's call.

    An edition that is there already is left alone.
    """

    help = "Publish Milan's editions of 2015 to 2024 and one of 60/40, with their published outcomes."

    def add_arguments(self, parser: Any) -> None:
        """Take the officer who publishes."""
        parser.add_argument("--by", help="e-mail of the officer who publishes", required=True)
        parser.add_argument("--only", nargs="*", help="names of the files without .toml; all when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish each edition that is missing."""
        officer = User.objects.filter(email__iexact=options["by"], is_staff=True).first()
        if officer is None:
            raise CommandError(
                f"{options['by']} is not an officer: create one with manage.py createsuperuser."
            )
        known = [path.stem for path in sorted(EDITIONS.glob("*.toml"))]
        wanted = options["only"] or known
        if not set(wanted) <= set(known):
            raise CommandError(f"--only takes these names: {', '.join(known)}.")
        for name in wanted:
            call = load_edition(name, by=officer, now=timezone.now())
            self.stdout.write(f"{name}: {call} is published")


@transaction.atomic
def load_edition(name: str, *, by: User, now: datetime) -> Call:
    """Publish one edition, at the instant its file gives, and return its call."""
    data = tomllib.loads((EDITIONS / f"{name}.toml").read_text())
    fields = data["call"]
    existing = Call.objects.filter(slug=fields["slug"]).first()
    if existing:
        return existing
    if "published_at" in fields:
        published_at = _local(fields.pop("published_at"))
    else:
        published_at = now + timedelta(days=fields.pop("published_in_days"))
    if "questions_in_days" in fields:
        fields["questions_until"] = _in_days(now, fields.pop("questions_in_days"), hour=12)
    for column, choices in CHOICES.items():
        if column in fields:
            fields[column] = choices[fields[column]]
    fields["tie_rules"] = [TieRule[rule] for rule in fields["tie_rules"]]
    fields["eligible_kinds"] = [OrgKind[kind] for kind in fields["eligible_kinds"]]
    call = draft_call(
        now=published_at,
        sessions=[_session(session, now) for session in data["sessions"]],
        themes=[theme["name"] for theme in data["themes"]],
        criteria=data["criteria"],
        documents=data["documents"],
        declarations=data["declarations"],
        offers=data.get("offers", []),
        eligibility_questions=[one["text"] for one in data.get("eligibility_questions", [])],
        **fields,
    )
    call = publish_call(call=call, by=by, now=published_at)
    if "outcome" in data:
        record_outcome(call=call, **data["outcome"])
    return call


def _session(session: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return a window with its instants, given outright or counted in days from now."""
    window = {name: session[name] for name in ("number", "allocation_cents") if name in session}
    for edge in ("opens", "closes"):
        if f"{edge}_at" in session:
            window[f"{edge}_at"] = _local(session[f"{edge}_at"])
        else:
            window[f"{edge}_at"] = _in_days(now, session[f"{edge}_in_days"], hour=session[f"{edge}_at_hour"])
    return window


def _in_days(now: datetime, days: int, *, hour: int) -> datetime:
    """Return an hour of a day counted from the day of loading."""
    return _local(datetime.combine(timezone.localdate(now) + timedelta(days=days), time(hour)))


def _local(instant: datetime) -> datetime:
    """Return a local time of the city as an aware instant."""
    return instant.replace(tzinfo=timezone.get_default_timezone())
