"""The desk's first page and its menu: what waits for an officer, and where the open calls' money stands."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Campaign
from civicfund.desk import waiting_numbers, waiting_queues
from matching.glance import calls_at_a_glance

#: The deadlines shown on the first page.
NEXT_DEADLINES = 5

#: The menu's groups: title, and for each entry its model, words and icon.
STAGES = [
    (
        gettext_lazy("Calls and applications"),
        [
            ("calls.call", gettext_lazy("Calls"), "campaign"),
            ("calls.application", gettext_lazy("Applications"), "description"),
            ("vetting.eligibilitycheck", gettext_lazy("Formal checks"), "fact_check"),
            ("calls.draft", gettext_lazy("Drafts to write for others"), "edit_note"),
            ("calls.applicant", gettext_lazy("At the counter"), "storefront"),
            ("calls.supportrequest", gettext_lazy("Spaces and micro-grants"), "meeting_room"),
            ("calls.callfaq", gettext_lazy("Frequent questions"), "quiz"),
            ("calls.amendment", gettext_lazy("Amendments"), "edit_document"),
            ("calls.callquestion", gettext_lazy("Questions about calls"), "help"),
            ("calls.callanswer", gettext_lazy("Answers"), "forum"),
            ("calls.stop", gettext_lazy("Stops"), "block"),
            ("vetting.decisionproposal", gettext_lazy("Decisions to confirm"), "how_to_vote"),
            ("vetting.rankedsession", gettext_lazy("Rankings by window"), "leaderboard"),
            ("vetting.ranking", gettext_lazy("Versions of rankings"), "format_list_numbered"),
            ("vetting.reviewrequest", gettext_lazy("Review requests"), "rate_review"),
        ],
    ),
    (
        gettext_lazy("Evaluation committee"),
        [
            ("vetting.myfile", gettext_lazy("My files"), "rate_review"),
            ("vetting.round", gettext_lazy("Rounds"), "groups_2"),
            ("vetting.assignment", gettext_lazy("Who judges what"), "assignment_ind"),
            ("vetting.committeemember", gettext_lazy("Members of committees"), "badge"),
        ],
    ),
    (
        gettext_lazy("Campaigns"),
        [
            ("campaigns.campaign", gettext_lazy("Campaigns"), "flag"),
            ("matching.incorporation", gettext_lazy("Groups that become bodies"), "diversity_3"),
            ("matching.withdrawal", gettext_lazy("Withdrawals"), "logout"),
            ("campaigns.deadlineextension", gettext_lazy("Extensions"), "more_time"),
            ("campaigns.campaignupdate", gettext_lazy("Updates"), "feed"),
            ("campaigns.question", gettext_lazy("Questions and answers"), "forum"),
            ("campaigns.galleryitem", gettext_lazy("Pictures and videos"), "photo_library"),
            ("campaigns.problem", gettext_lazy("Reported problems"), "report"),
        ],
    ),
    (
        gettext_lazy("Money"),
        [
            ("donations.donation", gettext_lazy("Gifts"), "volunteer_activism"),
            ("donations.offlinedonation", gettext_lazy("Gifts outside the site"), "fact_check"),
            ("donations.reversal", gettext_lazy("Refunds"), "undo"),
            ("donations.campaignmoney", gettext_lazy("Campaigns' money"), "account_balance_wallet"),
            ("donations.outgoing", gettext_lazy("Outgoing money"), "payments"),
            ("donations.dispute", gettext_lazy("Disputes"), "gavel"),
            ("donations.fraudwarning", gettext_lazy("Fraud warnings"), "privacy_tip"),
            ("calls.fund", gettext_lazy("Funds"), "savings"),
            ("donations.giftpause", gettext_lazy("Pauses of gifts"), "credit_card_off"),
            ("matching.grant", gettext_lazy("Grants"), "account_balance"),
            ("matching.revocation", gettext_lazy("Revocations"), "gavel"),
            ("matching.cure", gettext_lazy("Thresholds to restore"), "healing"),
            ("matching.shortfall", gettext_lazy("Shortfalls"), "trending_down"),
            ("donations.receipt", gettext_lazy("Receipts"), "receipt_long"),
            ("donations.difference", gettext_lazy("Differences"), "difference"),
            ("donations.reconciliation", gettext_lazy("Reconciliations"), "compare_arrows"),
            ("donations.donorexport", gettext_lazy("Exports of donors"), "ios_share"),
            ("matching.auditrun", gettext_lazy("Audits"), "balance"),
            ("ledger.account", gettext_lazy("Accounts"), "table_chart"),
            ("ledger.entry", gettext_lazy("Entries"), "list_alt"),
            ("donations.connectedaccount", gettext_lazy("Connected accounts"), "link"),
            ("donations.stripeevent", gettext_lazy("Stripe events"), "bolt"),
            ("donations.stripetransaction", gettext_lazy("Movements at Stripe"), "swap_horiz"),
        ],
    ),
    (
        gettext_lazy("People"),
        [
            ("accounts.organization", gettext_lazy("Organizations"), "groups"),
            ("accounts.claim", gettext_lazy("Requests to act for an organization"), "how_to_reg"),
            ("accounts.bankaccount", gettext_lazy("Bank accounts"), "account_balance"),
            ("accounts.user", gettext_lazy("People"), "person"),
            ("auth.group", gettext_lazy("Roles"), "badge"),
            ("accounts.mail", gettext_lazy("Mails"), "mail"),
        ],
    ),
    (
        gettext_lazy("Trail"),
        [
            ("civicfund.change", gettext_lazy("All changes"), "history"),
            ("civicfund.listexport", gettext_lazy("Lists taken away"), "download"),
        ],
    ),
]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what waits, the going calls and the next deadlines, as far as the officer may see them."""
    now = timezone.now()
    context["title"] = _("The officers' desk")
    context["now"] = now
    queues = waiting_queues(request)
    context["waiting"] = by_due(queue for queue in queues if queue["count"] and queue["is_mine"])
    context["others"] = by_due(queue for queue in queues if queue["count"] and not queue["is_mine"])
    context["done"] = [queue for queue in queues if not queue["count"] and queue["is_mine"]]
    context["roles"] = sorted(group.name for group in request.user.groups.all())
    context["reads_only"] = not any(queue["is_mine"] for queue in queues)
    if request.user.has_perm("calls.view_call"):
        context["calls"] = calls_at_a_glance(request, now)
    if request.user.has_perm("campaigns.view_campaign"):
        running = Campaign.objects.open_at(now).with_story().order_by("closes_at")
        context["deadlines"] = running[:NEXT_DEADLINES]
    return context


