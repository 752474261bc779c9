"""Time compiled code against JAX, PyTorch, autograd and hand-written NumPy, and write benchmarks/speed.md.

`python benchmarks/compare.py` takes about ten minutes; `--quick`, `--problem`, `--quantity` and `--size` take less.
All competitors are timed in one process and in turns, so that a busy moment does not fall on one of them. They must
agree first. `--check` compares the hand-written code with differences instead.
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import platform
import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

import agnesi as ag
import peers
from problems import QUANTITIES, SIZES, Problem
from problems_more import PROBLEMS
from run import clean, table

SPEED = Path(__file__).resolve().parent / "speed.md"
MARK = "AGNESI_BENCHMARK_THREADS"  # set in the child process, whose libraries were told how many threads they have
THREADS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NPROC",
)  # XLA takes its pool's size from NPROC
AGREEMENT = 1e-8
SAMPLE = 2e-3  # seconds that a sample takes at least
DENSE = 400e6  # bytes of the largest dense Hessian that a peer is asked for
MEMORY = 1.5e9  # bytes of the largest array on the way to it
PATIENCE = 10.0  # seconds


@dataclass(frozen=True)
class Cell:
    """One problem, quantity and size: the seconds of everyone who took part, and why the others did not."""

    problem: Problem
    quantity: str
    size: str
    seconds: Mapping[str, float]
    notes: Mapping[str, str] = field(default_factory=dict)

    def ratio(self, name: str, to: str = "hand-written") -> float | None:
        """Return the time of one over the time of another, or None where one of them has none."""
        return self.seconds[name] / self.seconds[to] if name in self.seconds and to in self.seconds else None


# -- timing ----------------------------------------------------------------------------------------------------------


def sample(call: peers.Call, times: int) -> float:
    """Return the seconds of one call, as the mean of some in a row."""
    start = perf_counter()
    for _ in range(times):
        call()
    return (perf_counter() - start) / times


def interleaved(calls: Mapping[str, peers.Call], first: Mapping[str, float], budget: float) -> dict[str, float]:
    """Return the best sample of every call. They take turns until the budget is spent, at least three times each.

    Who takes long, and twenty times as long as the reference, has one turn; who exceeded the budget already when it
    was called `first` has none. The reference is the first of them.
    """
    best = dict(first)
    for name, call in calls.items():
        if best[name] < budget:
            best[name] = min(best[name], *(sample(call, 1) for _ in range(3 if best[name] < budget / 20 else 1)))
    reference = best[next(iter(calls))]
    start, turn = perf_counter(), 0
    gc.disable()
    while turn < 3 or (perf_counter() - start < budget and turn < 50):
        for name, call in calls.items():
            slow = best[name] > max(20 * reference, budget / 20)
            if not slow or (turn < 1 and best[name] < budget):
                best[name] = min(best[name], sample(call, math.ceil(SAMPLE / best[name])))
        turn += 1
    gc.enable()
    return best


# -- one cell --------------------------------------------------------------------------------------------------------


def distance(found: Any, expected: Any) -> float:
    """Return the largest difference, relative to the largest entry."""
    found, expected = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    if found.size != expected.size:
        return math.inf
    return float(np.abs(found.reshape(expected.shape) - expected).max() / np.abs(expected).max())


def size_of(problem: Problem, arrays: Mapping[str, Any]) -> int:
    """Return the number of entries of the variable."""
    return int(np.size(arrays[problem.variable]))


def obstacle(peer: peers.Peer, problem: Problem, quantity: str, size: str, arrays: Mapping[str, Any]) -> str:
    """Return why a competitor that makes a dense Hessian is not asked for this one, or nothing."""
    if quantity not in ("hessian", "newton") or peer.name in ("hand-written", "Agnesi"):
        return ""
    n = size_of(problem, arrays)
    largest = 8 * n * problem.width(**problem.size(size, quantity))
    if 8 * n * n > DENSE or (largest > MEMORY and peer.name != "autograd"):
        return f"({max(8 * n * n, largest) / 1e9:,.{0 if largest > 1e10 else 1}f} GB)"
    if peer.name == "autograd":
        once = peer.call(problem, "hvp", arrays)
        once()
        if n * sample(once, 1) > PATIENCE:
            return f"(> {PATIENCE:.0f} s)"
    return ""


def disagreement(
    peer: peers.Peer, cell: tuple[Problem, str], arrays: Mapping[str, Any], found: Any, hand: Any
) -> float:
    """Return how far a result is from the hand-written one; a Hessian too large to be written out, along `v`."""
    problem, quantity = cell
    if peer.name == "hand-written":
        return 0.0
    if quantity != "hessian" or problem.dense is None:
        return distance(peer.to_numpy(found), hand)
    if 8 * size_of(problem, arrays) ** 2 <= DENSE:
        return distance(peer.to_numpy(found), problem.dense(hand, **arrays))
    return distance(found.matvec(np.ravel(arrays["v"])), problem.hand["hvp"](**arrays))


def measure(problem: Problem, quantity: str, size: str, rivals: Sequence[peers.Peer], budget: float) -> Cell:
    """Let all competitors agree, then time them."""
    arrays = problem.arrays(np.random.default_rng(1), problem.size(size, quantity))
    calls: dict[str, peers.Call] = {}
    first: dict[str, float] = {}
    notes: dict[str, str] = {}
    hand = None
    for peer in rivals:
        reason = obstacle(peer, problem, quantity, size, arrays)
        try:
            call = None if reason else peer.call(problem, quantity, arrays)
            if call is not None:
                start = perf_counter()
                found = call()
                first[peer.name] = perf_counter() - start
                hand = found if peer.name == "hand-written" else hand
                off = disagreement(peer, (problem, quantity), arrays, found, hand)
                reason = "" if off <= AGREEMENT else f"differs by {off:.0e}"
        except Exception as error:  # whatever a competitor says, the others go on
            call, reason = None, f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"
        if reason:
            notes[peer.name] = reason
        elif call is not None:
            calls[peer.name] = call
    return Cell(problem, quantity, size, interleaved(calls, {n: first[n] for n in calls}, budget), notes)


def cells(asked: argparse.Namespace, rivals: Sequence[peers.Peer]) -> Iterator[Cell]:
    """Measure what was asked for, and say so."""
    start = perf_counter()
    for problem in PROBLEMS:
        for size in asked.size or (("medium",) if asked.quick else SIZES):
            for quantity in asked.quantity or QUANTITIES:
                if quantity in problem.left_out or asked.problem.lower() not in problem.name.lower():
                    continue
                cell = measure(problem, quantity, size, rivals, 0.1 if asked.quick else asked.budget)
                said = [f"{n} {shown(t)}" for n, t in cell.seconds.items()]
                said += [f"{n}: {why}" for n, why in cell.notes.items()]
                clock = f"{perf_counter() - start:5.0f} s"
                print(f"{clock}  {problem.name}, {quantity}, {size}:  {'  '.join(said)}", file=sys.stderr)
                yield cell


# -- what is measured apart ------------------------------------------------------------------------------------------


def peak(rivals: Sequence[peers.Peer]) -> dict[str, float]:
    """Return the megabytes that the Hessian of matrix factorisation takes at n = 1000, m = 1000, k = 5."""
    problem = next(p for p in PROBLEMS if p.name == "matrix factorisation")
    arrays = problem.arrays(np.random.default_rng(1), {"n": 1000, "m": 1000, "k": 5})
    found = {}
    for peer in rivals:
        if peer.name in ("hand-written", "Agnesi"):
            try:
                call = peer.call(problem, "hessian", arrays)
                call()
                tracemalloc.start()
                call()
                found[peer.name] = tracemalloc.get_traced_memory()[1] / 1e6
            except Exception as error:
                print(f"memory of {peer.name}: {error}", file=sys.stderr)
            finally:
                tracemalloc.stop()
    return found


def warm_up(rivals: Sequence[peers.Peer]) -> None:
    """Load what competitors load at their first use; Agnesi by a derivation that occurs in no problem."""
    f = ag.read("‖Q u − z‖² + log det(QᵀQ) + sum(tanh(u))").expr
    try:
        ag.compile(ag.gradient(f, "u"))
    except Exception as error:
        print(f"Agnesi does not compile: {error}", file=sys.stderr)
    arrays = PROBLEMS[0].arrays(np.random.default_rng(1), PROBLEMS[0].sizes["small"])
    for peer in rivals:
        for quantity in QUANTITIES:
            if peer.name != "Agnesi":
                peer.call(PROBLEMS[0], quantity, arrays)()
        if isinstance(peer, peers.Jax):
            peer.first_calls.clear()


# -- the report ------------------------------------------------------------------------------------------------------

NAMES = {
    "value": "Value",
    "gradient": "Gradient",
    "hessian": "Hessian",
    "hvp": "Hessian-vector product",
    "newton": "Newton step",
}
TOLD = """\
Every number is a time over that of hand-written NumPy and SciPy for the same quantity, problem and size: 1.00 is as
fast, and 2.00 takes twice as long. The competitors take turns in one process; a time is the best of several samples of
at least 2 ms. Before that, all must agree with the hand-written result to 1e-8; who does not is not timed (*differs
by*). JAX is jitted, and its arrays are where it wants them; compiling is not in these times. JAX, PyTorch and autograd
get the formula as it is stated, make a dense Hessian and solve with it; Agnesi's is an operator where the hand-written
one is not dense either (the remarks at the end list these). A dense Hessian is left out where it has more than 0.4 GB
or an array on the way to it more than 1.5 GB (*the size in brackets*), and where autograd would take more than 10 s."""


def shown(seconds: float) -> str:
    """Return a time with its unit."""
    unit, scale = ("µs", 1e6) if seconds < 1e-3 else ("ms", 1e3) if seconds < 1 else ("s", 1)
    value = seconds * scale
    return f"{value:.2f} {unit}" if value < 10 else f"{value:.1f} {unit}" if value < 100 else f"{value:.0f} {unit}"


def factor(ratio: float) -> str:
    """Return a ratio with two or three figures."""
    return f"{ratio:.2f}" if ratio < 9.995 else f"{ratio:.1f}" if ratio < 99.95 else f"{ratio:,.0f}"


def mean(cells: Sequence[Cell], name: str, to: str = "hand-written") -> str:
    """Return the geometric mean of the ratios that there are, and in brackets of how many it is."""
    kept = [r for c in cells if (r := c.ratio(name, to)) is not None]
    return f"{factor(statistics.geometric_mean(kept))} ({len(kept)})" if kept else ""


def means(found: Sequence[Cell], names: Sequence[str]) -> str:
    """Return the geometric means over hand-written code, by quantity and size."""
    rows = []
    for quantity in QUANTITIES:
        for size in (*SIZES, "all"):
            chosen = [c for c in found if c.quantity == quantity and size in ("all", c.size)]
            if chosen:
                rows.append((NAMES[quantity], size, *(mean(chosen, name) for name in names)))
    return "## Geometric means\n\nIn brackets of how many problems.\n\n" + table(("quantity", "sizes", *names), rows)


def against(found: Sequence[Cell], names: Sequence[str]) -> str:
    """Return how many times longer the others take than Agnesi, and the cells where it is behind."""
    rows = []
    for quantity in QUANTITIES:
        chosen = [c for c in found if c.quantity == quantity]
        if chosen:
            rows.append((NAMES[quantity], *(mean(chosen, name, "Agnesi") for name in names)))
    text = "## Times over Agnesi's\n\nGeometric means over the cells that both have.\n\n" + table(
        ("quantity", *names), rows
    )
    for name, limit in (("JAX", 1.5), ("hand-written", 2.0)):
        behind = [(r, c) for c in found if (r := c.ratio("Agnesi", name)) is not None and r > limit]
        behind.sort(key=lambda pair: -pair[0])
        listed = "".join(f"\n- {c.problem.name}, {NAMES[c.quantity].lower()}, {c.size}: {factor(r)}" for r, c in behind)
        text += f"\n\nAgnesi takes more than {limit} times as long as {name} in {len(behind)} cells.\n{listed}"
    return text


def grid(found: Sequence[Cell], quantity: str, names: Sequence[str]) -> str:
    """Return the table of one quantity."""
    rows = []
    for c in found:
        if c.quantity == quantity:
            sizes = ", ".join(f"{k} {v}" for k, v in c.problem.size(c.size, quantity).items())
            ratios = (c.ratio(name) for name in names)
            told = [
                factor(r) if r is not None else note(c.notes.get(n, "")) for r, n in zip(ratios, names, strict=True)
            ]
            rows.append((c.problem.name, sizes, shown(c.seconds["hand-written"]), *told))
    return f"## {NAMES[quantity]}\n\n" + table(("problem", "size", "hand-written", *names), rows)


def note(reason: str) -> str:
    """Return a reason short enough for a table."""
    return f"*{reason}*" if reason.startswith(("(", "differs")) else "*failed*" if reason else ""


def compiling(rivals: Sequence[peers.Peer]) -> str:
    """Return how long it takes until there is a function."""
    found = {peer.name: peer for peer in rivals}
    rows, agnesi, jax = [], found["Agnesi"], found.get("JAX")
    if isinstance(agnesi, peers.Agnesi) and agnesi.compiled:
        all_of = list(agnesi.compiled.values())
        parts = {
            "Agnesi, from text to function": [c.read + c.derive + c.compile for c in all_of],
            "of it reading and deriving": [c.read + c.derive for c in all_of],
            "of it `ag.compile`": [c.compile for c in all_of],
        }
        rows += [(k, shown(statistics.median(t)), shown(max(t)), len(t)) for k, t in parts.items()]
    if isinstance(jax, peers.Jax) and jax.first_calls:
        t = jax.first_calls
        rows.append(("JAX, the first call", shown(statistics.median(t)), shown(max(t)), len(t)))
    said = "Processor time, the first time that the process meets it; JAX compiles again for every size.\n\n"
    return "## Compiling\n\n" + said + table(("", "median", "max", "functions"), rows)


def structure(found: Sequence[Cell], memory: Mapping[str, float]) -> str:
    """Return what a kept structure is worth for matrix factorisation."""
    text = "## Matrix factorisation: what its structure is worth\n"
    for c in found:
        if c.problem.name == "matrix factorisation" and c.quantity == "newton" and c.size == "medium":
            base = "Agnesi" if "Agnesi" in c.seconds else "hand-written"
            others = [f"{n} {factor(t / c.seconds[base])}" for n, t in c.seconds.items() if n != base]
            took = f"{base} {shown(c.seconds[base])}"
            text += f"\nA Newton step at n = 200 takes {took}, and that many times: {', '.join(others)}."
    held = ", ".join(f"{n} {mb:.2f} MB" for n, mb in memory.items())
    return text + f"\n\nPeak memory of the Hessian at n = 1000, k = 5 (dense it has 200 MB): {held}."


def remarks(found: Sequence[Cell]) -> str:
    """Return in which form Hessians are compared, what is left out, and what failed."""
    problems = list({c.problem.name: c.problem for c in found}.values())
    lines = [
        "## Remarks",
        "",
        "Hand-written Hessians are dense matrices of N rows, N the entries of the variable, except:",
        "",
    ]
    lines += [f"- {p.name}: {p.pieces}" for p in problems if p.pieces]
    left = [f"- {NAMES[q].lower()} of {p.name}: {why}" for p in problems for q, why in p.left_out.items()]
    lines += ["", "Left out:", "", *left] if left else []
    failed = dict.fromkeys(
        f"- {name}, {c.problem.name}, {NAMES[c.quantity].lower()}: {why}"
        for c in found for name, why in c.notes.items() if not why.startswith("(")
    )  # fmt: skip
    return "\n".join(lines + (["", "Failed, or differed:", "", *failed] if failed else []))


def head(threads: int, busy: float) -> str:
    """Return what was measured, on what, and when."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    versions = []
    for package in ("agnesi", "numpy", "scipy", "jax", "torch", "autograd"):
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"no {package}")
    used = (
        f"{threads} thread{'s' if threads != 1 else ''} for every library"
        if threads
        else "threads as each library chooses"
    )
    return (
        "# Speed of compiled code\n\nWritten by `python benchmarks/compare.py`.\n\n"
        f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {model}, {os.cpu_count()} cores, {platform.system()}\n"
        f"- {used}; processor time over elapsed time {busy:.2f}\n"
        f"- Python {platform.python_version()}, {', '.join(versions)}\n\n{TOLD}"
    )


