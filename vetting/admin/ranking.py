"""The desk's pages of rankings: windows to rank, and each version with its places, its differences and its input."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    after,
    day_column,
    everything,
    moment_column,
    row_link,
    status_column,
)
from vetting import services
from vetting.admin import ranking_steps
from vetting.admin.ranking_money import who_left
from vetting.models import RankedSession, Ranking, ReviewRequest, Round
from vetting.places import changes_between, entries_of, version_before
from vetting.services.ranking_input import outcome_counts

COLOURS = {"proposed": "warning", "published": "success", "dropped": "default"}


def to_rank(rows: Any, now: Any) -> Any:
    """Keep the windows whose committee is done and that have no ranking yet."""
    rounds = Round.objects.filter(Q(session=None) | Q(session=OuterRef("pk")), call=OuterRef("call"))
    done = Exists(rounds.filter(closed_at__isnull=False))
    return rows.filter(done).exclude(Exists(versions())).exclude(Exists(rounds.under_way()))


def to_make_final(rows: Any, now: Any) -> Any:
    """Keep the windows whose provisional ranking nobody may ask to review any more."""
    asked = ReviewRequest.objects.pending().filter(entry__ranking__session=OuterRef("pk"))
    over = versions().filter(kind="provisional", reviews_until__lte=now)
    open_still = versions().filter(reviews_until__gt=now)
    final = versions().exclude(kind="provisional")
    return rows.filter(Exists(over)).exclude(Exists(open_still)).exclude(Exists(final)).exclude(Exists(asked))


def why_waits(session: RankedSession, holds: Ranking | None) -> str:
    """Return what the next kind of ranking of a window waits for, as a code; nothing when it is due or done."""
    if holds and not holds.is_provisional:
        return ""
    kind = Ranking.Kind.FINAL if holds else Ranking.Kind.PROVISIONAL
    return services.why_not_due(session, kind, timezone.now())


def versions() -> Any:
    """Return the published versions of a window in a query about windows."""
    return Ranking.objects.published().filter(session=OuterRef("pk"))


@admin.register(RankedSession)
class RankedSessionAdmin(ReadOnlyAdmin):
    """Rank the applications of a window, and move the list up."""

    steps = {
        "provisional": ranking_steps.ProposeProvisionalStep,
        "final": ranking_steps.ProposeFinalStep,
        "move_up": ranking_steps.MoveUpStep,
        "close_reserve": ranking_steps.CloseReserveStep,
    }
    actions_detail = tuple(steps)
    list_display = ("window", "closes_day", "filed", "version")
    list_filter = (("call", admin.RelatedOnlyFieldListFilter),)
    ordering = ("-closes_at",)
    change_form_before_template = "admin/vetting/session.html"
    fieldsets = ((_("Dates"), {"fields": (("opens_shown", "closes_shown"),)}),)
    queues = (
        Queue(
            "to_rank",
            _("To rank"),
            to_rank,
            _("No window waits for its ranking: it can be ranked when its committee is done."),
            waits=_("Windows to rank"),
            icon="leaderboard",
        ),
        Queue(
            "to_make_final",
            _("To make final"),
            to_make_final,
            _("No provisional ranking waits: each has its days for reviews first."),
            waits=_("Rankings to make final"),
            icon="verified",
        ),
        everything(pgettext_lazy("feminine", "All"), _("There is no application window yet.")),
    )
    closes_day = day_column("closes_at", _("closes at"))
    opens_shown = moment_column("opens_at", _("opens at"))
    closes_shown = moment_column("closes_at", _("closes at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out the windows of drafts; count what was handed in."""
        rows = super().get_queryset(request).filter(call__status="published").select_related("call", "fund")
        return rows.annotate(
            filed_count=Count("applications", filter=~Q(applications__status="withdrawn")),
            version_number=Subquery(versions().values("number")[:1]),
            version_kind=Subquery(versions().values("kind")[:1]),
        )

    def has_propose_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may add rankings to propose one."""
        return request.user.has_perm("vetting.add_ranking")

    @display(description=_("window"), header=True)
    def window(self, session: RankedSession) -> list[str]:
        """Show the call over the number of the window."""
        return [str(session.call), str(session.number)]

    @display(description=_("applications"), ordering="filed_count")
    def filed(self, session: Any) -> int:
        """Count what was handed in."""
        return int(session.filed_count)

    @display(description=_("version that holds"), empty_value="–")
    def version(self, session: Any) -> str | None:
        """Name the version that holds."""
        if session.version_number is None:
            return None
        return f"{session.version_number} · {Ranking.Kind(session.version_kind).label}"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show where the ranking of a window stands."""
        session = self.get_object(request, object_id)
        told: dict[str, Any] = {}
        if session:
            holds = Ranking.objects.latest_of(session)
            told = {
                "session": session,
                "holds": holds,
                "entries": entries_of(holds) if holds else [],
                "versions": Ranking.objects.filter(session=session).select_related(
                    "proposed_by", "decided_by"
                ),
                "reviews": ReviewRequest.objects.filter(entry__ranking__session=session).select_related(
                    "entry__application"
                ),
                "left": who_left(session),
                "waits_for": ranking_steps.NOT_DUE.get(why_waits(session, holds), ""),
                "rounds": Round.objects.overlapping(session.call, session),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    @action(
        description=_("Provisional ranking…"),
        permissions=["propose"],
        icon="leaderboard",
        variant=ActionVariant.PRIMARY,
    )
    def provisional(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Propose the provisional ranking."""
        return self.steps["provisional"].take(self, request, object_id)

    @action(
        description=_("Final ranking…"),
        permissions=["propose"],
        icon="verified",
        variant=ActionVariant.PRIMARY,
    )
    def final(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Propose the final ranking."""
        return self.steps["final"].take(self, request, object_id)

    @action(description=_("Move the list up…"), url_path="move-up", permissions=["propose"], icon="move_up")
    def move_up(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Propose that places move up."""
        return self.steps["move_up"].take(self, request, object_id)

    @action(
        description=_("Close the reserve list…"),
        url_path="close-reserve",
        permissions=["propose"],
        icon="playlist_remove",
        variant=ActionVariant.DANGER,
    )
    def close_reserve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Propose to end the reserve list."""
        return self.steps["close_reserve"].take(self, request, object_id)


@admin.register(Ranking)
class RankingAdmin(ReadOnlyAdmin):
    """Read each version of a ranking with its places and its input, and publish it as the second officer."""

    steps = {"publish": ranking_steps.PublishStep, "drop": ranking_steps.DropRankingStep}
    actions_detail = tuple(steps)
    list_display = ("window", "number", "kind", "proposed_shown", "proposed_by", "state")
    list_filter = (("session__call", admin.RelatedOnlyFieldListFilter), "kind")
    change_form_before_template = "admin/vetting/ranking.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("window_link", "kind"),
                    "reason",
                    ("proposed_shown", "proposed_by"),
                    ("decided_shown", "decided_by"),
                    "drop_reason",
                    "sha256",
                )
            },
        ),
    )
    queues = (
        Queue(
            "waiting",
            _("Waiting for a second person"),
            lambda rows, now: rows.waiting(),
            _("No ranking waits for a second person."),
            waits=_("Rankings to publish"),
            icon="publish",
            due=after("proposed_at", days=3),
            not_for="proposed_by",
        ),
        Queue(
            "published", _("Published"), lambda rows, now: rows.published(), _("No ranking is public yet.")
        ),
        everything(pgettext_lazy("feminine", "All"), _("Nobody has proposed a ranking.")),
    )
    proposed_shown = moment_column("proposed_at", _("proposed at"))
    decided_shown = moment_column("decided_at", _("decided at"))
    state = status_column("status", _("state"), COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch windows and people."""
        rows = super().get_queryset(request)
        return rows.select_related("session__call", "session__fund", "proposed_by", "decided_by")

    def get_urls(self) -> list[Any]:
        """Add the download of the input."""
        download = self.admin_site.admin_view(self.download)
        return [path("<int:pk>/input.csv", download, name="vetting_ranking_input"), *super().get_urls()]

    def has_second_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change rankings to publish and to drop them."""
        return request.user.has_perm(services.PUBLISH_RIGHT)

    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the input of a version, published or not, to whoever may see it at the desk."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        ranking = self.get_object(request, str(pk))
        if ranking is None:
            raise Http404
        headers = {"Content-Disposition": f'attachment; filename="ranking-{ranking.pk}-input.csv"'}
        return HttpResponse(ranking.input_csv, content_type="text/csv; charset=utf-8", headers=headers)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show the places of a version and what it changes."""
        ranking = self.get_object(request, object_id)
        told: dict[str, Any] = {}
        if ranking:
            entries, before = entries_of(ranking), version_before(ranking)
            told = {
                "ranking": ranking,
                "entries": entries,
                "counts": outcome_counts(entries),
                "before": before,
                "changes": changes_between(entries_of(before), entries) if before else [],
                "input_url": reverse("admin:vetting_ranking_input", args=[ranking.pk]),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    @display(description=_("window"))
    def window(self, ranking: Ranking) -> str:
        """Name the call and the window."""
        return str(ranking.session)

    @display(description=_("window"))
    def window_link(self, ranking: Ranking) -> str:
        """Lead to the window."""
        session = RankedSession(pk=ranking.session_id)
        return row_link(session, str(ranking.session))

    @action(description=_("Publish…"), permissions=["second"], icon="publish", variant=ActionVariant.PRIMARY)
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Publish a version."""
        return self.steps["publish"].take(self, request, object_id)

    @action(description=_("Drop…"), permissions=["second"], icon="undo")
    def drop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Drop a version."""
        return self.steps["drop"].take(self, request, object_id)
