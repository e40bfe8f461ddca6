"""Files about bodies, and people who ask to act for one that is registered already."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, transaction
from django.http import HttpResponse
from django.urls import reverse

from accounts import tasks
from accounts.models import Claim, ClaimObjection, Mail, Membership, Organization, OrganizationPaper, User
from accounts.services import (
    AlreadyMember,
    ClaimDecided,
    ClaimOpen,
    NotAnOwner,
    NotAPdf,
    NotNeutral,
    ProofUnusable,
    ReasonMissing,
    Unusable,
    accept_claim,
    ask_to_act,
    forget_proof,
    keep_proof,
    keep_statute,
    object_to_claim,
    refuse_claim,
)
from tests.accounts.acting import member
from tests.accounts.test_forms import GOOD
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of
from tests.factories import make_organization
from tests.pages import browser_of, words_of
from tests.papers import make_pdf, make_picture

NOW = datetime(2027, 3, 14, 12, tzinfo=UTC)
WORDS = "Sono la presidente dal 2026."


@pytest.fixture
def body(organizer: User) -> Organization:
    """Return a body with one owner."""
    return make_organization(user=organizer)


def upload(content: bytes | None = None, name: str = "verbale.pdf") -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, make_pdf() if content is None else content)


def proved(body: Organization, by: User, now: datetime = NOW) -> OrganizationPaper:
    """Keep a proof."""
    return keep_proof(organization=body, upload=upload(), by=by, now=now)


def asked(body: Organization, by: User) -> Claim:
    """Ask to act for a body."""
    return ask_to_act(organization=body, words=WORDS, proof=proved(body, by), by=by, now=NOW)


def test_claims_bring_those_who_decide_a_mail_at_most_once_an_hour(
    body: Organization, organizer: User, donor: User, stranger: User
) -> None:
    clerk, other = officer_with("accounts.change_claim"), officer_with("accounts.view_claim")
    waiting = Mail.objects.filter(key__startswith="claims_waiting:")
    hour = timedelta(hours=1)
    whole = NOW.replace(minute=0)

    def ask(by: User, now: datetime) -> None:
        ask_to_act(organization=body, words=WORDS, proof=proved(body, by, now), by=by, now=now)

    ask(donor, whole)
    ask(stranger, whole + hour - timedelta(seconds=1))
    assert [mail.recipient for mail in waiting] == [clerk.email]
    assert f"{donor}" in waiting.get().body and "?queue=open" in waiting.get().body
    ask(other, whole + hour)
    assert waiting.all().count() == 2 and "3 richieste" in waiting.all().latest("pk").body


def test_whoever_asks_gets_no_mail_about_the_own_request(body: Organization) -> None:
    clerk = officer_with("accounts.change_claim")

    asked(body, clerk)

    assert not Mail.objects.filter(key__startswith="claims_waiting:").exists()


def test_accept_claim_makes_a_member_and_tells_everybody(
    body: Organization, organizer: User, donor: User, officer: User
) -> None:
    claim = asked(body, donor)
    assert Mail.objects.filter(recipient=organizer.email, body__contains=WORDS).count() == 1

    accept_claim(claim=claim, role="owner", reason="Il verbale lo prova.", by=officer, now=NOW)

    assert body.memberships.get(user=donor).role == Membership.Role.OWNER
    told = Mail.objects.get(key=f"claim_decided:{claim.pk}")
    assert told.recipient == donor.email
    assert "Il verbale lo prova." in told.body
    assert Mail.objects.filter(key__startswith=f"claim_closed:{claim.pk}").count() == 1
    for attempt in (
        lambda: accept_claim(claim=claim, role="reader", reason="X", by=officer, now=NOW),
        lambda: refuse_claim(claim=claim, reason="X", by=officer, now=NOW),
        lambda: object_to_claim(claim=claim, words="X", by=organizer, now=NOW),
    ):
        with pytest.raises(ClaimDecided):
            attempt()


def test_refuse_claim_makes_no_member_and_lets_ask_again(
    body: Organization, donor: User, officer: User
) -> None:
    claim = asked(body, donor)

    with pytest.raises(ReasonMissing):
        refuse_claim(claim=claim, reason=" ", by=officer, now=NOW)
    refuse_claim(claim=claim, reason="Il verbale è di un altro ente.", by=officer, now=NOW)

    assert not donor.memberships.exists()
    assert asked(body, donor).status == Claim.Status.OPEN


def test_ask_to_act_once_and_with_ones_own_proof(
    body: Organization, organizer: User, donor: User, stranger: User
) -> None:
    with pytest.raises(AlreadyMember):
        asked(body, organizer)
    claim = asked(body, donor)
    with pytest.raises(ClaimOpen):
        asked(body, donor)
    foreign = make_organization(user=organizer)
    for proof in (claim.proof, proved(body, donor), proved(foreign, stranger)):
        with pytest.raises(ProofUnusable):
            ask_to_act(organization=body, words=WORDS, proof=proof, by=stranger, now=NOW)


def test_claims_are_decided_by_somebody_else(
    body: Organization, donor: User, officer: User, evaluator: User
) -> None:
    claim = asked(body, donor)
    own = asked(body, officer)
    involved = member(body, "reader", "involved")
    involved.is_staff = involved.is_superuser = True
    involved.save()

    for by, what in ((evaluator, claim), (officer, own), (involved, claim), (donor, claim)):
        with pytest.raises(NotNeutral):
            accept_claim(claim=what, role="editor", reason="Sì", by=by, now=NOW)
    assert not donor.memberships.exists()


def test_object_to_claim_as_an_owner_once(body: Organization, organizer: User, donor: User) -> None:
    claim = asked(body, donor)
    for person in (member(body, "editor"), donor):
        with pytest.raises(NotAnOwner):
            object_to_claim(claim=claim, words="No", by=person, now=NOW)
    with pytest.raises(ReasonMissing):
        object_to_claim(claim=claim, words=" ", by=organizer, now=NOW)

    for words in ("Non la conosciamo.", "Davvero."):
        object_to_claim(claim=claim, words=words, by=organizer, now=NOW)

    assert claim.objections.get().words == "Non la conosciamo."


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "accepted"},
        {"status": "refused", "reason": "No"},
        {"role": "owner"},
        {"decided_at": NOW},
        {"words": ""},
    ],
)
def test_claims_keep_their_constraints(body: Organization, donor: User, wrong: dict) -> None:
    claim = asked(body, donor)

    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(**wrong)


def test_the_history_of_claims_is_kept(
    body: Organization, organizer: User, donor: User, officer: User
) -> None:
    claim = asked(body, donor)
    object_to_claim(claim=claim, words="No", by=organizer, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimObjection.objects.create(claim=claim, by=organizer, words="Sì", at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimObjection.objects.create(claim=claim, by=officer, words="", at=NOW)
    proof = proved(body, donor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(organization=body, person=donor, words="Due", proof=proof, asked_at=NOW)
    refuse_claim(claim=claim, reason="No", by=officer, now=NOW)

    for attempt in (
        lambda: Claim.objects.update(reason="Altro"),
        lambda: Claim.objects.all()._raw_delete("default"),
        lambda: ClaimObjection.objects.update(words="Altro"),
        lambda: ClaimObjection.objects.all().delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            attempt()


def test_keep_statute_takes_a_pdf_of_an_owner(body: Organization, organizer: User) -> None:
    first = keep_statute(organization=body, upload=upload(), by=organizer, now=NOW)
    second = keep_statute(
        organization=body, upload=upload(make_pdf(mark=b"2")), by=organizer, now=NOW + timedelta(days=1)
    )

    assert list(body.papers.statutes()) == [second, first]
    with pytest.raises(NotAnOwner):
        keep_statute(organization=body, upload=upload(), by=member(body, "editor"), now=NOW)
    with pytest.raises(NotAPdf):
        keep_statute(organization=body, upload=upload(make_picture(), "s.pdf"), by=organizer, now=NOW)
    for content in (b"", b"MZ" + b"x" * 100, b"<html>"):
        with pytest.raises(Unusable):
            keep_statute(organization=body, upload=upload(content), by=organizer, now=NOW)
    for attempt in (
        lambda: OrganizationPaper.objects.update(name="altro.pdf"),
        lambda: OrganizationPaper.objects.all().delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            attempt()


@pytest.mark.parametrize("wrong", [{"size_bytes": 0}, {"kind": "jpeg"}, {"purpose": "proof", "kind": "gif"}])
def test_papers_keep_their_constraints(body: Organization, organizer: User, wrong: dict) -> None:
    paper = keep_statute(organization=body, upload=upload(), by=organizer, now=NOW)
    fields = ("organization", "purpose", "file", "name", "kind", "size_bytes", "sha256", "kept_by", "kept_at")
    good = {name: getattr(paper, name) for name in fields}

    with pytest.raises(IntegrityError), transaction.atomic():
        OrganizationPaper.objects.create(**good | wrong)


def test_unfinished_proofs_are_forgotten_after_their_days(body: Organization, donor: User) -> None:
    used, waiting = asked(body, donor).proof, proved(body, donor)
    end = NOW + OrganizationPaper.WAITS

    for paper in (used, waiting):
        forget_proof(paper=paper, now=end - timedelta(microseconds=1))
    assert OrganizationPaper.objects.count() == 2
    for paper in (used, waiting):
        forget_proof(paper=paper, now=end)
    assert OrganizationPaper.objects.get() == used
    assert used.file.storage.exists(used.file.name)
    assert not waiting.file.storage.exists(waiting.file.name)


def test_forget_proofs_looks_for_old_ones(body: Organization, donor: User) -> None:
    proved(body, donor, now=datetime(2020, 1, 1, tzinfo=UTC))

    tasks.forget_proofs()

    assert not OrganizationPaper.objects.exists()


def page(body: Organization, name: str, *more: object) -> str:
    """Return the address of a body's page."""
    return reverse(f"accounts:{name}", args=[body.public_id, *more])


