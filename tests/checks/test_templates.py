"""The check of templates finds addresses and parts that do not exist."""

import pytest
from django.template import engines

from checks.templates import template_faults


def faults_of(text):
    return list(template_faults("a.html", engines["django"].from_string(text).template))


@pytest.mark.parametrize(
    "text",
    [
        "{% url 'healthz' %}",
        "{% url 'admin:index' %}",
        "{% url 'admin:app_list' app_label='x' %}",
        "{% url name %}",
        "{% if x %}{% url 'healthz' %}{% endif %}",
        "{% include name %}",
    ],
)
def test_template_faults_none(text):
    assert faults_of(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "{% url 'nowhere' %}",
        "{% url 'nowhere:index' %}",
        "{% url 'admin:nowhere' %}",
        "{% url 'healthz' 1 %}",
        "{% url 'admin:app_list' %}",
        "{% url 'admin:app_list' wrong='x' %}",
        "{% for x in y %}{% url 'nowhere' %}{% endfor %}",
        "{% include 'nowhere.html' %}",
    ],
)
def test_template_faults(text):
    assert len(faults_of(text)) == 1
