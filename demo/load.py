"""Fill an empty platform with the demo's story: `python -m demo.load`, run once while the local Stripe is up.

Nothing is written past the services: people apply, officers decide, citizens pay at the local Stripe, deadlines pass,
in the order of time and with the time of the story.
"""

import os
import sys
from datetime import datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
django.setup()

# The models can be imported only now.
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from calls.management.commands.load_editions import EDITIONS, load_edition  # noqa: E402
from civicfund.trail.context import program  # noqa: E402
from demo import committee, lives, questions, rankings, voices  # noqa: E402
from demo.cast import create_people  # noqa: E402
from demo.history import History  # noqa: E402
from demo.twin_control import STORY_BEGINS, TwinControl  # noqa: E402
from donations.models import Donation  # noqa: E402

#: How long the local Stripe may have been up, in seconds, before the story is told.
A_WHILE = 24 * 3600


def main() -> int:
    """Load the demo and check the books; return the exit code."""
    if not settings.STRIPE_API_BASE:
        print("Cards are invented here: set STRIPE_API_BASE to the local Stripe.", file=sys.stderr)
        return 2
    twin = TwinControl(settings.STRIPE_API_BASE)
    if twin.now() > STORY_BEGINS.timestamp() + A_WHILE:
        print(f"Start the local Stripe anew with --start-at {STORY_BEGINS.isoformat()}.", file=sys.stderr)
        return 2
    with connection.cursor() as cursor:
        # A load that is interrupted starts over, so no step has to wait for the disk.
        cursor.execute("SET synchronous_commit TO off")
    with program("demo.load"):
        _tell_story(twin, timezone.now())
    call_command("audit")
    return 0


def _tell_story(twin: TwinControl, now: datetime) -> None:
    """Publish the calls and let everything happen that has happened before `now`."""
    # Every payment is read from Stripe right away, so its messages would only be repetitions.
    twin.order("webhooks", mode="drop")
    people = create_people()
    for path in sorted(EDITIONS.glob("*.toml")):
        load_edition(path.stem, by=people.officer, now=now)
    history = History(twin)
    for story in lives.stories():
        lives.tell(history, people, story, now)
    for story in lives.waiting_applications():
        lives.tell_waiting(history, people, story, now)
    questions.tell(history, people, now)
    voices.tell(history, people, now)
    committee.tell(history, people, now)
    rankings.tell(history, people, now)
    history.play(until=now)
    twin.reach(timezone.now())
    twin.order("webhooks", mode="deliver")
    print(f"{Donation.objects.count()} gifts, {history.steps_done} steps")


if __name__ == "__main__":
    sys.exit(main())
