"""PageRank: how much time a reader who follows links at random spends on each page, with and without damping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy

from agnesi.errors import NotNumeric
from agnesi.linalg.eigenvalues import kernel_of
from agnesi.linalg.markov import iterate, rate, told_steps
from agnesi.linalg.notation import Floats, equal, exactly, floats, is_zero, nearly, numeric, square, tidied
from agnesi.worked.exact import matrix, scalar
from agnesi.worked.pieces import Formula, grid, scalar_text
from agnesi.worked.record import Step, Verified, Worked

EXACT = 12  # pages for which the exact ranks are found besides
WRITTEN = 8  # pages whose matrix is shown


def link_matrix(links: Any) -> tuple[Any, list[str], tuple[str, ...]]:
    """Return the link matrix L, the names of the pages, and notes: Lᵢⱼ is the chance to go from page j to page i.

    >>> link_matrix({"A": "BC", "B": ["A"], "C": ["A"]})[0]
    Matrix([
    [  0, 1, 1],
    [1/2, 0, 0],
    [1/2, 0, 0]])

    `links` is such a matrix, a matrix of 0 and 1 (1 where page j has a link to page i), a mapping from pages to the
    pages that they link to, or a list of pairs (from, to). A page without links is taken to lead everywhere. Raises
    `NotNumeric`.
    """
    if isinstance(links, Mapping):
        pairs = [(str(a), str(b)) for a, targets in links.items() for b in targets]
        names = list(dict.fromkeys([*map(str, links), *(b for _, b in pairs)]))
        if not names:
            raise NotNumeric("There are no pages.", expected="at least one page with its links")
        return _from_pairs(pairs, names)
    if isinstance(links, Sequence) and links and all(isinstance(p, tuple) and len(p) == 2 for p in links):
        pairs = [(str(a), str(b)) for a, b in links]
        return _from_pairs(pairs, list(dict.fromkeys(n for p in pairs for n in p)))
    if numeric(links, None):
        return _from_floats(floats(links, "L"))
    M = matrix(links, "L")
    square(M, "L")
    return _stochastic(M, _letters(M.rows))


def _letters(n: int) -> list[str]:
    return [chr(65 + k) for k in range(n)] if n <= 26 else [str(k + 1) for k in range(n)]


def _from_pairs(pairs: list[tuple[str, str]], names: list[str]) -> tuple[Any, list[str], tuple[str, ...]]:
    at = {name: k for k, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), dtype=int)
    for a, b in pairs:
        counts[at[b], at[a]] = 1
    return _stochastic(sympy.ImmutableMatrix(counts.tolist()), names)


def _stochastic(M: sympy.ImmutableMatrix, names: list[str]) -> tuple[Any, list[str], tuple[str, ...]]:
    """Return a matrix whose columns add up to 1: as it is, or of 0 and 1 divided by the numbers of links."""
    if any(not v.is_number or v.is_negative for v in M):
        raise NotNumeric("A link matrix holds numbers that are not negative.", repair="Write 1 where there is a link.")
    totals = [sum(M[:, j]) for j in range(M.cols)]
    counts = all(v in (0, 1) for v in M)
    if not counts and any(not is_zero(s - 1) and not is_zero(s) for s in totals):
        j = next(k for k, s in enumerate(totals) if not is_zero(s - 1) and not is_zero(s))
        raise NotNumeric(
            f"Column {j + 1} of the link matrix adds up to {totals[j]}.", expected="columns that add up to 1"
        )
    n = M.rows
    empty = [names[j] for j, s in enumerate(totals) if is_zero(s)]
    L = sympy.ImmutableMatrix(
        n, n, lambda i, j: M[i, j] / totals[j] if not is_zero(totals[j]) else sympy.Rational(1, n)
    )
    told = f"{', '.join(empty)} has no links: a reader there goes to any page, each as likely." if empty else ""
    return L, names, (told,) if told else ()


def _from_floats(F: Floats) -> tuple[Any, list[str], tuple[str, ...]]:
    square(F, "L")
    if F.min(initial=0.0) < 0:
        raise NotNumeric("A link matrix holds numbers that are not negative.")
    totals = F.sum(axis=0)
    L = np.where(totals > 0, F / np.where(totals > 0, totals, 1.0), 1.0 / len(F))
    if not np.isin(F, (0.0, 1.0)).all() and np.abs(totals - 1)[totals > 0].max(initial=0.0) > 1e-9:
        raise NotNumeric("The columns of the link matrix do not add up to 1.")
    return L, _letters(len(F)), ()


def pagerank(links: Any, damping: Any = None, tolerance: float = 1e-12, limit: int = 10_000) -> Worked:
    """Find the ranks of pages by power iteration from equal ranks; for few pages also exactly.

    >>> found = pagerank({"A": "BCD", "B": "AD", "C": "D", "D": "BC"})
    >>> found.value.T
    Matrix([[3/25, 6/25, 6/25, 2/5]])

    `links` as of `link_matrix`; `damping` d between 0 and 1 follows a link with chance d and jumps to any page with
    chance 1 − d. Parts: `ranks` (by name), `order`, `iterations`, `changes`, `rate`, `converged`, `matrix`, `unique`.
    Value: [n]; floats for more than 12 pages. Source: Imperial LA W5; MML 4.2, example 4.9.
    """
    L, names, notes = link_matrix(links)
    exact = isinstance(L, sympy.MatrixBase)
    d = None if damping is None else scalar(damping)
    if d is not None and not (d.is_number and 0 <= d <= 1):
        raise NotNumeric(f"The damping {damping} is not between 0 and 1.", expected="0 ≤ d ≤ 1, 0.85 for instance")
    n = len(names)
    M = L if d is None else _damped(L, d, n)
    F = np.array(M.tolist(), dtype=float) if exact else M
    found, gaps = iterate(F, np.full(n, 1 / n), tolerance, limit, unit=False)
    converged = gaps[-1] <= tolerance
    steps = _first_steps(L, M, names, d)
    steps += (
        told_steps(found, gaps, "r", "M" if d is not None else "L", "Start with all ranks equal.") if n <= EXACT else []
    )
    kernel = kernel_of(tidied(M - sympy.eye(n))).basis if exact and n <= EXACT else None
    unique = None if kernel is None else kernel.cols == 1
    value: Any = found[-1]
    if kernel is not None and unique:
        value = tidied(kernel / sum(kernel))
        line = Formula.of("r", "=", grid(value))
        said = "Solve for the ranks that stay: an eigenvector of the eigenvalue 1, divided by its sum."
        steps.append(Step("exact ranks", said, (line,), source="MML 4.2", data={"M": M, "value": value}))
    numbers = [float(v) for v in value]
    evidence = _evidence(M, F, value, found[-1], converged)
    parts = {
        "ranks": dict(zip(names, value, strict=True)),
        "order": [names[k] for k in sorted(range(n), key=lambda k: -numbers[k])],
        "iterations": len(gaps), "changes": gaps, "rate": rate(gaps), "converged": converged, "matrix": M, "links": L,
        "unique": unique, "iterates": found, "names": names,
    }  # fmt: skip
    notes += _warnings(converged, unique, len(gaps), numbers, names)
    question = tuple(_leads(L, names, j) for j in range(n)) if exact and n <= WRITTEN else ()
    answer = tuple(
        Formula.of(f"rank of {name}", *(["=", value[k]] if unique else []), *_decimals(numbers[k], unique))
        for k, name in enumerate(names[:EXACT])
    )
    return Worked("PageRank", question, value, answer, tuple(steps), evidence, parts, notes, "Imperial LA W5")


def _decimals(number: float, exact: bool | None) -> list[Any]:
    """Return the decimals of a rank; a whole number that is exact needs none."""
    return [] if exact and number % 1 == 0 else ["≈", number]


def _leads(L: Any, names: list[str], j: int) -> Formula:
    """Return where the links of a page lead."""
    to = ", ".join(names[i] for i in range(len(names)) if L[i, j] != 0)
    return Formula.of(f"page {names[j]}", "→", f"pages {to}" if "," in to else f"page {to}")


def _damped(L: Any, d: sympy.Expr, n: int) -> Any:
    if isinstance(L, sympy.MatrixBase):
        return tidied(d * L + (1 - d) * sympy.ones(n, n) / n)
    return float(d) * L + (1 - float(d)) / n


def _first_steps(L: Any, M: Any, names: list[str], d: sympy.Expr | None) -> list[Step]:
    n = len(names)
    shown = (Formula.of("L", "=", grid(L)),) if n <= WRITTEN else ()
    told = ", ".join(names[:12]) + (" …" if n > 12 else "")
    said = f"Column j says where a reader of page j goes next; the pages are {told}."
    steps = [Step("link matrix", said, shown, source="Imperial LA W5", data={"L": L})]
    if d is not None:
        value, rest = scalar_text(d), scalar_text(1 - d)
        lines = (Formula.of("M", "=", f"({value})L + ({rest})J/{n}", "=", grid(M)),) if n <= WRITTEN else ()
        said = f"Damping: with chance {value} follow a link, with chance {rest} jump to any page (J is all ones)."
        why = "Every page can then be reached from every other: one vector of ranks stays, and no trap keeps all of it."
        steps.append(
            Step("damping", said, lines if d < 1 else (), why, "Imperial LA W5", {"L": L, "M": M, "damping": d})
        )
    return steps


def _evidence(M: Any, F: Floats, value: Any, last: Floats, converged: bool) -> tuple[Verified, ...]:
    if isinstance(value, sympy.MatrixBase):
        kept = [exactly("the map keeps the ranks", equal(tidied(M * value), value)),
                exactly("the ranks add up to 1", is_zero(sum(value) - 1))]  # fmt: skip
        gap = float(np.abs(np.array([float(v) for v in value]) - last).max())
        return (*kept, nearly("the iteration arrives at them", gap, 1e-6)) if converged else tuple(kept)
    gap = float(np.abs(F @ value - value).max())
    total = nearly("the ranks add up to 1", abs(float(value.sum()) - 1), 1e-9)
    return (nearly("the map keeps the ranks", gap, 1e-9), total) if converged else (total,)


def _warnings(
    converged: bool, unique: bool | None, times: int, numbers: list[float], names: list[str]
) -> tuple[str, ...]:
    found = []
    if not converged:
        found.append(
            f"The iteration still moves after {times} times: it goes round in a cycle. Damping below 1 ends that."
        )
    if unique is False:
        found.append("Several vectors of ranks stay: the result depends on the start. Damping below 1 leaves one.")
    top = max(range(len(numbers)), key=lambda k: numbers[k])
    if len(names) > 1 and numbers[top] > 1 - 1e-9:
        found.append(f"{names[top]} is a trap: it keeps whoever comes, and has all the rank in the end.")
    return tuple(found)
