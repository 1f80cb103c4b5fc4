"""What a question gets, and the answer it gives."""

import pathlib
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """Where things are, and how thoroughly to ask."""

    build: pathlib.Path
    scratch: pathlib.Path
    pairs: int
    quick: bool

    @property
    def drover(self):
        return str(self.build / "src" / "drover")

    def tool(self, name):
        return str(self.build / "bench" / name)

    def numbers(self, count):
        """A file of the lines 1 … count."""
        path = self.scratch / f"{count}.txt"
        if not path.exists():
            with open(path, "w", encoding="ascii") as file:
                file.writelines(f"{number}\n" for number in range(1, count + 1))
        return str(path)


@dataclass
class Table:
    """An answer. `goals` holds (what was asked for, what came, whether that is met)."""

    question: str
    method: str
    head: list
    rows: list = field(default_factory=list)
    goals: list = field(default_factory=list)
    commands: dict = field(default_factory=dict)
    raw: dict = field(default_factory=dict)

    def goal(self, asked, came, met):
        self.goals.append((asked, came, bool(met)))
