"""The corpus of derivations, verified by NumPy alone: nothing of Agnesi is used here.

A file corpus/<resource>.toml holds cases; so does a corpus/people<n>.toml, whose texts were written without looking at
Agnesi, and which has claims of a line or two besides (people1-c01), of which it is judged whether they are right:

    [[case]]
    id = "matcalc-03"                    # the file's name and a number; of a claim with a c, people1-c03
    source = "Parr & Howard, 4.2"        # where such a derivation is taught
    style = "ascii, words between"       # how it is typed
    text = '''...'''                     # the derivation; lines are counted from 1, empty ones too
    wrong = 4                            # the first wrong line; 0 where all is right
    kind = "transpose lost"              # what was planted; "" where all is right
    right_line = "..."                   # line `wrong`, corrected
    right_text = '''...'''               # where lines after it change too: the whole, corrected
    expects = ["transpose"]              # words, one of which should stand in the diagnosis
    right_value = "..."                  # the value(s) of right_line, in the form of `values`
    carried = [6]                        # later lines with a pair of sides that differ because of the wrong line
    setup = "n, d = 4, 3; X = rng.normal(size=(n, d)); ..."     # drawn with several seeds
    [case.values]                        # what the lines claim, in NumPy
    1 = ["f(w)"]                         # one value in a list: a chain begins here, nothing is claimed
    2 = "..."                            # a string: the line goes on from the value before it ("= ...", "= ... + ...")
    4 = ["left", "right"]                # a pair: an equation of its own; a string after it goes on from "right"
    [case.right_values]                  # with right_text: the values of the later lines that change too
    5 = "..."
    [case.relation]                      # where it is not "=": "<=", ">=", "<", ">", "approx" (within `within`), or
    2 = "const"                          # "const", "prop": arrays over points, equal up to a term or up to a factor
    0 = ">="                             # the relation of the corrected line, where it is another one

A list of more than two values is a chain within one line. Lines that claim nothing (declarations, definitions, choices)
have no value. What a line supposes (the gradient is zero at w) is arranged in `setup`. Every step but that of `wrong`
must hold, those after it from the wrong line on; the step of `wrong` must fail (an inequality: for some draw). In the
corrected derivation (`right_value` and `right_values` in place of theirs) every step must hold. `seeds` is how many
draws are made (5). WORDS below are the names that a setup may use, besides `rng`, `spd(n)` (a random symmetric positive
definite matrix) and `table(2, 3)` (a random table of probabilities).
"""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy

CORPUS = Path(__file__).parent / "corpus"
CASES = [case for file in sorted(CORPUS.glob("*.toml")) for case in tomllib.loads(file.read_text("utf-8"))["case"]]
RELATIONS = {"=", "<=", ">=", "<", ">", "approx", "const", "prop"}
WRONG = [case for case in CASES if case["wrong"]]
CLAIM = re.compile(r"people\d+-c\d\d")
KEYS = {"id", "source", "style", "text", "wrong", "kind", "right_line", "right_text", "right_value", "expects",
        "carried", "setup", "values", "right_values", "relation", "within", "seeds"}


def grad(f: Callable[[Any], Any], x: Any, h: float = 1e-5) -> np.ndarray:
    """The derivative of each value of f by each entry of x, by central differences: shape of f(x), then shape of x."""
    x = np.asarray(x, dtype=float)
    columns = []
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h * max(1.0, abs(float(x[index])))
        columns.append((np.asarray(f(x + step)) - np.asarray(f(x - step))) / (2 * step[index]))
    return np.moveaxis(np.array(columns), 0, -1).reshape((*np.shape(columns[0]), *x.shape))


def hess(f: Callable[[Any], Any], x: Any) -> np.ndarray:
    """The second derivatives of f, by differences of differences."""
    return grad(lambda at: grad(f, at, 1e-3), x, 1e-3)


def quad(f: Callable[[float], Any], low: float, high: float) -> float:
    return float(scipy.integrate.quad(f, low, high, epsabs=1e-11, epsrel=1e-11, limit=200)[0])


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-np.asarray(x)))


def softmax(x: Any) -> Any:
    return np.exp(x - np.max(x)) / np.sum(np.exp(x - np.max(x)))


