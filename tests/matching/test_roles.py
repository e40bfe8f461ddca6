"""Who may see and do what at the desk: every address and every step, for each role, allowed and refused."""

import importlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.http import Http404
from django.template.response import SimpleTemplateResponse
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver, resolve, reverse

from accounts.models import User
from calls.models import Call
from matching import desk_urls
from matching.roles import HOUSE, ROLES, Role
from matching.services import UnknownRight, write_roles
from tests import factories
from tests.desk import desk_of, list_url, officer_with, row_url, text_of

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent
#: P procedure officer, C clerk, M committee member, D president, T treasurer, K communication, R data protection, A auditor.
LETTERS = dict(zip((role.key for role in ROLES), "PCMDTKRA", strict=True))
ALL = "".join(LETTERS.values())
#: What only superusers do: nobody raises the own rights.
SUPERUSERS = ""

#: Who sees the rows of a model: its list, also as a file, its rows' pages and their history.
SEES = {
    "accounts_bankaccount": "PTA",
    "accounts_claim": "PCA",
    "accounts_mail": "PCTA",
    "accounts_organization": "PCTA",
    "accounts_user": "PA",
    "auth_group": SUPERUSERS,
    "calls_amendment": "PCKA",
    "calls_applicant": "PC",
    "calls_application": "PCTA",
    "calls_call": ALL,
    "calls_callanswer": "PCKA",
    "calls_callfaq": "PCKA",
    "calls_callquestion": "PCKA",
    "calls_draft": "PC",
    "calls_fund": "PTA",
    "calls_stop": "PTA",
    "calls_supportrequest": "PCA",
    "campaigns_campaign": "PCTKA",
    "campaigns_deadlineextension": "PCTKA",
    "campaigns_campaignupdate": "PCTKA",
    "campaigns_galleryitem": "PCTKA",
    "campaigns_problem": "PCTKA",
    "campaigns_question": "PCTKA",
    "civicfund_change": "PRA",
    "civicfund_listexport": "PRA",
    "donations_campaignmoney": "PTA",
    "donations_connectedaccount": "PTA",
    "donations_difference": "PTA",
    "donations_dispute": "PTA",
    "donations_donation": "PTA",
    "donations_donorexport": "PTA",
    "donations_fraudwarning": "PTA",
    "donations_giftpause": "PTA",
    "donations_offlinedonation": "PTA",
    "donations_outgoing": "PTA",
    "donations_receipt": "PTA",
    "donations_reconciliation": "PTA",
    "donations_reversal": "PTA",
    "donations_stripeevent": "PTA",
    "donations_stripetransaction": "PTA",
    "ledger_account": "PTA",
    "ledger_entry": "PTA",
    "matching_auditrun": "PTA",
    "matching_cure": "PTA",
    "matching_grant": "PTA",
    "matching_incorporation": "PTA",
    "matching_revocation": "PTA",
    "matching_shortfall": "PTA",
    "matching_withdrawal": "PTA",
    "vetting_assignment": "PD",
    "vetting_committeemember": "PA",
    "vetting_decisionproposal": "PCA",
    "vetting_eligibilitycheck": "PCA",
    "vetting_myfile": "MD",
    "vetting_rankedsession": "PA",
    "vetting_ranking": "PA",
    "vetting_reviewrequest": "PA",
    "vetting_round": "PMDA",
}
#: Who adds and removes rows by a form; what is not named here, nobody.
FORMS = {
    "calls_applicant_add": "PC",
    "calls_call_add": "P",
    "calls_call_delete": "P",
    "calls_callfaq_add": "PCK",
    "vetting_committeemember_add": "P",
    "vetting_round_add": "P",
}
#: Who takes a step, or follows a link, on a row's page.
STEPS = {
    "accounts_bankaccount_read_iban": "T",
    "accounts_bankaccount_stop": "T",
    "accounts_claim_accept": "PC",
    "accounts_claim_refuse": "PC",
    "accounts_mail_send_again": "PCT",
    "accounts_organization_reports": "PTA",
    "auth_user_password_change": SUPERUSERS,
    "calls_amendment_confirm": "P",
    "calls_amendment_refuse": "P",
    "accounts_organization_correct": "P",
    "calls_applicant_begin": "PC",
    "calls_application_admit": "PC",
    "calls_application_annul": "PC",
    "calls_application_turn_down": "PC",
    "calls_application_write": "PC",
    "calls_call_amend": "P",
    "calls_call_preview": ALL,
    "calls_call_publish": "P",
    "calls_call_rule_check": "P",
    "calls_call_switch_off": "PT",
    "calls_callanswer_correct": "PC",
    "calls_callfaq_end": "PCK",
    "calls_callquestion_answer_it": "PC",
    "calls_callquestion_decline": "PC",
    "calls_draft_write": "PC",
    "calls_fund_carry_over": "T",
    "calls_fund_lower_fund": "T",
    "calls_fund_raise_fund": "T",
    "calls_stop_confirm_off": "PT",
    "calls_stop_confirm_on": "PT",
    "calls_stop_propose_on": "PT",
    "calls_stop_refuse_off": "PT",
    "calls_stop_refuse_on": "PT",
    "calls_supportrequest_grant": "P",
    "calls_supportrequest_refuse": "P",
    "campaigns_campaign_approve": "P",
    "campaigns_campaignupdate_hide": "PK",
    "campaigns_campaignupdate_let_stand": "PK",
    "campaigns_campaignupdate_show_again": "PK",
    "campaigns_galleryitem_hide": "PK",
    "campaigns_galleryitem_let_stand": "PK",
    "campaigns_galleryitem_show_again": "PK",
    "campaigns_problem_close_it": "PK",
    "campaigns_question_hide": "PK",
    "campaigns_question_let_stand": "PK",
    "campaigns_question_show_again": "PK",
    "campaigns_campaign_end": "P",
    "campaigns_campaign_extend": "P",
    "campaigns_campaign_let_leave": "P",
    "campaigns_campaign_lower_cost": "P",
    "campaigns_campaign_preview": "PCTKA",
    "campaigns_campaign_reports": "PTA",
    "campaigns_campaign_resume": "P",
    "campaigns_campaign_schedule_batch": "P",
    "campaigns_campaign_send_back": "P",
    "campaigns_campaign_suspend": "P",
    "campaigns_campaign_take_back": "P",
    "donations_campaignmoney_choose_flow": "T",
    "donations_campaignmoney_pay_out": "T",
    "donations_difference_clear": "T",
    "donations_donation_accept": "T",
    "donations_donation_flag": "T",
    "donations_donation_give_back": "T",
    "donations_fraudwarning_keep": "T",
    "donations_giftpause_resume": "PT",
    "donations_offlinedonation_accept_return": "T",
    "donations_offlinedonation_annul": "T",
    "donations_offlinedonation_owe_back": "T",
    "donations_offlinedonation_refuse": "T",
    "donations_offlinedonation_refuse_return": "T",
    "donations_offlinedonation_verify": "T",
    "donations_reversal_ask_again": "T",
    "donations_reversal_record_transfer": "T",
    "donations_reversal_try_again": "T",
    "matching_cure_record_payment": "T",
    "matching_grant_propose": "P",
    "matching_incorporation_confirm": "P",
    "matching_incorporation_refuse": "P",
    "matching_revocation_confirm": "P",
    "matching_revocation_drop": "P",
    "matching_shortfall_cover": "PT",
    "matching_shortfall_propose": "P",
    "matching_withdrawal_acknowledge": "P",
    "matching_withdrawal_propose": "P",
    "vetting_assignment_replace": "PD",
    "vetting_committeemember_end": "P",
    "vetting_decisionproposal_confirm": "P",
    "vetting_decisionproposal_drop": "PC",
    "vetting_eligibilitycheck_admissible": "PC",
    "vetting_eligibilitycheck_ask": "PC",
    "vetting_eligibilitycheck_call_off": "PC",
    "vetting_eligibilitycheck_checklist": "PC",
    "vetting_eligibilitycheck_inadmissible": "PC",
    "vetting_eligibilitycheck_reopen": "PC",
    "vetting_myfile_declare": "MD",
    "vetting_myfile_document": "MD",
    "vetting_myfile_file": "MD",
    "vetting_rankedsession_close_reserve": "P",
    "vetting_rankedsession_final": "P",
    "vetting_rankedsession_move_up": "P",
    "vetting_rankedsession_provisional": "P",
    "vetting_ranking_drop": "P",
    "vetting_ranking_input": "PA",
    "vetting_ranking_publish": "P",
    "vetting_reviewrequest_answer_it": "P",
    "vetting_round_assign": "P",
    "vetting_round_assign_evenly": "P",
    # The president of the very round: asked of the row, with tests of their own.
    "vetting_round_close": "",
    "vetting_round_confirm_reopen": "P",
    "vetting_round_drop_reopen": "P",
    "vetting_round_minutes": "PMDA",
    "vetting_round_move_due": "P",
    "vetting_round_note": "PMDA",
    "vetting_round_reopen": "",
    "vetting_round_scores": "",
    "vetting_round_sheets": "PMDA",
}
#: What the address of a page says beside its row: the document of a file, the application a note is about.
BESIDE = {"vetting_myfile_document": [str(UUID(int=1))], "vetting_round_note": ["1"]}
#: Addresses of the desk that show each officer what he or she may see; what they show has tests of its own.
EVERY_OFFICERS = {"app_list", "index", "jsi18n", "login", "password_change", "password_change_done", "search"}
#: Signing out is a form; the rows an autocompletion finds are asked for right by right; the way to a row's public page is
#: closed to everybody, since it asks for no right.
OTHERS = {"logout", "autocomplete", "view_on_site"}
#: The old address of a row's page, which leads to the new one, and the answer to every address that is none.
LIBRARYS_OWN = ("RedirectView", "catch_all_view")