def report(
    found: Sequence[Cell], rivals: Sequence[peers.Peer], threads: int, busy: float, memory: Mapping[str, float]
) -> str:
    """Return the whole report."""
    names = [peer.name for peer in rivals if peer.name != "hand-written"]
    parts = [head(threads, busy), means(found, names), against(found, [n for n in names if n != "Agnesi"])]
    parts += [compiling(rivals), structure(found, memory)]
    parts += [grid(found, q, names) for q in QUANTITIES if any(c.quantity == q for c in found)]
    return "\n\n".join([*parts, remarks(found)]) + "\n"


# -- hand-written code against differences ---------------------------------------------------------------------------


def difference(function: Any, problem: Problem, arrays: Mapping[str, Any], along: Any, step: float = 1e-5) -> Any:
    """Return the central difference of a function of the arrays, along a direction of the variable."""
    given = {k: a for k, a in arrays.items() if k != "v"}
    x = given[problem.variable]
    ahead, behind = (function(**given | {problem.variable: x + s * along}) for s in (step, -step))
    return (ahead - behind) / (2 * step)


def check(problem: Problem) -> dict[str, float]:
    """Return how far the hand-written quantities are from differences, relative, the worst of several directions."""
    worst = dict.fromkeys(QUANTITIES[1:], 0.0)
    for seed in range(8):
        arrays = problem.arrays(np.random.default_rng(seed), problem.sizes["small"])
        given, v = {k: a for k, a in arrays.items() if k != "v"}, arrays["v"]
        g, H = problem.hand["gradient"](**given), problem.hand["hessian"](**given)
        H = problem.dense(H, **arrays) if problem.dense else H
        along = difference(problem.hand["gradient"], problem, arrays, v)
        n = size_of(problem, arrays)
        H = np.reshape(H, (n, n))
        found = {
            "gradient": distance(np.sum(g * v), difference(problem.hand["value"], problem, arrays, v)),
            "hessian": distance(H @ np.ravel(v), np.ravel(along)),
            "hvp": distance(problem.hand["hvp"](**arrays), along),
        }
        if "newton" not in problem.left_out:
            found["newton"] = distance(-H @ np.ravel(problem.hand["newton"](**given)), np.ravel(g))
        worst |= {k: max(worst[k], e) for k, e in found.items()}
    return worst


