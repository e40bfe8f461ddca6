"""What promoters and officers do to gifts outside the site in the money machine."""

from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from campaigns.services import WrongState
from donations import services
from donations.models import OfflineDonation, OfflineReturn
from tests.factories import enter_outside, make_evidence
from tests.matching.money_stage import CAMPAIGNS, PICK, Stage

Status = OfflineDonation.Status
#: The last one is more than the call's share of the threshold: a part of it never counts.
AMOUNTS = st.sampled_from([1_000, 40_000, 100_000])
#: How much of a gift an officer verifies, and of whom: what a public body gives does not count.
WORDS = {
    "whole": (1, "citizen"),
    "half": (2, "citizen"),
    "public body": (1, "public_body"),
}


class GiftsOutside(Stage):
    """Everything that can happen to gifts that go straight to a promoter's bank."""

    @initialize(cents=AMOUNTS)
    def begin_outside(self, cents: int) -> None:
        """Start with some gifts outside the site, one of them verified."""
        self.promoters_enter_gifts_outside([(1, 1_000), (0, cents), (1, cents), (2, cents)])
        self.an_officer_verifies_a_gift_outside(0, "whole")

    @rule(gifts=st.lists(st.tuples(st.integers(0, CAMPAIGNS - 1), AMOUNTS), min_size=1, max_size=2))
    def promoters_enter_gifts_outside(self, gifts: list[tuple[int, int]]) -> None:
        for which, cents in gifts:
            campaign = self.campaign(which)
            if campaign.is_open(self.now):
                today = timezone.localdate(self.now)
                gift = enter_outside(campaign=campaign, amount_cents=cents, now=self.now, received_on=today)
                self.note_outside(gift)

    @rule(which=PICK, word=st.sampled_from(sorted(WORDS)))
    def an_officer_verifies_a_gift_outside(self, which: int, word: str) -> None:
        gift = self.pick_outside(which, Status.ENTERED)
        if gift:
            part, party = WORDS[word]
            try:
                gift = services.verify_offline_donation(
                    gift=gift,
                    verified_cents=gift.amount_cents // part,
                    party=party,
                    note="Estratto conto visto.",
                    by=self.world["officer"],
                    now=self.now,
                )
            except WrongState:
                # The outcome is decided, or the campaign is suspended.
                return
            self.note_outside(gift)

    @rule(which=PICK, by_promoter=st.booleans())
    def a_gift_outside_is_not_verified(self, which: int, by_promoter: bool) -> None:
        gift = self.pick_outside(which, Status.ENTERED)
        if gift and by_promoter:
            self.note_outside(services.withdraw_offline_donation(gift=gift, by=gift.entered_by, now=self.now))
        elif gift:
            services.refuse_offline_donation(gift=gift, reason="Illeggibile", **self._word())
            self.note_outside(gift)

    @rule(which=PICK, proof=st.sampled_from(["none yet", "refused", "accepted"]))
    def an_officer_lets_a_gift_outside_go_back(self, which: int, proof: str) -> None:
        gift = self.pick_outside(which, Status.VERIFIED)
        if gift:
            self.note_outside(services.owe_offline_return(gift=gift, reason="Richiesta", **self._word()))
            if proof != "none yet":
                self._hand_in_proof(gift, accepted=proof == "accepted")

    @rule(which=PICK)
    def the_money_outside_never_came(self, which: int) -> None:
        gift = self.pick_outside(which, Status.VERIFIED, Status.RETURN_DUE)
        if gift:
            services.annul_offline_donation(gift=gift, reason="Assegno scoperto", **self._word())
            self.note_outside(gift)

    @rule(which=PICK, accepted=st.booleans())
    def a_gift_outside_goes_back(self, which: int, accepted: bool) -> None:
        gift = self.pick_outside(which, Status.RETURN_DUE)
        if gift:
            self._hand_in_proof(gift, accepted=accepted)

    def _hand_in_proof(self, gift: OfflineDonation, *, accepted: bool) -> None:
        """Prove, as the promoter, that a gift went back; an officer believes it or not."""
        proof = self._prove(gift)
        if accepted:
            services.accept_return(proof=proof, **self._word())
        else:
            services.refuse_return(proof=proof, reason="Illeggibile", **self._word())
            self.seen["outside proof refused"] += 1
        self.note_outside(gift)

    def give_back_outside(self) -> None:
        """Give back, with a proof, everything promoters still owe."""
        for gift in self.outside().return_due():
            services.accept_return(proof=self._prove(gift), **self._word())
            self.note_outside(gift)

    def outside(self) -> Any:
        return OfflineDonation.objects.filter(campaign__in=self.campaigns).order_by("pk")

    def pick_outside(self, which: int, *states: str) -> OfflineDonation | None:
        gifts = list(self.outside().filter(status__in=states))
        return gifts[which % len(gifts)] if gifts else None

    def note_outside(self, gift: OfflineDonation) -> None:
        gift.refresh_from_db()
        self.seen[f"outside {gift.status}"] += 1
        if gift.counted_cents and gift.uncounted_cents:
            self.seen["outside counted in part"] += 1

    def _prove(self, gift: OfflineDonation) -> OfflineReturn:
        return services.give_return_proof(
            gift=gift,
            returned_on=gift.received_on,
            evidence=make_evidence(campaign=gift.campaign, now=self.now),
            today=timezone.localdate(self.now),
            by=gift.entered_by,
            now=self.now,
        )

    def _word(self) -> dict[str, Any]:
        return {"by": self.world["officer"], "now": self.now}
