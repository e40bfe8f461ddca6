"""What people ask about the open call: some have their answer, one waits, one answer was corrected."""

import tomllib
from datetime import datetime, timedelta
from typing import Any

from calls.models import Call, CallAnswer
from calls.services import answer_questions, ask_question, correct_answer
from demo.cast import STORY, People
from demo.history import History


def tell(history: History, people: People, now: datetime) -> None:
    """Plan the questions of story/questions.toml and their answers."""
    script = tomllib.loads((STORY / "questions.toml").read_text())
    for story in script["questions"]:
        _tell_one(history, people, script["call"], story, now)


def _tell_one(history: History, people: People, slug: str, story: dict[str, Any], now: datetime) -> None:
    """Plan one question, its answer and its correction, as far as the story has them."""
    kept: list[CallAnswer] = []

    def ask(when: datetime) -> None:
        author = people.users[story["author"]]
        question = ask_question(call=Call.objects.get(slug=slug), author=author, text=story["text"], now=when)
        if "answer" in story:
            history.at(now - timedelta(days=story["answered_days_ago"]), lambda day: answer(question, day))

    def answer(question: Any, when: datetime) -> None:
        published = story.get("published", story["text"])
        kept.append(
            answer_questions(
                questions=[question], question=published, text=story["answer"], by=people.officer, now=when
            )
        )
        if "correction" in story:
            history.at(now - timedelta(days=story["corrected_days_ago"]), correct)

    def correct(when: datetime) -> None:
        correct_answer(answer=kept[0], text=story["correction"], by=people.officer, now=when)

    history.at(now - timedelta(days=story["asked_days_ago"]), ask)
