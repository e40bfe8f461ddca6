"""From the officer's request to the answer and the formal check, through the pages alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Application, ApplicationEvent
from tests.desk import desk_of, list_url, row_url, take_step, text_of
from tests.pages import browser_of, words_of
from tests.papers import make_pdf
from tests.vetting.asking import ask, make_checked_call, make_submitted
from vetting import tasks
from vetting.models import EligibilityCheck

WANTED = "Scrivi a quante persone serve e porta il consenso."


@pytest.fixture
def application(officer: User, organizer: User) -> Application:
    """Return an application that waits for its formal check."""
    made = make_submitted(make_checked_call(officer), organizer)
    tasks.begin_checks()
    Mail.objects.all().delete()
    return made


def step(application: Application, key: str) -> str:
    """Return the address of a step."""
    return reverse(f"calls:step_{key}", args=[application.public_id])


def page_of(browser: Client, address: str) -> dict[str, Any]:
    """Return what the open page of a step sends along."""
    context = browser.get(address).context
    return {"page": str(context["page"]), "version": context["saved"].version if context["saved"] else 0}


def ask_at_the_desk(desk: Client, check: EligibilityCheck) -> Any:
    """Ask through the desk's pages."""
    consent = check.application.call.document_requirements.get(name="Consenso")
    asked = {"reason": WANTED, "fields_open": ["beneficiaries"], "documents": [consent.pk], "days": "10"}
    return take_step(desk, row_url(check, "ask"), **asked)


def write_the_answer(browser: Client, application: Application) -> None:
    """Write the open field, try what is closed, and bring the document."""
    place = step(application, "place")
    told = words_of(browser.get(place))
    assert "Qui puoi cambiare: A chi serve" in told
    sent = {**page_of(browser, place), "beneficiaries": "Trecento persone della zona."}
    refused = browser.post(place, {**sent, "place": "Via Altra"}, follow=True)
    assert "Non è stato salvato niente" in words_of(refused)
    assert not application.openings.get().steps.exists()
    assert browser.post(place, {**sent, "go": "next"})["Location"] == step(application, "documents")
    closed = browser.post(step(application, "budget"), {"amount": ["1"]}, follow=True)
    assert "non si può più modificare" in words_of(closed)
    statute, consent = application.call.document_requirements.order_by("position")
    for asked, status in ((statute, 422), (consent, 302)):
        file = SimpleUploadedFile("consenso.pdf", make_pdf())
        answer = browser.post(step(application, "documents"), {"requirement": asked.pk, "file": file})
        assert answer.status_code == status


def test_what_is_asked_is_answered_and_found_admissible(
    application: Application, officer: User, organizer: User
) -> None:
    desk, browser, check = desk_of(officer), browser_of(organizer), EligibilityCheck.objects.get()
    before = application.beneficiaries

    assert application.title in text_of(desk.get(list_url(check)))
    assert "€20,000; from €1,000 to €100,000." in text_of(desk.get(row_url(check)))
    ask_at_the_desk(desk, check)
    assert "Waiting for the organization · 1" in text_of(desk.get(list_url(check, queue="asked")))
    assert WANTED in Mail.objects.get(key__startswith="integration_asked").body

    page = browser.get(application.get_absolute_url())
    assert WANTED in words_of(page) and "entro le 23:59" in words_of(page)
    edit = reverse("calls:application_edit", args=[application.public_id])
    assert edit in page.content.decode()
    assert edit in browser.get(reverse("calls:application_list")).content.decode()
    assert browser.get(edit)["Location"] == step(application, "place")
    write_the_answer(browser, application)

    # Nothing that was handed in has changed so far.
    application.refresh_from_db()
    assert (application.beneficiaries, application.versions.count()) == (before, 1)
    assert not application.attachments.current().exists()
    hand_in = reverse("vetting:answer", args=[application.public_id])
    read = browser.get(hand_in)
    assert before in words_of(read) and "Trecento persone della zona." in words_of(read)
    done = browser.post(hand_in, {"read": read.context["read"]}, follow=True)
    version = application.versions.get(number=2)
    assert version.protocol_number in words_of(done) and version.kind == "answer"
    assert [file["name"] for file in version.files] == ["consenso.pdf"]
    assert version.code in Mail.objects.get(key__startswith="integration_answered").body.replace("-", "")
    application.refresh_from_db()
    assert application.beneficiaries == "Trecento persone della zona."

    # The officer sees what has changed, fills the list in and concludes.
    assert "no answer in time" not in text_of(desk.get(list_url(check, queue="came_back")))
    shown = text_of(desk.get(row_url(check)))
    assert "What the answer has changed" in shown and "Trecento persone della zona." in shown
    conclude(desk, check, officer)
    found = browser.get(application.get_absolute_url())
    assert "ammissibile" in words_of(found)
    assert Mail.objects.filter(key__startswith="eligibility_admissible").count() == 1
    kinds = list(application.events.order_by("pk").values_list("what", flat=True))
    assert kinds == ["submitted", "asked", "answered", "admissible"]


def conclude(desk: Client, check: EligibilityCheck, officer: User) -> None:
    """Fill the checklist in and find the application admissible."""
    early = take_step(desk, row_url(check, "admissible"), words="")
    assert "These are open or answered with no: Il cortile è aperto a tutti?" in text_of(early)
    question = check.application.call.eligibility_questions.get()
    answers = {f"answer_{key}": "yes" for key in ("kind", "cost", "duration", "declarations", "documents")}
    answers |= {f"answer_{key}": "na" for key in ("seat", "where", "partners")}
    sent = {**answers, f"answer_question_{question.pk}": "yes", "then": "admissible"}
    wrong = desk.post(row_url(check, "checklist"), {**sent, "answer_seat": "no"})
    assert "The rules say otherwise" in text_of(wrong)
    assert desk.post(row_url(check, "checklist"), sent)["Location"] == row_url(check, "admissible")
    assert check.items.get(key="cost").answered_by == officer
    take_step(desk, row_url(check, "admissible"), words="")
    check.refresh_from_db()
    assert (check.outcome, check.concluded_by) == ("admissible", officer)


def test_silence_closes_the_request(application: Application, officer: User, organizer: User) -> None:
    browser, check = browser_of(organizer), EligibilityCheck.objects.get()
    due_before = check.due_at
    asked = ask(application, officer, now=timezone.now() - timedelta(days=12))
    place = step(application, "place")

    late = browser.get(place, follow=True)
    assert "Il tempo per la tua risposta è scaduto" in words_of(late)
    tasks.close_requests()

    asked.refresh_from_db()
    check.refresh_from_db()
    assert (asked.state, asked.opening.closed_at is not None) == ("lapsed", True)
    assert check.due_at > due_before
    assert application.events.latest("pk").what == ApplicationEvent.What.LAPSED
    assert Mail.objects.filter(key__startswith="integration_lapsed").count() == 1
    listed = text_of(desk_of(officer).get(list_url(check, queue="came_back")))
    assert application.title in listed and "no answer in time" in listed
    assert "scaduto" in words_of(browser.get(application.get_absolute_url()))
    assert browser.get(reverse("vetting:answer", args=[application.public_id])).status_code == 302
    # The office goes on: it may still find it not admissible.
    take_step(
        desk_of(officer), row_url(check, "inadmissible"), grounds=["no_answer"], reason="Manca il consenso."
    )
    mail = Mail.objects.get(key__startswith="eligibility_inadmissible")
    assert "quanto richiesto non è arrivato in tempo" in mail.body and "Manca il consenso." in mail.body
