"""Measure `agnesi.linalg` without steps: exact row reduction, determinant and inverse; floats against NumPy and SciPy.

    python benchmarks/linalg.py [--quick] [--without-flint] [--output FILE]

Prints Markdown tables: milliseconds, the best of several runs, the libraries in turn. Nothing here passes or fails.
`--quick` takes few and small sizes; `--without-flint` measures Agnesi and sympy as they are where python-flint is not
installed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

if "--without-flint" in sys.argv:
    os.environ["SYMPY_GROUND_TYPES"] = "python"

import numpy as np
import scipy.linalg
import sympy
from sympy.polys.matrices import DomainMatrix

from agnesi import linalg
from agnesi.linalg import arithmetic

try:
    import flint
except ImportError:
    flint = None
if "--without-flint" in sys.argv:
    flint = arithmetic.flint = None

Case = dict[str, Callable[[], Any] | None]
SECONDS = 0.4  # for each cell, at least three runs


def best(cases: Case, budget: float = SECONDS) -> dict[str, float | None]:
    """Return the least time of each case in milliseconds; the cases take turns, so that all meet the same machine."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    until = time.perf_counter() + budget * len(cases)
    while time.perf_counter() < until or min(len(times[n]) for n, f in cases.items() if f) < 3:
        for name, run in cases.items():
            if run is not None:
                start = time.perf_counter()
                run()
                times[name].append(1e3 * (time.perf_counter() - start))
    return {name: min(seen) if seen else None for name, seen in times.items()}


def written(value: float | None) -> str:
    """Return milliseconds with three digits."""
    return "" if value is None else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def table(title: str, head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table with a title."""
    lines = [f"### {title}", "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(r) + " |" for r in rows]) + "\n"


def domain(rows: list[list[int]], field: Any) -> DomainMatrix:
    """Return whole numbers as a matrix over a domain of sympy."""
    return DomainMatrix([[field(v) for v in r] for r in rows], (len(rows), len(rows[0])), field)


def reduction(n: int) -> Case:
    """Row reduction of an n × (n + 1) matrix of whole numbers."""
    M = np.random.default_rng(n).integers(-9, 10, (n, n + 1)).tolist()
    D = domain(M, sympy.QQ)
    return {
        "Agnesi": lambda: linalg.rref(M, steps=False),
        "Agnesi's arithmetic alone": lambda: arithmetic.rref(D),
        "FLINT fmpq_mat": flint and (lambda: flint.fmpq_mat(flint.fmpz_mat(M)).rref()),
        "FLINT fmpz_mat": flint and (lambda: flint.fmpz_mat(M).rref()),
        "sympy DomainMatrix": lambda: D.rref(),
        "sympy Matrix": (lambda: sympy.Matrix(M).rref()) if n <= 20 else None,
    }


def determinant(n: int) -> Case:
    """The determinant of an n × n matrix of whole numbers."""
    M = np.random.default_rng(n).integers(-9, 10, (n, n)).tolist()
    D = domain(M, sympy.QQ)
    Z = domain(M, sympy.ZZ)
    return {
        "Agnesi": lambda: linalg.determinant(M, steps=False),
        "Agnesi's arithmetic alone": lambda: arithmetic.determinant(D),
        "FLINT fmpq_mat": flint and (lambda: flint.fmpq_mat(flint.fmpz_mat(M)).det()),
        "FLINT fmpz_mat": flint and (lambda: flint.fmpz_mat(M).det()),
        "sympy DomainMatrix": lambda: Z.det(),
        "sympy Matrix": (lambda: sympy.Matrix(M).det()) if n <= 20 else None,
    }


def inverse(n: int) -> Case:
    """The inverse of an n × n matrix of whole numbers."""
    M = np.random.default_rng(n).integers(-9, 10, (n, n)).tolist()
    D = domain(M, sympy.QQ)
    return {
        "Agnesi": lambda: linalg.inverse(M, steps=False),
        "Agnesi's arithmetic alone": lambda: arithmetic.inverse(D),
        "FLINT fmpq_mat": flint and (lambda: flint.fmpq_mat(flint.fmpz_mat(M)).inv()),
        "FLINT fmpz_mat": flint and (lambda: flint.fmpz_mat(M).inv()),
        "sympy DomainMatrix": lambda: D.inv(),
        "sympy Matrix": (lambda: sympy.Matrix(M).inv()) if n <= 10 else None,
    }


def floats(n: int) -> dict[str, Case]:
    """The numeric ways at size n, each beside the call of NumPy or SciPy that it rests on."""
    rng = np.random.default_rng(n)
    A, b = rng.standard_normal((n, n)), rng.standard_normal(n)
    S = A @ A.T + n * np.eye(n)
    return {
        "solve": {"Agnesi": lambda: linalg.solve(A, b, exact=False), "alone": lambda: np.linalg.solve(A, b)},
        "inverse": {"Agnesi": lambda: linalg.inverse(A, exact=False), "alone": lambda: np.linalg.inv(A)},
        "determinant": {"Agnesi": lambda: linalg.determinant(A, exact=False), "alone": lambda: np.linalg.slogdet(A)},
        "LU": {"Agnesi": lambda: linalg.lu(A, exact=False), "alone": lambda: scipy.linalg.lu(A, p_indices=True)},
        "Cholesky": {"Agnesi": lambda: linalg.cholesky(S, exact=False), "alone": lambda: np.linalg.cholesky(S)},
        "product": {"Agnesi": lambda: linalg.product(A, A, exact=False), "alone": lambda: A @ A},
        "rank": {"Agnesi": lambda: linalg.rank(A, exact=False), "alone": lambda: np.linalg.matrix_rank(A)},
    }


def report(quick: bool) -> str:
    """Return all tables."""
    sizes = (5, 20) if quick else (5, 10, 20, 40, 60)
    out = [f"FLINT: {'python-flint ' + flint.__version__ if flint else 'not used'}; sympy {sympy.__version__}\n"]
    for title, case in (("Row reduction, n × (n + 1)", reduction), ("Determinant", determinant), ("Inverse", inverse)):
        found = [(n, best(case(n), 0.05 if quick else SECONDS)) for n in sizes]
        head = ["n", *found[0][1]]
        rows = [[str(n), *(written(t) for t in times.values())] for n, times in found]
        out.append(table(f"{title}: exact, whole numbers from −9 to 9 (ms)", head, rows))
    rows = []
    for n in (100,) if quick else (200, 600, 1000):
        for name, case in floats(n).items():
            times = best(case, 0.05 if quick else 2 * SECONDS)
            ratio = (times["Agnesi"] or 0) / (times["alone"] or 1)
            rows.append([name, str(n), written(times["Agnesi"]), written(times["alone"]), f"{ratio:.2f}"])
    out.append(table("Floats (ms)", ["what", "n", "Agnesi", "NumPy, SciPy alone", "ratio"], rows))
    return "\n".join(out)


def printed(about: str, report: Callable[[bool], str], *flags: str) -> None:
    """Print a report, and write it where `--output` says; `flags` are read by others."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag in ("--quick", *flags):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    text = report(arguments.quick)
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    printed(__doc__ or "", report, "--without-flint")
