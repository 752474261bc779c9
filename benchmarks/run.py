"""Measure Agnesi and write benchmarks/results.md: `python benchmarks/run.py` (or `./dev bench`), a few minutes.

Nothing here passes or fails; it tells what was measured, on which machine, when.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results.md"
TUNING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "PYTHONDONTWRITEBYTECODE")  # settings of a machine, not of Agnesi
DEPTHS = (1, 2, 4, 8, 16, 32, 64)
COUNTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
RIDGE = "||X w - y||^2 + lambda ||w||^2"


def clean() -> dict[str, str]:
    """Return the environment without the settings of this machine; a user has bytecode, and BLAS as it comes."""
    return {k: v for k, v in os.environ.items() if k not in TUNING}


def measured(*args: object) -> Any:
    """Return what a fresh process of measure.py measures, or None where it fails."""
    command = [sys.executable, str(HERE / "measure.py"), *map(str, args)]
    found = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=clean())
    if found.returncode:
        print(f"  {' '.join(map(str, args))} failed: {found.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return json.loads(found.stdout)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(c).replace("|", "\\|") for c in row) + " |" for row in lines)


def ms(value: float) -> str:
    """Return milliseconds with two or three figures."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return the slope of log value over log size, by least squares, over the upper half of the sizes."""
    half = len(sizes) // 2
    xs, ys = [math.log(s) for s in sizes[half:]], [math.log(v) for v in values[half:]]
    return statistics.linear_regression(xs, ys).slope


# -- the parts of the report -----------------------------------------------------------------------------------------

SUMS = {
    "read": ("read",),
    "derive and tidy": ("derive",),
    "print": ("print",),
    "**read, derive, tidy, print**": ("read", "derive", "print"),
    "the same with numerical evidence": ("read", "derive", "print", "evidence"),
    "the same with evidence and steps": ("read", "derive", "print", "evidence", "steps"),
}


def identities(runs: int) -> str:
    """Return the times over the 134 identities."""
    found = [f for f in (measured("identities", seed) for seed in range(runs)) if f]
    names = list(found[0])
    rows, totals = [], {}
    for label, parts in SUMS.items():
        per_case = {n: statistics.median(sum(f[n][p] for p in parts) for f in found) for n in names}
        values = list(per_case.values())
        worst = max(per_case, key=lambda n: per_case[n])
        totals[label] = per_case
        middle, most = ms(statistics.median(values)), ms(quantile(values, 0.9))
        rows.append((label, middle, most, ms(max(values)), f"`{worst}`"))
    whole = totals["**read, derive, tidy, print**"]
    within = sum(v <= 10 for v in whole.values())
    slow = sorted(whole, key=lambda n: -whole[n])[:8]
    return (
        f"## The {len(names)} identities\n\nMilliseconds of processor time for one identity, the first time that a "
        f"process meets it: the median of {len(found)} processes, which take the identities in a random order.\n\n"
        + table(("stage", "median", "p90", "max", "slowest"), rows)
        + f"\n\nWithin 10 ms: {within} of {len(whole)}. Slowest: "
        + ", ".join(f"`{n}` {ms(whole[n])}" for n in slow) + ".\n"
    )  # fmt: skip


def processes(runs: int) -> str:
    """Return the times of whole processes."""
    program = Path(sys.executable).with_name("agnesi")
    agnesi = [str(program)] if program.exists() else [sys.executable, "-c", "from agnesi.cli import main; main()"]
    cases = {
        "`python -c pass`": [sys.executable, "-c", "pass"],
        "`import agnesi`": [sys.executable, "-c", "import agnesi"],
        "`import agnesi; agnesi.derive`": [sys.executable, "-c", "import agnesi; agnesi.derive"],
        "`agnesi --help`": [*agnesi, "--help"],
        f"`agnesi derive \"{RIDGE}\" --wrt w`": [*agnesi, "derive", RIDGE, "--wrt", "w"],
        "the same with `--steps none`": [*agnesi, "derive", RIDGE, "--wrt", "w", "--steps", "none"],
    }
    times: dict[str, list[float]] = {name: [] for name in cases}
    works: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(runs + 1):  # in turns, so that a busy moment does not fall on one of them; the first is not counted
        for name, command in cases.items():
            start, before = perf_counter(), os.times()
            subprocess.run(command, stdout=subprocess.DEVNULL, env=clean(), check=True, cwd=ROOT)
            after = os.times()
            times[name].append(perf_counter() - start)
            works[name].append(after[2] + after[3] - before[2] - before[3])
    rows = []
    for name in cases:
        t, w = times[name][1:], works[name][1:]
        rows.append((name, *(f"{v:.3f}" for v in (statistics.median(t), min(t), max(t), statistics.median(w)))))
    head = f"## Processes\n\nSeconds from start to end, {runs} processes each, and processor time (median).\n\n"
    return head + table(("process", "median", "min", "max", "processor time"), rows) + "\n"


