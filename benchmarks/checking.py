"""Measure `agnesi.check`: single claims, ten-line derivations with one wrong line, and the corpus of derivations.

    python benchmarks/checking.py [--quick] [--profile] [--output FILE]

Prints Markdown tables. Nothing here passes or fails; verdicts that are not the expected ones are listed with the times.
`--quick` leaves the corpus out; `--profile` tells where the time of the claims goes. Each claim is checked once after
another claim has warmed the process up, as a person meets it; processor time is beside the time on the wall.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
import statistics
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import agnesi  # noqa: E402
import derivations  # noqa: E402  (a sibling script)
from run import ms, quantile, table  # noqa: E402

CLAIMS = tomllib.loads((HERE.parent / "tests" / "check" / "claims.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Timed:
    """One text: what came out, and how long it took, in milliseconds on the wall and of the processor."""

    name: str
    wanted: str
    found: str
    wall: float
    processor: float


def timed(name: str, text: str, wanted: str, seen: Callable[[agnesi.Report], str]) -> Timed:
    """Check a text once."""
    wall, processor = time.perf_counter(), time.process_time()
    try:
        found = seen(agnesi.check(text))
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
    return Timed(name, wanted, found, 1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - processor))


def claims() -> list[Timed]:
    """Return the times of the single claims."""
    agnesi.check("tr(A + B) = tr(A) + tr(B)\n∇_x (cos(x)) = −sin(x)\n√(x + 1) = √x + 1")
    right = [timed(text, text, "holds", lambda r: str(r.verdict)) for text in CLAIMS["right"].splitlines()]
    return right + [timed(text, text, "refuted", lambda r: str(r.verdict)) for text in CLAIMS["wrong"].splitlines()]


def agrees(one: Timed) -> bool:
    """Tell whether the verdict is the expected one."""
    return one.found in ("proved", "tested") if one.wanted == "holds" else one.found == one.wanted


def about_claims(found: Sequence[Timed]) -> str:
    """Return the table of the single claims."""
    wall, processor = [t.wall for t in found], [t.processor for t in found]
    rows = [
        (name, f"{1e3 * len(v) / sum(v):.0f}", *(ms(x) for x in (statistics.median(v), quantile(v, 0.9), max(v))))
        for name, v in (("on the wall", wall), ("of the processor", processor))
    ]
    slow = sorted(found, key=lambda t: -t.wall)[:12]
    odd = [(f"`{t.name}`", t.wanted, t.found) for t in found if not agrees(t)]
    parts = [
        f"## {len(found)} single claims\n",
        table(("time", "claims a second", "median (ms)", "p90 (ms)", "max (ms)"), rows),
        f"\nWithin 50 ms: {sum(w <= 50 for w in wall)} of {len(wall)}. Judged as expected: "
        f"{sum(agrees(t) for t in found)} of {len(found)}. The slowest:\n",
        table(("claim", "verdict", "ms"), [(f"`{t.name}`", t.found, ms(t.wall)) for t in slow]),
    ]
    return "\n".join(parts + (["\nNot as expected:\n", table(("claim", "wanted", "found"), odd)] if odd else [])) + "\n"


def about_derivations() -> str:
    """Return the table of the derivations of ten lines."""
    found = []
    for case in CLAIMS["derivation"]:
        found.append(timed(case["name"], case["text"], str(case["wrong"]), lambda r: f"{r.first_wrong} {_said(r)}"))
    rows = [
        (t.name, f"{t.wall / 1e3:.2f}", f"{t.processor / 1e3:.2f}", t.wanted, t.found.partition(" ")[0],
         t.found.partition(" ")[2] or "none") for t in found
    ]  # fmt: skip
    head = ("derivation", "seconds", "of the processor", "planted line", "found", "diagnosis")
    walls = [t.wall / 1e3 for t in found]
    said = f"Within 2 s: {sum(w <= 2 for w in walls)} of {len(walls)}; median {statistics.median(walls):.2f} s."
    return f"## {len(found)} derivations of ten lines, one wrong, with diagnosis\n\n{said}\n\n{table(head, rows)}\n"


def _said(report: agnesi.Report) -> str:
    wrong = next((s for s in report.statements if s.verdict == "refuted"), None)
    return str(wrong.diagnosis) if wrong is not None and wrong.diagnosis is not None else ""


def about_corpus() -> str:
    """Return the figures of the corpus, judged in one process."""
    scores = [derivations.score(case) for case in derivations.cases([derivations.CORPUS])]
    return f"## The corpus of derivations\n\n```\n{derivations.figures(scores)}\n```\n"


def profile() -> str:
    """Return where the time of the single claims goes."""
    agnesi.check("tr(A + B) = tr(A) + tr(B)")
    watch = cProfile.Profile()
    watch.runcall(claims)
    out = io.StringIO()
    figures = pstats.Stats(watch, stream=out)
    figures.sort_stats("cumulative").print_stats("agnesi", 60)
    figures.sort_stats("tottime").print_stats(40)
    return f"```\n{out.getvalue()}```\n"


def report(quick: bool) -> str:
    """Return everything that is measured, as Markdown."""
    parts = [about_claims(claims()), about_derivations()]
    return "\n".join(parts + ([] if quick else [about_corpus()]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="leave out the corpus of derivations")
    parser.add_argument("--profile", action="store_true", help="tell where the time of the claims goes")
    parser.add_argument("--output", type=Path, help="write the tables to this file too")
    told = parser.parse_args()
    text = profile() if told.profile else report(told.quick)
    print(text)
    if told.output:
        told.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
