"""Second readings of letters of which nothing is said, for lines that seem wrong: what a book leaves to the reader.

Σ and S are covariances, so symmetric, and K and C beside words about kernels; beside words about eigenvalues the
matrix of a quadratic form is. x_i is an entry of x where x stands alone beside it, not the row of a matrix X that
nobody wrote. The a of P(X ≥ a) ≤ E[X]/a is positive. The y of a model y = Xβ + ε is observed, where a derivative is
taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from agnesi.check.inequalities import INEQUALITIES
from agnesi.check.report import Judged
from agnesi.check.worlds import has_chance
from agnesi.expr.nodes import Apply, Expr, Symbol, postorder, symbol, symbols_of
from agnesi.read.lines import Lines

Habit = tuple[str, dict[str, Symbol]]
COVARIANCES = frozenset(("Σ", "S", "Λ"))  # symmetric wherever nothing else is said
KERNELS = frozenset(("K", "C"))  # symmetric beside the words, as other letters are general matrices
KERNEL = re.compile(r"(?i)\b(?:covariances?|kernels?|gram(?:ian)?|gaussian process(?:es)?|GPs?)\b")
FORMS = frozenset(("A", "B", "M", "P", "Q", "R", "G", "H", "K", "C"))  # beside other words, in a quadratic form
SPECTRAL = re.compile(r"(?i)\b(?:eigen\w*|principal components?|PCA|Rayleigh|covariances?|kalman)\b")
OBSERVED = "observed"
OPEN = frozenset(("invertible", "nonzero"))
_MODEL = re.compile(
    r"(?<![\w\\])([yYt])\s*&?=\s*[^=\n,;.]{1,40}\+\s*(\\(?:var)?epsilon|epsilon|eps|[εϵeuξη])(?![A-Za-z_^(])"
)
_SLOPE = re.compile(r"∇|∂|\\nabla|\\partial|\\frac\{d|\bd\w+\s*/\s*d|grad")
_ROW = re.compile(r"([A-Za-z])_\w+ is read as row \w+ of ([A-Z])$")


def habits(statements: Sequence[Judged], lines: Lines, source: str) -> Iterator[Habit]:
    """Yield declarations that habit makes for letters of lines that are refuted, each with the note that says so."""
    wrong = [s for s in statements if s.verdict == "refuted"]
    failed = [s for s in statements if s.verdict in ("refuted", "not read")]
    if any(names_number(s.sides) for s in failed):
        yield "I is a number here, not the identity matrix", {"I": symbol("I")}
    if not wrong:
        return
    free = {n: s for n, s in lines.symbols.items() if n in lines.inferred}
    held = {s.name for one in wrong for s in symbols_of(*one.sides)}
    forms = {name for s in statements for name in _of_forms(s.sides)}
    able = (_symmetric(free, held, source, forms), _entries(free, held, lines, source), _positive(free, wrong))
    for note, found in (*able, _observed(lines, source)):
        if found:
            yield note, found


def _symmetric(free: Mapping[str, Symbol], held: set[str], source: str, forms: set[str]) -> Habit:
    """Matrices that are symmetric by habit, among those that may be; `forms` are those of quadratic forms."""
    able = COVARIANCES | (KERNELS if KERNEL.search(source) else set())
    able |= FORMS & forms if SPECTRAL.search(source) else set()
    square = [s for n, s in free.items() if n in held & able and s.ndim == 2 and s.shape[0] == s.shape[1]]
    found = {s.name: symbol(s.name, s.shape, s.facts | {"symmetric"}) for s in square if s.facts <= OPEN}
    return f"symmetric by habit, as nothing is said: {', '.join(sorted(found))}", found


def _of_forms(sides: Sequence[Expr]) -> Iterator[str]:
    """Yield the names of the matrices of quadratic forms: A of xᵀAx."""
    for node in postorder(*sides):
        if isinstance(node, Apply) and node.op.name == "mul":
            for first, matrix, last in zip(node.args, node.args[1:], node.args[2:], strict=False):
                turned = isinstance(first, Apply) and first.op.name == "transpose" and first.args[0] is last
                if turned and isinstance(matrix, Symbol):
                    yield matrix.name


def _entries(free: Mapping[str, Symbol], held: set[str], lines: Lines, source: str) -> Habit:
    """Vectors of whose entries x_i were read as rows of a matrix X that the text does not name."""
    out: dict[str, Symbol] = {}
    for row in filter(None, map(_ROW.match, lines.notes)):
        small, large = row.groups()
        named = re.search(rf"(?<![A-Za-z\\]){large}(?![A-Za-z])", source)
        if small in free and large in free and {small, large} & held and free[small].ndim == 1 and not named:
            out[small] = symbol(small, free[large].shape[:1], free[small].facts)
    return f"the entries of a vector: {', '.join(f'{n}_i' for n in sorted(out))}", out


def _positive(free: Mapping[str, Symbol], wrong: Sequence[Judged]) -> Habit:
    """Numbers that bound a random variable and divide: the a of P(X ≥ a) ≤ E[X]/a."""
    found: dict[str, Symbol] = {}
    for one in wrong:
        if set(one.relations) & INEQUALITIES and has_chance(*one.sides):
            for name in _bounds(one.sides) & {n for side in one.sides for n in _divisors(side)} & set(free):
                found[name] = symbol(name, (), free[name].facts | {"positive"})
    return f"positive, as a bound that divides: {', '.join(sorted(found))}", found


def _observed(lines: Lines, source: str) -> Habit:
    """The y of a model y = Xβ + ε beside a derivative: it is observed, and does not move with β; ε is no constant e."""
    model = _MODEL.search(source) if _SLOPE.search(source) else None
    if model is None or model[1] not in lines.definitions:
        return "", {}
    noise = {"\\epsilon": "ε", "\\varepsilon": "ε", "eps": "ε", "epsilon": "ε"}.get(model[2], model[2])
    vectors = {n: symbol(n, ("n",)) for n in (model[1], noise)}
    return f"{OBSERVED}, and not a function of the others: {model[1]}", vectors


def names_number(sides: Sequence[Expr]) -> bool:
    """Tell whether I, which is read as the identity matrix, stands alone on a side and is equated with a number."""
    alone = [
        bool(s.shape) and any(isinstance(n, Apply) and n.op.name == "eye" for n in postorder(s)) and not symbols_of(s)
        for s in sides
    ]
    return any(alone) and not all(alone) and all(a or not s.shape for a, s in zip(alone, sides, strict=True))


def _bounds(sides: Sequence[Expr]) -> set[str]:
    """Return the numbers in what has a probability."""
    events = [n for n in postorder(*sides) if isinstance(n, Apply) and n.op.name == "probability"]
    return {s.name for s in symbols_of(*events) if not s.shape}


def _divisors(side: Expr) -> set[str]:
    """Return the numbers in denominators."""
    below = [n.args[1] for n in postorder(side) if isinstance(n, Apply) and n.op.name == "div" and len(n.args) == 2]
    return {s.name for s in symbols_of(*below) if not s.shape}