VIEWS = ("changelist", "export", "change", "history", "add", "delete")
#: The addresses that are about no single row.
WITHOUT_ROW = ("_changelist", "_export", "_add", "_rule_check", "_schedule_batch")
#: The pages that look for the row before they ask for the right, or ask for it by the row's state.
NEEDS_ROW = ("_history", "calls_call_delete")


def desk_addresses(patterns: Any = None) -> Iterator[str]:
    """Yield the name of every address of the desk; one without a name is in no table, so it fails the tests."""
    for pattern in admin.site.get_urls() if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from desk_addresses(pattern.url_patterns)
        elif not pattern.lookup_str.endswith(LIBRARYS_OWN):
            yield pattern.name or f"without a name: {pattern.pattern}"


def who_may(name: str) -> str | None:
    """Return the letters of the roles an address is for, or None when the tables say nothing about it."""
    model, _line, view = name.rpartition("_")
    if name in STEPS or view not in VIEWS:
        return STEPS.get(name)
    if view in ("add", "delete"):
        return FORMS.get(name, "") if model in SEES else None
    return SEES.get(model)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let views decide without drawing their pages, nor the menu around them."""
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", property(lambda _response: ""))
    monkeypatch.setattr(type(admin.site), "each_context", lambda _site, _request: {})


def person_in(role: Role | None) -> User:
    """Register somebody at the desk with one role, or with none."""
    person = factories.make_user(role.key if role else "nobody", is_staff=True)
    if role:
        person.groups.add(Group.objects.get(name=role.name))
    return person


def is_open(person: User, name: str, patch: pytest.MonkeyPatch) -> set[bool]:
    """Say whether an address lets somebody in who reads and, where it acts, who acts, on a row that is not there."""
    if not name.endswith(NEEDS_ROW):
        methods = ("get", "post") if name in STEPS else ("get",)
        return {_lets_in(person, name, method) for method in methods}
    # These pages look for the row before they ask for the right.
    model_admin = next(one for one in admin.site._registry.values() if name.startswith(f"{_key(one.model)}_"))
    with patch.context() as for_now:
        for_now.setattr(type(model_admin), "get_object", lambda *_args: model_admin.model(pk=0))
        for_now.setattr(model_admin.model, "__str__", lambda _row: "row")
        return {_lets_in(person, name, "get")}


def _lets_in(person: User, name: str, method: str) -> bool:
    """Ask a view itself, with the desk's own door before it; the middleware has tests of its own."""
    address = address_of(name)
    request = getattr(RequestFactory(), method)(address)
    request.user, request.session, request._dont_enforce_csrf_checks = person, {}, True
    request._messages = CookieStorage(request)
    found = resolve(address)
    request.resolver_match = found
    try:
        answer = found.func(request, *found.args, **found.kwargs)
    except PermissionDenied:
        return False
    except Http404:
        return True
    assert "/login/" not in answer.get("Location", ""), name
    return True


