"""How well derivations are judged: first wrong line found, false alarms, diagnosis right, lines not read.

    python benchmarks/derivations.py [FOLDER or FILES...] [--show ID]

The cases are TOML files as in tests/check/corpus: a text, the line of the planted error (0: none), the corrected line,
and words of which one should stand in the diagnosis. The derivations of the eight resources, and the derivations and
the claims that were written without looking at Agnesi (people*.toml), are summed up apart, and so are other files.
"""

from __future__ import annotations

import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import agnesi
from agnesi.check.report import Report

CORPUS = Path(__file__).parent.parent / "tests" / "check" / "corpus"


@dataclass(frozen=True)
class Score:
    """What came out for one case."""

    case: str
    wrong: int
    found: int | None
    diagnosed: bool
    explained: bool
    repaired: bool
    judged: int
    not_read: tuple[tuple[int, str, str], ...]
    alarms: tuple[int, ...]
    seconds: float
    error: str = ""

    @property
    def right(self) -> bool:
        """Whether the first wrong line is the planted one (or there is none, and none was found)."""
        return self.found == (self.wrong or None)

    @property
    def false_alarm(self) -> bool:
        """Whether a line before the planted error, or any line of a right derivation, was refuted."""
        return bool(self.alarms)


def cases(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Return the cases of files and folders."""
    files = [f for p in paths for f in (sorted(p.glob("*.toml")) if p.is_dir() else [p])]
    return [case for f in files for case in tomllib.loads(f.read_text("utf-8"))["case"]]


def text_of(case: Mapping[str, Any]) -> str:
    """Return the text of a case as it is typed."""
    return str(case["text"]).strip("\n")


def score(case: Mapping[str, Any]) -> Score:
    """Judge one case."""
    begun = time.perf_counter()
    try:
        report = agnesi.check(text_of(case))
    except Exception as error:  # a crash is a score too
        said = f"{type(error).__name__}: {error}"
        return Score(case["id"], case["wrong"], None, False, False, False, 0, (), (), 0.0, said)
    seconds = time.perf_counter() - begun
    wrong = int(case["wrong"])
    refuted = [s.line for s in report.statements if s.verdict == "refuted"]
    alarms = tuple(n for n in refuted if not wrong or n < wrong)
    said = _diagnosis(report, wrong)
    words = [str(w).lower() for w in case.get("expects", [])]
    not_read = tuple((s.line, s.text, str(s.evidence)) for s in report.statements if s.verdict == "not read")
    judged = sum(s.verdict is not None for s in report.statements)
    explained = any(w in said.lower() for w in words)
    repaired = _repairs(case, report, wrong)
    return Score(
        case["id"], wrong, report.first_wrong, bool(said), explained, repaired, judged, not_read, alarms, seconds
    )


def _diagnosis(report: Report, wrong: int) -> str:
    found = [d for s in report.statements if s.line == wrong and s.diagnosis for d in (s.diagnosis, *s.others)]
    return " | ".join(f"{d.slip}: {d.words} {d.explanation}" for d in found)


def _repairs(case: Mapping[str, Any], report: Report, wrong: int) -> bool:
    """Whether the first diagnosis gives a repaired side (that it holds was judged by the engine)."""
    return any(s.line == wrong and s.diagnosis is not None and s.diagnosis.repaired for s in report.statements)


def summary(scores: Sequence[Score]) -> str:
    """Return the figures of all cases."""
    wrong = [s for s in scores if s.wrong]
    found = [s for s in wrong if s.right]
    lines = sum(s.judged for s in scores)
    unread = sum(len(s.not_read) for s in scores)
    times = sorted(s.seconds for s in scores)
    rows = [
        ("cases", f"{len(scores)} ({len(wrong)} with a planted error)"),
        ("first wrong line found", f"{len(found)} of {len(wrong)} ({len(found) / max(1, len(wrong)):.0%})"),
        ("cases with a false alarm", f"{sum(s.false_alarm for s in scores)}"),
        ("diagnosis with the expected words", f"{sum(s.explained for s in found)} of {len(wrong)}"),
        ("repaired line given", f"{sum(s.repaired for s in found)} of {len(wrong)}"),
        ("lines not read", f"{unread} of {lines} ({unread / max(1, lines):.1%})"),
        ("seconds a case", f"median {times[len(times) // 2]:.2f}, most {times[-1]:.2f}"),
    ]
    return "\n".join(f"{name:<36}{value}" for name, value in rows)


def kind_of(score: Score) -> str:
    """Return of which part of the corpus a case is."""
    file, _, number = score.case.rpartition("-")
    if file.startswith("people"):
        return f"{'Claims' if number.startswith('c') else 'Derivations'} written without looking at Agnesi"
    return "Derivations of the eight resources" if (CORPUS / f"{file}.toml").exists() else "Other files"


def figures(scores: Sequence[Score]) -> str:
    """Return the figures of each part of the corpus."""
    parts: dict[str, list[Score]] = {}
    for s in scores:
        parts.setdefault(kind_of(s), []).append(s)
    return "\n\n".join(f"{kind}\n{summary(part)}" for kind, part in parts.items())


def show(case: Mapping[str, Any]) -> None:
    """Print a case with its report."""
    print(f"== {case['id']}  wrong line {case['wrong']} ({case['kind']})  expects {case.get('expects')}")
    print(agnesi.check(text_of(case)))


def main(arguments: Sequence[str]) -> None:
    """Score the corpus, or show single cases."""
    ids = [arguments[k + 1] for k, a in enumerate(arguments) if a == "--show"]
    paths = [Path(a) for k, a in enumerate(arguments) if a != "--show" and (not k or arguments[k - 1] != "--show")]
    found = cases(paths or [CORPUS])
    if ids:
        for case in found:
            if case["id"] in ids:
                show(case)
        return
    with Pool(2, maxtasksperchild=12) as pool:
        scores = pool.map(score, found, chunksize=4)
    for s in scores:
        if not s.right or s.false_alarm or s.not_read or (s.wrong and not s.explained) or s.error:
            state = "ok" if s.right else f"found {s.found}, planted {s.wrong or None}"
            said = "" if s.explained or not s.wrong else "other diagnosis" if s.diagnosed else "NO DIAGNOSIS"
            print(f"{s.case:<12} {state:<26} alarms {list(s.alarms)} {said} {s.error}")
            for line, text, why in s.not_read:
                print(f"      not read {line}: {text[:70]!r}: {why[:110]}")
    slow = sorted(scores, key=lambda s: -s.seconds)[:5]
    print("slowest: " + ", ".join(f"{s.case} {s.seconds:.1f} s" for s in slow))
    print(figures(scores))


if __name__ == "__main__":
    main(sys.argv[1:])
