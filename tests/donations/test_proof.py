"""What tells people from machines: the form's age, and a puzzle that the site's own script solves."""

import json
import subprocess
from datetime import timedelta

import pytest
from django.utils import timezone

from demo.prepare import ROOT, node_folder
from donations import proof

SOLVE = """
import { digestsAfter, search } from "./frontend/js/sha256.js";
const [challenge, bits, texts] = JSON.parse(process.argv[2]);
const hex = (words) => Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
const digests = texts.map(([beginning, ending]) => hex(digestsAfter(beginning)(ending)));
console.log(JSON.stringify([search(challenge, bits, 0, 200000), digests]));
"""
#: Lengths around the edges of SHA-256's blocks.
LENGTHS = [(0, 0), (3, 0), (0, 55), (0, 56), (63, 1), (64, 0), (64, 55), (64, 56), (119, 1), (130, 7)]


def test_age_seconds_reads_only_our_stamps() -> None:
    now = timezone.now()
    shown = proof.stamp(now - timedelta(seconds=90))

    assert proof.age_seconds(shown, now) == 90
    for wrong in ("", "7", shown[:-1], shown.replace(shown[0], "9", 1), proof.new_puzzle(1, now)):
        assert proof.age_seconds(wrong, now) is None


def solved(challenge: str, bits: int) -> str:
    """Return the first right number, found by trying."""
    now = timezone.now()
    return next(str(number) for number in range(2**bits * 64) if proof.is_solved(challenge, str(number), now))


def test_is_solved_knows_right_from_wrong() -> None:
    now = timezone.now()
    challenge = proof.new_puzzle(6, now)
    solution = solved(challenge, 6)

    wrong = next(str(number) for number in range(1000) if not proof.is_solved(challenge, str(number), now))
    assert proof.is_solved(challenge, solution, now + proof.PUZZLE_LASTS - timedelta(seconds=1))
    assert not proof.is_solved(challenge, solution, now + proof.PUZZLE_LASTS)
    for answer in ("", "-1", "x", "²", "0" * 30 + solution, wrong):
        assert not proof.is_solved(challenge, answer, now)
    # Nobody makes the puzzle easier.
    easier = challenge.replace(".6.", ".0.")
    assert not proof.is_solved(easier, solution, now)
    assert not proof.is_solved("", solution, now)


def test_script_computes_sha256_and_solves_what_the_server_asks() -> None:
    challenge = proof.new_puzzle(12, timezone.now())
    texts = [("a" * before, "b" * after) for before, after in LENGTHS]

    answer = subprocess.run(
        [node_folder() / "node", "--input-type=module", "-", json.dumps([challenge, 12, texts])],
        input=SOLVE,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    number, digests = json.loads(answer.stdout)
    assert digests == [proof.digest(one + two).hex() for one, two in texts]
    assert proof.is_solved(challenge, str(number), timezone.now())
    assert str(number) == solved(challenge, 12)


@pytest.mark.parametrize("bits", [0, 1, 8, 9])
def test_is_solved_counts_single_bits(bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    challenge = proof.new_puzzle(bits, now)

    def digest_with(zeros: int) -> bytes:
        return ((1 << 255) >> zeros).to_bytes(32)

    for zeros in (bits, bits + 1):
        monkeypatch.setattr(proof, "digest", lambda text, zeros=zeros: digest_with(zeros))
        assert proof.is_solved(challenge, "1", now)
    if bits:
        monkeypatch.setattr(proof, "digest", lambda text: digest_with(bits - 1))
        assert not proof.is_solved(challenge, "1", now)
