"""Every mail of the site, written about a real project in both languages."""

import copy
import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Mail
from accounts.services import queue_mail
from donations.models import Reversal
from matching.mail_kinds import preview
from matching.mail_samples import sample_facts

FOLDER = Path(site.BASE_DIR) / "templates" / "emails"
NAMES = sorted(path.name.removesuffix("_body.txt") for path in FOLDER.glob("*_body.txt"))
MISSING = "[nothing here]"
#: Mails about a call; all others are about a campaign.
OF_CALLS = (
    "amendment_to_confirm",
    "answer_corrected",
    "call_amended",
    "committee_assigned",
    "committee_reminder",
    "committee_version",
    "question_answered",
    "question_declined",
    "ranking_to_publish",
    "stop_to_confirm",
    "stop_to_end",
)
#: A mail about all campaigns, or whose subject is the money.
OF_NONE = (
    "claims_waiting",
    "organization_corrected",
    "organization_registered",
    "claim_asked",
    "claim_closed",
    "claim_decided",
    "iban_changed",
    "iban_stopped",
    "member_joined",
    "member_left",
    "member_removed",
    "member_role_changed",
    "organization_invitation",
    "difference_found",
    "barrier_reported",
    "gifts_link",
    "data_link",
    "data_erased",
    "identity_changed",
    "donation_bank_asked",
    "donation_bank_given",
    "donation_bank_paid",
    "donation_bank_reminder",
    "money_held_long",
    "payout_failed",
    "payout_paid",
)

#: A mail that leads nowhere: nothing is left to do.
NO_ADDRESS = ""

