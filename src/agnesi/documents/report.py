"""What the check of documents gives: a statement for each formula that was read, and the totals of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from agnesi.documents.records import Location, Notice

VERDICTS = ("proved", "tested", "refuted", "not read")


@dataclass(frozen=True)
class Repair:
    """What would be right in place of a wrong side (of an inequality the whole relation), in three spellings."""

    unicode: str
    latex: str
    ascii: str


@dataclass(frozen=True)
class Statement:
    """One statement of a document, and how it was judged.

    `where` and `end` are its places in the file, `text` is as the checker read it (macros expanded). `role` and
    `verdict` are those of `agnesi.check`: a definition has no verdict. `evidence` says what the verdict stands on,
    `details` are the counterexample and the explanation line by line, `repaired` is the right line where one was
    found, `reading` the formula as it was understood. `expected` is "wrong" where a marker says so. `repairs` are all
    right lines that were found, the simplest first, as they can be written into the document.
    """

    where: Location
    end: Location
    text: str
    role: str
    verdict: str | None = None
    evidence: str = ""
    details: tuple[str, ...] = ()
    repaired: str = ""
    carries: bool = False
    reading: str = ""
    expected: str = ""
    unit: int = 0
    repairs: tuple[Repair, ...] = ()

    @property
    def wrong(self) -> bool:
        """Tell whether this is an error of the document: refuted, unless that was expected, or expected and right."""
        if self.expected == "wrong":
            return self.verdict in ("proved", "tested")
        return self.verdict == "refuted"

    @property
    def unread(self) -> bool:
        """Tell whether this was to be judged and could not be read; one that is expected to be wrong may be so."""
        return self.verdict == "not read" and self.expected != "wrong"

    @property
    def words(self) -> str:
        """Return the verdict in a few words, for messages."""
        if self.expected == "wrong":
            return "wrong, as expected" if self.verdict == "refuted" else f"expected to be wrong, but {self.verdict}"
        if self.carries:
            return "wrong: carries on an error above"
        return {"refuted": "wrong"}.get(self.verdict or "", self.verdict or self.role)


@dataclass(frozen=True)
class DocumentReport:
    """The judged statements of one file.

    `formulas` counts the formulas of the file, `skipped` those that markers left out, `untouched` those in which
    nothing was found to read or judge: a lone symbol or expression. `claims` counts those that claim something, and
    `settled` those of them that were judged. `read_as` tells per unit how letters were read.
    """

    path: str
    statements: tuple[Statement, ...]
    notices: tuple[Notice, ...] = ()
    formulas: int = 0
    skipped: int = 0
    untouched: int = 0
    cached: int = 0
    units: int = 0
    read_as: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    failure: str = ""
    claims: int = 0
    settled: int = 0

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many statements have each verdict, in the order proved, tested, refuted, not read."""
        found = Counter(s.verdict for s in self.statements if s.verdict is not None)
        return {v: found[v] for v in VERDICTS if found[v]}

    @property
    def wrong(self) -> tuple[Statement, ...]:
        """Return the statements that are errors."""
        return tuple(s for s in self.statements if s.wrong)

    @property
    def unread(self) -> tuple[Statement, ...]:
        """Return the statements that were not read, save those that were expected to be wrong."""
        return tuple(s for s in self.statements if s.unread)

    def failed(self, strict: bool = False) -> bool:
        """Tell whether the check fails: something is wrong; with `strict`, also where something was not read."""
        return bool(self.wrong or self.failure or (strict and (self.unread or self.notices)))
