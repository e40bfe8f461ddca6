"""Lines of the log name requests and runs, never persons, whatever an error says."""

import json
import logging
import sys
from smtplib import SMTPRecipientsRefused

import pytest

from civicfund.operation.logs import JsonLines, Lines, without_persons
from donations.models.own import link_to_address


def line_about(error: Exception, formatter: logging.Formatter) -> str:
    """Return what is logged of an error with its trace."""
    try:
        raise error
    except (SMTPRecipientsRefused, ValueError):
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "mail %s stays", (7,), sys.exc_info())
    return formatter.format(record)


@pytest.mark.parametrize("formatter", [Lines("%(message)s"), JsonLines()])
def test_a_mail_servers_error_names_no_reader(formatter: logging.Formatter) -> None:
    said = line_about(SMTPRecipientsRefused({"eva.riva@example.org": (550, b"no")}), formatter)

    assert "SMTPRecipientsRefused" in said and "mail 7 stays" in said
    assert "eva" not in said and "example.org" not in said


def test_a_row_the_database_refuses_is_not_quoted() -> None:
    error = ValueError(
        'violates check constraint "x"\nDETAIL:  Failing row contains (3, Eva Riva, Via Padova 1).'
    )

    said = json.loads(line_about(error, JsonLines()))["trace"]

    assert 'check constraint "x"' in said and "Riva" not in said and "Padova" not in said


@pytest.mark.parametrize(
    "words",
    [
        f"Gone: /i-tuoi-dati/{link_to_address('eva@example.org')}/cancella/",
        "donor RVIVEA80A41F205P asks",
        "to IT60X0542811101000000123456 or IT60 X054 2811 1010 0000 0123 456",
    ],
)
def test_what_leads_to_a_person_is_left_out(words: str) -> None:
    said = without_persons(words)

    assert "…" in said
    assert not any(part in said for part in words.split() if len(part) > 8 and not part.startswith("/"))
    assert "/cancella/" in said or "/" not in words


def test_what_leads_to_nobody_stays() -> None:
    words = "gift 3fa85f64-5717-4562-b3fc-2c963f66afa6 of /gestione/donations/donation/12/change/ at 2026-11-27 12:33:22,007"

    assert without_persons(words) == words