def test_a_taken_tax_code_leads_to_the_request(body: Organization, donor: User) -> None:
    browser = browser_of(donor)

    answer = browser.post(reverse("accounts:organization_create"), {**GOOD, "tax_code": body.tax_code})

    assert answer.status_code == 422
    assert page(body, "claim_create") in answer.content.decode()
    assert browser.get(page(body, "claim_create")).status_code == 200


def test_a_proof_that_has_arrived_is_not_asked_again(body: Organization, donor: User) -> None:
    browser, address = browser_of(donor), page(body, "claim_create")

    def send(**sent: object) -> HttpResponse:
        return browser.post(address, sent)

    assert set(send().context["form"].errors) == {"words", "proof"}
    wrong = send(words=WORDS, proof=upload(b"MZ" + b"x" * 99, "verbale.pdf"))
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["proof"])
    assert wrong.context["form"]["words"].value() == WORDS
    silent = send(words="...", proof=upload())
    assert list(silent.context["form"].errors) == ["words"]
    kept = silent.context["form"].kept
    assert str(kept.public_id) in silent.content.decode()
    assert send(words=WORDS, kept=str(kept.public_id)).status_code == 302
    assert Claim.objects.get().proof == kept
    again = send(words=WORDS, proof=upload())
    assert again["Location"] == reverse("accounts:organization_list")
    assert Claim.objects.count() == 1
    assert body.legal_name in words_of(browser.get(again["Location"]))


