from typing import NamedTuple


class Shortcoming(NamedTuple):
    """What is wrong or missing, in the reader's language, with the step and the field where it is put right."""

    step: str
    field: str
    words: str
