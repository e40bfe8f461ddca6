"""The columns of a call that officers write, by what they are for: the one list that forms, pages and data are made from."""

#: What the public reads; an amendment may change some of it.
TEXTS = ("title", "edition", "slug", "summary", "text", "contact_email", "questions_until")
#: Money of the European Union.
EU = ("eu_programme", "eu_project_code", "eu_words")
#: The rules of money and of admission, by the names of the glossary.
RULES = (
    "threshold_bp",
    "grant_bp",
    "cap_cents",
    "cost_min_cents",
    "cost_max_cents",
    "fund_cents",
    "minimum_gift_cents",
    "min_donors",
    "count_basis",
    "donor_limit_cents",
    "donor_limit_bp",
    "offline_share_bp",
    "excludes_related_parties",
    "reservation_mode",
    "partial_policy",
    "min_partial_cents",
    "offer_days",
    "funding_mode",
    "keep_days",
    "leave_days",
    "cure_days",
    "promoter_may_cure",
    "campaign_days_min",
    "campaign_days_max",
    "stops_when_covered",
    "project_months_max",
    "check_days",
    "integration_days",
    "pass_mark",
    "settlement_policy",
    "advance_bp",
    "advance_wait_days",
    "eligible_kinds",
    "incorporation_days",
    "seat_city",
    "seat_may_be_promised",
    "excluded_boroughs",
    "partner_applications_max",
    "partner_letter",
)
