"""Answers on a call's page: they may change while the call is published, and every wording stays known."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.models import User
from calls.models import Call, CallFaq
from calls.services import FaqMovedOn, change_faq, end_faq, write_faq
from tests.factories import make_draft_call

LATER = timedelta(hours=1)


@pytest.fixture
def faq(call: Call, officer: User) -> CallFaq:
    """Return an answer on the page of a published call."""
    return write_faq(
        call=call, question="Serve una sede?", answer="Sì, a Milano.", by=officer, now=timezone.now()
    )


def test_write_faq_on_a_published_call(faq: CallFaq, call: Call, officer: User) -> None:
    assert list(call.faqs.current()) == [faq]
    assert (faq.written_by, faq.ended_at, faq.replaces) == (officer, None, None)


def test_change_faq_keeps_the_earlier_wording(faq: CallFaq, call: Call, officer: User) -> None:
    now = timezone.now() + LATER

    changed = change_faq(
        faq=faq, question=faq.question, answer="Sì, o l'impegno.", position=2, by=officer, now=now
    )

    faq.refresh_from_db()
    assert list(call.faqs.current()) == [changed]
    assert (changed.replaces, changed.position) == (faq, 2)
    assert (faq.answer, faq.ended_at, faq.ended_by) == ("Sì, a Milano.", now, officer)


def test_change_faq_that_changes_nothing_writes_nothing(faq: CallFaq, officer: User) -> None:
    same = change_faq(
        faq=faq, question=faq.question, answer=faq.answer, position=1, by=officer, now=timezone.now()
    )

    assert same == faq
    assert CallFaq.objects.count() == 1


def test_a_wording_that_is_over_is_neither_changed_nor_ended_again(faq: CallFaq, officer: User) -> None:
    end_faq(faq=faq, by=officer, now=timezone.now())

    with pytest.raises(FaqMovedOn):
        end_faq(faq=faq, by=officer, now=timezone.now())
    with pytest.raises(FaqMovedOn):
        change_faq(faq=faq, question="?", answer="!", position=1, by=officer, now=timezone.now())
    assert CallFaq.objects.get().answer == "Sì, a Milano."


def test_a_wording_is_never_rewritten(faq: CallFaq) -> None:
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        CallFaq.objects.update(answer="No.")


def test_a_wording_that_is_over_stays_over(faq: CallFaq, officer: User) -> None:
    end_faq(faq=faq, by=officer, now=timezone.now())

    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        CallFaq.objects.update(ended_at=None, ended_by=None)


def test_an_answer_of_a_published_call_is_kept(faq: CallFaq) -> None:
    with pytest.raises(IntegrityError, match="are kept"), transaction.atomic():
        CallFaq.objects.all().delete()


def test_a_draft_goes_with_its_answers(officer: User) -> None:
    call = make_draft_call()
    faq = write_faq(call=call, question="?", answer="!", by=officer, now=timezone.now())
    change_faq(faq=faq, question="??", answer="!!", position=1, by=officer, now=timezone.now())

    call.delete()

    assert not CallFaq.objects.exists()


def test_an_end_has_its_officer(faq: CallFaq) -> None:
    with pytest.raises(IntegrityError, match="faq_end_is_signed"), transaction.atomic():
        CallFaq.objects.update(ended_at=timezone.now())


@pytest.mark.parametrize("empty", ["question", "answer"])
def test_an_answer_has_words(call: Call, officer: User, empty: str) -> None:
    words = {"question": "?", "answer": "!", empty: ""}

    with pytest.raises(IntegrityError, match="faq_has_words"), transaction.atomic():
        write_faq(call=call, by=officer, now=timezone.now(), **words)
