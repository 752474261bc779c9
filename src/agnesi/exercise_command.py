"""What `agnesi exercise` prints; loaded only by it, since it brings all the mathematics."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from agnesi.exercises import Family, Instance, Solution, Verdict, families, for_concept, hint, instance, judge, solution


def listed(concept: str | None = None) -> str:
    """Return the list of families, of one concept or of all, by kind."""
    found: Sequence[Family] = for_concept(concept) if concept else tuple(families().values())
    rows = [f"{f.id:<34} {f.levels}  {f.kind:<13} {f.title}" for f in found]
    return "\n".join(rows) or f"There are no exercises for {concept}."


def shown(id: str, level: int, seed: int, answer: str | None, hints: int, solved: bool, as_json: bool) -> str:
    """Return an exercise as text: its question, then the verdict of an answer, hints, the solution where asked.

    Raises `UnknownName` for a family, `AgnesiError` for a level that it does not have.
    """
    one = instance(id, level, seed)
    verdict = judge(one, answer) if answer is not None else None
    worked = solution(one) if solved else None
    given = [h for k in range(1, hints + 1) if (h := hint(one, answer or "", k)) is not None]
    if as_json:
        data = {
            "id": one.id, "question": one.question, "given": one.given, "asks": one.asks,
            "choices": [c.text for c in one.choices], "verdict": asdict(verdict) if verdict else None,
            "hints": [asdict(h) for h in given], "solution": _solution_data(worked) if worked else None,
        }  # fmt: skip
        return json.dumps(data, ensure_ascii=False, indent=2)
    parts = [_question(one)]
    parts += [_verdict(verdict)] if verdict else []
    parts += [f"Hint {h.number}  {h.says}" + (f"\n        {h.line}" if h.line else "") for h in given]
    parts += [_solution(worked)] if worked else []
    return "\n\n".join(parts)


def _question(one: Instance) -> str:
    rows = [one.id, "", one.question.replace("$", ""), *(f"  ({chr(97 + k)}) {c.text.replace('$', '')}"
                                                        for k, c in enumerate(one.choices))]
    return "\n".join([*rows, "", f"Answer with {one.asks.replace('$', '')}."])


def _verdict(verdict: Verdict) -> str:
    mark = "✓" if verdict.right else "·" if verdict.state in ("unsimplified", "question back") else "✗"
    rows = [f"{mark} {verdict.says}"]
    rows += [f"  {verdict.explanation}"] if verdict.explanation else []
    rows += [f"  It fails at {verdict.counterexample}"] if verdict.counterexample else []
    if len(verdict.lines) > 1:
        rows += [f"  {k}  {line.verdict or '–':<9} {line.text}" for k, line in enumerate(verdict.lines, 1)]
    return "\n".join(rows)


def _solution(worked: Solution) -> str:
    rows = []
    for k, step in enumerate(worked.steps, 1):
        rows.append(f"{k:>3}  {step.said}" + (f"  [{step.source}]" if step.source else ""))
        rows += [f"     {line}" for line in step.text.splitlines()]
    return "\n".join([*rows, f"Answer  {worked.answer}"])


def _solution_data(worked: Solution) -> dict[str, object]:
    steps = [{"said": s.said, "text": s.text, "why": s.why, "source": s.source} for s in worked.steps]
    return {"answer": worked.answer, "steps": steps, "code": worked.code}
