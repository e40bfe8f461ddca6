"""The desk's previews of mails."""

import pytest
from django.urls import reverse

from accounts.models import User
from matching.mail_kinds import mail_kinds
from tests.desk import desk_of, officer_with, text_of

LIST = reverse("desk-mail-kinds")


def test_kinds_page_leads_to_each_kind(officer: User) -> None:
    page = desk_of(officer).get(LIST).content.decode()

    assert [kind for kind in mail_kinds() if reverse("desk-mail-kind", args=[kind]) not in page] == []


def test_kind_page_shows_both_languages_as_text_and_with_their_layout(officer: User) -> None:
    answer = desk_of(officer).get(reverse("desk-mail-kind", args=["campaign_returned"]))

    page = answer.content.decode()
    assert page.count('sandbox=""') == 2
    assert "Scegliete una fotografia senza volti." in page
    assert "Buongiorno," in page and "Good day," in page
    # The layout is a page of its own inside the frame: nothing of it is markup of the desk.
    assert "<!DOCTYPE html>" not in page.partition("<body")[2]


@pytest.mark.django_db
def test_previews_are_for_who_reads_the_outbox() -> None:
    clerk, other = officer_with("accounts.view_mail"), officer_with("calls.view_call")

    assert desk_of(clerk).get(LIST).status_code == 200
    assert desk_of(other).get(LIST).status_code == 403
    assert "Kinds of mail" not in text_of(desk_of(other).get(reverse("admin:index")))
    assert desk_of(clerk).get(reverse("desk-mail-kind", args=["nothing"])).status_code == 404