def by_due(queues: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return queues by when the first row of each is due; those without a time last, the longest first."""
    return sorted(queues, key=lambda queue: (queue["due"] is None, queue["due"] or 0, -queue["count"]))


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the menu, grouped by the stages of a project's life, with what waits beside each entry."""
    here = request.path
    first = {"title": _("What waits"), "icon": "inbox", "link": reverse("admin:index")}
    waiting = waiting_numbers(request, anew=here == first["link"])
    find = {"title": _("Search"), "icon": "search", "link": reverse("desk-search")}
    top = [first, find]
    if request.user.has_perm("civicfund.view_taskrun"):
        link = reverse("desk-operation")
        top.append({"title": _("The machine"), "icon": "monitor_heart", "link": link})
    if request.user.has_perm("matching.view_register"):
        title, icon = _("Personal data"), "shield_person"
        top.append({"title": title, "icon": icon, "link": reverse("desk-register")})
    for item in top:
        item["active"] = here == item["link"]
    groups = [{"title": "", "items": top}]
    for title, entries in STAGES:
        items = [_item(here, waiting, *entry) for entry in entries if _may_see(request, entry[0])]
        groups.append({"title": title, "separator": True, "items": items})
    # The last group is that of the people, where the mails stand.
    groups[-1]["items"].append(
        {
            "title": _("Kinds of mail"),
            "icon": "drafts",
            "link": reverse("desk-mail-kinds"),
            "permission": lambda request: request.user.has_perm("accounts.view_mail"),
        }
    )
    return groups


def _may_see(request: HttpRequest, model: str) -> bool:
    """Say whether an officer may see the rows of an entry."""
    app, name = model.split(".")
    return any(request.user.has_perm(right) for right in (f"{app}.view_{name}", f"{app}.change_{name}"))


def _item(here: str, waiting: dict[str, int], model: str, title: str, icon: str) -> dict[str, Any]:
    """Return one entry of the menu, lit up on its list and the pages of its rows.

    The library would find that out by itself, and who may see what, in a twentieth of a second for a menu of this length.
    """
    app, name = model.split(".")
    link = reverse(f"admin:{app}_{name}_changelist")
    item = {"title": title, "icon": icon, "link": link, "active": here.startswith(link)}
    if waiting.get(model):
        item |= {"badge": str(waiting[model]), "badge_variant": "warning"}
    return item
