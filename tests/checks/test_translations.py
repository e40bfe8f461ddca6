"""The check of translations finds every kind of fault."""

import pytest
from babel.messages.catalog import Catalog

from checks.translations import faults, marked, python_sentences, template_sentences

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, npgettext, pgettext
a = _("Plain " "sentence")
b = ngettext("%(n)s gift", "%(n)s gifts", n)
c = pgettext("month", "May")
d = npgettext("crowd", "One", "Many", n)
"""
TEMPLATE = """{% load i18n %}
   <p title="{% translate 'Over 50 % raised' %}">
 {% blocktranslate trimmed count n=n %}
     One {{ gift }}
   {% plural %}
     Many
       {{ gift }}
 {% endblocktranslate %}
  {% translate "May" context "month" %} {{ name|default:_("Nobody") }}
"""


def test_python_sentences():
    assert [found[1:] for found in python_sentences("a.py", PYTHON)] == [
        (None, "Plain sentence"),
        (None, ("%(n)s gift", "%(n)s gifts")),
        ("month", "May"),
        ("crowd", ("One", "Many")),
    ]


def test_template_sentences():
    assert {found[1:] for found in template_sentences("a.html", TEMPLATE)} == {
        (None, "Over 50 %% raised"),
        (None, ("One %(gift)s", "Many %(gift)s")),
        ("month", "May"),
        (None, "Nobody"),
    }


def catalogue(**entry):
    catalog = Catalog(locale="it")
    catalog.add(**entry)
    return catalog


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"id": "One", "string": "Uno"}, "One"),
        ({"id": "%(n)s gift", "string": "%(n)s dono"}, "%(n)s gift"),
        (
            {"id": ("%(n)s gift", "%(n)s gifts"), "string": ("un dono", "%(n)s doni")},
            ("%(n)s gift", "%(n)s gifts"),
        ),
    ],
)
def test_faults_none(entry, sentence):
    assert list(faults(catalogue(**entry), [("a.py:1", None, sentence)])) == []


@pytest.mark.parametrize(
    ("entry", "sentence", "fault"),
    [
        ({"id": "Other", "string": "Altro"}, "One", "missing"),
        ({"id": "One", "string": "Uno", "context": "month"}, "One", "missing"),
        ({"id": "One", "string": ""}, "One", "empty"),
        ({"id": ("One", "Many"), "string": ("Uno", "")}, ("One", "Many"), "empty"),
        ({"id": "One", "string": "Uno", "flags": ["fuzzy"]}, "One", "fuzzy"),
        ({"id": "One", "string": "Uno"}, ("One", "Many"), "plural"),
        ({"id": "%(n)s gift", "string": "dono"}, "%(n)s gift", "placeholders"),
        ({"id": "%(n)s gift", "string": "%(m)s dono"}, "%(n)s gift", "placeholders"),
        ({"id": "{n} gift", "string": "{n} {m}"}, "{n} gift", "placeholders"),
        ({"id": ("One", "%(n)s"), "string": ("Uno", "Molti")}, ("One", "%(n)s"), "placeholders"),
    ],
)
def test_faults(entry, sentence, fault):
    found = list(faults(catalogue(**entry), [("a.py:1", None, sentence)]))

    assert len(found) == 1
    assert fault in found[0]


def test_marked_obsolete():
    catalog = catalogue(id="Old", string="Vecchio")
    catalog.update(Catalog())

    assert list(marked(catalog)) == ["the catalogue keeps an obsolete entry: 'Old'"]
