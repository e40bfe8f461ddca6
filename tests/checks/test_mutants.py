"""The mutants have their places in the code, so that they can be let loose at any time."""

import pytest

from checks.architecture import ROOT
from checks.mutants import MUTANTS, Mutant, mutate


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_changes_one_place_of_a_file_that_still_compiles(mutant: Mutant) -> None:
    whole = (ROOT / mutant.path).read_text()

    broken = mutate(mutant, whole)

    assert broken != whole
    compile(broken, mutant.path, "exec")
    assert [test for test in mutant.tests if not (ROOT / test).is_file()] == []


def test_mutate_refuses_a_mutant_without_a_place() -> None:
    with pytest.raises(SystemExit, match="bring the mutant up to date"):
        mutate(MUTANTS[0], "nothing of it")
