"""The desk's pages of applications: what waits comes first, each is decided with a reason by two people."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, Membership, User
from calls.models import Application, Call
from calls.services import withdraw_application
from tests import factories
from tests.deciding import colleague, exclude
from tests.desk import desk_of, list_url, officer_with, row_url, seen_on, take_step, text_of
from vetting.models import Decision, DecisionProposal


@pytest.fixture
def application(call: Call, organizer: User) -> Application:
    """Return an application that waits for a decision: 20,000 euro."""
    return factories.make_application(call=call, organization=factories.make_organization(user=organizer))


@pytest.fixture
def another(call: Call, stranger: User) -> Application:
    """Return another body's application."""
    body = factories.make_organization(user=stranger)
    return factories.make_application(call=call, organization=body, title="Un orto sul tetto", borough=7)


def decide(application: Application, officer: User) -> None:
    """Exclude an application."""
    exclude(application=application, by=officer, reason="Non è a Milano.", now=timezone.now())


def confirmed(officer: User) -> Any:
    """Confirm, through its page, what waits; return the page that follows."""
    return take_step(desk_of(officer), row_url(DecisionProposal.objects.get(state="proposed"), "confirm"))


def test_list_begins_with_what_waits(application: Application, another: Application, officer: User) -> None:
    decide(another, officer)
    desk = desk_of(officer)

    first = text_of(desk.get(list_url(application)))
    excluded = text_of(desk.get(list_url(application, queue="excluded")))

    assert "To decide · 1" in first and "Not admitted · 1" in first and "All · 2" in first
    assert application.title in first and another.title not in first
    assert another.title in excluded and application.title not in excluded


def test_search_looks_everywhere(application: Application, another: Application, officer: User) -> None:
    decide(another, officer)
    desk = desk_of(officer)

    for words in (
        another.protocol_number,
        "orto",
        another.organization.legal_name,
        another.organization.tax_code,
    ):
        assert another.title in text_of(desk.get(list_url(another, q=words)))
    assert application.title not in text_of(desk.get(list_url(another, q="orto")))
    assert "Nothing found for “zebra”" in text_of(desk.get(list_url(another, q="zebra")))


@pytest.mark.parametrize(
    "query", ["borough__exact=7", "call__id__exact={call}", "organization__kind__exact=aps"]
)
def test_filters_narrow_the_list(another: Application, officer: User, query: str) -> None:
    page = desk_of(officer).get(list_url(another) + "?" + query.format(call=another.call_id))

    assert another.title in text_of(page)
    assert another.title not in text_of(desk_of(officer).get(list_url(another) + "?borough__exact=3"))


def test_empty_queue_says_what_it_means(officer: User) -> None:
    assert "No application waits for a decision." in text_of(desk_of(officer).get(list_url(Application)))


def test_what_was_never_handed_in_is_not_shown(call: Call, organizer: User, officer: User) -> None:
    draft = factories.make_draft_application(
        call=call, organization=factories.make_organization(user=organizer)
    )
    desk = desk_of(officer)

    assert draft.title not in text_of(desk.get(list_url(draft, queue="all")))
    assert desk.get(row_url(draft)).status_code == 302
    assert desk.get(row_url(draft, "admit")).status_code == 404
    withdraw_application(application=draft, by=draft.author, now=timezone.now())
    assert draft.title not in text_of(desk.get(list_url(draft, queue="withdrawn")))


def test_detail_shows_the_project_the_body_and_the_promise(application: Application, officer: User) -> None:
    words = text_of(desk_of(officer).get(row_url(application)))

    for fact in (
        application.protocol_number,
        application.organization.tax_code,
        "€20,000",
        "€10,000",
        "Organizer",
    ):
        assert fact in words
    assert "from €1,000 to €100,000" in words
    assert "not as the call asks" not in words


def test_admit_tells_what_follows_before_it_acts(application: Application, officer: User) -> None:
    desk = desk_of(officer)

    page = desk.get(row_url(application, "admit"))
    cheaper = desk.post(row_url(application, "admit"), {"admitted_cost": "15.000", "preview": "1"})

    assert "€20,000" in text_of(page) and "A mail goes to 1 member" in text_of(page)
    assert seen_on(page) == "2000000"
    assert "€7,500" in text_of(cheaper)
    assert seen_on(cheaper) == "1500000"
    assert not Decision.objects.exists()


def test_one_officer_proposes_and_another_one_admits(
    application: Application, officer: User, stranger: User
) -> None:
    Membership.objects.create(
        organization=application.organization, user=stranger, role="editor", created_at=timezone.now()
    )
    proposed = take_step(
        desk_of(colleague_with_all()), row_url(application, "admit"), admitted_cost="15.000", reason="Utile."
    )
    assert "Proposed: a second officer finds it" in text_of(proposed)
    assert not Decision.objects.exists()
    waiting = DecisionProposal.objects.get()
    assert "Decisions to confirm" in text_of(desk_of(officer).get(reverse("admin:index")))
    own = text_of(take_step(desk_of(colleague_with_all()), row_url(waiting, "confirm")))
    assert "You proposed this yourself" in own
    page = text_of(desk_of(officer).get(row_url(waiting, "confirm")))
    for fact in ("Utile.", "Colleague", "€15,000", "€7,500", "A mail goes to the 2 members"):
        assert fact in page, fact

    response = confirmed(officer)

    assert "Admitted." in text_of(response)
    decision = Decision.objects.get()
    assert (decision.outcome, decision.admitted_cost_cents) == ("admitted", 1_500_000)
    assert (decision.decided_by, decision.reason) == (officer, "Utile.")
    assert Mail.objects.filter(key__startswith="application_admitted:").count() == 2