def test_a_kept_proof_of_another_person_is_not_taken(body: Organization, donor: User, stranger: User) -> None:
    kept = proved(body, stranger)

    for sent in (str(kept.public_id), "niente", ""):
        answer = browser_of(donor).post(page(body, "claim_create"), {"words": WORDS, "kept": sent})
        assert list(answer.context["form"].errors) == ["proof"]


def test_owners_read_the_request_and_object(body: Organization, organizer: User, donor: User) -> None:
    claim = asked(body, donor)
    owner, address = browser_of(organizer), page(body, "claim_detail", claim.public_id)
    for person in (member(body, "editor"), donor):
        assert browser_of(person).get(address).status_code == 404

    assert address in owner.get(page(body, "member_list")).content.decode()
    assert WORDS in words_of(owner.get(address))
    assert owner.post(address, {"words": ""}).status_code == 422
    assert owner.post(address, {"words": "Non la conosciamo."}).status_code == 302
    assert owner.post(address, {"words": "Ancora."}).status_code == 302
    assert claim.objections.get().words == "Non la conosciamo."
    assert "Non la conosciamo." in words_of(owner.get(address))


def test_files_are_given_out_to_whom_they_concern(
    body: Organization, organizer: User, donor: User, stranger: User, officer: User, evaluator: User
) -> None:
    proof = asked(body, donor).proof
    statute = keep_statute(organization=body, upload=upload(), by=organizer, now=NOW)
    reader = member(body, "reader")
    people = (organizer, reader, donor, stranger, officer, evaluator)

    def answers(paper: OrganizationPaper) -> list[int]:
        address = reverse("accounts:organization_paper", args=[paper.public_id])
        given = [browser_of(person).get(address) for person in people]
        for answer in given:
            if answer.streaming:
                assert b"".join(answer.streaming_content).startswith(b"%PDF")
        return [answer.status_code for answer in given]

    assert answers(statute) == [200, 200, 404, 404, 200, 404]
    assert answers(proof) == [404, 404, 200, 404, 200, 404]


