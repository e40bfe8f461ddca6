from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection, transaction

from matching.trail import TRACKED

#: Takes the values of some columns out of the lines of a model; that they changed, when and by whom stays.
HIDE = """
UPDATE civicfund_change AS line SET
    old = (SELECT coalesce(jsonb_object_agg(key, CASE WHEN key = ANY(%(hidden)s) THEN 'null' ELSE value END), '{}')
           FROM jsonb_each(line.old)),
    new = (SELECT coalesce(jsonb_object_agg(key, CASE WHEN key = ANY(%(hidden)s) THEN 'null' ELSE value END), '{}')
           FROM jsonb_each(line.new))
WHERE model = %(model)s AND EXISTS (
    SELECT 1 FROM (SELECT * FROM jsonb_each(line.old) UNION ALL SELECT * FROM jsonb_each(line.new)) AS told
    WHERE told.key = ANY(%(hidden)s) AND told.value <> 'null')
"""


class Command(BaseCommand):
    """Take out of the trail's old lines what matching/trail.py hides today; run it as the schema's owner.

    The site itself can neither change nor remove a line. When the law of the trail becomes stricter, or somebody finds
    that a column should have been hidden from the start, the owner brings the old lines to it; nothing else of a line is
    touched. docs/decisions/0048-what-is-kept-about-people.md says why.
    """

    help = "Take out of old lines of the trail what its law hides today (as the owner of the schema)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Hide, in one transaction, and say how many lines had something to hide; a repetition finds none."""
        try:
            number = self._hide()
        except ProgrammingError as error:
            raise CommandError("Only the owner of the schema may do this.") from error
        self.stdout.write(f"{number} lines say less than before.")

    @transaction.atomic
    def _hide(self) -> int:
        number = 0
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE civicfund_change DISABLE TRIGGER USER")
            for one in TRACKED:
                if one.hidden:
                    told = {"hidden": list(one.hidden), "model": one.meta.label_lower}
                    cursor.execute(HIDE, told)
                    number += cursor.rowcount
            cursor.execute("ALTER TABLE civicfund_change ENABLE TRIGGER USER")
        return number
