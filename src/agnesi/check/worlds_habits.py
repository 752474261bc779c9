"""Letters that stand for what they usually do: Σ_xy for a covariance; and entropies of numbers, H(1/2, 1/4, 1/4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace as changed

from agnesi.check.numbers import carried_out
from agnesi.check.worlds_cast import cast_of, quantities
from agnesi.check.worlds_scan import Chance, has_chance, is_op
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Const,
    Expr,
    Symbol,
    apply,
    bind,
    constant,
    fold,
    free_indices,
    index,
    postorder,
    replace,
    symbol,
    symbols_of,
    with_args,
)

NUMBERS = frozenset("pqrwπ")  # letters of which p_1, p_2 are probabilities, not random variables


def of_numbers(roots: Sequence[Expr], known: Chance) -> list[Expr]:
    """Write entropies of lists of probabilities out as −∑ p log p."""
    held = {s.name for n in postorder(*roots) if is_op(n, "probability", "expectation") for s in symbols_of(n)}

    vectors = vectors_in(roots, known)

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        made = with_args(node, below)
        if is_op(made, "entropy", "kl", "cross_entropy") and isinstance(made, Apply):
            whole = [a if a.ndim == 1 and not isinstance(a, Symbol) else vector_of(a, vectors) for a in made.args]
            several = of_one_size([v for v in whole if v is not None])
            if len(several) == len(whole) and len({v.shape for v in several}) == 1:
                return of_vectors(made.op.name, several, known.bits)
        if not is_op(made, "entropy") or not isinstance(made, Apply) or made.attrs[0] != len(made.args):
            return made
        if len(made.args) < 2 or not all(is_number(a, held) for a in made.args):
            return made
        if all(isinstance(a, Symbol) and a.name[0] not in NUMBERS for a in made.args):
            return made
        terms = [a * apply("log", a) for a in made.args]
        total = -apply("add", *terms)
        return total / apply("log", constant(2)) if known.bits else total

    return [fold(r, step) for r in roots]


def with_slopes_known(roots: Sequence[Expr], chance: Chance) -> list[Expr]:
    """Carry out the derivatives inside expectations: E[ℓ''(λ)] is a moment of the data then, or of none."""
    moments = [n for n in postorder(*roots) if is_op(n, "expectation", "variance", "covariance")]
    slopes = {n for n in postorder(*moments) if is_op(n, "derivative") and not has_chance(n)}
    if not slopes:
        return list(roots)
    made = [replace(r, {n: carried_out(n) for n in slopes}) for r in roots]
    fixed = chance.parameters() - {g.variable.name for g in chance.laws} - chance.random
    still = {
        n: n.args[0] for n in postorder(*made)
        if is_op(n, "expectation") and len(n.args) == 1 and {s.name for s in symbols_of(n)} <= fixed
    }
    return [replace(r, still) for r in made]


def of_one_size(vectors: list[Expr]) -> list[Expr]:
    """Return vectors of which those with one value for all entries, as 1/K, are as long as the others."""
    sizes = {v.shape for v in vectors if not _all_one(v)}
    if len(sizes) != 1:
        return vectors
    (size,) = next(iter(sizes)) if len(next(iter(sizes))) == 1 else (None,)
    if size is None:
        return vectors
    return [bind("Tensor", (index("state", size),), v.args[0]) if _all_one(v) else v for v in vectors]


def _all_one(one: Expr) -> bool:
    """Tell whether a vector has the same value for all entries."""
    return isinstance(one, Bind) and one.op.name == "Tensor" and not free_indices(one.args[0])


def vectors_in(roots: Sequence[Expr], known: Chance) -> dict[str, Expr]:
    """Return the vectors that letters stand for: p is one where KL(p ‖ u) has a vector u."""
    out = dict(known.vectors)
    for node in postorder(*roots):
        if not is_op(node, "kl", "cross_entropy") or not isinstance(node, Apply):
            continue
        whole = [vector_of(a, out) or a for a in node.args]
        shape = next((v.shape for v in whole if v.ndim == 1 and not isinstance(v, Symbol)), None)
        for a in node.args:
            if shape is None:
                break
            if is_op(a, "probability") and isinstance(a, Apply) and not a.args:
                out.setdefault(a.attrs[0], symbol(a.attrs[0], shape, frozenset(("probability",))))
    return out


def vector_of(one: Expr, vectors: Mapping[str, Expr]) -> Expr | None:
    """Return the vector that a letter of a distribution stands for."""
    whole = is_op(one, "probability") and isinstance(one, Apply) and not one.args
    return vectors.get(one.attrs[0]) if whole and isinstance(one, Apply) else None


def of_vectors(name: str, vectors: Sequence[Expr], bits: bool) -> Expr:
    """Return an entropy, a cross entropy or a divergence of vectors of probabilities as a sum over their entries."""
    over = index("state", vectors[0].shape[0])
    first, *_, last = (apply("entry", v, over) for v in (vectors[0], *vectors))
    body = first * apply("log", first / last) if name == "kl" else -(first * apply("log", last))
    total = bind("Sum", (over,), body)
    return total / apply("log", constant(2)) if bits else total


def is_number(one: Expr, random: set[str]) -> bool:
    """Tell whether an argument of an entropy is a number: p_1, 1 − p_1, 1/2."""
    if one.shape or any(s.name in random or s.name[0].isupper() for s in symbols_of(one)):
        return False
    if isinstance(one, (Const, Symbol)) or is_op(one, "entry"):
        return not isinstance(one, Symbol) or "_" in one.name
    return isinstance(one, Apply) and one.op.family not in ("relation", "probability")


def with_moments_named(roots: Sequence[Expr], known: Chance) -> tuple[list[Expr], Chance, dict[Symbol, Expr]]:
    """Read Σ_xy, σ_XY and ρ_XY as moments of x and y where nothing else is known of these: return what each one is.

    Conditions between such moments only, as Σ_yx = Σ_xyᵀ, are left out.
    """
    moments = [n for n in postorder(*roots) if is_op(n, "covariance", "variance", "expectation")]
    if not moments or any(isinstance(n, Apply) and quantities(n)[2] for n in moments):
        return list(roots), known, {}
    variables = dict(cast_of(roots, known).variables)
    variables |= {s.name: s for n in moments for s in symbols_of(*n.args) if s.ndim < 2}
    modelled = {g.variable.name for g in known.laws} | set(known.moments)
    found: dict[Symbol, Expr] = {}
    for one in symbols_of(*roots):
        pair = [variables.get(n) for n in pair_of(one.name, variables)]
        if len(pair) != 2 or any(v is None or v.name in modelled for v in pair):
            continue
        x, y = (v for v in pair if v is not None)
        made: Expr = apply("covariance", x, y) if x is not y else apply("covariance" if x.shape else "variance", x)
        if one.name[0] == "ρ":
            made = made / apply("sqrt", apply("variance", x) * apply("variance", y))
        if made.shape == one.shape:
            found[one] = made
    roots = [r for k, r in enumerate(roots) if k < 2 or not set(symbols_of(r)) <= set(found)]  # Σ_yx = Σ_xyᵀ
    random = frozenset(s.name for made in found.values() for s in symbols_of(made))
    return list(roots), changed(known, random=known.random | random), found


def pair_of(name: str, variables: Mapping[str, Symbol]) -> list[str]:
    """Return x and y of Σ_x_y or σ_XY, where they are random variables."""
    base, *tails = name.split("_")
    if base not in ("Σ", "σ", "ρ"):
        return []
    if len(tails) == 1 and len(tails[0]) == 2 and tails[0] not in variables:
        tails = list(tails[0])
    return tails if len(tails) == 2 and all(t in variables for t in tails) else []


def with_conditions_told(roots: Sequence[Expr], known: Chance) -> list[Expr]:
    """Put in place what conditions say of letters that random variables make up: s² = (1/n) ∑_i (x_i − x̄)²."""
    random = known.copies | known.random | known.moments.keys() | {g.variable.name for g in known.laws}
    kept = list(roots[:2])
    told: dict[Expr, Expr] = {}
    for one in roots[2:]:
        made = one.args if is_op(one, "eq") else ()
        letter = made[0].args[0] if made and is_op(made[0], "pow") else made[0] if made else None
        inside = {s.name for s in symbols_of(made[1])} if made else set()
        fresh = isinstance(letter, Symbol) and letter.name not in random | inside and letter.shape == made[1].shape
        if fresh and inside & random and not has_chance(one):
            told[made[0]] = made[1]
        else:
            kept.append(one)
    return [replaced(r, told) for r in kept] if told else kept


def replaced(root: Expr, told: Mapping[Expr, Expr]) -> Expr:
    """Return a root with nodes, not only symbols, replaced."""

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        return told[node] if node in told else with_args(node, below)

    return fold(root, step)


def sums_as_unions(roots: Sequence[Expr]) -> list[Expr]:
    """Return roots with P(A + B | C) as P(A ∪ B | C): a sum of events has no other meaning."""

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        node = with_args(node, below)
        if not is_op(node, "probability") or not isinstance(node, Apply):
            return node
        args = tuple(
            apply("union", *a.args)
            if is_op(a, "add") and isinstance(a, Apply) and all(isinstance(x, Symbol) and not x.shape for x in a.args)
            else a
            for a in node.args
        )
        return with_args(node, args) if args != node.args else node

    return [fold(r, step) for r in roots]