def colleague_with_all() -> User:
    """Return the colleague with every right."""
    User.objects.filter(pk=colleague().pk).update(is_superuser=True)
    return colleague()


def test_a_proposal_is_dropped_with_a_reason(application: Application, officer: User) -> None:
    take_step(desk_of(officer), row_url(application, "exclude"), reason="Non è a Milano.")
    proposal = DecisionProposal.objects.get()

    response = take_step(desk_of(officer), row_url(proposal, "drop"), reason="La sede è a Milano.")

    assert "Dropped: the application waits" in text_of(response)
    assert "/admit/" in desk_of(officer).get(row_url(application)).content.decode()


def test_admit_does_not_act_on_consequences_nobody_has_read(application: Application, officer: User) -> None:
    sent = {"admitted_cost": "15.000", "reason": "Utile.", "seen": "2000000"}

    response = desk_of(officer).post(row_url(application, "admit"), sent)

    assert "What follows has changed" in text_of(response)
    assert "€7,500" in text_of(response)
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"admitted_cost": "20.000", "reason": "  "}, "reason", "required"),
        ({"admitted_cost": "20.000,01", "reason": "Utile."}, "admitted_cost", "At most what is proposed"),
        ({"admitted_cost": "999", "reason": "Utile."}, "admitted_cost", "from €1,000 to €100,000"),
        ({"admitted_cost": "tanto", "reason": "Utile."}, "admitted_cost", "Write an amount"),
    ],
)
def test_admit_refuses_beside_the_field(
    application: Application, officer: User, typed: dict[str, str], field: str, words: str
) -> None:
    response = take_step(desk_of(officer), row_url(application, "admit"), **typed)

    assert list(response.context["form"].errors) == [field]
    assert words in text_of(response)
    assert not Decision.objects.exists()


def test_exclude_closes_with_the_reason_of_who_proposed(application: Application, officer: User) -> None:
    take_step(desk_of(colleague_with_all()), row_url(application, "exclude"), reason="Non è a Milano.")

    response = confirmed(officer)

    assert "Excluded." in text_of(response)
    assert Decision.objects.get().outcome == "inadmissible"
    assert Mail.objects.filter(key__startswith="application_inadmissible:").count() == 1


def test_exclude_needs_a_reason(application: Application, officer: User) -> None:
    response = take_step(desk_of(officer), row_url(application, "exclude"), reason="")

    assert list(response.context["form"].errors) == ["reason"]
    assert not Decision.objects.exists()


def test_a_decided_application_offers_no_decision(application: Application, officer: User) -> None:
    decide(application, officer)
    desk = desk_of(officer)

    assert f"{application.pk}/admit/" not in desk.get(row_url(application)).content.decode()
    again = take_after(desk, application)
    assert "not waiting for a decision" in text_of(again)
    assert Decision.objects.count() == 1


def take_after(desk, application):  # type: ignore[no-untyped-def]
    """Send a decision that comes too late."""
    sent = {"admitted_cost": "20.000", "reason": "Utile.", "seen": "2000000"}
    return desk.post(row_url(application, "admit"), sent, follow=True)


def test_rights_decide_who_decides(application: Application, evaluator: User, stranger: User) -> None:
    reader = desk_of(officer_with("calls.view_application"))
    sent = {"admitted_cost": "20.000", "reason": "Utile.", "seen": "2000000"}

    assert reader.get(row_url(application)).status_code == 200
    assert b"/admit/" not in reader.get(row_url(application)).content
    for step in ("admit", "exclude"):
        assert reader.get(row_url(application, step)).status_code == 403
        assert reader.post(row_url(application, step), sent).status_code == 403
        assert desk_of(evaluator).get(row_url(application, step)).status_code == 403
        assert desk_of(stranger).post(row_url(application, step), sent).status_code == 302
    assert not Decision.objects.exists()
    decider = officer_with("calls.view_application", "calls.change_application")
    take_step(desk_of(decider), row_url(application, "exclude"), reason="No.")
    proposal = DecisionProposal.objects.get()
    assert proposal.proposed_by == decider
    for person in (evaluator, officer_with("vetting.view_decisionproposal")):
        for step in ("confirm", "drop"):
            assert desk_of(person).post(row_url(proposal, step), {"seen": ""}).status_code == 403
    # Who proposed may take it back, but never confirms.
    assert desk_of(decider).post(row_url(proposal, "confirm"), {"seen": ""}).status_code == 403
    second = officer_with("vetting.view_decisionproposal", "vetting.change_decisionproposal")
    take_step(desk_of(second), row_url(proposal, "confirm"))
    assert Decision.objects.get().decided_by == second


def test_applications_are_neither_added_nor_changed_nor_deleted(
    application: Application, officer: User
) -> None:
    desk = desk_of(officer)

    assert desk.get(list_url(application) + "add/").status_code == 403
    assert desk.post(row_url(application), {"title": "Un altro"}).status_code == 403
    assert desk.post(row_url(application, "delete"), {"post": "yes"}).status_code == 403


def test_officer_reads_what_was_handed_in_and_its_receipt(application: Application, officer: User) -> None:
    desk, version = desk_of(officer), application.versions.get()

    page = text_of(desk.get(row_url(application)))

    assert version.protocol_number in page
    assert f'href="{version.get_absolute_url()}"' in desk.get(row_url(application)).content.decode()
    receipt = desk.get(reverse("calls:application_receipt", args=[application.public_id, version.number]))
    assert receipt.content.startswith(b"%PDF")
