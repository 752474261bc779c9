"""What was worked, as plain data for pages: question, steps, answer, what was checked. Loads no mathematics."""

from __future__ import annotations

import re
from typing import Any

_DROPPED = re.compile(r' (?:style|xmlns|data-\w+)="[^"]*"')  # the app's own style sheet does that


def worked_data(worked: Any) -> dict[str, Any]:
    """Return a `Worked` as plain data: question, steps, answer, evidence, notes."""
    return {
        "name": worked.name[:1].upper() + worked.name[1:], "source": worked.source,
        "question": [formula(f) for f in worked.question], "steps": [_step(s, worked.source) for s in worked.steps],
        "answer": [formula(f) for f in worked.answer], "evidence": [checked(v) for v in worked.evidence],
        "notes": list(worked.notes),
    }  # fmt: skip


def _step(step: Any, known: str) -> dict[str, Any]:
    source = "" if known and step.source.startswith(known) else step.source
    lines = [formula(f) for f in step.lines]
    return {"said": step.said or step.rule, "rule": step.rule, "why": step.why, "source": source, "lines": lines}


def formula(it: Any) -> dict[str, str]:
    """Return a `Formula` as MathML without styles, as LaTeX, and the words beside it."""
    return {"mathml": _DROPPED.sub("", it.mathml()), "latex": it.latex(), "why": it.why}


def checked(it: Any) -> dict[str, Any]:
    """Return what was checked as plain data."""
    return {"what": it.what, "holds": bool(it.holds), "how": it.how}
