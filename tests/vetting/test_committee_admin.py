"""The committee through the desk's own pages: one whole round, and who sees what before and after it is closed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, Membership, User
from calls.models import Call
from civicfund.desk.own import promoter_of
from tests import factories
from tests.desk import desk_of, list_url, officer_with, row_url, seen_on, take_step, text_of
from tests.papers import make_pdf
from tests.vetting import judging
from vetting.models import Assignment, CommitteeMember, MyFile, Round, ScoreSheet
from vetting.tasks import remind_members, tell_members

#: Words that only a score sheet says.
SECRET = "Solo la mia scheda lo dice"


@pytest.fixture
def call(officer: User) -> Call:
    """Return a published call with three criteria."""
    return judging.make_judged_call(officer=officer)


@pytest.fixture
def clerk(db: None) -> User:
    """Return an officer who sets up committees and sees no score."""
    return officer_with(*judging.CLERK_RIGHTS)


@pytest.fixture
def round_(call: Call, officer: User) -> Round:
    """Return a round of two applications that a president and two members read, one of them written about."""
    judging.make_committee(call, by=officer, members=3, substitutes=1)
    judging.make_applications(call, 2)
    round_ = judging.make_assigned_round(call, by=officer, readers=3)
    judging.judge(seat_of(round_, 1).assignments.first(), 40, 20, 10)
    return round_


def seat_of(round_: Round, number: int) -> CommitteeMember:
    """Return a member by its place, the president first."""
    return round_.seats.order_by("pk")[number]


def test_what_a_committee_judges_does_not_wait_for_two_officers(round_: Round, officer: User) -> None:
    desk = desk_of(officer)
    application = round_.assignments.first().application

    waiting = text_of(desk.get(list_url(application, queue="to_decide")))
    judged = text_of(desk.get(list_url(application, queue="judged")))

    assert application.protocol_number not in waiting
    assert application.protocol_number in judged


def page_of(assignment: Assignment, what: str = "file") -> str:
    """Return the address of a page of a file."""
    return reverse(f"admin:vetting_myfile_{what}", args=[assignment.pk])


def typed(assignment: Assignment, *points: str, **changes: Any) -> dict[str, Any]:
    """Return what a member sends with a sheet."""
    version = assignment.application.versions.latest("number").number
    sent: dict[str, Any] = {"version": version, "comment": SECRET, "do": "save", **changes}
    criteria = assignment.round.call.criteria.all()
    for criterion, value in zip(criteria, points, strict=True):
        if value == "na":
            sent[f"na_{criterion.pk}"] = "on"
        else:
            sent[f"points_{criterion.pk}"] = value
    return sent


def score(client: Client, assignment: Assignment, *points: str) -> str:
    """Declare, fill in, look at what becomes final and confirm; return what the last page says."""
    client.post(page_of(assignment, "declare"), {"answer": "none", "text": ""})
    shown = client.post(page_of(assignment), typed(assignment, *points, do="final"))
    assert "Make it final?" in text_of(shown)
    assert not assignment.sheets.final().exists()
    return text_of(client.post(page_of(assignment), typed(assignment, *points, do="confirm"), follow=True))


def test_a_round_from_the_act_to_the_minutes(call: Call, clerk: User) -> None:
    desk = desk_of(clerk)
    people = [judging.make_judge("presidente", *judging.PRESIDENT_RIGHTS)]
    people += [judging.make_judge(f"membro{number}") for number in range(4)]
    people.append(judging.make_judge("supplente"))
    for number, person in enumerate(people):
        sent = {
            "call": call.pk,
            "user": person.pk,
            "role": "president" if number == 0 else "member",
            "act_number": "DD 5/2026",
            "act_date": "2026-01-08",
            **({"is_substitute": "on"} if number == 5 else {}),
        }
        answer = desk.post(reverse("admin:vetting_committeemember_add"), sent)
        assert answer.status_code == 302, answer.context["errors"]
    again = desk.post(reverse("admin:vetting_committeemember_add"), {**sent, "role": "president"})
    assert "has its president" in text_of(again) and "already" in text_of(again)
    applications = judging.make_applications(call, 12)
    due = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    opened = {"call": call.pk, "readers": 5, "due_at": due}
    assert desk.post(reverse("admin:vetting_round_add"), opened).status_code == 302
    round_ = Round.objects.get()

    plan = desk.get(row_url(round_, "assign_evenly"))
    assert "60 files are assigned" in text_of(plan)
    take_step(desk, row_url(round_, "assign_evenly"))
    assert round_.assignments.count() == 60
    mine = {
        seat.user: list(MyFile.objects.of(seat.user).order_by("pk"))
        for seat in round_.seats.filter(is_substitute=False)
    }

    conflicted = mine[people[1]].pop()
    client = desk_of(people[1])
    assert client.get(page_of(conflicted)).headers["Location"] == page_of(conflicted, "declare")
    silent = client.post(page_of(conflicted, "declare"), {"answer": "conflict", "text": ""})
    assert "Write which conflict" in text_of(silent)
    told = client.post(
        page_of(conflicted, "declare"), {"answer": "conflict", "text": "È mio cugino."}, follow=True
    )
    assert "not yours to judge any more" in text_of(told)
    assert client.get(page_of(conflicted)).status_code == 404
    mine[people[5]] = list(MyFile.objects.of(people[5]))
    assert [one.application for one in mine[people[5]]] == [conflicted.application]

    president = desk_of(people[0])
    early = take_step(president, row_url(round_, "close"), **votes(round_))
    assert "The round cannot be closed: 60 sheets are missing" in text_of(early)
    for number, (person, files) in enumerate(mine.items()):
        browser, points = desk_of(person), ("30" if number else "50,0", "20", "na")
        for one in files[1:]:
            # The first file of each goes through the pages, the others through what stands behind them.
            judging.judge(one, 30 if number else 50, 20, None)
        words = score(browser, files[0], *points)
        assert "No application of this round waits for your sheet" in words
    shown = text_of(president.get(reverse("admin:vetting_round_sheets", args=[round_.pk])))
    assert "From 62.5 to 87.5 out of 100" in shown
    note = reverse("admin:vetting_round_note", args=[round_.pk, applications[0].pk])
    president.post(note, {"text": "Si è discusso dei costi."})
    done = take_step(president, row_url(round_, "close"), **votes(round_))

    assert "The round is closed" in text_of(done)
    round_.refresh_from_db()
    pdf = b"".join(president.get(reverse("admin:vetting_round_minutes", args=[round_.pk])).streaming_content)
    assert pdf.startswith(b"%PDF")
    words = str(round_.minutes.content)
    for told_there in ("È mio cugino.", "Si è discusso dei costi.", "62,5", "supplente".title()):
        assert told_there in words, told_there
    assert round_.minutes.sha256 in text_of(done)


def votes(round_: Round) -> dict[str, Any]:
    """Return what the president types about the meeting."""
    present = [seat.pk for seat in round_.seats.filter(is_substitute=False)]
    return {
        "held_on": timezone.localdate().isoformat(),
        "present": present,
        "in_favour": len(present) - 1,
        "against": 0,
        "abstained": 1,
        "remarks": "Nessuna osservazione.",
    }


def test_nobody_sees_a_sheet_before_the_round_is_closed(round_: Round, officer: User, clerk: User) -> None:
    author = seat_of(round_, 1)
    first, second = author.assignments.order_by("pk")
    client = desk_of(author.user)
    client.post(page_of(second, "declare"), {"answer": "none"})
    client.post(page_of(second), typed(second, "33,33", "20", "10"))
    president, other = seat_of(round_, 0), seat_of(round_, 2)
    scores = reverse("admin:vetting_round_sheets", args=[round_.pk])
    public = [
        "/",
        round_.call.get_absolute_url(),
        reverse("calls:call_data", args=[round_.call.slug]),
        reverse("calls:application_detail", args=[second.application.public_id]),
    ]
    pages = [
        scores,
        page_of(first),
        page_of(second),
        page_of(second, "declare"),
        row_url(round_),
        row_url(first),
        row_url(second),
        row_url(second, "replace"),
        row_url(second).replace("change", "history"),
        row_url(second.application),
        list_url(second, q="33"),
        list_url(MyFile(), q="Solo+la+mia"),
        list_url(second.application, q="Solo+la+mia"),
        list_url(round_),
        reverse("admin:index"),
        reverse("admin:civicfund_change_changelist"),
        reverse("admin:search") + "?s=Solo",
        *public,
    ]
    # Whoever may do everything, and a colleague on the committee: what they do not see, nobody sees.
    for reader in (officer, other.user):
        browser = desk_of(reader)
        for page in pages:
            body = browser.get(page, follow=True).content.decode()
            assert SECRET not in body and "33.33" not in body, (reader, page)
        for model in ("vetting_assignment", "vetting_myfile", "vetting_round", "civicfund_change"):
            taken = browser.post(reverse(f"admin:{model}_export"), {"format": "csv"})
            table = b"".join(taken.streaming_content).decode() if taken.status_code == 200 else ""
            assert SECRET not in table and "33.33" not in table, (reader, model)
    for reader in (second.application.author, factories.make_user("passante")):
        for page in public:
            assert SECRET not in desk_of(reader).get(page).content.decode(), page
    for reader in (officer, clerk, other.user):
        assert desk_of(reader).get(scores).status_code == 403
    assert desk_of(second.application.author).get(scores).status_code == 302
    for page in (page_of(first), page_of(second), page_of(second, "declare")):
        for reader in (president.user, other.user, officer):
            assert desk_of(reader).get(page).status_code == 404
            assert desk_of(reader).post(page, typed(second, "1", "1", "1")).status_code == 404
    # The president leads, and judges too: nothing of an application before the own sheet is final.
    shown = text_of(desk_of(president.user).get(scores))
    assert "Your own sheet is not final yet" in shown and "70" not in re.sub(r"7\d/2027", "", shown)


def test_everybody_of_the_committee_sees_the_sheets_once_it_is_closed(round_: Round, clerk: User) -> None:
    for assignment in round_.assignments.with_progress().exclude(progress="final"):
        judging.judge(assignment, 40, 20, 10)
    judging.close(round_)
    scores = reverse("admin:vetting_round_sheets", args=[round_.pk])

    for reader in (seat_of(round_, 2).user, clerk):
        page = text_of(desk_of(reader).get(scores))
        assert "Buona idea." in page and "From 70 to 70 out of 100" in page
    stranger = judging.make_judge("altrove")
    assert desk_of(stranger).get(scores).status_code == 404
    assert desk_of(stranger).get(row_url(round_)).status_code == 302
    own = seat_of(round_, 2).assignments.first()
    answer = desk_of(seat_of(round_, 2).user).post(page_of(own), typed(own, "1", "1", "1"), follow=True)
    assert "nothing was changed" in text_of(answer)


def test_a_draft_loses_nothing_and_says_what_is_wrong(round_: Round) -> None:
    member = seat_of(round_, 2)
    one = member.assignments.first()
    browser = desk_of(member.user)
    browser.post(page_of(one, "declare"), {"answer": "none"})
    _first, second, third = one.round.call.criteria.all()
    sent = typed(one, "10", "otto", "21", do="final") | {f"comment_{second.pk}": "Perché otto?"}

    page = browser.post(page_of(one), sent)

    assert page.status_code == 422
    words = text_of(page)
    assert "Write points as a number" in words and "At most 20 points" in words
    sheet = ScoreSheet.objects.get(assignment=one)
    assert sheet.unfinished == {f"points_{second.pk}": "otto", f"points_{third.pk}": "21"}
    later = browser.get(page_of(one)).content.decode()
    for kept in ('value="10"', 'value="otto"', 'value="21"', "Perché otto?", SECRET):
        assert kept in later
    short = browser.post(page_of(one), typed(one, "10", "8", "na", do="final"))
    assert "below the lowest that passes: write why" in text_of(short)
    assert not ScoreSheet.objects.get(assignment=one).is_final
    quiet = browser.post(page_of(one), typed(one, "10", "8", "na", do="quietly"))
    assert (quiet.status_code, quiet.content) == (204, b"")


def test_the_file_shows_the_version_that_was_handed_in(round_: Round) -> None:
    member = seat_of(round_, 2)
    one = member.assignments.first()
    body = one.application.organization
    factories.make_application(
        call=factories.make_call(officer=factories.make_user("altra", is_staff=True)),
        organization=body,
        title="Il progetto di prima",
    )
    browser = desk_of(member.user)
    browser.post(page_of(one, "declare"), {"answer": "none"})

    page = browser.get(page_of(one))

    words = text_of(page)
    for told in (
        "€20,000",
        "€10,000",
        "Il forno",
        "Via Padova",
        "Municipio 2",
        "Il progetto di prima",
        "6 months",
    ):
        assert told in words, told
    html = page.content.decode()
    assert f'rel="next" href="{page_of(member.assignments.order_by("pk")[1])}"' in html
    assert Assignment.objects.get(pk=one.pk).opened_at


def test_a_newer_version_asks_to_confirm_or_to_judge_anew(round_: Round) -> None:
    member = seat_of(round_, 1)
    one = member.assignments.with_progress().get(progress="final")
    application = one.application
    application.summary = "Un riassunto più chiaro."
    application.save(update_fields=["summary"])
    judging.hand_in_again(application)
    browser = desk_of(member.user)

    page = text_of(browser.get(page_of(one)))
    assert "Your final sheet is about version 1" in page and "Un riassunto più chiaro." in page
    assert "a newer version: to confirm" in text_of(browser.get(list_url(MyFile())))
    browser.post(page_of(one), {"do": "hold", "version": "1"})
    assert ScoreSheet.objects.counting().count() == 0
    done = browser.post(page_of(one), {"do": "hold", "version": "2"}, follow=True)

    assert "your sheet holds for the newer version too" in text_of(done)
    assert ScoreSheet.objects.counting().get().application_version.number == 2


def test_documents_are_shown_to_the_member_who_has_declared(officer: User, call: Call) -> None:
    judging.make_committee(call, by=officer, members=2)
    user = factories.make_user("carte")
    body = factories.make_organization(user=user)
    draft = factories.make_draft_application(call=call, organization=body)
    requirement = call.document_requirements.get()
    attachment = judging.keep(draft, requirement, make_pdf(mark=b"statuto"))
    judging.submit(draft)
    round_ = judging.make_assigned_round(call, by=officer, readers=1)
    one = round_.assignments.get()
    reader, other = one.member.user, round_.seats.exclude(pk=one.member.pk).get().user
    address = reverse("admin:vetting_myfile_document", args=[one.pk, attachment.public_id])

    assert desk_of(reader).get(address).status_code == 403
    desk_of(reader).post(page_of(one, "declare"), {"answer": "none"})
    answer = desk_of(reader).get(address)

    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "attachment" not in answer.headers["Content-Disposition"]
    assert address in desk_of(reader).get(page_of(one)).content.decode()
    for person in (other, officer):
        assert desk_of(person).get(address).status_code == 404
    Membership.objects.create(organization=body, user=reader, role="reader", created_at=timezone.now())
    assert desk_of(reader).get(address).status_code == 403
    assert "tell the office" in text_of(desk_of(reader).get(page_of(one), follow=True))


def test_rights_decide_who_does_what(round_: Round, clerk: User, evaluator: User, stranger: User) -> None:
    one = seat_of(round_, 2).assignments.first()
    member, president = seat_of(round_, 2).user, seat_of(round_, 0).user
    add_member, add_round = reverse("admin:vetting_committeemember_add"), reverse("admin:vetting_round_add")
    note = reverse("admin:vetting_round_note", args=[round_.pk, one.application_id])
    steps = {
        add_member: (200, 403, 403),
        add_round: (200, 403, 403),
        row_url(round_, "assign_evenly"): (200, 403, 403),
        row_url(round_, "assign"): (200, 403, 403),
        row_url(round_, "due"): (200, 403, 403),
        row_url(round_, "close"): (403, 403, 200),
        row_url(one, "replace"): (200, 403, 200),
        row_url(seat_of(round_, 2)): (200, 403, 403),
        row_url(seat_of(round_, 2), "end"): (200, 403, 403),
        note: (403, 403, 403),
        row_url(round_): (200, 200, 200),
        row_url(one): (200, 403, 200),
    }
    people = [desk_of(person) for person in (clerk, member, president)]
    found = {page: tuple(browser.get(page).status_code for browser in people) for page in steps}
    assert found == steps
    for page in steps:
        assert desk_of(evaluator).get(page).status_code == 403, page
        assert desk_of(stranger).get(page).status_code == 302, page
        assert desk_of(evaluator).post(page, {}).status_code == 403, page
    for browser in people[:2]:
        assert browser.post(note, {"text": "Mio."}).status_code == 403
    for row in (round_, one, seat_of(round_, 2)):
        assert people[0].post(row_url(row), {"removed_at": ""}).status_code == 403
        assert people[0].post(row_url(row, "delete"), {"post": "yes"}).status_code == 403


def test_a_seat_with_the_number_of_an_officer_is_no_membership(round_: Round, officer: User) -> None:
    assert promoter_of(round_) is None and promoter_of(seat_of(round_, 0)) is None
    assert desk_of(officer).get(row_url(round_, "assign_evenly")).status_code == 200


def test_a_president_leads_only_the_own_committee(round_: Round, officer: User) -> None:
    elsewhere = judging.make_judged_call(officer=officer)
    other = judging.make_committee(elsewhere, by=officer, members=2)[0].user
    browser = desk_of(other)
    one = round_.assignments.first()

    assert browser.get(row_url(round_, "close")).status_code in (302, 403, 404)
    assert browser.get(reverse("admin:vetting_round_sheets", args=[round_.pk])).status_code in (403, 404)
    assert browser.get(row_url(one, "replace")).status_code == 404
    assert one.application.title not in text_of(browser.get(list_url(one)))


def test_assign_by_hand_tells_the_conflict_first(round_: Round, clerk: User) -> None:
    substitute = round_.seats.get(is_substitute=True)
    application = round_.applications.first()
    Membership.objects.create(
        organization=application.organization, user=substitute.user, role="owner", created_at=timezone.now()
    )
    desk, url = desk_of(clerk), row_url(round_, "assign")
    sent = {"application": application.pk, "member": substitute.pk}

    told = desk.post(url, {**sent, "preview": "1"})
    assert "acts for the body" in text_of(told)
    refused = desk.post(url, {**sent, "seen": seen_on(told)})
    assert "Something ties this member" in text_of(refused)
    other = round_.applications.last()
    done = take_step(desk, url, application=other.pk, member=substitute.pk)
    assert "Assigned." in text_of(done)
    replaced = take_step(desk, row_url(round_.assignments.first(), "replace"), note="Malattia.", member="")
    assert "nobody is left" in text_of(replaced) or "takes over" in text_of(replaced)


def test_members_are_told_once_in_one_mail_and_reminded_before_the_due_date(round_: Round) -> None:
    def keys(template: str) -> list[str]:
        return list(
            Mail.objects.filter(key__startswith=f"committee_{template}").values_list("key", flat=True)
        )

    tell_members()
    assert keys("assigned") == []
    Round.objects.filter(pk=round_.pk).update(due_at=timezone.now() + timedelta(days=2))
    Mail.objects.all().delete()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vetting.tasks.SETTLED_AFTER", timedelta(0))
        tell_members()
        tell_members()
    assert len(keys("assigned")) == 3
    body = Mail.objects.filter(key__startswith="committee_assigned").first().body
    assert "Progetto 1" in body and "Progetto 2" in body
    remind_members()
    remind_members()
    assert len(keys("reminder")) == 3
    one = seat_of(round_, 1).assignments.with_progress().get(progress="final")
    judging.hand_in_again(one.application)
    tell_members()
    tell_members()
    assert len(keys("version")) == 1
