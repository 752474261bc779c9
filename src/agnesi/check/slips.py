"""What a slip is: the record, and the registry of all of them.

A slip is a known way to go wrong: (AB)ᵀ = AᵀBᵀ, a transpose lost, the inner derivative forgotten. It is told by its
cases, pairs of texts (right, wrong). A slip with `pattern` means its cases for any expressions in place of the symbols;
the others have a function that gives what may have stood in place of a part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from agnesi.check.slip_places import Place
from agnesi.errors import IncompleteRecord
from agnesi.expr.nodes import Expr
from agnesi.read.worksheet import read


@dataclass(frozen=True)
class Pool:
    """What a lost part may have been: free symbols, and short parts of the lines around, scalars apart."""

    symbols: tuple[Expr, ...] = ()
    scalars: tuple[Expr, ...] = ()
    arrays: tuple[Expr, ...] = ()
    terms: tuple[Expr, ...] = ()
    sizes: tuple[Expr, ...] = ()
    conditions: tuple[Expr, ...] = ()


Edit = Callable[[Place, Pool], Iterable[Expr]]
Take = Callable[[Expr, tuple[Expr, ...]], Expr]
Rule = Callable[[Expr, tuple[Expr, ...], Take], Iterable[Expr]]


@dataclass(frozen=True)
class Case:
    """A right text and a wrong one, under declarations; `above` is how the right one may stand in the line before."""

    given: str
    right: str
    wrong: str
    above: str = ""


@dataclass(frozen=True, eq=False)
class Slip:
    """One slip.

    - `words` say what was done, as a clause: "a transpose was lost"; `explanation` says why the right rule is so.
    - `cost` is how simple and how frequent it is: the least is told first.
    - `cases`: the first is its example. With `pattern`, all of them are rules for whatever fits the symbols.
    - `mend(place, pool)` gives what a wrong part should have been, `spoil(place, pool)` what it makes of a right one.
    - `derive(f, variables, take)` gives wrong derivatives of f, for slips of the calculus; `take(f, variables)` is the
      derivative, or the differential.
    - `relations` maps the relation that was written to the one that should have been.
    - With `solving` it is made on the way from one equation to the next; the cases are equations.
    """

    name: str
    words: str
    explanation: str
    source: str
    cost: float
    cases: tuple[Case, ...]
    pattern: bool = False
    mend: Edit | None = None
    spoil: Edit | None = None
    derive: Rule | None = None
    relations: dict[str, str] = field(default_factory=dict)
    solving: bool = False

    def __post_init__(self) -> None:
        parts = ("name", "words", "explanation", "source", "cost", "cases")
        missing = [part for part in parts if not getattr(self, part)]
        if not (self.pattern or self.mend or self.spoil or self.derive or self.relations or self.solving):
            missing.append("a pattern, mend, spoil, derive, relations or solving")
        missing += [f"right and wrong of case {k}" for k, c in enumerate(self.cases, 1) if not (c.right and c.wrong)]
        if missing:
            raise IncompleteRecord(f"The slip {self.name or '?'} lacks: {', '.join(missing)}.")

    def __repr__(self) -> str:
        return f"Slip({self.name})"


class Slips:
    """All slips by name; a duplicate is refused."""

    def __init__(self) -> None:
        self._records: dict[str, Slip] = {}

    def add(self, slip: Slip) -> Slip:
        """Register a slip and return it."""
        if slip.name in self._records:
            raise IncompleteRecord(f"There are two slips named {slip.name}.")
        same = [other.name for other in self if other.words == slip.words]
        if same:
            raise IncompleteRecord(f"The slips {slip.name} and {same[0]} have the same words.")
        self._records[slip.name] = slip
        return slip

    def __iter__(self) -> Iterator[Slip]:
        return iter(self._records.values())

    def __getitem__(self, name: str) -> Slip:
        return self._records[name]

    def __contains__(self, name: object) -> bool:
        return name in self._records

    def __len__(self) -> int:
        return len(self._records)


slips = Slips()


def pattern(
    name: str, words: str, explanation: str, source: str, cost: float, *cases: tuple[str, ...],
    given: str | tuple[str, ...] = "",
) -> Slip:
    """Register a slip told by texts (right, wrong) or (right, wrong, above), all under the same declarations."""
    made = tuple(Case(one, *texts) for one in ((given,) if isinstance(given, str) else given) for texts in cases)
    return slips.add(Slip(name, words, explanation, source, cost, made, pattern=True))


def edit(
    name: str, words: str, explanation: str, source: str, cost: float, example: tuple[str, str, str],
    mend: Edit, spoil: Edit | None = None,
) -> Slip:
    """Register a slip at one place of a line: an example (declarations, right, wrong), and the functions."""
    return slips.add(Slip(name, words, explanation, source, cost, (Case(*example),), mend=mend, spoil=spoil))


@lru_cache(maxsize=1024)
def sides(given: str, *texts: str) -> tuple[Expr, ...]:
    """Return texts as expressions, read as the sides of one chain of equations; raises `AgnesiError`."""
    found = read(f"{given}{'; ' if given else ''}{' = '.join(texts)}")
    chain = found.chain or (found.expr,)
    return (chain[0].args[0], *(relation.args[1] for relation in chain))
