from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One promise about money: its number, its words, the table it examines, the statement that finds what breaks it."""

    invariant: str
    name: str
    table: str
    sql: str


@dataclass(frozen=True)
class Finding:
    """What one check found: how many rows it examined, the first of those that break it, and how long it took."""

    check: Check
    examined: int
    rows: list[tuple[object, ...]]
    milliseconds: int

    @property
    def is_fine(self) -> bool:
        return not self.rows
