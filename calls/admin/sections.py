"""The tabs and sections of a call's page at the desk: the same order for the fields typed in a draft and for those read later."""

from typing import Any

from django.utils.translation import gettext_lazy

#: A column, or some that stand side by side.
Row = str | tuple[str, ...]
#: The tabs of the page in their order: key, title, and the tables of parts that stand in each.
TABS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("text", gettext_lazy("Text"), ()),
    ("rules", gettext_lazy("Rules"), ()),
    ("windows", gettext_lazy("Windows"), ("sessions",)),
    ("who", gettext_lazy("Themes and boroughs"), ("themes",)),
    ("merit", gettext_lazy("Criteria"), ("eligibility_questions", "criteria")),
    ("documents", gettext_lazy("Documents"), ("document_requirements",)),
    ("declared", gettext_lazy("Declarations"), ("declaration_texts",)),
    ("fund", gettext_lazy("Fund"), ("support_offers",)),
    ("publication", gettext_lazy("Publication"), ("faqs", "amendments", "stops")),
)


def section(tab: str, title: Any, *rows: Row, words: Any = "") -> tuple[Any, dict[str, Any]]:
    """Return one section of a tab of the page."""
    return title, {"fields": rows, "description": words, "classes": (f"at-{tab}",)}


#: Each money rule of a call stands here, under the question it answers.
TYPED = [
    section(
        "text",
        gettext_lazy("What the public reads"),
        "title",
        "edition",
        "slug",
        "summary",
        "text",
        "contact_email",
        "questions_until",
    ),
    section(
        "rules",
        gettext_lazy("Who pays what"),
        ("threshold_bp", "grant_bp"),
        "cap_cents",
        ("cost_min_cents", "cost_max_cents"),
        words=gettext_lazy(
            "These shares are the promise of the call: they are what the call's own text says."
        ),
    ),
    section(
        "rules",
        gettext_lazy("Which gifts count"),
        ("minimum_gift_cents", "min_donors"),
        "count_basis",
        ("donor_limit_cents", "donor_limit_bp"),
        ("offline_share_bp", "excludes_related_parties"),
        words=gettext_lazy(
            "What counts for the threshold. Milan's calls set no limits: the usual values set none."
        ),
    ),
    section(
        "rules",
        gettext_lazy("When the threshold is missed or undone"),
        "funding_mode",
        ("keep_days", "leave_days"),
        ("cure_days", "promoter_may_cure"),
        words=gettext_lazy(
            "Refunds and contested payments can undo a threshold. A grant once awarded is only taken back by an act with its "
            "reasons (L. 241/1990 art. 21-quinquies)."
        ),
    ),
    section(
        "rules",
        gettext_lazy("Campaigns and projects"),
        ("campaign_days_min", "campaign_days_max"),
        ("project_months_max", "stops_when_covered"),
    ),
    section(
        "who",
        gettext_lazy("Who and where"),
        "eligible_kinds",
        "incorporation_days",
        ("seat_city", "seat_may_be_promised"),
        "excluded_boroughs",
        ("partner_applications_max", "partner_letter"),
    ),
    section(
        "merit",
        gettext_lazy("The formal check"),
        ("check_days", "integration_days"),
        words=gettext_lazy(
            "It comes before the merit: what it finds missing may be asked for (L. 241/1990 art. 6)."
        ),
    ),
    section("merit", gettext_lazy("When a project passes"), "pass_mark"),
    section(
        "merit",
        gettext_lazy("How the ranking is made"),
        "ranking_rounding",
        "tie_rules",
        "fund_fill",
        ("has_reserve_list", "review_days"),
        words=gettext_lazy(
            "These rules are frozen with the call: they decide before anybody has applied (L. 241/1990 art. 12)."
        ),
    ),
    section("fund", gettext_lazy("How much there is"), "fund_cents"),
    section(
        "fund",
        gettext_lazy("When the fund is short"),
        "reservation_mode",
        "partial_policy",
        ("min_partial_cents", "offer_days"),
        words=gettext_lazy(
            "The order in which campaigns are served is always that of reaching the threshold (L. 241/1990 art. 12)."
        ),
    ),
    section(
        "fund",
        gettext_lazy("How the grant is paid"),
        "settlement_policy",
        ("advance_bp", "advance_wait_days"),
        words=gettext_lazy(
            "The agreement with the promoter says the same. In 2016 Milan paid what gifts did not cover of the cost."
        ),
    ),
    section(
        "fund",
        gettext_lazy("Money of the European Union"),
        "eu_programme",
        ("eu_project_code", "eu_words"),
        words=gettext_lazy(
            "Only where the Union pays a part: the page then shows it (Reg. (EU) 2021/1060 art. 50). Empty: nothing is shown."
        ),
    ),
]
#: What stands in place of a column once it is only read: euro, percent and words.
SHOWN = {
    "threshold_bp": "threshold_shown",
    "grant_bp": "grant_shown",
    "cap_cents": "cap_euro",
    "fund_cents": "fund_euro",
    "cost_min_cents": "least_euro",
    "cost_max_cents": "most_euro",
    "minimum_gift_cents": "gift_euro",
    "donor_limit_cents": "donor_limit_euro",
    "donor_limit_bp": "donor_limit_shown",
    "offline_share_bp": "offline_shown",
    "min_partial_cents": "part_euro",
    "advance_bp": "advance_shown",
    "text": "text_shown",
    "questions_until": "questions_shown",
    "tie_rules": "ties_shown",
    "eligible_kinds": "kinds_shown",
    "excluded_boroughs": "boroughs_shown",
}
#: The columns of a call that no officer types, each with the reason.
NOT_TYPED = {
    "id": "the database gives it",
    "version": "an amendment raises it",
    "status": "publishing changes it",
    "created_at": "drafting writes it",
    "published_at": "publishing writes it",
    "published_by": "publishing writes it",
}
PUBLICATION = section(
    "publication", gettext_lazy("Publication"), "status", "version", "published_shown", "publisher"
)


def columns_of(sections: list[tuple[Any, dict[str, Any]]]) -> list[str]:
    """Return the names in some sections, in order."""
    rows = [row for _title, options in sections for row in options["fields"]]
    return [name for row in rows for name in ((row,) if isinstance(row, str) else row)]


def _read(row: Row) -> Row:
    return SHOWN.get(row, row) if isinstance(row, str) else tuple(SHOWN.get(name, name) for name in row)


READ = [
    (title, {**options, "fields": tuple(_read(row) for row in options["fields"])}) for title, options in TYPED
]
