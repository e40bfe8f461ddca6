from typing import Any

from django.contrib import admin
from django.contrib.admin.options import VERTICAL
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, pgettext
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from accounts.models import OrgKind
from calls import services
from calls.admin.amendment import AmendmentInline
from calls.admin.amendment_steps import AmendStep
from calls.admin.faq import FaqInline
from calls.admin.parts import (
    CriterionInline,
    DeclarationInline,
    DocumentInline,
    EligibilityQuestionInline,
    SessionInline,
    ThemeInline,
)
from calls.admin.publish import PublishStep
from calls.admin.rule_check import check_of_call, check_of_input
from calls.admin.sections import PUBLICATION, READ, TYPED
from calls.admin.stop import StopInline
from calls.admin.stop_steps import SwitchOffStep
from calls.admin.support import SupportInline
from calls.admin.tabs import tabs_of
from calls.admin_forms import CallDeskForm
from calls.models import Call
from calls.views.call import call_page
from civicfund.desk import (
    DeskAdmin,
    Queue,
    euro_column,
    moment_column,
    percent_column,
    row_link,
    status_column,
)
from civicfund.templatetags.markdown import markdown

DRAFT = Call.Status.DRAFT


@admin.register(Call)
class CallAdmin(DeskAdmin):
    """Write calls, publish them, read them."""

    class Media:
        js = ("admin/desk_tabs.js",)

    form = CallDeskForm
    inlines = (
        SessionInline,
        ThemeInline,
        EligibilityQuestionInline,
        CriterionInline,
        DocumentInline,
        DeclarationInline,
        SupportInline,
        FaqInline,
        AmendmentInline,
        StopInline,
    )
    steps = {"publish": PublishStep, "amend": AmendStep, "switch_off": SwitchOffStep}
    actions_detail = ("publish", "amend", "switch_off", "preview")
    list_display = (
        "title",
        "edition",
        "state",
        "threshold_shown",
        "cap_euro",
        "fund_euro",
        "published_shown",
    )
    search_fields = ("title", "edition", "slug")
    search_help_text = gettext_lazy("Title or edition")
    radio_fields = {
        "count_basis": VERTICAL,
        "reservation_mode": VERTICAL,
        "partial_policy": VERTICAL,
        "funding_mode": VERTICAL,
        "settlement_policy": VERTICAL,
    }
    prepopulated_fields = {"slug": ("title", "edition")}
    warn_unsaved_form = True
    queues = (
        Queue(
            "all",
            gettext_lazy("All"),
            lambda rows, now: rows,
            gettext_lazy("There is no call yet: write the first one with the button above."),
        ),
        Queue(
            "drafts",
            gettext_lazy("Drafts"),
            lambda rows, now: rows.filter(status=DRAFT),
            gettext_lazy("No call is being written."),
        ),
        Queue(
            "published",
            gettext_lazy("Published"),
            lambda rows, now: rows.published(),
            gettext_lazy("No call is published."),
        ),
    )
    state = status_column("status", gettext_lazy("state"), {"draft": "warning", "published": "success"})
    threshold_shown = percent_column("threshold_bp", gettext_lazy("citizens' share"))
    grant_shown = percent_column("grant_bp", gettext_lazy("municipality's share"))
    cap_euro = euro_column("cap_cents", gettext_lazy("cap per project"))
    fund_euro = euro_column("fund_cents", gettext_lazy("fund"))
    gift_euro = euro_column("minimum_gift_cents", gettext_lazy("smallest gift"))
    donor_limit_euro = euro_column("donor_limit_cents", gettext_lazy("most that counts of one donor"))
    donor_limit_shown = percent_column(
        "donor_limit_bp", gettext_lazy("most that counts of one donor, of the threshold")
    )
    offline_shown = percent_column(
        "offline_share_bp", gettext_lazy("gifts outside the site, of the threshold")
    )
    part_euro = euro_column("min_partial_cents", gettext_lazy("smallest part worth giving"))
    advance_shown = percent_column("advance_bp", gettext_lazy("largest advance of the grant"))
    least_euro = euro_column("cost_min_cents", gettext_lazy("lowest project cost"))
    most_euro = euro_column("cost_max_cents", gettext_lazy("highest project cost"))
    questions_shown = moment_column("questions_until", gettext_lazy("questions are taken until"))
    published_shown = moment_column("published_at", gettext_lazy("published at"))

    @display(description=gettext_lazy("text"))
    def text_shown(self, call: Call) -> SafeString:
        """Show the text as the public reads it."""
        return format_html('<div class="desk-prose">{}</div>', markdown(call.text))

    @display(description=gettext_lazy("published by"))
    def publisher(self, call: Call) -> str:
        """Name the officer who published."""
        return row_link(call.published_by)

    @display(description=gettext_lazy("bodies that may apply"))
    def kinds_shown(self, call: Call) -> str:
        """List the kinds of body in words."""
        return ", ".join(str(OrgKind(kind).label) for kind in call.eligible_kinds)

    @display(description=gettext_lazy("what parts equal scores, in this order"))
    def ties_shown(self, call: Call) -> str:
        """List the rules for equal scores in their order."""
        return ", ".join(call.tie_rule_names)

    @display(description=gettext_lazy("excluded boroughs"))
    def boroughs_shown(self, call: Call) -> str:
        """List the excluded boroughs."""
        return ", ".join(map(str, call.excluded_boroughs)) or pgettext("boroughs", "none")

    def has_change_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        """Allow drafts to be changed; a published call is only read."""
        return super().has_change_permission(request, obj) and (obj is None or obj.status == DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        """Allow a draft to be thrown away, one at a time."""
        return super().has_delete_permission(request, obj) and obj is not None and obj.status == DRAFT

    def has_publish_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change calls to publish them."""
        return request.user.has_perm("calls.change_call")

    def has_amend_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may add amendments to propose one."""
        return request.user.has_perm("calls.add_amendment")

    def has_stop_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may add stops to switch something off."""
        return request.user.has_perm("calls.add_stop")

    def get_urls(self) -> list[Any]:
        """Add the rule check."""
        check = self.admin_site.admin_view(self.rule_check)
        return [path("rule-check/", check, name="calls_call_rule_check"), *super().get_urls()]

    def rule_check(self, request: HttpRequest) -> HttpResponse:
        """Work out what the rules on the officer's page promise; a browser without scripts gets a page of its own."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        told = check_of_input(request.POST)
        if request.headers.get("HX-Request"):
            return render(request, "admin/calls/_rule_check.html", told)
        context = {**self.admin_site.each_context(request), "title": gettext("Rule check"), **told}
        return render(request, "admin/calls/rule_check.html", context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Sort the page into its tabs; answer a preview of what cannot be saved with what to correct."""
        if "_preview" in request.POST:
            page = {**self.admin_site.each_context(request), "wrong": list(_wrong(context))}
            page["title"] = gettext("The page cannot be shown yet")
            return render(request, "admin/calls/preview_faults.html", page)
        call = context.get("original")
        is_draft = call is None or call.status == DRAFT
        context["tabs"] = tabs_of(context["adminform"], context["inline_admin_formsets"])
        context["typed_here"] = is_draft and not context["adminform"].readonly_fields
        context |= check_of_input(request.POST) if request.method == "POST" else check_of_call(call)
        context["publication_faults"] = services.publication_faults(call) if call and is_draft else None
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Call, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a preview with the page, and undo."""
        return _preview(request, obj) or super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Call) -> HttpResponse:
        """Answer a preview with the page, and undo."""
        return _preview(request, obj) or super().response_change(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Call | None = None) -> list[Any]:
        """Show fields to type in a draft, words and euro elsewhere."""
        if obj is None or self.has_change_permission(request, obj):
            return TYPED
        return [*READ, PUBLICATION]

    def save_model(self, request: HttpRequest, obj: Call, form: Any, change: bool) -> None:
        """Write the draft through its service."""
        if change:
            services.edit_call(call=obj, **form.cleaned_data)
        else:
            call = services.draft_call(now=timezone.now(), **form.cleaned_data)
            # The windows and the other parts of the page belong to the row that now exists.
            obj.__dict__.update(call.__dict__)

    @action(
        description=gettext_lazy("Publish…"),
        permissions=["publish"],
        icon="campaign",
        variant=ActionVariant.PRIMARY,
    )
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what the rules promise, and publish."""
        return PublishStep.take(self, request, object_id)

    @action(description=gettext_lazy("Amend…"), permissions=["amend"], icon="edit_document")
    def amend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Propose to change the published call by an act."""
        return AmendStep.take(self, request, object_id)

    @action(
        description=gettext_lazy("Stop something…"),
        permissions=["stop"],
        icon="block",
        variant=ActionVariant.DANGER,
    )
    def switch_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Switch gifts, releases, refunds or mails of the call off."""
        return SwitchOffStep.take(self, request, object_id)

    @action(description=gettext_lazy("See the page"), permissions=["view"], icon="visibility")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the call's page as the public sees it, or will."""
        call = self.get_object(request, unquote(object_id))
        if call is None:
            raise Http404
        return redirect(call)


def _preview(request: HttpRequest, call: Call) -> HttpResponse | None:
    """Show the public page of what has just been saved, and undo the saving."""
    if "_preview" not in request.POST:
        return None
    saved = Call.objects.with_parts().prefetch_related("funds__accounts").get(pk=call.pk)
    page = call_page(request, saved)
    transaction.set_rollback(True)
    return page


def _wrong(context: Any) -> Any:
    """Yield what cannot be saved, each with its label."""
    form = context["adminform"].form
    for name, errors in form.errors.items():
        yield (form.fields[name].label if name in form.fields else ""), " ".join(errors)
    for inline in context["inline_admin_formsets"]:
        for number, one in enumerate(inline.formset.forms, 1):
            for name, errors in one.errors.items():
                yield f"{inline.opts.opts.verbose_name} {number}", f"{name}: {' '.join(errors)}"
