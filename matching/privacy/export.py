"""The copy of one's data as a file: a ZIP with the same twice, for people and for machines.

Source: Regulation (EU) 2016/679 art. 15 c. 3 and art. 20.
"""

import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.text import capfirst

from accounts.mail_secrets import SECRET, without_links
from accounts.models import Mail, User
from civicfund.retention import KINDS
from civicfund.trail.values import label_of, value_of
from matching.privacy.parts import Part, parts_of
from matching.services.erasure import Holdings
from matching.signatures import keys_to_people

#: Most rows of one part; whoever has more asks the office.
MOST_ROWS = 5_000


def copy_of(held: Holdings, *, now: datetime) -> dict[str, Any]:
    """Return everything that is held about a person, part by part, as plain values."""
    parts = [_told(part) for part in parts_of(held)]
    return {
        "service": f"{settings.CITY['service_name']} · {settings.CITY['name']}",
        "made_at": now,
        "addresses": list(held.addresses),
        "parts": [part for part in parts if part["rows"]],
        "signed": signed_by(held.person) if held.person else [],
    }


def signed_by(person: User) -> list[dict[str, Any]]:
    """Return of which records the person is named as the author, or otherwise, and how often."""
    found = []
    for key in keys_to_people():
        number = key.model._default_manager.filter(**{key.name: person}).count()
        if number:
            meta = key.model._meta
            told = {"records": str(capfirst(meta.verbose_name_plural)), "as": label_of(key, key.column)}
            found.append({**told, "model": meta.label, "number": number})
    return sorted(found, key=lambda one: (one["records"], one["as"]))


def zip_of(held: Holdings, *, now: datetime, language: str) -> bytes:
    """Return the copy as a ZIP with a page to read and a JSON file."""
    copy = copy_of(held, now=now)
    page = render_to_string("privacy/copy.html", {"copy": copy, "kinds": KINDS, "language": language})
    plain = {**copy, "parts": {part["key"]: [row["plain"] for row in part["rows"]] for part in copy["parts"]}}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("dati.html", page)
        packed.writestr("dati.json", json.dumps(plain, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
    return file.getvalue()


def _told(part: Part) -> dict[str, Any]:
    """Return a part with its rows, each as plain values and as people read them."""
    rows = []
    for row in part.rows.order_by("pk")[:MOST_ROWS]:
        plain = {name: _plain(row, name) for name in part.columns}
        if isinstance(row, Mail):
            plain["body"] = _words_of(row)
        rows.append({"plain": plain, "shown": [_shown(row, name, plain[name]) for name in part.columns]})
    return {"key": part.key, "title": str(part.title), "rows": rows}


def _words_of(mail: Mail) -> str:
    """Return a mail's text without the keys in it: whoever finds the file must not get in by them."""
    return "" if mail.key.startswith(SECRET) else without_links(mail.body)


def _plain(row: Model, name: str) -> Any:
    """Return a column's value; of a key to another row what that is called."""
    value = getattr(row, name)
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, datetime | date | bool | int | str | list | dict | Decimal) or value is None:
        return value
    return str(value)


def _shown(row: Model, name: str, value: Any) -> dict[str, str]:
    """Return a column's name and value as people read them."""
    field = row._meta.get_field(name)
    label = label_of(field, name)
    if field.is_relation:
        return {"label": label, "value": value or "–"}
    if isinstance(value, datetime | date):
        value = value.isoformat()
    return {"label": label, "value": value_of(field, value)}