def normal(x: Any, mean: Any, variance: Any) -> Any:
    return np.exp(-((x - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)


def xlogx(p: Any) -> Any:
    """p log p, with 0 log 0 = 0."""
    return np.where(np.asarray(p) > 0, p * np.log(np.where(np.asarray(p) > 0, p, 1.0)), 0.0)


def entropy(p: Any) -> float:
    """The entropy in nats of a table of probabilities."""
    return float(-np.sum(xlogx(np.asarray(p, dtype=float))))


def kl(p: Any, q: Any) -> float:
    return float(np.sum(xlogx(p)) - np.sum(p * np.log(q)))


def spd(rng: np.random.Generator, n: int) -> np.ndarray:
    """A random symmetric positive definite matrix."""
    root = rng.normal(size=(n, n))
    return root @ root.T + 0.5 * np.eye(n)


def table(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """A random table of probabilities."""
    return rng.dirichlet(np.ones(math.prod(shape))).reshape(shape)


WORDS = {
    "np": np, "scipy": scipy, "special": scipy.special, "stats": scipy.stats, "math": math,
    "grad": grad, "hess": hess, "quad": quad, "sigmoid": sigmoid, "softmax": softmax,
    "normal": normal, "entropy": entropy, "kl": kl, "xlogx": xlogx,
    "inv": np.linalg.inv, "det": np.linalg.det, "tr": np.trace, "norm": np.linalg.norm, "solve": np.linalg.solve,
    "eigvalsh": np.linalg.eigvalsh, "diag": np.diag, "eye": np.eye, "ones": np.ones, "outer": np.outer, "kron": np.kron,
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tanh": np.tanh, "pi": np.pi,
    "logdet": lambda A: np.linalg.slogdet(A)[1],
}


def is_claim(case: dict[str, Any]) -> bool:
    """Whether a case is a claim by itself, and no derivation."""
    return CLAIM.fullmatch(case["id"]) is not None


def lines_of(case: dict[str, Any]) -> list[str]:
    return case["text"].splitlines()


def drawn(case: dict[str, Any], seed: int) -> dict[str, Any]:
    """The names that a case's setup defines, drawn with a seed."""
    rng = np.random.default_rng(seed)
    names = dict(WORDS, rng=rng, spd=lambda n: spd(rng, n), table=lambda *shape: table(rng, *shape))
    exec(case.get("setup", ""), names)
    return names


def holds(relation: str, left: Any, right: Any, within: float) -> bool:
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    if left.shape != right.shape and left.size != 1 and right.size != 1:
        return False
    assert np.all(np.isfinite(left)) and np.all(np.isfinite(right)), "a value is not finite"
    size = max(float(np.max(np.abs(left))), float(np.max(np.abs(right))), 1e-3)
    match relation:
        case "<=" | "<":
            return bool(np.all(left <= right + 1e-9 * size))
        case ">=" | ">":
            return bool(np.all(left >= right - 1e-9 * size))
        case "const":
            assert left.size > 2, "equal up to a term: give values at several points"
            return float(np.ptp(left - right)) <= 1e-5 * size
        case "prop":
            assert left.size > 2, "equal up to a factor: give values at several points"
            return float(np.ptp(np.log(left) - np.log(right))) <= 1e-5
        case "approx":
            return float(np.max(np.abs(left - right))) <= within * size
        case _:
            return float(np.max(np.abs(left - right))) <= 1e-5 * size


def step_holds(relation: str, sides: list[Any], within: float) -> bool:
    return all(holds(relation, left, right, within) for left, right in pairwise(sides))


def sides_of(claim: str | list[str], before: Any, names: dict[str, Any]) -> list[Any]:
    """The values that a line compares."""
    if isinstance(claim, list):
        return [eval(side, names) for side in claim]
    return [eval(claim, names)] if before is None else [before, eval(claim, names)]


def judged(case: dict[str, Any], names: dict[str, Any]) -> dict[int, bool]:
    """Which steps hold, by their lines."""
    verdicts: dict[int, bool] = {}
    last: Any = None
    for line, claim in sorted((int(key), value) for key, value in case["values"].items()):
        relation = case.get("relation", {}).get(str(line), "=")
        sides = sides_of(claim, last, names)
        if len(sides) > 1:
            verdicts[line] = step_holds(relation, sides, case.get("within", 0.05))
        last = sides[-1]
    return verdicts


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_step_but_the_planted_one_holds(case: dict[str, Any]) -> None:
    wrong, carried = case["wrong"], set(case.get("carried", []))
    runs = [judged(case, drawn(case, seed)) for seed in range(case.get("seeds", 5))]
    assert len(runs[0]) >= (1 if is_claim(case) else 2), "too little is claimed"
    assert not wrong or wrong in runs[0], "nothing is claimed at the wrong line"
    for line in sorted(runs[0]):
        right = [run[line] for run in runs]
        if line == wrong and wrong:
            loose = case.get("relation", {}).get(str(line), "=") in {"<=", ">=", "<", ">"}
            assert not all(right) if loose else not any(right), f"line {line} should be wrong"
        elif line in carried:
            assert not all(right), f"line {line} is right, not carried on"
        else:
            assert all(right), f"line {line} is wrong"


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_record_is_complete(case: dict[str, Any]) -> None:
    lines, wrong = lines_of(case), case["wrong"]
    assert set(case) <= KEYS and case["source"] and case["style"]
    assert 1 <= len(lines) <= 2 if is_claim(case) else 3 <= len(lines) <= 12
    assert 0 <= wrong <= len(lines)
    assert all(1 <= int(line) <= len(lines) and lines[int(line) - 1].strip() for line in case["values"])
    relation = case.get("relation", {})
    assert set(relation.values()) <= RELATIONS and set(relation) <= {"0", *case["values"]}
    assert bool(case["kind"]) == bool(wrong)
    if not wrong:
        assert not {"right_line", "right_text", "right_value", "right_values", "carried", "expects"} & set(case)
        return
    assert case["expects"] and case["right_line"].strip() != lines[wrong - 1].strip()
    assert all(line > wrong for line in case.get("carried", []))
    if "right_text" in case:
        mended = case["right_text"].splitlines()
        assert len(mended) == len(lines) and mended[: wrong - 1] == lines[: wrong - 1]
        assert mended[wrong - 1].strip() == case["right_line"].strip()
        changed = {str(n) for n in range(wrong + 1, len(lines) + 1) if mended[n - 1] != lines[n - 1]}
        assert changed & set(case["values"]) <= set(case.get("right_values", {})) <= changed


def test_the_corpus_is_broad() -> None:
    derivations = [case for case in CASES if not is_claim(case)]
    assert len(derivations) >= 390 and len({case["kind"] for case in derivations if case["wrong"]}) >= 200
    right = sum(not case["wrong"] for case in derivations)
    assert 0.3 <= right / len(derivations) <= 0.4, "a third should be right throughout"
    claims = [case for case in CASES if is_claim(case)]
    assert len(claims) >= 130 and 0.3 <= sum(not case["wrong"] for case in claims) / len(claims) <= 0.7


def test_the_names_are_those_of_the_files() -> None:
    assert not [name for name, times in Counter(case["id"] for case in CASES).items() if times > 1]
    for file in CORPUS.glob("*.toml"):
        ids = [case["id"] for case in tomllib.loads(file.read_text("utf-8"))["case"]]
        assert all(name.rpartition("-")[0] == file.stem for name in ids)


def corrected(case: dict[str, Any]) -> dict[str, Any]:
    """The case with the planted line, and what followed from it, put right."""
    line, relation = str(case["wrong"]), dict(case.get("relation", {}))
    relation[line] = relation.get("0", relation.get(line, "="))
    values = case["values"] | {line: case["right_value"]} | case.get("right_values", {})
    return case | {"values": values, "relation": relation}


@pytest.mark.parametrize("case", WRONG, ids=[case["id"] for case in WRONG])
def test_the_corrected_derivation_holds(case: dict[str, Any]) -> None:
    for seed in range(case.get("seeds", 5)):
        verdicts = judged(corrected(case), drawn(case, seed))
        assert all(verdicts.values()), f"corrected, still wrong: {[n for n, right in verdicts.items() if not right]}"
