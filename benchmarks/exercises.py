"""Measure the exercises: drawing an instance with its solution, judging a right and a wrong line, giving a hint.

    python benchmarks/exercises.py [--count 20] [--quick] [--output FILE]

Prints a Markdown table of milliseconds (median, 90th percentile, slowest) over all families and levels, then the
slowest families. Each instance is another one, so that nothing is remembered. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from agnesi.exercises import families, hint, instance, judge, solution

WHAT = (
    "draw",
    "draw with solution",
    "judge a right line",
    "judge a planted line",
    "judge another wrong line",
    "first hint",
)
SEED = 10_000  # away from the seeds of the tests


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return milliseconds and what the work returns."""
    start = time.perf_counter()
    found = work()
    return 1e3 * (time.perf_counter() - start), found


def measured(id: str, level: int, seed: int) -> dict[str, float]:
    """Return the milliseconds of each thing that is done with one instance."""
    drawing, one = timed(lambda: instance(id, level, seed))
    solving, solved = timed(lambda: solution(one))
    out = {"draw": drawing, "draw with solution": drawing + solving}
    out["judge a right line"], _ = timed(lambda: judge(one, solved.answer))
    out["judge a planted line"], _ = timed(lambda: judge(one, one.slips[0].text))
    wrong = solved.answer.splitlines()[0] + " + 1"
    out["judge another wrong line"], _ = timed(lambda: judge(one, wrong))
    out["first hint"], _ = timed(lambda: hint(one, "", 1))
    return out


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=20, help="instances of each family")
    parser.add_argument("--quick", action="store_true", help="three instances of each family")
    parser.add_argument("--output", type=Path, help="write the tables to this file too")
    asked = parser.parse_args()
    count = 3 if asked.quick else asked.count
    for family in families().values():  # what is loaded once
        measured(family.id, 1, SEED - 1)
    seen: dict[str, list[float]] = defaultdict(list)
    drawn: dict[str, list[float]] = defaultdict(list)
    for family in families().values():
        for k in range(count):
            found = measured(family.id, k % family.levels + 1, SEED + k)
            drawn[family.id].append(found["draw with solution"])
            for name, value in found.items():
                seen[name].append(value)
    lines = [f"{len(drawn)} families, {count} instances of each", ""]
    lines += ["| | median ms | 90 % below | slowest |", "|---|---|---|---|"]
    lines += [
        f"| {n} | {np.median(seen[n]):.1f} | {np.percentile(seen[n], 90):.0f} | {max(seen[n]):.0f} |" for n in WHAT
    ]
    slowest = sorted(drawn, key=lambda i: -float(np.median(drawn[i])))[:8]
    lines += [
        "",
        "Slowest to draw with solution: " + ", ".join(f"{i} {np.median(drawn[i]):.0f}" for i in slowest) + ".",
    ]
    text = "\n".join(lines)
    print(text)
    if asked.output:
        asked.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