def address_of(name: str) -> str:
    """Return an address of the desk, about a row that is not there where it is about one."""
    if name in EVERY_OFFICERS or name.endswith(WITHOUT_ROW):
        return reverse(f"admin:{name}")
    return reverse(f"admin:{name}", args=["0", *BESIDE.get(name, [])])


def _key(model: Any) -> str:
    """Return a model's name as the addresses of the desk write it."""
    return f"{model._meta.app_label}_{model._meta.model_name}"


def signed_in(person: User) -> Client:
    """Return the browser of somebody."""
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("role", [*ROLES, None], ids=[*(role.key for role in ROLES), "without a role"])
def test_every_address_of_the_desk_opens_to_its_roles_alone(
    role: Role | None, bare: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_roles()
    letter = LETTERS[role.key] if role else "-"
    person = person_in(role)
    asked = [name for name in desk_addresses() if name not in EVERY_OFFICERS | OTHERS]

    found = {name: is_open(person, name, monkeypatch) for name in asked}
    meant = {name: {letter in allowed} if (allowed := who_may(name)) is not None else None for name in asked}

    assert len(asked) > 250
    assert {name: (found[name], meant[name]) for name in asked if found[name] != meant[name]} == {}


def test_no_address_of_the_desk_opens_to_a_citizen(bare: None) -> None:
    citizen, visitor = factories.make_user("citizen"), AnonymousUser()
    names = [name for name in desk_addresses() if name not in OTHERS | {"login", "app_list", "jsi18n"}]

    assert len(names) > 250
    for name in names:
        address = address_of(name)
        for person in (citizen, visitor):
            request = RequestFactory().get(address)
            request.user = person
            found = resolve(address)
            answer = found.func(request, *found.args, **found.kwargs)
            assert (answer.status_code, "/login/" in answer["Location"]) == (302, True), name
    assert signed_in(citizen).get(reverse("admin:index"), follow=True).status_code == 403


def test_the_way_to_the_public_page_of_any_row_is_closed(officer: User, donor: User) -> None:
    kind = ContentType.objects.get(app_label="accounts", model="user")

    assert signed_in(officer).get(reverse("admin:view_on_site", args=[kind.pk, donor.pk])).status_code == 404


def test_the_desk_has_no_other_address_than_those_asked_here() -> None:
    beside = [
        pattern for pattern in get_resolver().url_patterns if str(pattern.pattern).startswith("gestione/")
    ]

    assert [getattr(one, "urlconf_name", None) is desk_urls for one in beside] == [False, True, False]
    assert {pattern.name for pattern in desk_urls.urlpatterns} == {
        "desk-operation",
        "desk-register",
        "desk-search",
        "desk-mail-kind",
        "desk-mail-kinds",
    }


def test_the_tables_name_nothing_that_is_not_there() -> None:
    there = set(desk_addresses())

    assert set(STEPS) | set(FORMS) | {f"{model}_change" for model in SEES} <= there


def test_roles_name_only_rights_that_exist() -> None:
    rows = Permission.objects.values_list("content_type__app_label", "codename")
    exist = {f"{app}.{codename}" for app, codename in rows}

    for role in ROLES:
        assert role.rights() - exist == set(), role.key


def test_every_right_the_house_asks_for_belongs_to_a_role() -> None:
    right = re.compile(rf'"((?:{"|".join(HOUSE)})\.(?:add|change|delete|view|read)_[a-z]+)"')
    source = [path for app in HOUSE for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    named = {found for path in source for found in right.findall(path.read_text())}
    asked_by_lists = set(rights_to_see())
    granted = {right for role in ROLES if not role.sees_all for right in role.rights()}

    assert len(named) > 30
    assert (named | asked_by_lists) - granted - {"auth.view_group"} == set()


def test_the_auditor_sees_every_row_and_changes_none() -> None:
    (auditor,) = (role for role in ROLES if role.sees_all)

    assert {right.split(".")[1].split("_")[0] for right in auditor.rights()} == {"view"}
    assert set(rights_to_see()) - {"auth.view_group"} <= auditor.rights()


def rights_to_see() -> Iterator[str]:
    """Yield the right to see each list of the desk; the lists of who writes for bodies ask for the right to write."""
    for model in admin.site._registry:
        if "view" in model._meta.default_permissions:
            yield f"{model._meta.app_label}.view_{model._meta.model_name}"


def test_migration_makes_the_roles_on_a_database_that_knows_no_right_yet() -> None:
    Group.objects.all().delete()
    Permission.objects.filter(content_type__app_label__in=HOUSE).delete()
    migration = importlib.import_module("matching.migrations.0008_roles")

    migration.make_roles(apps, None)

    assert rights_in_database() == {role.name: role.rights() for role in ROLES}
    create_permissions(apps.get_app_config("calls"), verbosity=0)
    assert Permission.objects.get(codename="view_call").name == "Can view call"


def test_write_roles_takes_back_what_was_granted_by_hand_and_leaves_the_people(donor: User) -> None:
    write_roles()
    clerk = Group.objects.get(name="Istruttore")
    donor.groups.add(clerk)
    clerk.permissions.add(Permission.objects.get(codename="change_outgoing"))
    own = Group.objects.create(name="Un ruolo della città")
    own.permissions.add(Permission.objects.get(codename="view_call"))

    call_command("write_roles", verbosity=0, stdout=io.StringIO())

    assert rights_in_database() == {
        **{role.name: role.rights() for role in ROLES},
        own.name: frozenset({"calls.view_call"}),
    }
    assert list(donor.groups.all()) == [clerk]


def test_write_roles_refuses_a_right_that_no_model_has(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Role("wrong", "Sbagliato", "Wrong", "", may=frozenset({"calls.publish_moon"}))
    monkeypatch.setattr("matching.services.roles.ROLES", (wrong,))

    with pytest.raises(UnknownRight, match=r"calls\.publish_moon"):
        write_roles()


def rights_in_database() -> dict[str, frozenset[str]]:
    """Return what each group may."""
    rights: dict[str, set[str]] = {group.name: set() for group in Group.objects.all()}
    for group in Group.objects.prefetch_related("permissions__content_type"):
        for row in group.permissions.all():
            rights[group.name].add(f"{row.content_type.app_label}.{row.codename}")
    return {name: frozenset(held) for name, held in rights.items()}


def test_a_role_of_the_house_is_read_at_the_desk_and_not_changed(officer: User) -> None:
    write_roles()
    role = Group.objects.get(name="Istruttore")
    desk = desk_of(officer)

    page = text_of(desk.get(row_url(role)))

    assert "Clerk" in page and "calls.change_callquestion" in page and "Prepares the decisions" in page
    assert desk.post(row_url(role), {"name": "Altro"}).status_code == 403
    assert desk.post(row_url(role, "delete"), {"post": "yes"}).status_code == 403
    assert "Istruttore" in text_of(desk.get(list_url(role)))


def test_drafts_are_shown_to_those_of_the_desk_who_may_see_calls_and_campaigns(
    call: Call, evaluator: User, officer: User, organizer: User
) -> None:
    body = factories.make_organization(user=organizer)
    application = factories.make_application(call=call, organization=body)
    draft = factories.make_draft_campaign(application=application, officer=officer)
    pages = (factories.make_draft_call().get_absolute_url(), draft.get_absolute_url())
    seeing = officer_with("calls.view_call", "campaigns.view_campaign")

    assert [signed_in(evaluator).get(page).status_code for page in pages] == [404, 404]
    assert [signed_in(seeing).get(page).status_code for page in pages] == [200, 200]
