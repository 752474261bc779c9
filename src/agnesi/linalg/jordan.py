"""The Jordan form A = PJP⁻¹: chains of generalised eigenvectors where eigenvectors alone are too few."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from agnesi.errors import AgnesiError, NotNumeric
from agnesi.linalg.eigenvalues import Eigenspace, eigen, kernel_of, shift_name
from agnesi.linalg.notation import beside, columns, count, equal, exactly, high, is_zero, low, tidied, tidy
from agnesi.worked.exact import ENTRIES, matrix, to_expr
from agnesi.worked.pieces import Formula, grid, scalar_text
from agnesi.worked.record import Step, Worked

SOURCE = "Axler 8"


@dataclass(frozen=True)
class Chain:
    """An eigenvalue and vectors p₁, …, pₛ with (A − λI)p₁ = 0 and (A − λI)pⱼ = pⱼ₋₁: one block of the Jordan form."""

    value: sympy.Expr
    vectors: tuple[sympy.ImmutableMatrix, ...]

    @property
    def size(self) -> int:
        """The number of vectors, and of rows of the block."""
        return len(self.vectors)


@dataclass(frozen=True)
class JordanBasis:
    """The chains of a matrix, P of their vectors, the Jordan form J, P⁻¹, and the steps that found them."""

    chains: tuple[Chain, ...]
    P: sympy.ImmutableMatrix
    J: sympy.ImmutableMatrix
    inverse: sympy.ImmutableMatrix
    steps: tuple[Step, ...]


def jordan_form(A: Any) -> Worked:
    """Write A = PJP⁻¹ with J of blocks that have one eigenvalue on the diagonal and ones above it.

    >>> found = jordan_form("[3 1; -1 1]")
    >>> found.J, found.P
    (Matrix([
    [2, 1],
    [0, 2]]), Matrix([
    [ 1, 1],
    [-1, 0]]))
    >>> found.blocks
    [(2, 2)]

    `A`: [n n]. Parts: `P`, `J`, `inverse`, `blocks` (eigenvalue, size), `chains` (their vectors, eigenvector first).
    A matrix that is not defective has blocks of size 1 alone: `diagonalise` says the same. Raises `ShapeError` for a
    matrix that is not square, `NotNumeric` for a large array, since the least rounding changes a Jordan form, and
    `AgnesiError` where the eigenvalues have no short form. Source: Axler, Linear Algebra Done Right, chapter 8.
    """
    if isinstance(A, np.ndarray) and A.size > ENTRIES:
        raise NotNumeric(
            f"A has {A.size} entries, and a Jordan form is worked out exactly: the least rounding changes it.",
            expected=f"at most {ENTRIES} entries", repair="Use eigen, or the singular values.",
        )  # fmt: skip
    M = matrix(A)
    found = eigen(M)
    basis = jordan_basis(M, found)
    P, J = basis.P, basis.J
    evidence = (
        exactly("AP = PJ", equal(tidied(M * P), tidied(P * J))),
        exactly("PP⁻¹ = I", equal(tidied(P * basis.inverse), sympy.eye(M.rows))),
    )
    answer = (Formula.of("A", "=", "PJP⁻¹", "=", grid(P), grid(J), grid(basis.inverse)),)
    blocks = [(c.value, c.size) for c in basis.chains]
    parts = {"P": P, "J": J, "inverse": basis.inverse, "blocks": blocks, "chains": [c.vectors for c in basis.chains]}
    steps = (*found.steps, *basis.steps)
    return Worked("Jordan form", found.question, (P, J), answer, steps, evidence, parts, (), SOURCE)


def jordan_basis(M: sympy.ImmutableMatrix, found: Worked) -> JordanBasis:
    """Return the chains of a matrix whose eigenvalues are known; raises `AgnesiError` where they are not exact."""
    if found.exact is False:
        raise AgnesiError(
            "The eigenvalues of A have no short form, and a Jordan form needs them exactly.",
            repair="Use eigen for decimals, or the singular values.",
        )
    chains: list[Chain] = []
    steps: list[Step] = []
    for space in found.spaces:
        before = sum(c.size for c in chains)
        more, told = _chains_of(M, space, before)
        chains += more
        steps += told
    P = beside([v for c in chains for v in c.vectors], M.rows)
    J = sympy.ImmutableMatrix(of_blocks(chains, lambda value, j: value if j == 0 else sympy.Integer(j == 1)))
    inverse = tidied(P.inv())
    lines = (Formula.of("P", "=", grid(P), ",", "J", "=", grid(J)),)
    said = "Put the chains side by side, each with its eigenvector first; each chain gives a block of J."
    why = "AP = PJ says Ap = λp for the first vector of a chain, and Apⱼ = λpⱼ + pⱼ₋₁ for the others."
    steps += [
        Step("Jordan basis", said, lines, why, SOURCE, {"P": P, "J": J}),
        Step("inverse", "Invert P.", (Formula.of("P⁻¹", "=", grid(inverse)),), data={"P": P, "inverse": inverse}),
    ]
    return JordanBasis(tuple(chains), P, J, inverse, tuple(steps))


def of_blocks(chains: list[Chain] | tuple[Chain, ...], entry: Callable[[Any, int], Any]) -> sympy.Matrix:
    """Return the matrix of blocks whose entries j above the diagonal are `entry(eigenvalue, j)`."""
    return sympy.diag(
        *(sympy.Matrix(c.size, c.size, lambda i, k, v=c.value: entry(v, k - i) if k >= i else 0) for c in chains)
    )


def _chains_of(M: sympy.ImmutableMatrix, space: Eigenspace, before: int) -> tuple[list[Chain], list[Step]]:
    """Return the chains of one eigenvalue, the longest first, and the steps; `before` vectors of P are known."""
    if space.geometric == space.algebraic:
        return [Chain(space.value, (v,)) for v in columns(space.basis)], []
    N = tidied(M - space.value * sympy.eye(M.rows))
    powers, kernels = [N], [space.basis]
    while kernels[-1].cols < space.algebraic:
        powers.append(tidied(powers[-1] * N))
        kernels.append(kernel_of(powers[-1]).basis)
    steps = [_kernel_step(space, powers, kernels)]
    chains: list[Chain] = []
    for length in range(len(kernels), 0, -1):
        lower = columns(kernels[length - 2]) if length > 1 else []
        taken = [*lower, *(c.vectors[length - 1] for c in chains)]
        for top in _beyond(columns(kernels[length - 1]), taken):
            vectors = [top]
            while len(vectors) < length:
                vectors.insert(0, tidied(N * vectors[0]))
            chain = Chain(space.value, tuple(vectors))
            steps.append(_chain_step(chain, N, before + sum(c.size for c in chains)))
            chains.append(chain)
    return chains, steps


def _beyond(candidates: list[Any], taken: list[Any]) -> list[Any]:
    """Return those of the candidates that are independent of what is taken and of each other."""
    found: list[Any] = []
    rank = len(taken)
    for v in candidates:
        together = sympy.Matrix.hstack(*taken, *found, v)
        if together.rank(iszerofunc=is_zero, simplify=tidy) > rank:
            found.append(v)
            rank += 1
    return found


def _kernel_step(space: Eigenspace, powers: list[Any], kernels: list[Any]) -> Step:
    """Return the step that counts the blocks by the dimensions of the null spaces of the powers of A − λI."""
    name = "".join(map(_part_text, shift_name(space.value)))
    raised = [_raised(name, k + 1) for k in range(len(powers))]
    lines = [Formula.of(n, "=", grid(p)) for n, p in zip(raised[1:], powers[1:], strict=True)]
    dimensions = [k.cols for k in kernels]
    shown = ", ".join(map(str, dimensions))
    lines.append(Formula.of(f"dimensions of the null spaces of {', '.join(raised)}", ":", shown))
    jumps = [b - a for a, b in zip([0, *dimensions], dimensions, strict=False)]
    sizes = [a - b for a, b in zip(jumps, [*jumps[1:], 0], strict=True)]
    told = " and ".join(f"{count(n, 'block')} of size {k + 1}" for k, n in reversed(list(enumerate(sizes))) if n)
    shown_value = scalar_text(to_expr(space.value))
    said = f"Raise A − λI for λ = {shown_value} until the null space has dimension {space.algebraic}: {told}."
    why = "The dimension grows from one power to the next by the number of blocks that are at least so large."
    data = {"powers": powers, "dimensions": dimensions, "sizes": sizes}
    return Step("null spaces of powers", said, tuple(lines), why, SOURCE, data)


def _part_text(part: Any) -> str:
    shown = part if isinstance(part, str) else scalar_text(part)
    return f" {shown} " if shown in ("+", "−") else shown


def _raised(name: str, power: int, held: bool = False) -> str:
    """Return (A − 2I)² or A², and A − 2I or, held together, (A − 2I) for power 1."""
    name = f"({name})" if " " in name and (held or power > 1) else name
    return name if power == 1 else high(name, power)


def _chain_step(chain: Chain, N: sympy.ImmutableMatrix, before: int) -> Step:
    """Return the step that goes down one chain, from its last vector to the eigenvector."""
    names = [low("p", before + j + 1) for j in range(chain.size)]
    name = "".join(map(_part_text, shift_name(chain.value)))
    lines = [Formula.of(names[-1], "=", grid(chain.vectors[-1]))]
    for j in range(chain.size - 2, -1, -1):
        lines.append(Formula.of(names[j], "=", f"{_raised(name, 1, True)}{names[j + 1]}", "=", grid(chain.vectors[j])))
    if chain.size == 1:
        said = f"Take an eigenvector {names[0]} that is independent of the chains so far."
    else:
        below = _raised(name, chain.size - 1)
        said = f"Take {names[-1]} that {below} does not send to 0, and multiply by {name} down to an eigenvector."
    return Step("chain", said, tuple(lines), source=SOURCE, data={"N": N, "vectors": chain.vectors})
