"""Writing an application step by step, alone or with others, without losing a word."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

from accounts.models import Organization, User
from calls.models import (
    Activity,
    Application,
    BudgetLine,
    Call,
    Declaration,
    DeclarationText,
    OpeningStep,
    Presence,
    SavedStep,
    StepKey,
)
from calls.services.application import ApplicationClosed
from calls.services.desk_writing import admit_hand
from calls.services.support import write_requests

#: The columns each step writes.
COLUMNS = {
    "project": ("organization", "title", "summary", "theme", "campaign_text"),
    "place": ("borough", "place", "beneficiaries", "team"),
    "timeline": ("duration_months",),
    "budget": ("cofinancing",),
    "declarations": (),
}
#: The rows each step writes.
TABLES: dict[str, type[models.Model]] = {"timeline": Activity, "budget": BudgetLine}


class StaleStep(Exception):
    """Say that somebody else has saved the step meanwhile; nothing was overwritten."""

    def __init__(self, saved: SavedStep | OpeningStep) -> None:
        super().__init__(f"{saved.key} {saved.version}")
        self.saved = saved


def start_application(
    *, call: Call, organization: Organization, title: str, by: User, now: datetime
) -> Application:
    """Begin an application with no more than its title."""
    return Application.objects.create(
        call=call, organization=organization, title=title, author=by, created_at=now, updated_at=now
    )


@transaction.atomic
def save_step(
    *,
    application: Application,
    key: str,
    values: Mapping[str, Any],
    by: User,
    now: datetime,
    version: int | None = None,
    page: str = "",
    unfinished: Mapping[str, list[str]] | None = None,
) -> SavedStep:
    """Store what could be read of a step, and as it was typed what could not.

    `version` is the number the page was opened with; None saves whatever came between. The page that saved last may
    save again. Raise StaleStep when another page has saved meanwhile, MayOnlyRead, and ApplicationClosed once the
    application is submitted.
    """
    application = _locked_draft(application)
    saved, _created = SavedStep.objects.select_related("saved_by").get_or_create(
        application=application, key=key, defaults={"saved_at": now, "saved_by": by}
    )
    is_same_page = bool(page) and saved.page == page
    if version is not None and saved.version != version and not is_same_page:
        raise StaleStep(saved)
    admit_hand(application=application, step=StepKey(key), by=by, now=now)
    write_step(application, key, values, by, now)
    saved.version += 1
    saved.page = page
    saved.unfinished = dict(unfinished or {})
    saved.saved_at, saved.saved_by = now, by
    saved.save()
    Presence.objects.filter(application=application, user=by, key=key).update(overtaken={})
    return saved


def note_presence(*, application: Application, key: str, by: User, now: datetime) -> Presence:
    """Remember that a person has a step open, and return it; whoever was away for a while begins anew."""
    presence, _created = Presence.objects.get_or_create(
        application=application, user=by, key=key, defaults={"since": now, "seen_at": now}
    )
    if not presence.is_here(now):
        presence.since = now
    presence.seen_at = max(now, presence.since)
    presence.save(update_fields=["since", "seen_at"])
    return presence


@transaction.atomic
def keep_overtaken(
    *, application: Application, key: str, by: User, texts: Mapping[str, list[str]], now: datetime
) -> None:
    """Keep what a person typed while somebody else saved, until both texts are put together."""
    Presence.objects.update_or_create(
        application=application,
        user=by,
        key=key,
        defaults={"overtaken": dict(texts), "seen_at": now},
        create_defaults={"overtaken": dict(texts), "seen_at": now, "since": now},
    )


def _locked_draft(application: Application) -> Application:
    """Lock a draft."""
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if locked.status != Application.Status.DRAFT:
        raise ApplicationClosed(locked.public_id)
    return locked


def write_step(
    application: Application, key: str, values: Mapping[str, Any], by: User, now: datetime
) -> None:
    """Write columns and rows of a step of an application, locked by the caller; the cost follows the budget lines."""
    columns = [name for name in COLUMNS[key] if name in values]
    for name in columns:
        setattr(application, name, values[name])
    if "rows" in values:
        _replace_rows(application, TABLES[key], values["rows"])
        if key == "budget":
            application.cost_cents = sum(row["eligible_cents"] for row in values["rows"])
            columns.append("cost_cents")
    if "supported" in values:
        write_requests(application=application, supported=values["supported"])
    if "declared" in values:
        _declare(application, values["declared"], by, now)
    application.updated_at = now
    application.save(update_fields=[*columns, "updated_at"])


def _replace_rows(application: Application, model: type[models.Model], rows: list[Mapping[str, Any]]) -> None:
    """Write the rows of a table in their order."""
    model._default_manager.filter(application=application).delete()
    model._default_manager.bulk_create(
        model(application=application, position=position, **row) for position, row in enumerate(rows, 1)
    )


def _declare(application: Application, declared: Mapping[str, str], by: User, now: datetime) -> None:
    """Keep each declaration with its words, their version, its time and its person.

    One that is ticked already stays as it was made, unless the call says something else by now. A mark that stands for
    no words of the call declares nothing.
    """
    # One statement, so that words and version belong together while an amendment comes into force.
    asked = DeclarationText.objects.filter(call=application.call_id).select_related("call")
    texts = {text.key: text for text in asked}
    made = Declaration.objects.filter(application=application)
    stands = {one.key for one in made if one.key in texts and texts[one.key].says(one.text)}
    made.exclude(key__in=stands & set(declared)).delete()
    Declaration.objects.bulk_create(
        Declaration(
            application=application,
            key=key,
            title=wording.title,
            text=wording.text,
            call_version=texts[key].call.version,
            made_at=now,
            made_by=by,
        )
        for key, mark in declared.items()
        if key in texts and key not in stands and (wording := texts[key].wording_of(mark))
    )
