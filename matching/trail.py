"""Whose changes the trail keeps: the law of it, for every table of the project.

Every model stands here once, tracked or left out with its reason (tests/matching/test_trail.py). A change of this table
needs a migration that calls `install`, like matching/migrations/0010_trail.py.
"""

from civicfund.trail.triggers import Tracked

#: What a person may ask to be forgotten is named when it changes and not kept: a later erasure finds nothing here.
OF_A_PERSON = ("email", "full_name")
OF_A_DONOR = ("name", "email", "tax_code")
#: What Stripe tells about a payment: the ledger's entries and Stripe itself keep it.
OF_STRIPE = (
    "charged_cents",
    "fee_cents",
    "payment_method",
    "card_fingerprint",
    "stripe_account_id",
    "stripe_session_id",
    "stripe_payment_intent_id",
    "stripe_charge_id",
    "checkout_url",
    "session_expires_at",
    "checked_at",
)
#: How often something was tried and when again.
ATTEMPTS = ("attempts", "next_attempt_at")

PEOPLE = (
    Tracked("accounts.User", without=("last_login",), hidden=("password", *OF_A_PERSON)),
    Tracked("accounts.User_groups", of="user"),
    Tracked("accounts.User_user_permissions", of="user"),
    Tracked("auth.Group"),
    Tracked("auth.Group_permissions", of="group"),
    Tracked("account.EmailAddress", hidden=("email",), of="user"),
    Tracked("mfa.Authenticator", without=("last_used_at",), hidden=("data",), of="user"),
    Tracked("accounts.Organization", hidden=("representative_name", "representative_tax_code")),
    Tracked("accounts.Membership", of="organization"),
    Tracked("accounts.BankAccount", hidden=("iban_sealed",)),
    Tracked("accounts.OrganizationPaper", of="organization"),
    Tracked("accounts.Claim", hidden=("words",)),
    # Who signs in by SPID or CIE; what the identity provider told is not kept here.
    Tracked("socialaccount.SocialAccount", without=("last_login",), hidden=("uid", "extra_data"), of="user"),
    Tracked(
        "accounts.Invitation",
        without=("sent_at", "times_sent", "digest"),
        hidden=("email",),
        of="organization",
    ),
    Tracked("accounts.MailHold"),
    # The outbox fills and empties itself; that an officer sends a mail again is a change.
    Tracked(
        "accounts.Mail",
        hidden=("recipient", "subject", "body", "unsubscribe_url"),
        by_people=True,
        changes_only=True,
    ),
)
CALLS = (
    Tracked("calls.Call"),
    *(
        Tracked(f"calls.{part}", of="call")
        for part in (
            "CallSession",
            "Theme",
            "Criterion",
            "DocumentRequirement",
            "DeclarationText",
            "EligibilityQuestion",
            "SupportOffer",
            "EditionOutcome",
        )
    ),
    Tracked("calls.Fund"),
    Tracked("calls.Amendment"),
    Tracked("calls.CallFaq"),
    Tracked("calls.CallQuestion"),
    Tracked("calls.Stop"),
    # What was handed in is kept whole by its versions; before that a draft is its authors' alone.
    Tracked("calls.Application", without=("updated_at",), private_while="draft"),
    Tracked(
        "calls.Partner",
        without=("links", "link_digest", "link_expires_at", "reminders", "remind_at", "version"),
        hidden=(
            *("legal_name", "tax_code", "referent", "email"),
            *("part", "share_cents", "answer"),
        ),
        of="application",
    ),
    Tracked("calls.Attachment", without=("waits_in_id",), hidden=("name", "file"), of="application"),
    Tracked("calls.DeskWriting"),
    Tracked("calls.Opening", of="application"),
    Tracked("calls.Opening_documents", of="opening"),
    Tracked("calls.Opening_partners_out", of="opening"),
    Tracked("calls.Opening_taken_away", of="opening"),
    Tracked("calls.PartnerLetter", hidden=("name", "file"), of="partner"),
    Tracked("calls.SupportRequest"),
)
VETTING = (
    Tracked("vetting.CommitteeMember", hidden=("tax_code",)),
    Tracked("vetting.EligibilityCheck"),
    Tracked("vetting.EligibilityItem", of="check_of"),
    Tracked("vetting.Round"),
    # Members judge each alone until the president closes: what they write is not read around that.
    Tracked("vetting.DiscussionNote", hidden=("text",)),
    Tracked("vetting.ConflictDeclaration", hidden=("answer", "text")),
    Tracked("vetting.Assignment"),
    Tracked("vetting.Decision", of="application"),
    Tracked("vetting.IntegrationRequest"),
    Tracked("vetting.DecisionProposal"),
    Tracked("vetting.Ranking", without=("input_csv",)),
    Tracked("vetting.ReviewRequest"),
    Tracked("vetting.Reopening"),
)
CAMPAIGNS = (
    Tracked("campaigns.Campaign"),
    Tracked("campaigns.Problem", hidden=("email", "text")),
    Tracked("campaigns.PageReturn", of="campaign"),
    Tracked("campaigns.Remark", of="given_back"),
    # A draft is its author's alone; what a published text said before is kept beside it.
    Tracked("campaigns.CampaignUpdate", of="campaign", private_while="draft"),
    Tracked("campaigns.EarlierText", hidden=("text",)),
    Tracked("campaigns.GalleryItem", hidden=("file",), of="campaign"),
    # Whoever asks may want to be forgotten.
    Tracked("campaigns.Question", hidden=("name", "email", "text"), of="campaign"),
)
MONEY = (
    # Every movement of a gift is an entry of the ledger, and donations/tasks.py writes each step: people's changes remain.
    Tracked(
        "donations.Donation",
        without=(*OF_STRIPE, "email_key", "count_version"),
        hidden=(*OF_A_DONOR, "message"),
        by_people=True,
        changes_only=True,
    ),
    Tracked("donations.Reversal", without=(*ATTEMPTS, "look_at"), by_people=True),
    Tracked("donations.Outgoing", without=ATTEMPTS, by_people=True),
    Tracked("donations.Dispute", by_people=True),
    Tracked("donations.FraudWarning", by_people=True),
    Tracked("donations.Difference", by_people=True),
    Tracked("donations.Receipt", by_people=True),
    Tracked("donations.ConnectedAccount"),
    Tracked("donations.GiftPause"),
    Tracked(
        "donations.BankRefund",
        without=("links", "link_digest", "link_expires_at", "reminders"),
        hidden=("holder", "iban_sealed", "iban_last4"),
        of="reversal",
    ),
    Tracked(
        "donations.OfflineDonation", without=("reminders", "email_key", "count_version"), hidden=OF_A_DONOR
    ),
    Tracked("donations.OfflineReturn", of="donation"),
    # Somebody else's name and address, which that person may have forgotten.
    Tracked("donations.Dedication", hidden=("name", "email", "greeting"), of="donation"),
    Tracked("donations.Thanks", hidden=("text",), of="donation"),
    Tracked("donations.FlowChoice", of="campaign"),
    Tracked("matching.Grant"),
    Tracked("matching.GrantOffer", of="grant"),
    Tracked("matching.Cure"),
    Tracked("matching.Shortfall"),
    Tracked("matching.Revocation"),
    Tracked("matching.Withdrawal"),
    Tracked("matching.Incorporation"),
)
TRACKED = (*PEOPLE, *CALLS, *VETTING, *CAMPAIGNS, *MONEY)

