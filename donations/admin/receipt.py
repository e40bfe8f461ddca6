from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    euro_column,
    everything,
    moment_column,
    percent_column,
    row_link,
)
from donations.models import DonorExport, Receipt


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    """Read the receipts, numbered per payee and year; void ones keep their number."""

    list_display = ("number_shown", "payee", "amount_euro", "campaign_title", "issued_shown", "voided_shown")
    list_filter = ("year", ("payee", admin.RelatedOnlyFieldListFilter))
    search_fields = ("=number", "payee__legal_name", "donation__public_id")
    search_help_text = _("Number, organization or gift")
    list_select_related = ("payee", "donation__campaign")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number_shown", "issued_shown"),
                    ("payee_name", "payee_seat"),
                    ("payee_runts_number", "relief_shown"),
                    ("amount_euro", "campaign_title"),
                    "gift",
                )
            },
        ),
        (_("Void"), {"fields": (("voided_shown", "void_reason"), ("replaces_link", "replaced_link"))}),
    )
    queues = (
        Queue("valid", _("Valid"), lambda rows, now: rows.valid(), _("No receipt has been issued yet.")),
        Queue("void", _("Void"), lambda rows, now: rows.exclude(voided_at=None), _("No receipt is void.")),
        Queue(
            "untrue",
            _("To be corrected"),
            lambda rows, now: rows.untrue(),
            _("Every valid receipt says what is kept of its gift."),
            waits=_("Receipts to be corrected, by itself within a minute"),
            icon="receipt_long",
            right="donations.change_difference",
        ),
        everything(_("All"), _("No receipt has been issued yet.")),
    )
    amount_euro = euro_column("amount_cents", _("amount"))
    relief_shown = percent_column("relief_bp", _("tax relief"))
    issued_shown = moment_column("issued_at", _("issued at"))
    voided_shown = moment_column("voided_at", _("void since"))

    @display(description=_("number"), ordering="number")
    def number_shown(self, receipt: Receipt) -> str:
        """Show number and year."""
        return str(receipt)

    @display(description=_("campaign"))
    def campaign_title(self, receipt: Receipt) -> str:
        """Show the campaign's title."""
        return receipt.donation.campaign.title

    @display(description=_("gift"))
    def gift(self, receipt: Receipt) -> str:
        """Lead to the gift."""
        return row_link(receipt.donation)

    @display(description=_("replaces"), empty_value="–")
    def replaces_link(self, receipt: Receipt) -> str | None:
        """Lead to the receipt it replaces."""
        return row_link(receipt.replaces) if receipt.replaces else None

    @display(description=_("replaced by"), empty_value="–")
    def replaced_link(self, receipt: Receipt) -> str | None:
        """Lead to the receipt that stands in its place."""
        follower = getattr(receipt, "replaced_by", None)
        return row_link(follower) if follower else None


@admin.register(DonorExport)
class DonorExportAdmin(ReadOnlyAdmin):
    """Read who took which list of donors out of the site."""

    list_display = ("organization", "year", "donors", "total_euro", "exported_shown", "actor")
    list_filter = ("year", ("organization", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("organization", "actor")
    search_fields = ("organization__legal_name", "actor__email")
    search_help_text = _("Organization or person")
    fieldsets = (
        (None, {"fields": (("organization", "year"), ("donors", "total_euro"), ("exported_shown", "actor"))}),
    )
    empty_words = _("Nobody has taken a list of donors yet.")
    total_euro = euro_column("total_cents", _("total"))
    exported_shown = moment_column("exported_at", _("exported at"))
