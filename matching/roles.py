"""The roles of the desk: who may see and do what, in one table.

A role is a Django group of its Italian name. The table is the law: `matching.services.write_roles` makes the groups say what
stands here, in the migration that first made them and after every later one (`manage.py write_roles`). To add a model or a
right, add it to `READING` or to a role's `may`, and to the table of tests/matching/test_roles.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

#: The apps whose rows the desk is about.
HOUSE = ("civicfund", "accounts", "calls", "vetting", "campaigns", "ledger", "donations", "matching")


def reading(app: str, models: str) -> frozenset[str]:
    """Return the rights to see some models of an app, named in one string."""
    return frozenset(f"{app}.view_{model}" for model in models.split())


#: What can be read together, because a work is not possible with a part of it.
CALLS = reading("calls", "call callfaq callquestion callanswer amendment")
APPLICATIONS = reading("calls", "application supportrequest") | reading(
    "accounts", "organization claim organizationchange"
)
#: From the formal check to the published ranking; a member's own files are not among them.
CHECKING = reading("vetting", "eligibilitycheck integrationrequest")
JUDGING = reading(
    "vetting", "committeemember round assignment decisionproposal ranking rankedsession reviewrequest"
)
MY_FILES = reading("vetting", "myfile") | {"vetting.score_application"}
CAMPAIGNS = reading("campaigns", "campaign deadlineextension problem campaignupdate question galleryitem")
GRANTS = reading("calls", "fund") | reading(
    "matching", "grant revocation withdrawal cure shortfall incorporation"
)
GIFTS = reading(
    "donations", "donation offlinedonation reversal dispute fraudwarning giftpause receipt dedication"
)
BOOKS = reading(
    "donations",
    "campaignmoney outgoing difference reconciliation donorexport connectedaccount stripeevent stripetransaction",
) | reading("ledger", "account entry")
BOOKS |= reading("matching", "auditrun")
PEOPLE = reading("accounts", "user bankaccount mail")
STOPS = reading("calls", "stop")
#: Who has changed what, and taken which list away.
TRAIL = reading("civicfund", "change listexport")
#: Which task runs when.
MACHINE = reading("civicfund", "taskrun")
#: Switching off and on again in an incident takes two people: each of them needs all of it.
STOPPING = STOPS | {"calls.add_stop", "calls.change_stop"}


@dataclass(frozen=True)
class Role:
    """A work at the desk: its name in Italian, which names the group, and in English, what it is for, and its rights."""

    key: str
    name: str
    english: str
    work: Any
    sees: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    #: Reads every row of the house, whatever is added to it.
    sees_all: bool = False

    def rights(self) -> frozenset[str]:
        """Return all its rights, like "calls.view_call"."""
        return self.sees | self.may | (frozenset(_all_readings()) if self.sees_all else frozenset())


def _all_readings() -> Iterator[str]:
    """Yield the rights to see each kind of row of the house."""
    for app in HOUSE:
        for model in apps.get_app_config(app).get_models():
            if "view" in model._meta.default_permissions:
                yield f"{app}.view_{model._meta.model_name}"


ROLES = (
    Role(
        "procedure_officer",
        "Responsabile del procedimento",
        "Procedure officer",
        _(
            "Leads the procedure: publishes and amends calls, decides on applications and campaigns, signs acts."
        ),
        sees=CALLS
        | APPLICATIONS
        | CHECKING
        | JUDGING
        | CAMPAIGNS
        | GRANTS
        | GIFTS
        | BOOKS
        | PEOPLE
        | STOPS
        | TRAIL
        | MACHINE,
        may=STOPPING
        | {
            "accounts.change_claim",
            "accounts.change_mail",
            "accounts.correct_organization",
            "calls.add_amendment",
            "calls.add_call",
            "calls.add_callfaq",
            "calls.change_amendment",
            "calls.change_applicant",
            "calls.change_application",
            "calls.change_call",
            "calls.change_callfaq",
            "calls.change_callquestion",
            "calls.change_draft",
            "calls.change_supportrequest",
            "calls.delete_call",
            "campaigns.add_costvariation",
            "campaigns.add_deadlineextension",
            "campaigns.change_campaign",
            "campaigns.change_campaignupdate",
            "campaigns.change_galleryitem",
            "campaigns.change_problem",
            "campaigns.change_question",
            "donations.change_giftpause",
            "matching.add_revocation",
            "matching.change_incorporation",
            "matching.change_revocation",
            "matching.change_shortfall",
            "matching.change_withdrawal",
            "vetting.add_ranking",
            "vetting.assign_committee",
            "vetting.change_decisionproposal",
            "vetting.change_eligibilitycheck",
            "vetting.change_ranking",
            "vetting.change_reviewrequest",
        },
    ),
    Role(
        "clerk",
        "Istruttore",
        "Clerk",
        _("Prepares the decisions: reads applications, answers questions, checks who acts for a body."),
        sees=CALLS
        | APPLICATIONS
        | CHECKING
        | reading("vetting", "decisionproposal")
        | CAMPAIGNS
        | reading("accounts", "mail"),
        # Proposes decisions, which the procedure officer confirms.
        may=frozenset(
            {
                "accounts.change_claim",
                "accounts.change_mail",
                "calls.add_callfaq",
                "calls.change_applicant",
                "calls.change_application",
                "calls.change_callfaq",
                "calls.change_callquestion",
                "calls.change_draft",
                "vetting.change_eligibilitycheck",
            }
        ),
    ),
    # A member opens a file only after the declaration about conflicts of interest: never by the list of applications.
    Role(
        "member",
        "Componente della commissione",
        "Committee member",
        _("Scores the applications assigned to him or her, after declaring no conflict of interest."),
        sees=reading("calls", "call") | MY_FILES,
    ),
    Role(
        "president",
        "Presidente della commissione",
        "President of the committee",
        _("Leads the committee: follows its progress, closes rounds with minutes."),
        sees=reading("calls", "call") | reading("vetting", "assignment round") | MY_FILES,
        may=frozenset({"vetting.close_round"}),
    ),
    Role(
        "treasurer",
        "Ragioneria",
        "Treasurer",
        _("Moves the money: funds, payouts, refunds, gifts outside the site; keeps the books true."),
        sees=reading("calls", "call application")
        | reading("accounts", "organization bankaccount mail")
        | CAMPAIGNS
        | GRANTS
        | GIFTS
        | BOOKS
        | STOPS,
        may=STOPPING
        | {
            "accounts.change_mail",
            "accounts.read_iban",
            "donations.change_difference",
            "donations.change_donation",
            "donations.change_giftpause",
            "donations.change_offlinedonation",
            "donations.change_outgoing",
            "donations.change_reversal",
            "matching.add_curepayment",
            "matching.add_fundmovement",
            "matching.change_shortfall",
        },
    ),
    Role(
        "communication",
        "Comunicazione",
        "Communication",
        _(
            "Tells the public: frequent questions and the pages of calls and campaigns. Looks at what is said there."
        ),
        sees=CALLS | CAMPAIGNS,
        may=frozenset(
            {
                "calls.add_callfaq",
                "calls.change_callfaq",
                "campaigns.change_campaignupdate",
                "campaigns.change_galleryitem",
                "campaigns.change_problem",
                "campaigns.change_question",
            }
        ),
    ),
    Role(
        "auditor",
        "Revisore (sola lettura)",
        "Auditor (read-only)",
        _("Reads everything and changes nothing."),
        sees_all=True,
    ),
)


def role_of(name: str) -> Role | None:
    """Return the role a group's name stands for, if it is one of the table."""
    return next((role for role in ROLES if role.name == name), None)
