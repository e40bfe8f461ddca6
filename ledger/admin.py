"""The officers' desk: the ledger, to be read."""

from django.contrib import admin
from django.db.models import Case, DateTimeField, OuterRef, Q, QuerySet, Subquery, Sum, When, Window
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from civicfund.desk import (
    Queue,
    ReadOnlyAdmin,
    ReadOnlyInline,
    euro_column,
    everything,
    moment_column,
    row_link,
)
from civicfund.templatetags.clock import moment
from civicfund.templatetags.money import euro
from ledger.models import DEBIT, Account, Entry, Posting

#: Accounts whose money somebody waits for.
OWED = ("refunds_owed", "offline_owed", "quarantine")


def owing_since() -> Case:
    """Return, over accounts, since when one that may owe has not been empty; nothing when it is empty now."""
    lines = Posting.objects.filter(account=OuterRef(OuterRef("pk")))
    after = Window(Sum("amount_cents"), order_by="position")
    empty = lines.annotate(after=after).filter(after=0).order_by("-position").values("position")[:1]
    later = Posting.objects.filter(account=OuterRef("pk"), position__gt=Coalesce(Subquery(empty), 0))
    since = later.order_by("position").values("entry__created_at")[:1]
    return Case(When(kind__in=OWED, then=Subquery(since)), output_field=DateTimeField())


class PostingInline(ReadOnlyInline):
    model = Posting
    fields = readonly_fields = ("account_link", "debit_euro", "credit_euro")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch what names the accounts."""
        return super().get_queryset(request).select_related("account__campaign", "account__fund")

    @display(description=_("account"))
    def account_link(self, posting: Posting) -> str:
        """Lead to the account."""
        return row_link(posting.account)

    @display(description=_("debit"))
    def debit_euro(self, posting: Posting) -> str:
        """Show a positive amount."""
        return euro(posting.amount_cents) if posting.amount_cents > 0 else ""

    @display(description=_("credit"))
    def credit_euro(self, posting: Posting) -> str:
        """Show a negative amount without its sign."""
        return euro(-posting.amount_cents) if posting.amount_cents < 0 else ""


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Read every movement of money with its two sides."""

    list_display = ("kind", "owner", "amount_euro", "created_shown", "actor", "key")
    list_filter = ("kind", ("actor", admin.RelatedOnlyFieldListFilter))
    search_fields = ("key", "reason")
    search_help_text = _("Key, reason, campaign or fund")
    date_hierarchy = "created_at"
    inlines = (PostingInline,)
    fieldsets = (
        (None, {"fields": (("kind", "created_shown"), ("owner", "amount_euro"), ("actor", "reason"), "key")}),
    )
    empty_words = _("No money has moved yet.")
    amount_euro = euro_column("moved_cents", _("amount"))
    created_shown = moment_column("created_at", _("at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch the postings' accounts, and how much each entry moves."""
        debits = Posting.objects.filter(entry=OuterRef("pk"), amount_cents__gt=0).order_by().values("entry")
        # Of each entry that is shown: a sum over all postings would be made anew for every page.
        moved = Subquery(debits.annotate(moved=Sum("amount_cents")).values("moved"))
        rows = super().get_queryset(request).annotate(moved_cents=moved).select_related("actor")
        return rows.prefetch_related("postings__account__campaign", "postings__account__fund")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Find each word in the key, the reason, or the campaign or fund of an account; few accounts are asked for them."""
        for word in search_term.split():
            named = Q(campaign__title__icontains=word) | Q(fund__name__icontains=word)
            of_them = (
                Posting.objects.filter(account__in=Account.objects.filter(named)).order_by().values("entry")
            )
            queryset = queryset.filter(Q(key__icontains=word) | Q(reason__icontains=word) | Q(pk__in=of_them))
        return queryset, False

    @display(description=_("of"))
    def owner(self, entry: Entry) -> str:
        """Name the campaign the entry is about, else the fund."""
        accounts = [posting.account for posting in entry.postings.all()]
        campaign = next((account.campaign for account in accounts if account.campaign), None)
        return str(campaign or accounts[0].fund)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Read where the money stands."""

    list_display = ("kind", "owner", "balance_euro", "owed_since")
    list_filter = (
        "kind",
        ("campaign", admin.RelatedOnlyFieldListFilter),
        ("fund", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("campaign__title", "fund__name")
    search_help_text = _("Campaign or fund")
    list_select_related = ("campaign", "fund")
    ordering = ("fund", "campaign", "pk")
    fieldsets = ((None, {"fields": ("kind", ("campaign", "fund"), ("balance_euro", "owed_since"))}),)
    queues = (
        everything(_("All"), _("No money has moved yet.")),
        Queue(
            "funds",
            _("Funds"),
            lambda rows, now: rows.exclude(fund=None),
            _("No fund has money yet: publish a call."),
        ),
        Queue(
            "campaigns",
            _("Campaigns"),
            lambda rows, now: rows.filter(fund=None),
            _("No campaign has received money yet."),
        ),
        Queue(
            "owed",
            _("Owed or unexplained"),
            lambda rows, now: rows.filter(kind__in=OWED).exclude(balance_cents=0),
            _("Nothing is owed, and every cent is explained."),
            waits=_("Campaigns that owe money, or have some nobody can explain"),
            icon="money_off",
            right="donations.change_difference",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch since when each account owes."""
        return super().get_queryset(request).annotate(owing_since=owing_since())

    @display(description=_("of"))
    def owner(self, account: Account) -> str:
        """Name the campaign and the fund."""
        return " · ".join(str(owner) for owner in (account.campaign, account.fund) if owner)

    @display(description=_("owed since"))
    def owed_since(self, account: Account) -> str:
        """Say since when the account has owed something without a break."""
        return moment(account.owing_since) or "–"  # type: ignore[attr-defined]

    @display(description=_("balance"), ordering="balance_cents")
    def balance_euro(self, account: Account) -> str:
        """Show the balance as people think of it, positive on both sides."""
        return euro(account.balance_cents if account.kind in DEBIT else -account.balance_cents)
