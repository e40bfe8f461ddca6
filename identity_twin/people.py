"""Invented citizens with right tax codes; nobody is called so."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Citizen:
    """What an identity provider attests of a person."""

    key: str
    given_name: str
    family_name: str
    fiscal_number: str
    email: str


CITIZENS = {
    one.key: one
    for one in (
        Citizen("ada", "Ada", "Lovelace", "LVLDAA80A41F205C", "ada.lovelace@example.org"),
        Citizen("bruno", "Bruno", "Munari", "MNRBRN80A01F205A", "bruno.munari@example.org"),
        Citizen("promoter", "Paola", "Promotrice", "PRMPLA80A41F205A", "promoter@example.org"),
    )
}