def growth(title: str, family: str, sizes: Sequence[int], what: str) -> str:
    """Return how time and memory grow."""
    rows: list[Sequence[object]] = []
    kept: list[int] = []
    columns: dict[str, list[float]] = {"read": [], "derive": [], "print": [], "peak": []}
    for size in sizes:
        times = [t for t in (measured("growth", family, size, "time") for _ in range(3)) if t]
        memory = measured("growth", family, size, "memory")
        if not times or memory is None:
            rows.append((size, "failed", "", "", "", ""))
            continue
        best = {k: statistics.median(t[k] for t in times) for k in times[0]} | memory
        kept.append(size)
        for key, values in columns.items():
            values.append(best[key])
        shown = [ms(best[k]) for k in ("read", "derive", "print")]
        rows.append((size, *shown, f"{best['peak']:.2f}", best["characters"]))
    fitted = {k: f"{exponent(kept, v):.2f}" for k, v in columns.items()}
    rows.append(("**exponent**", *fitted.values(), ""))
    head = (what, "read (ms)", "derive and tidy (ms)", "print (ms)", "peak memory (MB)", "characters printed")
    said = "The exponent is fitted over the upper half of the sizes: 1 is linear, 2 is quadratic. Times are processor "
    said += "times, the median of three; each size has processes of its own."
    return f"## {title}\n\n{said}\n\n{table(head, rows)}\n"


def lengths() -> str:
    """Return how long results are against textbook forms."""
    found = measured("tokens")
    ratio = {n: v["own"] / max(v["book"], 1) for n, v in found.items()}
    values = list(ratio.values())
    rows = [(f"{share:.0%}", f"{quantile(values, share):.2f}") for share in (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0)]
    short = sum(v <= 1.25 for v in values)
    above = sorted((n for n in ratio if ratio[n] > 1.25), key=lambda n: -ratio[n])
    listed = [(f"`{n}`", f"{ratio[n]:.2f}", f"`{found[n]['text']}`", f"`{found[n]['expected']}`") for n in above]
    head, shares = ("identity", "ratio", "printed", "expected"), ("identities", "ratio at most")
    out = (
        "## Length of results\n\nTokens of the printed result against tokens of the expected closed form, which is "
        "NumPy source (brackets, commas and unwritten products are free). The two do not count alike: `outer(a,b)` is "
        "two tokens, abᵀ three, and the index of 𝟏_n is one.\n\n" + table(shares, rows)
        + f"\n\nWithin 1.25: {short} of {len(values)} ({short / len(values):.1%}); no longer than the expected form: "
        f"{sum(v <= 1 for v in values)}.\n"
    )  # fmt: skip
    return out + ("\nAbove 1.25:\n\n" + table(head, listed) + "\n" if above else "")


def checking(few: bool) -> str:
    """Return what checking.py measures in a process of its own; with `few` the corpus is left out."""
    command = [sys.executable, str(HERE / "checking.py"), *(["--quick"] if few else [])]
    found = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=clean())
    if found.returncode:
        print(f"  checking.py failed: {found.stderr.strip().splitlines()[-1]}", file=sys.stderr)
    return found.stdout


def machine() -> str:
    """Return what was measured, on what, and when."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    load = f"; load at the start {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    parts = ", ".join(f"{p} {version(p)}" for p in ("agnesi", "numpy", "scipy", "opt_einsum", "typer"))
    commit = ""
    if shutil.which("git"):
        found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT)
        commit = f" (commit {found.stdout.strip()})" if found.returncode == 0 else ""
    return (
        "# What was measured\n\nWritten by `python benchmarks/run.py`. Times depend on the machine and on what else it "
        f"does.\n\n- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC{commit}\n"
        f"- {model}, {os.cpu_count()} cores, {platform.system()}{load}\n- Python {platform.python_version()}, {parts}\n"
    )


def main() -> None:
    """Run all benchmarks and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs and smaller sizes, to see that it works")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where to write (default: benchmarks/results.md)")
    told = parser.parse_args()
    few = told.quick
    parts = [machine()]
    most = 4 if few else 99
    for name, work in (
        ("identities", lambda: identities(1 if few else 5)),
        ("processes", lambda: processes(2 if few else 10)),
        ("depth", lambda: growth("Growth with the depth of a network", "network", DEPTHS[:most], "layers")),
        ("terms", lambda: growth("Growth with the number of terms", "terms", COUNTS[:most], "terms")),
        ("lengths", lengths),
        ("checking", lambda: checking(few)),
    ):
        print(f"{name} ...", file=sys.stderr)
        parts.append(work())
    told.output.write_text("\n".join(parts), encoding="utf-8")
    print(f"Written: {told.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
