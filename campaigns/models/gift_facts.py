"""What a gift asks about a campaign, its call and its body; whatever else is touched is fetched when it is."""

OWN = (
    "slug",
    "title",
    "status",
    "payment_flow",
    "threshold_cents",
    "opens_at",
    "closes_at",
    "cure_until",
    "reached_at",
    "first_reached_at",
)
CALL = (
    "minimum_gift_cents",
    "donor_limit_cents",
    "donor_limit_bp",
    "count_basis",
    "min_donors",
    "offline_share_bp",
    "excludes_related_parties",
)
BODY = ("kind", "runts_number", "email", "tax_code")

FOR_A_GIFT = (
    *OWN,
    *(f"application__call__{name}" for name in CALL),
    *(f"application__organization__{name}" for name in BODY),
)
