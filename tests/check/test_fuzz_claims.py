"""Random claims: true ones made by known laws are never refuted, false ones (by NumPy) never held."""

import random
from collections import Counter

import numpy as np
import pytest
from claims_for_proofs import spoilt as broken
from small_language import DECLARED, M, N, gap, places, rewritten, spoilt, term

import agnesi as ag
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Symbol, symbols_of
from agnesi.generate import random_expression
from agnesi.write.declare import declaration

HELD = ("proved", "tested")
FEW, MANY = range(300), range(300, 6000)
BLOCK = 50


def verdict_of(text):
    """The verdict of the last statement of a text."""
    return ag.check(text, diagnose=False).statements[-1].verdict


def drawn(seed):
    """A random term, what known laws make of it, and that with one thing changed; None where values run off."""
    rng = random.Random(seed)
    one = term(rng, rng.choice([(), (), (N,), (N, N), (N, M)]), rng.choice([2, 2, 3]))
    same = rewritten(rng, one, rng.randrange(1, 6))
    other = spoilt(rng, same)
    apart = gap(one, same)
    assert apart < 1e-6 or apart == np.inf, ("a law of the small language is none", one.text, same.text)
    return (one, same, other) if apart < np.inf else None


def claims_judged(seeds):
    """Judge true and spoilt claims of these seeds; return the faults and how many verdicts there were of each kind."""
    faults, seen = [], Counter()
    for seed in seeds:
        found = drawn(seed)
        if found is None:
            seen["no values", None] += 1
            continue
        one, same, other = found
        apart = gap(one, other)
        for kind, right in (("true", same), ("false" if 1e-5 < apart < np.inf else "unclear", other)):
            if kind == "unclear" and not apart < 1e-9:
                continue
            text = f"{DECLARED}\n{one.text} = {right.text}"
            verdict = verdict_of(text)
            seen[kind, verdict] += 1
            if verdict == "refuted" if kind != "false" else verdict in HELD:
                faults.append((seed, kind, verdict, text))
    return faults, seen


@pytest.mark.parametrize("begin", [s for s in FEW if s % BLOCK == 0])
def test_equalities(begin):
    faults, seen = claims_judged(range(begin, begin + BLOCK))
    assert not faults, faults[0]
    true, false = (sum(n for x, n in seen.items() if x[0] == kind) for kind in ("true", "false"))
    assert seen["no values", None] <= BLOCK // 10, "most terms have values"
    assert seen["true", "proved"] + seen["true", "tested"] >= 0.95 * true, "nearly all that is true is judged"
    assert seen["false", "refuted"] >= 0.7 * false, "most of what is false is refuted"


@pytest.mark.nightly
@pytest.mark.parametrize("begin", [s for s in MANY if s % (10 * BLOCK) == 0])
def test_many_equalities(begin):
    faults, _ = claims_judged(range(begin, begin + 10 * BLOCK))
    assert not faults, faults


# -- derivations ------------------------------------------------------------------------------------------------------


def derivation(seed):
    """A derivation of random lawful steps with one spoilt, and the line of that.

    None where NumPy sees no difference, or where the spoilt line brings in a letter: that may say what the letter is.
    """
    rng = random.Random(seed)
    lines = [term(rng, rng.choice([(), (N,), (N, N)]), 2)]
    bad = rng.randrange(1, 6)
    for k in range(1, 6):
        lines.append(spoilt(rng, lines[-1]) if k == bad else rewritten(rng, lines[-1], 1))
    apart = gap(lines[bad - 1], lines[bad])
    before, now = (letters(lines[k]) for k in (bad - 1, bad))
    return (lines, bad) if 1e-4 < apart < np.inf and now <= before else None


def letters(one):
    """The symbols of a term."""
    return {part.name for _, part in places(one) if part.op == "symbol"}


def derivations_judged(seeds):
    """Judge derivations, right up to the spoilt line and whole; return the faults and how many there were."""
    faults, count = [], 0
    for seed in seeds:
        found = derivation(seed)
        if found is None:
            continue
        count += 1
        lines, bad = found
        for stop, wanted in ((bad, None), (6, bad + 2)):
            text = f"{DECLARED}\n" + "\n= ".join(one.text for one in lines[:stop])
            told = ag.check(text, diagnose=False).first_wrong
            if told != wanted:
                faults.append((seed, told, wanted, text))
    return faults, count


def test_derivations():
    faults, count = derivations_judged(range(60))
    assert not faults, faults[0]
    assert count >= 20


@pytest.mark.nightly
@pytest.mark.parametrize("begin", range(60, 1560, 300))
def test_many_derivations(begin):
    faults, _ = derivations_judged(range(begin, begin + 300))
    assert not faults, faults


# -- the engine's own gradients, against differences ------------------------------------------------------------------


def gradient_claim(seed):
    """A random function, a variable of it without facts, and its gradient by the engine; None where it has none."""
    rng = np.random.default_rng(seed)
    function = random_expression(rng, depth=2 + seed % 2)
    free = [s for s in symbols_of(function) if isinstance(s, Symbol) and not s.facts]
    return (function, free[seed % len(free)], ag.gradient(function, free[seed % len(free)])) if free else None


