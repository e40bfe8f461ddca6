"""A member's own files: the list, the declaration that opens one, the whole file beside its score sheet."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from unfold.decorators import display

from civicfund.desk import Queue, ReadOnlyAdmin, everything
from civicfund.desk.own import belongs_to_promoter
from civicfund.templatetags.clock import by_when
from vetting import services
from vetting.admin.declaration import DeclarationForm
from vetting.admin.sheet_page import answer_sheet, sheet_page
from vetting.conflicts import conflicts_between
from vetting.models import Assignment, ConflictMatch, MyFile
from vetting.papers import shown_inline

Progress = Assignment.Progress
COLOURS = {
    "to_declare": "warning",
    "to_score": "warning",
    "draft": "info",
    "to_confirm": "danger",
    "final": "success",
    "removed": "default",
}
#: In this order a member goes through the files, those that wait first.
ORDER = ("round__due_at", "application__submitted_at", "application_id")


@admin.register(MyFile)
class MyFileAdmin(ReadOnlyAdmin):
    """Show everybody only the own files, those that wait first, and lead from each to the next."""

    list_display = ("project", "protocol", "due_shown", "state")
    list_filter = (("round", admin.RelatedOnlyFieldListFilter),)
    search_fields = (
        "application__title",
        "application__protocol_number",
        "=application__organization__legal_name",
    )
    search_help_text = _("Protocol number, title, organization")
    ordering = ORDER
    queues = (
        Queue(
            "to_judge",
            _("To judge"),
            lambda rows, now: rows.to_judge().filter(round__closed_at=None).exclude(progress=Progress.FINAL),
            _("No application waits for your sheet."),
            waits=_("Applications to judge"),
            icon="rate_review",
            right="vetting.score_application",
            due="round__due_at",
        ),
        Queue(
            "final",
            _("Final sheets"),
            lambda rows, now: rows.active().filter(progress=Progress.FINAL),
            _("You have made no sheet final yet."),
        ),
        Queue(
            "removed",
            _("Taken away"),
            lambda rows, now: rows.exclude(removed_at=None),
            _("No application was taken away from you."),
        ),
        everything(pgettext_lazy("masculine", "All"), _("No application is assigned to you.")),
    )

    def has_view_permission(self, request: HttpRequest, obj: MyFile | None = None) -> bool:
        """Allow whoever may score applications; the rows are only ever the own ones."""
        return request.user.has_perm("vetting.score_application")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Allow the same."""
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Keep the own files, with how far each is."""
        rows = MyFile.objects.of(request.user).with_progress()
        return rows.select_related(
            "round__call", "round__session", "application__organization", "application__call", "member__user"
        ).order_by(*ORDER)

    def get_urls(self) -> list[Any]:
        """Add the pages of a file."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/declare/", wrap(self.declare_view), name="vetting_myfile_declare"),
            path("<int:pk>/file/", wrap(self.file_view), name="vetting_myfile_file"),
            path(
                "<int:pk>/document/<uuid:document>/",
                wrap(xframe_options_sameorigin(self.document_view)),
                name="vetting_myfile_document",
            ),
            *super().get_urls(),
        ]

    @display(description=_("project"), header=True, ordering="application__title")
    def project(self, row: MyFile) -> list[str]:
        """Show the title over the name of the body."""
        return [row.application.title, row.application.organization.legal_name]

    @display(description=_("protocol number"), ordering="application__protocol_number")
    def protocol(self, row: MyFile) -> str:
        """Show the number the application was handed in under."""
        return row.application.protocol_number or ""

    @display(description=_("sheet due"), ordering="round__due_at")
    def due_shown(self, row: MyFile) -> str:
        """Show until when the sheet may come."""
        return by_when(row.round.due_at)

    @display(description=_("state"), label=COLOURS)
    def state(self, row: Any) -> tuple[str, str]:
        """Show how far the file is."""
        return row.progress, str(Progress(row.progress).label)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Open the file instead of a page of fields."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None or not row.is_active:
            if row is not None:
                messages.info(request, _gone(row))
            return redirect("admin:vetting_myfile_changelist")
        return redirect("admin:vetting_myfile_file", row.pk)

    def declare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask about conflicts of interest before the file opens."""
        row = self.own_file(request, pk)
        if hasattr(row, "declaration"):
            return redirect("admin:vetting_myfile_file", row.pk)
        form = DeclarationForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self.declared(request, row, form)
        warnings = [match for match in conflicts_between(row.member, row.application) if match.is_warning]
        kinds = ConflictMatch.Kind
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Conflict of interest"),
            "opts": self.opts,
            "row": row,
            "form": form,
            "partners": row.application.partners.present(),
            "warnings": [f"{kinds(match.kind).label}: {match.detail}" for match in warnings],
        }
        return TemplateResponse(request, "admin/vetting/declare.html", context)

    def declared(self, request: HttpRequest, row: MyFile, form: DeclarationForm) -> HttpResponse:
        """Keep the declaration and say what follows from it."""
        try:
            after = services.declare(
                assignment=row,
                answer=form.cleaned_data["answer"],
                text=form.cleaned_data["text"],
                by=request.user,
                now=timezone.now(),
            )
        except (services.AssignmentGone, services.AlreadyDeclared, services.RoundClosed):
            messages.error(request, gettext("This file has moved on meanwhile."))
            return redirect("admin:vetting_myfile_changelist")
        if after.is_active:
            return redirect("admin:vetting_myfile_file", row.pk)
        messages.warning(request, _gone(after))
        return redirect("admin:vetting_myfile_changelist")

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the whole file beside the score sheet, or keep what was typed into it."""
        row = self.own_file(request, pk)
        if belongs_to_promoter(request.user, row):
            messages.error(
                request,
                gettext(
                    "You belong to the organization meanwhile: tell the office, somebody else takes over."
                ),
            )
            return redirect("admin:vetting_myfile_changelist")
        try:
            services.open_file(assignment=row, by=request.user, now=timezone.now())
        except services.NotDeclared:
            return redirect("admin:vetting_myfile_declare", row.pk)
        if request.method == "POST":
            return answer_sheet(self, request, row)
        return sheet_page(self, request, row)

    def document_view(self, request: HttpRequest, pk: int, document: Any) -> FileResponse:
        """Show a document of a file that is open to its member, in its own frame."""
        row = self.own_file(request, pk)
        if not row.is_declared or belongs_to_promoter(request.user, row):
            raise PermissionDenied
        attachment = get_object_or_404(row.application.attachments, public_id=document)
        return shown_inline(attachment)

    def own_file(self, request: HttpRequest, pk: int) -> MyFile:
        """Return an own file that was not taken away, or answer 404 or 403."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_queryset(request).filter(pk=pk).select_related("declaration").first()
        if row is None or not row.is_active:
            raise Http404
        return row  # type: ignore[no-any-return]

    def next_to(self, request: HttpRequest, row: MyFile) -> dict[str, str]:
        """Return the addresses of the files before and after one, and how many there are."""
        keys = list(self.get_queryset(request).active().filter(round=row.round).values_list("pk", flat=True))
        place = keys.index(row.pk)
        told = {"place": str(place + 1), "number": str(len(keys))}
        if place:
            told["previous"] = reverse("admin:vetting_myfile_file", args=[keys[place - 1]])
        if place + 1 < len(keys):
            told["next"] = reverse("admin:vetting_myfile_file", args=[keys[place + 1]])
        return told


def _gone(row: Assignment) -> str:
    """Say why a file is not one's own any more."""
    return gettext(
        "“%(title)s” is not yours to judge any more: %(reason)s. It is recorded, and somebody else takes over."
    ) % {
        "title": row.application.title,
        "reason": row.get_removal_reason_display(),
    }
