"""What one version of an application says otherwise than another, in the reader's words."""

from collections.abc import Mapping
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from calls.content import PARTS, Part
from calls.differences import Difference, changed_lines
from calls.models import ApplicationVersion
from calls.services import Foreseen

#: What was handed in, or what would be.
Deposit = ApplicationVersion | Foreseen


def differences_between(before: Deposit, after: Deposit) -> list[Difference]:
    """Return what differs between two versions, files included; of texts and lists only what changed."""
    found = [_difference(part, before.content, after.content) for part in PARTS]
    found.append(Difference(_("Files"), *_apart(_file_lines(before), _file_lines(after))))
    return [difference for difference in found if difference.before != difference.after]


def _difference(part: Part, before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """Return what differs in one part; a part an older version does not know is empty there."""
    old = part.tell(before[part.key]) if part.key in before else []
    new = part.tell(after[part.key]) if part.key in after else []
    return Difference(str(part.label), *_apart(old, new))


def _apart(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines that only one of two lists has; a single line is shown whole."""
    if len(old) <= 1 and len(new) <= 1:
        return old, new
    return changed_lines(old, new)


def _file_lines(version: Deposit) -> list[str]:
    """Return a line per file; its fingerprint tells it from another of the same name."""
    return [
        f"{file['requirement']}: {file['name']} ({filesizeformat(file['size'])}, SHA-256 {file['sha256'][:12]}…)"
        for file in version.files
    ]
