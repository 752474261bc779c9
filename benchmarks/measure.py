"""What one process measures: `python benchmarks/measure.py NAME ...` prints JSON. `run.py` starts it and makes tables.

Interned expressions remember what was done to them, so a second run of the same thing would be too fast: everything
here is measured at its first run in a process, after one unrelated derivation has loaded the code.
"""

from __future__ import annotations

import json
import random
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import identities
from agnesi.check.evidence import derivative_evidence
from agnesi.expr.nodes import Symbol
from agnesi.read import read
from agnesi.rules.derive import derivative
from agnesi.rules.steps import explain
from agnesi.write import token_count, write


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the milliseconds of processor time that `work` takes, and what it returns."""
    start = process_time()
    found = work()
    return 1e3 * (process_time() - start), found


def warm_up() -> None:
    """Load every module by a derivation that occurs nowhere else."""
    names = read("‖Q u − v‖² + tr(Q ⊙ Q) + log det(QᵀQ) + sum(tanh(u))").symbols
    f = read("‖Q u − v‖² + tr(Q ⊙ Q) + log det(QᵀQ) + sum(tanh(u))", names).expr
    result = derivative(f, [names["u"]])
    write(result)
    explain(f, names["u"], result)
    derivative_evidence(f, [names["u"]], result)


def one_identity(case: dict[str, Any]) -> dict[str, float]:
    """Return the times of the stages for one identity."""
    names = identities.symbols(case)
    wrt = [names[v] for v in identities.variables(case)]
    reading, f = timed(lambda: read(case["text"], names).expr)
    deriving, result = timed(lambda: derivative(f, wrt, case["structure"]))
    printing, _ = timed(lambda: write(result))
    evidence, _ = timed(lambda: derivative_evidence(f, wrt, result, case["structure"]))
    steps = 0.0
    if len(wrt) == 1:
        steps, _ = timed(lambda: explain(f, wrt[0], result, structure=case["structure"]))
    return {"read": reading, "derive": deriving, "print": printing, "evidence": evidence, "steps": steps}


def all_identities(seed: int) -> dict[str, dict[str, float]]:
    """Return the times of all identities, taken in random order."""
    warm_up()
    cases = list(identities.CASES)
    random.Random(seed).shuffle(cases)
    return {case["id"]: one_identity(case) for case in cases}


def tokens() -> dict[str, Any]:
    """Return printed length against the length of the expected formula, for all identities."""
    found = {}
    for case in identities.CASES:
        names = identities.symbols(case)
        f = read(case["text"], names).expr
        result = derivative(f, [names[v] for v in identities.variables(case)], case["structure"])
        own, book = token_count(result), identities.source_tokens(case["df_src"])
        found[case["id"]] = {"own": own, "book": book, "text": write(result), "expected": case["df_src"]}
    return found


def network(depth: int) -> tuple[str, str]:
    """Return a network of tanh layers, written out, and its first weights."""
    inside = "x"
    for k in range(1, depth + 1):
        inside = f"tanh(W_{k} {inside})"
    declared = "; ".join(f"W_{k} : n×n" for k in range(1, depth + 1))
    return f"x : n; y : n; {declared}; ‖{inside} − y‖²", "W_1"


def terms(count: int) -> tuple[str, str]:
    """Return a sum of squared errors over many data sets, and the weights."""
    declared = "; ".join(f"X_{k} : n×d; y_{k} : n" for k in range(1, count + 1))
    return f"w : d; {declared}; " + " + ".join(f"‖X_{k} w − y_{k}‖²" for k in range(1, count + 1)), "w"


FAMILIES = {"network": network, "terms": terms}


def growth(family: str, size: int, memory: bool) -> dict[str, float]:
    """Return the times of reading, deriving and printing at one size; or, measured apart, the peak memory in MB."""
    text, name = FAMILIES[family](size)
    warm_up()
    if memory:
        tracemalloc.start()
    reading, found = timed(lambda: read(text))
    variable = found.symbols[name]
    assert isinstance(variable, Symbol)
    deriving, result = timed(lambda: derivative(found.expr, [variable]))
    if memory:
        return {"peak": tracemalloc.get_traced_memory()[1] / 1e6}
    printing, text = timed(lambda: write(result))
    return {"read": reading, "derive": deriving, "print": printing, "characters": len(text)}


def main() -> None:
    """Print the measurement that the arguments name."""
    match sys.argv[1:]:
        case ["identities", seed]:
            found: Any = all_identities(int(seed))
        case ["tokens"]:
            found = tokens()
        case ["growth", family, size, kind]:
            found = growth(family, int(size), kind == "memory")
        case _:
            sys.exit("identities SEED | tokens | growth FAMILY SIZE time|memory")
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