#: What a mail must tell besides its subject: amounts in cents, and addresses.
TOLD: dict[str, tuple[list[int], str]] = {
    "amendment_to_confirm": ([], "/gestione/calls/amendment/"),
    "answer_corrected": ([], "/bandi/"),
    "application_admitted": ([2_000_000, 1_000_000], "/mie-campagne/"),
    "application_inadmissible": ([], "/candidature/"),
    "application_submitted": ([2_000_000], "/verifica/"),
    "application_taken_back": ([], "/candidature/"),
    "application_withdrawn": ([], "/candidature/"),
    "body_confirmed": ([], "/mie-campagne/"),
    "body_refused": ([], "/mie-campagne/"),
    "call_amended": ([], "/candidature/"),
    "campaign_approved": ([1_000_000], "/mie-campagne/"),
    "campaign_failed": ([1_000_000, 1_000_050], "/progetti/"),
    "campaign_not_opened": ([1_000_000], "/mie-campagne/"),
    "campaign_opened": ([1_000_000], "/progetti/"),
    "campaign_resumed": ([], "/mie-campagne/"),
    "campaign_returned": ([], "/mie-campagne/"),
    "campaign_suspended": ([], "/mie-campagne/"),
    "campaign_succeeded": ([1_000_000, 1_000_050], "/mie-campagne/"),
    "committee_assigned": ([], "/gestione/vetting/myfile/"),
    "committee_reminder": ([], "/gestione/vetting/myfile/"),
    "committee_version": ([], "/gestione/vetting/myfile/"),
    "donation_receipt": ([1_000_050], "/donazioni/"),
    "receipt_replaced": ([1_000_050], "/donazioni/"),
    "donation_refunded": ([1_000_050], "/donazioni/"),
    "desk_wrote": ([], "/candidature/"),
    "organization_corrected": ([], "/organizzazioni/"),
    "organization_registered": ([], "/organizzazioni/"),
    "claims_waiting": ([], "/gestione/accounts/claim/?queue=open"),
    "difference_found": ([1_000_050], "/gestione/donations/difference/"),
    "question_answered": ([], "/bandi/"),
    "question_declined": ([], "/bandi/"),
    "stop_to_confirm": ([], "/gestione/calls/stop/"),
    "stop_to_end": ([], "/gestione/calls/stop/"),
    "grant_waits_for_body": ([1_000_000], "/mie-campagne/"),
    "grant_completed": ([1_000_000, 2_000_000], "/mie-campagne/"),
    "grant_offer_over": ([2_000_000], "/mie-campagne/"),
    "grant_offered": ([1_000_000, 2_000_000], "/mie-campagne/"),
    "grant_awarded": ([1_000_000, 1_000_050], "/progetti/"),
    "campaign_cost_lowered": ([2_000_000, 1_000_000], "/mie-campagne/"),
    "campaign_cure": ([1_000_000], "/mie-campagne/"),
    "campaign_extended": ([], "/mie-campagne/"),
    "campaign_keeping": ([], "/mie-campagne/"),
    "campaign_withdrawn": ([1_000_050], "/mie-campagne/"),
    "donation_bank_asked": ([1_000_050], "/rimborso/"),
    "donation_bank_given": ([1_000_050], NO_ADDRESS),
    "donation_bank_paid": ([1_000_050], "/donazioni/"),
    "donation_bank_reminder": ([1_000_050], "/rimborso/"),
    "donation_withdrawn": ([1_000_050], "/donazioni/"),
    "donors_may_leave": ([1_000_050], "/donazioni/"),
    "gift_dispute_lost": ([1_000_050], "/mie-campagne/"),
    "gift_dispute_won": ([1_000_050], "/mie-campagne/"),
    "follow_closing": ([], "/rimborso/"),
    "follow_confirm": ([], "/rimborso/"),
    "follow_more": ([], "/rimborso/"),
    "follow_opened": ([1_000_000], "/rimborso/"),
    "follow_result": ([1_000_050], "/progetti/"),
    "follow_updates": ([], "/progetti/"),
    "campaign_question_answered": ([], "/progetti/"),
    "campaign_question_asked": ([], "/mie-campagne/"),
    "campaign_question_confirm": ([], "/domande/"),
    "gift_thanks": ([1_000_050], "/progetti/"),
    "words_hidden": ([], "/mie-campagne/"),
    "words_shown": ([], "/progetti/"),
    "gift_disputed": ([1_000_050], "/mie-campagne/"),
    "gift_card": ([1_000_050], "/donazioni/cartolina/"),
    "barrier_reported": ([], "/accessibilita/"),
    "gifts_link": ([], "/rimborso/"),
    "data_link": ([], "/rimborso/"),
    "data_erased": ([], NO_ADDRESS),
    "identity_changed": ([], "/account/"),
    "gift_link": ([], "/rimborso/"),
    "gifts_resting": ([], "/gestione/donations/giftpause/"),
    "gift_fraud_warning": ([1_000_050], "/donazioni/"),
    "grant_revoked": ([], "/mie-campagne/"),
    "claim_asked": ([], "/organizzazioni/"),
    "claim_closed": ([], "/organizzazioni/"),
    "claim_decided": ([], "/organizzazioni/"),
    "eligibility_admissible": ([], "/candidature/"),
    "eligibility_inadmissible": ([], "/candidature/"),
    "eligibility_rechecked": ([], "/candidature/"),
    "integration_answered": ([], "/verifica/"),
    "integration_asked": ([], "/candidature/"),
    "integration_called_off": ([], "/candidature/"),
    "integration_lapsed": ([], "/candidature/"),
    "integration_reminder": ([], "/candidature/"),
    "iban_changed": ([], "/organizzazioni/"),
    "iban_stopped": ([], "/organizzazioni/"),
    "member_joined": ([], "/organizzazioni/"),
    "member_left": ([], "/organizzazioni/"),
    "member_removed": ([], NO_ADDRESS),
    "member_role_changed": ([], "/organizzazioni/"),
    "organization_invitation": ([], "/rimborso/"),
    "money_held_long": ([1_000_050], "/gestione/donations/campaignmoney/"),
    "offline_donor_may_leave": ([1_000_050], "/progetti/"),
    "offline_gift_owed": ([1_000_050], "/progetti/"),
    "offline_gift_refused": ([1_000_050], "/mie-campagne/"),
    "offline_gift_verified": ([1_000_050, 2_000_000], "/progetti/"),
    "offline_gifts_lapsed": ([1_000_050], "/mie-campagne/"),
    "offline_return_refused": ([1_000_050], "/mie-campagne/"),
    "offline_returns_due": ([2_000_000, 1_000_050], "/mie-campagne/"),
    "offline_returns_reminder": ([2_000_000, 1_000_050], "/mie-campagne/"),
    "partner_asked_again": ([1_000_050], "/rimborso/"),
    "partner_confirmed": ([], "/candidature/"),
    "partner_declined": ([], "/candidature/"),
    "partner_invited": ([1_000_050], "/rimborso/"),
    "partner_reminder": ([], "/rimborso/"),
    "partner_removed": ([], NO_ADDRESS),
    "partner_took_back": ([], "/candidature/"),
    "payout_failed": ([1_000_050], "/mie-campagne/"),
    "payout_paid": ([1_000_050], "/mie-campagne/"),
    "support_decided": ([1_000_050], "/candidature/"),
    "problem_reported": ([], "/gestione/campaigns/problem/"),
    "shortfall_opened": ([1_000_050], "/mie-campagne/"),
    "withdrawal_asked": ([], "/mie-campagne/"),
    "decision_to_confirm": ([], "/gestione/vetting/decisionproposal/"),
    "exclusion_annulled": ([], "/candidature/"),
    "ranking_published": ([1_000_000], "/candidature/"),
    "ranking_to_publish": ([], "/gestione/vetting/ranking/"),
    "review_answered": ([], "/candidature/"),
    "review_asked": ([], "/candidature/"),
}
AMOUNTS = {
    "it": {2_000_000: "20.000\u00a0€", 1_000_000: "10.000\u00a0€", 1_000_050: "10.000,50\u00a0€"},
    "en": {2_000_000: "€20,000", 1_000_000: "€10,000", 1_000_050: "€10,000.50"},
}


