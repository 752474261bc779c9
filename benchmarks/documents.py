"""Measure `agnesi check` on documents: 500 formulas, again when nothing changed, after one edit, and hostile ones.

    python benchmarks/documents.py [--formulas N]

The document is made of the notes of tests/documents, one after the other, until it holds N formulas. Every run is a
process of its own on one core (`--jobs 1`), start included, with the bytecode that an installed program has; memory is
the largest resident size of that process.
Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTES = ROOT / "tests" / "documents"
DEEP = 3_000  # brackets within brackets of a hostile formula


@dataclass(frozen=True)
class Run:
    """One check of a folder: seconds on the wall and of the processor, megabytes, and the last line that it printed."""

    name: str
    wall: float
    processor: float
    memory: float
    said: str


def measured(name: str, folder: Path) -> Run:
    """Check a folder in a process of its own."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "agnesi", "check", ".", "--jobs", "1"], cwd=folder, capture_output=True, text=True,
        env=kept | {"PYTHONPATH": str(ROOT / "src")}, timeout=1_200, check=False,
    )
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    last = (done.stdout.strip() or done.stderr.strip()).rpartition("\n")[2]
    return Run(name, wall, processor, after.ru_maxrss / 1024, f"status {done.returncode}: {last}")


def document(formulas: int) -> str:
    """Return Markdown with about so many formulas, from the notes of the tests."""
    sources = [NOTES / "material" / "lecture.md", *sorted((NOTES / "notes").glob("*.md"))]
    texts = [path.read_text(encoding="utf-8") for path in sources]
    out: list[str] = []
    count, k = 0, 0
    while count < formulas:
        for part in texts[k % len(texts)].split("\n\n"):
            out.append(part)
            count += part.count("$$") // 2 + (part.count("$") - 2 * part.count("$$")) // 2
            if count >= formulas and part.count("$$") % 2 == 0:
                break
        k += 1
    return "\n\n".join(out)


def hostile() -> dict[str, dict[str, str]]:
    """Return files that mean harm: deep nesting, macros that double, a gigantic formula, a cycle of files."""
    doubling = "\n".join(
        rf"\newcommand{{\{chr(98 + k)}x}}{{\{chr(97 + k)}x\{chr(97 + k)}x}}" for k in range(24)
    )
    return {
        "nesting": {"deep.md": "$" + "(" * DEEP + "x" + ")" * DEEP + " = x$\n"},
        "macros": {"bomb.tex": r"\newcommand{\ax}{x}" + "\n" + doubling + "\n" + r"$\yx = x$" + "\n"},
        "length": {"giant.md": "$$" + " + ".join(f"x_{{{k}}}" for k in range(40_000)) + " = 0$$\n"},
        "cycle": {"cycle.tex": r"\input{other} $1 + 1 = 2$" + "\n", "other.tex": r"\input{cycle}" + "\n"},
    }


def main() -> None:
    """Run all, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--formulas", type=int, default=500)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "notes"
        folder.mkdir()
        text = document(given.formulas)
        (folder / "notes.md").write_text(text, encoding="utf-8")
        start = Path(place) / "start"
        start.mkdir()
        (start / "one.md").write_text("$1 + 1 = 2$\n", encoding="utf-8")
        measured("compiled once", start)
        runs = [measured("start", start), measured("first", folder), measured("nothing changed", folder)]
        (folder / "notes.md").write_text(text.replace("Let ", "Let now ", 1), encoding="utf-8")
        runs.append(measured("one word changed", folder))
        for name, files in hostile().items():
            bad = Path(place) / name
            bad.mkdir()
            for part, held in files.items():
                (bad / part).write_text(held, encoding="utf-8")
            runs.append(measured(f"hostile: {name}", bad))
    print("| check | wall | processor | memory | said |\n|---|---:|---:|---:|---|")
    for run in runs:
        print(f"| {run.name} | {run.wall:.2f} s | {run.processor:.2f} s | {run.memory:.0f} MB | {run.said} |")


if __name__ == "__main__":
    main()