# -- the command -----------------------------------------------------------------------------------------------------


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="medium sizes only, fewer samples")
    parser.add_argument("--problem", default="", help="those whose name contains this")
    parser.add_argument("--quantity", choices=QUANTITIES, action="append")
    parser.add_argument("--size", choices=SIZES, action="append")
    parser.add_argument("--threads", type=int, default=1, help="for every library; 0: what each chooses")
    parser.add_argument("--budget", type=float, default=1.0, help="seconds for one cell")
    parser.add_argument("--output", type=Path, default=SPEED)
    parser.add_argument("--check", action="store_true", help="compare the hand-written code with differences")
    return parser.parse_args()


def environment(threads: int) -> dict[str, str]:
    """Return the environment of the child process, in which the libraries have these threads."""
    found = clean() | {MARK: str(threads)}
    return found | dict.fromkeys(THREADS, str(threads)) if threads else found


def main() -> None:
    """Measure in a process of its own, whose libraries were told the number of threads before they were loaded."""
    asked = arguments()
    if os.environ.get(MARK) != str(asked.threads):
        sys.exit(subprocess.run([sys.executable, *sys.argv], env=environment(asked.threads)).returncode)
    if asked.check:
        for problem in PROBLEMS:
            print(f"{problem.name:40}", "  ".join(f"{k} {e:.0e}" for k, e in check(problem).items()))
        return
    if peers.torch is not None and asked.threads:
        peers.torch.set_num_threads(asked.threads)
    rivals = peers.competitors()
    warm_up(rivals)
    clock, work = perf_counter(), process_time()
    found = list(cells(asked, rivals))
    if not found:
        sys.exit(f"No problem is called {asked.problem}: {', '.join(p.name for p in PROBLEMS)}.")
    busy = (process_time() - work) / (perf_counter() - clock)
    text = report(found, rivals, asked.threads, busy, peak(rivals))
    asked.output.write_text(text, encoding="utf-8")
    print(f"wrote {asked.output} after {perf_counter() - clock:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
