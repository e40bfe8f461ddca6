"""What a step of the desk would write to whom: seen while the step is tried, before all of it is undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from accounts.mail_secrets import SECRET, TO_DONORS, without_links
from accounts.models import Mail, User
from accounts.services.mail import Draft, instead_of_writing, write_mail
from civicfund.desk.effects import Mailing
from civicfund.letters import html_of


@contextmanager
def watch_mails(user: Any) -> Iterator[Callable[[], list[Mailing]]]:
    """Gather the mails that would be written, and tell each kind of them as far as a person may see it."""
    with instead_of_writing() as drafts:
        yield lambda: tell_mailings(drafts, user)


def tell_mailings(drafts: list[Draft], user: Any, *, later: Any = "") -> list[Mailing]:
    """Return drafts kind by kind: how many, to whom, and the first of each language to read."""
    there = set(Mail.objects.filter(key__in=[one.key for one in drafts]).values_list("key", flat=True))
    kinds: dict[str, list[Draft]] = {}
    for one in drafts:
        if one.key not in there:
            kinds.setdefault(one.template, []).append(one)
    return [_mailing(kind, ones, user, later) for kind, ones in kinds.items()]


def _mailing(kind: str, drafts: list[Draft], user: Any, later: Any) -> Mailing:
    """Return the mails of one kind."""
    may_see = not kind.startswith(TO_DONORS) or user.has_perm("donations.view_donation")
    addresses = sorted(one.recipient for one in drafts) if may_see else []
    names = {one.recipient: getattr(one.context.get("donation"), "name", "") for one in drafts}
    names |= dict(User.objects.filter(email__in=addresses).values_list("email", "full_name"))
    firsts = (
        {one.language: one for one in reversed(drafts)} if may_see and not kind.startswith(SECRET) else {}
    )
    return Mailing(
        kind=kind,
        letters=[_letter(firsts[code]) for code in sorted(firsts, reverse=True)],
        people=[(names.get(address, ""), address) for address in addresses],
        count=len(drafts),
        later=later,
    )


def _letter(draft: Draft) -> dict[str, str]:
    """Return a draft as its reader would get it."""
    subject, text = write_mail(template=draft.template, context=draft.context, language=draft.language)
    if draft.template.startswith(TO_DONORS):
        text = without_links(text)
    html = html_of(subject=subject, body=text, language=draft.language)
    return {"code": draft.language, "subject": subject, "text": text, "html": html}
