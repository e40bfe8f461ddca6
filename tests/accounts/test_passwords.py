"""Passwords made of the names of this place are refused."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError


@pytest.mark.parametrize(
    "password", ["milano202627", "ComuneDiMilano1!", "crowdfunding-2027", "CIVICO-civico-9"]
)
def test_a_password_of_the_citys_names_is_refused(password: str) -> None:
    with pytest.raises(ValidationError, match="nome che qui conoscono tutti"):
        validate_password(password)


@pytest.mark.parametrize(
    "password", ["milano-demo-otto", "una-parola-lunga", "8317 4420 9921 77", "forno comune giallo"]
)
def test_words_of_ones_own_beside_them_are_taken(password: str) -> None:
    validate_password(password)
