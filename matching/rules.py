"""What a fund awards to a campaign that has reached its threshold: pure arithmetic on integer cents.

    A = min(G, AV)

with G the grant due that the call promised for the cost and AV the fund's available money, the campaign's own
reservation included. Gifts above the threshold never raise A. Source: the Milan call of 2015, "up to 50,000 euro per
project and until the fund is used up".
"""

#: Kept on every grant, so that anyone can recompute it with the formula of its day.
RULE_VERSION = "2026-1"


def grant_cents(due_cents: int, available_cents: int, *, partial_allowed: bool) -> int:
    """Return what is awarded now; 0 means that the campaign waits until the fund has money."""
    if available_cents >= due_cents:
        return due_cents
    return max(available_cents, 0) if partial_allowed else 0
