"""The questions of the desk's queues: written once in a process, for whoever asks and whenever."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib import admin

from civicfund.desk import queues
from civicfund.desk.queues import Queue

Queries = Callable[[int], AbstractContextManager[object]]


def every_queue() -> Iterator[tuple[Any, Queue]]:
    """Yield the queues of every list."""
    for page in admin.site._registry.values():
        for queue in getattr(page, "queues", ()):
            yield page, queue


@pytest.mark.parametrize("has_right", [True, False])
def test_every_question_is_written_without_a_look_at_rows_or_at_the_reader(
    db: None, django_assert_num_queries: Queries, has_right: bool
) -> None:
    """What is found while a question is written would be found for ever."""
    written = 0

    with django_assert_num_queries(0):
        for page, queue in every_queue():
            rights = tuple((right, has_right) for right in page.rows_depend_on)
            for write in (queues._waiting_question, queues._tab_question):
                question, parameters = write.__wrapped__(page, queue.key, rights)
                assert question.count("%s") == len(parameters)
                written += 1

    assert written > 300


def test_a_list_that_asks_for_a_right_it_has_not_named_is_refused() -> None:
    with pytest.raises(KeyError):
        queues._Reader({"calls.view_call": True}).has_perm("calls.change_call")
