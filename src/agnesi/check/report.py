"""What a check gives: a finding for each relation, a judged statement for each line, and the report of a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from agnesi.check.proof import ProofStep
from agnesi.expr.nodes import Expr

Verdict = Literal["proved", "tested", "refuted", "not read"]
RANK: Mapping[str | None, int] = {"refuted": 0, "not read": 1, "tested": 2, "proved": 3, None: 4}


@dataclass(frozen=True)
class Counterexample:
    """Where two sides differ: the values by name, the sizes, both sides' values; `told` is the same in words."""

    values: Mapping[str, Any]
    sizes: Mapping[str, int]
    left: Any
    right: Any
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What was found about one relation.

    - `verdict`: "proved" (the same normal form, or a chain of named rules in `chain`), "tested" (agreed at `points`
      random points of the domain over several `sizes`; `worst` is the largest relative error), "refuted" (with a
      `counterexample`), or "not read" (`reason` says why).
    - `assumptions` were added, such as "X invertible". `notes` are what else a reader should know.
    """

    verdict: Verdict
    reason: str = ""
    points: int = 0
    worst: float = 0.0
    sizes: tuple[Mapping[str, int], ...] = ()
    chain: tuple[ProofStep, ...] = ()
    assumptions: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.verdict in ("proved", "tested")

    def __str__(self) -> str:
        said = {"proved": self._proved, "tested": self._tested}.get(self.verdict, lambda: self.reason)()
        if self.verdict == "refuted" and self.counterexample is not None and self.counterexample.told:
            said = "; ".join(x for x in (said, " ".join(self.counterexample.told)) if x)
        more = [f"assuming {', '.join(self.assumptions)}"] if self.assumptions else []
        return "; ".join(x for x in [said, *more, *self.notes] if x)

    def _proved(self) -> str:
        return self.reason or " · ".join(step.name for step in self.chain) or "the same expression"

    def _tested(self) -> str:
        count = f"{self.points} random point{'s' if self.points != 1 else ''}"
        error = "no error" if self.worst == 0 else f"largest relative error {self.worst:.0e}"
        return self.reason or f"agrees at {count} ({error})"


@dataclass(frozen=True)
class Diagnosed:
    """What was probably done: the slip's name, the sentence, the repaired line, why the right rule is so, a source.

    `repaired` is the right side in Unicode (of an inequality the whole relation), `latex` and `ascii` the same.
    """

    slip: str
    words: str
    repaired: str = ""
    explanation: str = ""
    source: str = ""
    latex: str = ""
    ascii: str = ""

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Judged:
    """One statement of the text with its judgement.

    - `text`, `line` (from 1), `role`: claim, step, definition, declaration, condition, choice, expression, ...
    - `verdict` with its `evidence`; None where there is nothing to judge.
    - For a line of a derivation `above` is the finding against the line above and `start` against the start of the
      chain; `carries` is the line of the error that a line only carries on, `recovers` says that it is right although
      it does not follow from the line above.
    - `diagnosis` is the simplest explanation of a refuted line, `others` are more that fit; `sought` tells whether
      one was looked for.
    - `names` are what a declaration or fact in words is about.
    - `sides` and `relations` are what was compared (of a line that continues, the side above first), `conditions` the
      equations that held meanwhile.
    """

    text: str
    line: int
    role: str
    verdict: Verdict | None = None
    evidence: Finding | None = None
    diagnosis: Diagnosed | None = None
    sought: bool = False
    others: tuple[Diagnosed, ...] = ()
    above: Finding | None = None
    start: Finding | None = None
    carries: int | None = None
    recovers: bool = False
    note: str = ""
    sides: tuple[Expr, ...] = ()
    relations: tuple[str, ...] = ()
    conditions: tuple[Expr, ...] = ()
    place: tuple[int, int] = (0, 0)
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """The judged statements of a text, what was inferred while reading, and the source.

    `first_wrong` is the number of the first line that is refuted, or None.
    """

    statements: tuple[Judged, ...]
    notes: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()
    source: str = field(default="", repr=False)

    @property
    def first_wrong(self) -> int | None:
        """The number of the first refuted line, or None."""
        return next((s.line for s in self.statements if s.verdict == "refuted"), None)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many statements have each verdict (those with nothing to judge are left out)."""
        found = Counter(s.verdict for s in self.statements if s.verdict is not None)
        return {v: found[v] for v in ("proved", "tested", "refuted", "not read") if found[v]}

    @property
    def verdict(self) -> Verdict | None:
        """The worst verdict of all statements: refuted, else not read, else tested, else proved."""
        return min((s.verdict for s in self.statements), key=lambda v: RANK[v], default=None)

    def __iter__(self) -> Iterator[Judged]:
        return iter(self.statements)

    def show(self, form: str = "unicode", chain: bool = False) -> str:
        """Return the report as text, "unicode" or "ascii"; `chain` shows the rules of each proof."""
        return str(displays["text"](self, form, chain))

    def data(self) -> dict[str, Any]:
        """Return the report as plain data, which `agnesi check --json` prints."""
        return dict(displays["data"](self))

    def __str__(self) -> str:
        return self.show()

    def __repr__(self) -> str:
        return self.show()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return plain text and HTML for notebooks."""
        return {"text/plain": str(self), "text/html": str(displays["html"](self))}


displays: dict[str, Callable[..., Any]] = {}  # how a report is shown: "text", "html", "data"; see agnesi.show_report
