"""The donors' line: what a server hangs up between two questions is opened again, and what breaks is told."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.storm.donors import Line

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """Listen on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        yield listening


def serve(server: socket.socket, answers: list[bytes]) -> threading.Thread:
    """Answer one question per connection and hang up without a word, as a server does with a line that rests."""

    def answer_all() -> None:
        for answer in answers:
            line, _address = server.accept()
            with line:
                line.recv(65_536)
                line.sendall(answer)

    thread = threading.Thread(target=answer_all, daemon=True)
    thread.start()
    return thread


def test_a_line_that_was_hung_up_is_opened_again(server: socket.socket) -> None:
    serving = serve(server, [ANSWER, ANSWER, ANSWER])
    line = Line(f"http://127.0.0.1:{server.getsockname()[1]}")

    answers = [line.ask("POST", "/", "x") for _number in range(3)]

    serving.join(10)
    line.close()
    assert answers == [(200, "", "ok")] * 3


def test_a_line_that_breaks_at_once_is_told_and_not_tried_for_ever(server: socket.socket) -> None:
    serving = serve(server, [ANSWER, b""])
    line = Line(f"http://127.0.0.1:{server.getsockname()[1]}")

    answers = [line.ask("GET", "/") for _number in range(2)]

    server.close()
    serving.join(10)
    assert answers == [(200, "", "ok"), (0, "", "")]
    assert line.ask("GET", "/") == (0, "", "")
