"""Every earlier call asked the same: it is given these declarations as its own, and what was declared title and version."""

from django.db import migrations

#: The one list there was: facts of that day, not of today's code.
USUAL = (
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
        "asked_of": "groups",
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
        "asked_of": "bodies",
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
        "key": "seat",
        "title": "Sede in città",
        "text": "L'ente ha una sede operativa in città, o la aprirà prima della firma della convenzione.",
        "title_en": "Seat in the city",
        "text_en": "The body has a working seat in the city, or will open one before the agreement is signed.",
    },
    {
        "key": "de_minimis",
        "asked_of": "undertakings",
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


def write_declarations(apps, schema_editor):
    """Give each call that has none the list as it was, in Italian and English."""
    Call = apps.get_model("calls", "Call")
    DeclarationText = apps.get_model("calls", "DeclarationText")
    for call in Call.objects.filter(declaration_texts=None):
        DeclarationText.objects.bulk_create(
            DeclarationText(
                call=call, position=position, **{"asked_of": "everybody", "required": True, **one}
            )
            for position, one in enumerate(USUAL, 1)
        )


def complete_declarations(apps, schema_editor):
    """Give each declaration its title, in the language of its words, and the version its call had when it was made."""
    Declaration = apps.get_model("calls", "Declaration")
    titles = {one["text"]: one["title"] for one in USUAL} | {one["text_en"]: one["title_en"] for one in USUAL}
    for made in Declaration.objects.select_related("application").filter(title=""):
        in_force = apps.get_model("calls", "Amendment").objects.filter(
            call=made.application.call_id, status="in_force", decided_at__lte=made.made_at
        )
        last = in_force.order_by("version").last()
        made.title = titles.get(made.text, "")
        made.call_version = last.version if last else 1
        made.save(update_fields=["title", "call_version"])


class Migration(migrations.Migration):
    dependencies = [("calls", "0017_declarations")]

    operations = [
        migrations.RunPython(write_declarations, migrations.RunPython.noop),
        migrations.RunPython(complete_declarations, migrations.RunPython.noop),
    ]
