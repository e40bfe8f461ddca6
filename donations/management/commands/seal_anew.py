from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection, transaction
from psycopg2 import sql

from accounts.models import BankAccount
from accounts.services import seal_account_anew
from civicfund.sealing import Unreadable
from donations.models import BankRefund, ForgottenDonor
from donations.services import seal_refund_anew
from donations.services.erasure import seal_donor_anew

#: Where the secrets of a second factor stand in its data.
SECRETS = ("secret", "seed")


class Command(BaseCommand):
    """Seal all that is sealed anew with the first of SEALING_KEYS, so that the older keys can be thrown away.

    Each row is a transaction of its own and what is under the newest key is left alone: broken off, it goes on where it was.
    """

    help = (
        "Seal everything that is sealed with the newest of SEALING_KEYS; run it as the owner of the database."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many rows there are of each kind and how many were sealed anew; exit 1 when one does not open."""
        kinds: tuple[tuple[str, type, Callable[[Any], bool]], ...] = (
            ("bank accounts of bodies", BankAccount, lambda row: seal_account_anew(account=row)),
            ("bank accounts of donors", BankRefund, lambda row: seal_refund_anew(bank=row)),
            ("erased donors on receipts", ForgottenDonor, lambda row: seal_donor_anew(forgotten=row)),
            ("second factors", Authenticator, _seal_factor),
        )
        unreadable = sum([self._seal(*kind) for kind in kinds])
        if unreadable:
            raise CommandError(f"{unreadable} rows open under none of SEALING_KEYS: keep the older keys.")
        self.stdout.write("Every row is under the newest key.")

    def _seal(self, words: str, model: Any, seal_row: Callable[[Any], bool]) -> int:
        """Seal the rows of one kind, say what was done, and return how many do not open."""
        keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
        sealed, unreadable = 0, 0
        for pk in keys:
            try:
                sealed += self._seal_one(model, pk, seal_row)
            except Unreadable:
                unreadable += 1
                self.stderr.write(f"{model._meta.label} {pk} does not open")
            except ProgrammingError as error:
                raise CommandError(
                    "Only the owner of the tables may do this: use its DATABASE_URL, as for manage.py migrate."
                ) from error
        self.stdout.write(f"{words}: {len(keys)}, sealed anew: {sealed}")
        return unreadable

    @transaction.atomic
    def _seal_one(self, model: Any, pk: int, seal_row: Callable[[Any], bool]) -> bool:
        """Seal one row, while the triggers of its table that keep it as it is are off for everybody else's writes too."""
        table = sql.Identifier(model._meta.db_table)
        with connection.cursor() as cursor:
            # What waits for the end of the transaction would keep the table from being altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            # The lock of the table waits for writers and holds them off until the triggers are on again.
            cursor.execute(_statement("ALTER TABLE {table} DISABLE TRIGGER USER", table, cursor))
            row = model.objects.select_for_update().filter(pk=pk).first()
            done = row is not None and seal_row(row)
            cursor.execute(_statement("ALTER TABLE {table} ENABLE TRIGGER USER", table, cursor))
        return done


def _statement(text: str, table: sql.Composable, cursor: Any) -> str:
    return sql.SQL(text).format(table=table).as_string(cursor.connection)


def _seal_factor(factor: Authenticator) -> bool:
    """Seal the secrets of a second factor anew; say whether one of them was under an older key."""
    adapter = get_adapter()
    data = dict(factor.data)
    data |= {name: adapter.encrypt_anew(data[name]) for name in SECRETS if name in data}
    if "migrated_codes" in data:
        data["migrated_codes"] = [adapter.encrypt_anew(code) for code in data["migrated_codes"]]
    if data == factor.data:
        return False
    Authenticator.objects.filter(pk=factor.pk).update(data=data)
    return True
