"""What reading and playing a season had to say: rows it could not use, and oddities it lived with."""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell about a place in a file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(slots=True)
class Report:
    """All remarks, and what was played. `malformed` are rows or files that were left out."""

    malformed: list[Remark] = field(default_factory=list)
    oddities: list[Remark] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def leave_out(self, file: str, line: int, message: str) -> None:
        """Note a row, or a whole file, that cannot be used."""
        self.malformed.append(Remark(file, line, message))

    def wonder(self, file: str, line: int, message: str) -> None:
        """Note something unusual that was played all the same."""
        self.oddities.append(Remark(file, line, message))

    def count(self, what: str, number: int = 1) -> None:
        """Add to one of the summary's numbers."""
        self.counts[what] = self.counts.get(what, 0) + number

    def as_dict(self) -> dict[str, object]:
        """Return everything as JSON values."""
        return {
            **self.counts,
            "skipped_rows": len(self.malformed),
            "malformed": [asdict(remark) for remark in self.malformed],
            "oddities": [asdict(remark) for remark in self.oddities],
        }
