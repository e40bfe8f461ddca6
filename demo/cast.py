"""The people of the demo and the bodies they act for."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from accounts.models import Organization, OrgKind, User
from accounts.services import create_organization
from matching.roles import ROLES

STORY = Path(__file__).parent / "story"
#: Bodies register before the first call they apply to.
REGISTERED_AT = datetime(2024, 10, 20, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class People:
    """Everybody the story needs, by the keys its files use."""

    users: dict[str, User]
    bodies: dict[str, Organization]
    donors: dict[str, Any]

    @property
    def officer(self) -> User:
        return self.users["officer"]

    @property
    def colleague(self) -> User:
        return self.users["colleague"]

    def speaker_of(self, body: str) -> User:
        """Return the person who registered a body."""
        return self.bodies[body].members.get()


def create_people() -> People:
    """Create accounts, owners and bodies. The demo's accounts sign in with the password of people.toml."""
    script = tomllib.loads((STORY / "people.toml").read_text())
    users = {each["key"]: _create_account(each, script["password"]) for each in script["accounts"]}
    for key, name in script["owners"].items():
        users[key] = User.objects.create_user(f"{key}.referente@example.org", full_name=name)
    bodies = {}
    for body in tomllib.loads((STORY / "bodies.toml").read_text())["bodies"]:
        key, owner = body.pop("key"), users[body.pop("owner")]
        kind = OrgKind[body.pop("kind")]
        seat = {"postcode": "20100", "province": "MI", "pec": f"{key}@pec.example.org"}
        bodies[key] = create_organization(user=owner, now=REGISTERED_AT, kind=kind, **seat, **body)
    return People(users=users, bodies=bodies, donors=script["donors"])


def _create_account(account: dict[str, Any], password: str) -> User:
    create = User.objects.create_superuser if account.get("officer") else User.objects.create_user
    role = next((role for role in ROLES if role.key == account.get("role")), None)
    user = create(account["email"], password, full_name=account["full_name"])
    if role:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
        user.groups.add(Group.objects.get(name=role.name))
    # The address counts as confirmed: nobody can read the mail that would ask for it.
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user
