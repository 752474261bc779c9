"""Diagnosis: what was probably done where a line does not follow from the one above, and the repaired line.

Two searches by the numbers at a fixed point. A part of the wrong line is mended by each slip in turn, until the line
equals the one above; or a slip is applied to a part of the line above, until it gives the wrong line. What agrees is
judged with care, and the simplest is told first.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from agnesi.check import slips_algebra, slips_calculus, slips_chance, slips_general, slips_matrices  # noqa: F401
from agnesi.check.probe import Fingerprint, Probe, probe_for
from agnesi.check.slip_forms import forms, pool_of
from agnesi.check.slip_patterns import mended, spoiled
from agnesi.check.slip_places import Place, places, put, size_of, windows
from agnesi.check.slips import Pool, Slip, slips
from agnesi.expr.nodes import Expr, apply, replace

BATCH = 120
MOST = 3
EQUAL = ("eq", "equiv", "define", "=", "≡", ":=", "approx")


@dataclass(frozen=True)
class Diagnosis:
    """What was probably done in a wrong line.

    `slip` is the record's name; `words` say it with the repaired line, `repaired` is the whole repaired side (of an
    inequality the whole relation), `place` the wrong part and what belongs there.
    """

    slip: str
    words: str
    repaired: Expr
    place: tuple[Expr, Expr]
    explanation: str
    source: str
    cost: float = 0.0

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Candidate:
    """A possible explanation: with `right` in place of `wrong` the line is `whole`; `trial` must equal the target."""

    slip: Slip
    cost: float
    whole: Expr
    wrong: Expr
    right: Expr
    trial: Expr


def diagnose(
    relation: str, above: Expr, line: Expr, probe: Probe | None = None, *, context: Sequence[Expr] = (),
    budget: float = 0.4,
) -> tuple[Diagnosis, ...]:
    """Return what was probably done where "above relation line" is wrong, simplest first; () where nothing is found.

    `context` are other lines and definitions, in which a lost part may stand. `budget` is in seconds.
    """
    probe = probe or probe_for([above, line])
    if probe is None:
        return ()
    if relation not in EQUAL:
        return _other_relation(relation, above, line, probe)
    search = _Search(above, line, probe, context, time.monotonic() + budget)
    return search.found()


class _Search:
    """One search: the two sides with their fingerprints, the pool of lost parts, and the time when it ends."""

    def __init__(self, above: Expr, line: Expr, probe: Probe, context: Sequence[Expr], end: float) -> None:
        self.above, self.line, self.probe, self.end = above, line, probe, end
        self.forms = forms(above, line)
        self.pool = pool_of((*self.forms, line, *context))
        held = probe.values([above, line])
        self.of_above, self.of_line = held[0], held[1]
        self.seen: set[tuple[Expr, bool]] = set()
        self.hits: list[Candidate] = []

    def found(self) -> tuple[Diagnosis, ...]:
        """Run the searches in turn and return what they found, simplest first."""
        if self.of_above is not None:
            self._try(self._mended(), self.of_above, last=0.55)
        if self.of_line is not None:
            self._try(self._spoiled(), self.of_line, last=0.8)
            self._try(self._derived(), self.of_line, last=0.9)
        confirmed = self._confirmed()
        if not confirmed and self.of_above is not None:
            self._try(self._twice(), self.of_above, last=1.0)
            confirmed = self._confirmed()
        return tuple(self._told(c) for c in confirmed)
