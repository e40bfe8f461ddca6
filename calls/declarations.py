"""What a body declares when it applies: the usual declarations a new call starts with, and those of one application.

Source: DPR 445/2000 art. 46, 47 and 76.
"""

from collections.abc import Iterable
from itertools import chain, count
from typing import Any

from django.utils.text import slugify

from calls.models import Application, DeclarationText

AskedOf = DeclarationText.AskedOf
#: The declaration by which a body promises the seat it has not yet.
SEAT = "seat"

#: What a new call asks until an officer writes otherwise; texts of the call, so not sentences of the catalogue.
USUAL: tuple[dict[str, Any], ...] = (
    {
        "key": "truth",
        "title": "Veridicità",
        "text": "Quanto scritto in questa candidatura è vero. Conosciamo le sanzioni penali per le dichiarazioni false "
        "(DPR 445/2000, art. 76) e sappiamo che un contributo ottenuto con dichiarazioni false decade (art. 75).",
        "title_en": "Truthfulness",
        "text_en": "What this application says is true. We know the penalties for false declarations (DPR 445/2000, "
        "art. 76) and that a grant obtained by them is lost (art. 75).",
    },
    {
        "key": "incorporate",
        "asked_of": AskedOf.GROUPS,
        "title": "Impegno a costituirsi",
        "text": "Siamo un gruppo di cittadini. Se il progetto è ammesso costituiamo un soggetto giuridico senza scopo di "
        "lucro, con un proprio codice fiscale, entro i giorni previsti dal bando. Sappiamo che fino ad allora il "
        "contributo non può essere concesso e nulla può essere versato.",
        "title_en": "Undertaking to become a body",
        "text_en": "We are a group of citizens. If the project is admitted we set up a non-profit body with a tax code of "
        "its own within the days the call gives. We know that until then the grant cannot be awarded nor anything be "
        "paid out.",
    },
    {
        "key": "standing",
        "asked_of": AskedOf.BODIES,
        "title": "Requisiti dell'ente",
        "text": "L'ente non è in liquidazione, non ha impedimenti a contrarre con la pubblica amministrazione ed è in "
        "regola con i contributi previdenziali e assicurativi (DURC).",
        "title_en": "Standing of the body",
        "text_en": "The body is not being wound up, nothing keeps it from contracting with public administrations, and "
        "its social security contributions are in order (DURC).",
    },
    {
        "key": "double_funding",
        "title": "Divieto di doppio finanziamento",
        "text": "Nessun altro contributo pubblico copre le stesse spese; se ne riceveremo, lo comunicheremo.",
        "title_en": "No double financing",
        "text_en": "No other public money pays the same expenses, and we will report any we are granted.",
    },
    {
        "key": SEAT,
        "title": "Sede in città",
        "text": "L'ente ha una sede operativa in città, o la aprirà prima della firma della convenzione.",
        "title_en": "Seat in the city",
        "text_en": "The body has a working seat in the city, or will open one before the agreement is signed.",
    },
    {
        "key": "de_minimis",
        "asked_of": AskedOf.UNDERTAKINGS,
        "title": "Aiuti de minimis",
        "text": "Con questo contributo l'impresa unica resta nei limiti degli aiuti de minimis del Regolamento (UE) "
        "2023/2831: 300.000 euro in tre anni.",
        "title_en": "De minimis aid",
        "text_en": "With this grant the single undertaking stays within the de minimis aid of Regulation (EU) 2023/2831: "
        "300,000 euro in three years.",
    },
    {
        "key": "publication",
        "title": "Pubblicazione",
        "text": "Sappiamo che il Comune pubblica nome, codice fiscale e importo di chi riceve un contributo (D.Lgs. "
        "33/2013, artt. 26 e 27) e che la pagina del progetto è pubblica.",
        "title_en": "Publication",
        "text_en": "We know that the city publishes name, tax code and amount of whoever receives a grant (D.Lgs. "
        "33/2013, art. 26 and 27), and that the project's page is public.",
    },
    {
        "key": "privacy",
        "title": "Dati personali",
        "text": "Abbiamo letto come il Comune tratta i dati personali e abbiamo informato le persone nominate in questa "
        "candidatura.",
        "title_en": "Personal data",
        "text_en": "We have read how the city treats personal data, and have told the people named in this application.",
    },
)


def free_key(title: str, taken: Iterable[str]) -> str:
    """Return a name for machines for a new declaration; its beginning tells it from the fields around it."""
    name = f"own_{slugify(title).replace('-', '_')[:20]}"
    names = chain([name], (f"{name}_{number}" for number in count(2)))
    return next(free for free in names if free not in set(taken))


def declarations_for(application: Application) -> list[DeclarationText]:
    """Return what the body of an application is asked to declare, in the call's order."""
    body = application.organization
    return [asked for asked in application.call.declaration_texts.all() if asked.is_asked_of(body)]
