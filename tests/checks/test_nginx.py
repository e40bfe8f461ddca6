"""deploy/nginx holds what the rest of the project counts on; the journeys behind it show that it works."""

import re

from django.conf import settings
from django.urls import reverse

from checks.architecture import ROOT

TEXT = (ROOT / "deploy" / "nginx" / "civicfund.conf").read_text()


def test_a_document_of_the_largest_size_passes() -> None:
    most = re.search(r"^    client_max_body_size (\d+)m;", TEXT, flags=re.MULTILINE)

    assert most and int(most[1]) > settings.DOCUMENT_LARGEST_MB


def test_each_process_is_where_docker_compose_lets_it_listen() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    for bind, upstream in (("WEB_BIND", "civicfund_pages"), ("MESSAGES_BIND", "civicfund_messages")):
        here = re.search(rf"{bind}:-([\d.:]+)\}}", compose)
        assert here and f"upstream {upstream} {{\n    server {here[1]} max_fails=0;" in TEXT


def test_the_address_of_stripes_messages_is_the_sites() -> None:
    door = TEXT.partition(f"location = {reverse('donations:stripe_webhook')} {{")[2].partition("}")[0]

    assert "proxy_pass http://civicfund_messages;" in door


def test_the_visitors_address_and_https_are_written_by_the_proxy_itself() -> None:
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in TEXT
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in TEXT
    assert "$proxy_add_x_forwarded_for" not in TEXT


def test_no_server_speaks_what_is_broken() -> None:
    # The first server on a port decides for all.
    assert TEXT.count("listen 443") == TEXT.count("ssl_protocols TLSv1.2 TLSv1.3;") == 2