@pytest.fixture
def facts(db: None) -> dict[str, Any]:
    """Return the invented data of the previews: what a mail tells is tried with what officers are shown."""
    return sample_facts(timezone.now())


def test_every_mail_has_a_subject_and_is_told_about_here() -> None:
    subjects = sorted(path.name.removesuffix("_subject.txt") for path in FOLDER.glob("*_subject.txt"))

    assert subjects == NAMES
    assert sorted(TOLD) == NAMES


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_mail_is_whole(facts: dict[str, Any], settings: Settings, language: str) -> None:
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["string_if_invalid"] = MISSING
    settings.TEMPLATES = templates
    Mail.objects.all().delete()

    for name in NAMES:
        queue_mail(
            key=name,
            topic="",
            recipient="ada@example.org",
            template=name,
            context=facts,
            language=language,
            now=timezone.now(),
        )

    mails = {mail.key: mail for mail in Mail.objects.all()}
    assert sorted(mails) == NAMES
    for name, mail in mails.items():
        amounts, address = TOLD[name]
        assert not address or f"http://testserver{address}" in mail.body, name
        assert [cents for cents in amounts if AMOUNTS[language][cents] not in mail.body] == [], name
        about = str(facts["stop"].call if name in OF_CALLS else facts["campaign"])
        about = "" if name in OF_NONE else about
        assert about in mail.subject, name
        assert not re.search(r"\{[%{#]|&amp;|&quot;|&#", mail.subject + mail.body), name
        assert MISSING not in mail.subject + mail.body, name
        assert "\n\n\n" not in mail.body, name
        assert site.CITY["contact_email"] in mail.body, name
        assert max(map(len, mail.body.splitlines())) < 900, name


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_mail_has_a_text_and_an_html_part_that_say_the_same(
    facts: dict[str, Any], language: str
) -> None:
    for name in NAMES:
        letter = preview(name, language, facts)

        shown = words_of(letter.html)
        said = re.sub(r"https?://\S+", "", letter.text)
        words = [word.removesuffix(":") for line in said.splitlines() for word in [line.strip("- ")] if word]
        assert [line for line in words if " ".join(line.split()) not in shown] == [], name
        assert f'<html lang="{language}">' in letter.html and letter.subject in shown, name
        # Nothing is fetched from anywhere, and nothing leads elsewhere.
        assert not re.search(r"<(img|link|script|iframe)|url\(", letter.html), name
        links = re.findall(r'href="([^"]*)"', letter.html)
        assert all(link.startswith(("http://testserver/", "mailto:")) for link in links), name
        assert bool(TOLD[name][1]) <= ("background-color:#0b5cad" in letter.html), name


def words_of(page: str) -> str:
    """Return the words a page shows, spaces made plain."""
    body = page.partition("</head>")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?(a|span)\b[^>]*>", "", body))).split())


def test_mails_give_the_officers_words(facts: dict[str, Any]) -> None:
    now = timezone.now()
    Mail.objects.all().delete()

    names = ("application_inadmissible", "campaign_returned", "donation_refunded")
    facts["reversal"].note = "Pagata due volte."
    for name in (*names, "eligibility_inadmissible", "integration_asked"):
        queue_mail(
            key=name, topic="", recipient="a@b.it", template=name, context=facts, language="it", now=now
        )

    bodies = dict(Mail.objects.values_list("key", "body"))
    assert "Utile al quartiere." in bodies["application_inadmissible"]
    assert "mancano documenti o non sono validi" in bodies["eligibility_inadmissible"]
    assert "Manca lo statuto." in bodies["integration_asked"]
    assert "Manca il prezzo del forno." in bodies["campaign_returned"]
    assert "- Titolo: Dite dove nasce il forno." in bodies["campaign_returned"]
    # What an officer notes about a refund is written for the files, not for the donor.
    assert "Pagata due volte." not in bodies["donation_refunded"]


def test_mails_about_an_ended_campaign_blame_no_threshold(facts: dict[str, Any]) -> None:
    now = timezone.now()
    facts["reversal"].reason = Reversal.Reason.FAILURE
    names = ("campaign_failed", "donation_refunded")

    def written(key: str) -> dict[str, str]:
        for name in names:
            queue_mail(
                key=f"{key}:{name}",
                topic="",
                recipient="a@b.it",
                template=name,
                context=facts,
                language="en",
                now=now,
            )
        mails = {name: Mail.objects.get(key=f"{key}:{name}") for name in names}
        return {name: f"{mail.subject}\n{mail.body}" for name, mail in mails.items()}

    below = written("below")
    facts["campaign"].suspended_at, facts["campaign"].suspension_reason = now, "Permesso ritirato."
    ended = written("ended")

    assert all("below" in text for text in below.values())
    assert not any("below" in text for text in ended.values())
    assert "Reason: Permesso ritirato." in ended["campaign_failed"]