def point_of(roots, seed):
    """Random values of the symbols of expressions, and sizes."""
    rng, sizes, values = np.random.default_rng(seed), {"n": 2, "d": 3}, {}
    for s in symbols_of(*roots):
        value = rng.normal(size=tuple(d.size(sizes) for d in s.shape)) * 0.5
        if "positive" in s.facts:
            value = np.abs(value) + 0.5
        if s.facts & {"symmetric", "spd", "invertible"}:
            value = value @ value.T + np.eye(len(value))
        values[s.name] = value
    return values, sizes


def differs_from_differences(function, variable, gradient, seed):
    """The relative gap between a gradient and central differences of the function at a random point."""
    values, sizes = point_of((function, gradient), seed)
    x = np.asarray(values[variable.name], dtype=float)
    found = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = 1e-5
        up, down = (function.evaluate(**{**values, **sizes, variable.name: x + k * step}) for k in (1, -1))
        found[index] = (up - down) / 2e-5
    told = np.broadcast_to(np.asarray(gradient.evaluate(**values, **sizes), dtype=float), x.shape)
    return float(np.max(np.abs(told - found)) / max(np.max(np.abs(found)), np.max(np.abs(told)), 1e-3))


def gradients_judged(seeds):
    """Judge the gradients of random functions, and spoilt ones; return the faults and the counts."""
    faults, seen = [], Counter()
    for seed in seeds:
        found = gradient_claim(seed)
        if found is None:
            continue
        function, variable, gradient = found
        declared = "; ".join(declaration(s) for s in symbols_of(function, gradient))
        changed = broken(gradient, random.Random(seed))
        for kind, right in (("true", gradient), ("false", changed)):
            if right is None or (kind == "false" and not _clearly_wrong(function, variable, right, seed)):
                continue
            text = f"{declared}\n∇_{variable.name} ({function}) = {right}"
            verdict = verdict_of(text)
            seen[kind, verdict] += 1
            if verdict == "refuted" if kind == "true" else verdict in HELD:
                faults.append((seed, kind, verdict, text))
    return faults, seen


def _clearly_wrong(function, variable, gradient, seed):
    """Whether differences at two points say so; what has no value there does not count."""
    try:
        with np.errstate(all="ignore"):
            return all(1e-3 < differs_from_differences(function, variable, gradient, 7 * seed + k) < 10 for k in (0, 1))
    except (AgnesiError, ValueError):
        return False


@pytest.mark.parametrize("begin", [0, 50])
def test_gradients(begin):
    faults, seen = gradients_judged(range(begin, begin + 50))
    assert not faults, faults[0]
    assert seen["true", "proved"] + seen["true", "tested"] >= 20
    assert seen["false", "refuted"] >= 10


@pytest.mark.nightly
@pytest.mark.parametrize("begin", range(100, 2100, 200))
def test_many_gradients(begin):
    faults, _ = gradients_judged(range(begin, begin + 200))
    assert not faults, faults


# -- inequalities -----------------------------------------------------------------------------------------------------


def expanded_squares(rng):
    """A random sum of squares of linear forms in a, b, c, multiplied out with whole coefficients."""
    form = np.array([[rng.randrange(-2, 3) for _ in "abc"] for _ in range(rng.randrange(1, 4))])
    gram, terms = form.T @ form, []
    for i, p in enumerate("abc"):
        for j in range(i, 3):
            k = int(gram[i, j]) * (1 if i == j else 2)
            if k:
                terms.append((k, f"{p}²" if i == j else f"{p} {'abc'[j]}"))
    return _spelt(terms)


def _spelt(terms):
    out = ""
    for k, what in terms:
        sign = (" − " if k < 0 else " + ") if out else ("−" if k < 0 else "")
        out += f"{sign}{'' if abs(k) == 1 else f'{abs(k)} '}{what}"
    return out


def squares_of_terms(rng):
    """A random sum of squares, norms and traces of Gram matrices, which is 0 where all symbols are."""
    parts = []
    for _ in range(rng.randrange(1, 3)):
        names, k = rng.sample("xyz", 2), rng.randrange(1, 4)
        p, q = names
        kinds = [f"‖{p} − {k} {q}‖²", f"{k} ({p}ᵀ{q})²", f"({p}ᵀ{p})", "tr(AᵀA)", f"‖A {p}‖²", f"{p}ᵀAᵀA{p}"]
        parts.append(rng.choice(kinds))
    return " + ".join(parts)


@pytest.mark.parametrize("make", [expanded_squares, squares_of_terms])
def test_sums_of_squares(make):
    declared = "a, b, c : scalar; x, y, z : n; A : m×n"
    for seed in range(20):
        rng = random.Random(seed)
        square = make(rng)
        if not square:
            continue
        shift = rng.choice([1, 2, "0.5"])
        assert verdict_of(f"{declared}\n{square} ≥ 0") in HELD, square
        assert verdict_of(f"{declared}\n{square} + {shift} > 0") in HELD, square
        assert verdict_of(f"{declared}\n{square} ≥ {shift}") == "refuted", square
        assert verdict_of(f"{declared}\n−({square}) ≥ {shift}") == "refuted", square