#: Rows that their own triggers keep as they were written, with their author and their time: they are history themselves.
KEPT = (
    "civicfund.Change",
    "civicfund.ListExport",
    "accounts.BankAccountLook",
    "accounts.ClaimObjection",
    "calls.ApplicationVersion",
    "calls.ApplicationEvent",
    "calls.StopStep",
    "calls.CallAnswer",
    "calls.AnswerCorrection",
    "vetting.Minutes",
    "vetting.ConflictMatch",
    "vetting.RankingEntry",
    "vetting.ScoreCorrection",
    "campaigns.DeadlineExtension",
    "campaigns.CostVariation",
    "ledger.Entry",
    "ledger.Posting",
    "donations.PartyFlag",
    "donations.DonorExport",
    "matching.AdministrativeAct",
    "matching.AuditRun",
    "matching.Erasure",
    "matching.RetentionRun",
    "matching.CurePayment",
    "matching.FundMovement",
    "matching.GrantCompletion",
)
AUTOSAVE = (
    "What a form keeps while somebody writes; what was handed in is kept by the application's versions."
)
#: What else is not tracked, and why.
LEFT_OUT = {
    **dict.fromkeys(KEPT, "Kept as it was written by its own triggers."),
    "accounts.OrganizationChange": "The same; only a representative's own data can be taken out, by nothing else.",
    "donations.ForgottenDonor": "When a donor's data went, and what the law keeps, sealed; a line about it would lead back.",
    "socialaccount.SocialApp": "Identity providers stand in the settings; this table stays empty.",
    "socialaccount.SocialToken": "Their tokens are never kept.",
    **dict.fromkeys(
        (
            "calls.SavedStep",
            "calls.Presence",
            "calls.OpeningStep",
            "calls.Upload",
            "calls.BudgetLine",
            "calls.Activity",
            "calls.Declaration",
        ),
        AUTOSAVE,
    ),
    "vetting.ScoreSheet": "A draft is its member's alone; a final sheet is kept as it is by its own triggers.",
    "vetting.Score": "The same, with its sheet.",
    "campaigns.CampaignWords": "An index PostgreSQL computes.",
    "campaigns.Follow": "A reader's own wish, begun and ended by a link and forgotten afterwards.",
    "ledger.Account": "Its balance moves with its postings alone, which are kept for ever.",
    "matching.IncorporationProof": "Kept as it was sent by its own trigger; forgotten when its form was never finished.",
    "donations.Evidence": "Kept as it was sent by its own trigger; forgotten when nobody used it.",
    "civicfund.Counter": "Counts visits for minutes.",
    "donations.GiftCounter": "Counts attempts for minutes.",
    "donations.GiftInvitation": "A donor's own link, forgotten afterwards.",
    "donations.Decline": "What Stripe tells, counted for minutes.",
    "donations.StripeEvent": "Stripe's own messages; only the machine handles them.",
    "donations.StripeTransaction": "Copied from Stripe and kept.",
    "donations.StripeCursor": "How far the machine has read.",
    "donations.Reconciliation": "A run of the machine, kept.",
    "civicfund.TaskRun": "The machine writes down when its tasks ran.",
    "account.EmailConfirmation": "One-time keys.",
    "admin.LogEntry": "The desk library's own list of what was pressed, kept by it.",
    "auth.Permission": "Django's names of rights; who has which is tracked with people and roles.",
    "contenttypes.ContentType": "Django's names of models.",
    "sessions.Session": "Keys of browsers, for days.",
    "usersessions.UserSession": "The same, with whose browser it is, for its owner to see.",
}