def test_statute_page_keeps_it_and_tells_what_is_wrong(body: Organization, organizer: User) -> None:
    browser, address = browser_of(organizer), page(body, "statute_upload")

    for sent in ({}, {"statute": upload(make_picture())}, {"statute": upload(b"PK\x03\x04xx", "s.docx")}):
        answer = browser.post(address, sent)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["statute"])
    assert (
        browser.post(address, {"statute": upload(name="statuto.pdf")})["Location"] == body.get_absolute_url()
    )
    assert "statuto.pdf" in words_of(browser.get(body.get_absolute_url()))


def test_officers_decide_at_the_desk(
    body: Organization, organizer: User, donor: User, stranger: User
) -> None:
    yes, no = asked(body, donor), asked(body, stranger)
    object_to_claim(claim=no, words="Non lo conosciamo.", by=organizer, now=NOW)
    desk = desk_of(officer_with("accounts.view_claim", "accounts.change_claim", "accounts.view_organization"))

    assert "Requests to act for an organization" in text_of(desk.get(reverse("admin:index")))
    assert str(donor) in text_of(desk.get(list_url(yes)))
    asked_page = desk.get(row_url(no, "refuse"))
    assert "Non lo conosciamo." in text_of(asked_page)
    assert reverse("accounts:organization_paper", args=[no.proof.public_id]) in asked_page.content.decode()
    take_step(desk, row_url(yes, "accept"), role="reader", reason="Verbale chiaro.")
    take_step(desk, row_url(no, "refuse"), reason="Verbale di altri.")
    assert body.memberships.get(user=donor).role == "reader"
    assert not stranger.memberships.exists()
    late = desk.post(row_url(yes, "refuse"), {"seen": "", "reason": "X"}, follow=True)
    assert "This request has been decided already." in text_of(late)
    assert "Nobody asks to act for an organization." in text_of(desk.get(list_url(yes)))


def test_deciding_needs_the_right(body: Organization, donor: User) -> None:
    claim = asked(body, donor)
    clerk = desk_of(officer_with("accounts.view_claim"))

    assert clerk.get(row_url(claim)).status_code == 200
    for step in ("accept", "refuse"):
        assert (
            clerk.post(row_url(claim, step), {"seen": "", "reason": "X", "role": "owner"}).status_code == 403
        )
    claim.refresh_from_db()
    assert claim.status == Claim.Status.OPEN
