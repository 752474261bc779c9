"""Claims judged by Agnesi's proofs and counterexamples, as a worked result."""

from __future__ import annotations

from typing import Any

from agnesi.check.judge import SIGNS, judge
from agnesi.check.report import Finding
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply
from agnesi.read import read
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Verified, Worked


def claimed(name: str, *texts: str, source: str = "") -> Worked:
    """Judge claims, each an equation or an inequality; the value is the list of verdicts.

    >>> claimed("trace", "tr(A B) = tr(B A)", "tr(A B) = tr(A) tr(B)").value
    ['proved', 'refuted']

    Parts: `findings`, with the rules of a proof or the values of a counterexample. The evidence counts a claim that is
    refuted as one that does not hold; `refuted` gives the contrary. Raises `AgnesiError` for what is no claim.
    """
    steps, evidence, findings = [], [], []
    for text in texts:
        claim = read(text).expr
        if not isinstance(claim, Apply) or claim.op.family != "relation":
            raise AgnesiError(f"{text} is no claim.", expected="an equation or an inequality")
        left, right = claim.args
        found = judge(claim.op.name, left, right)
        line = Formula.of(left, SIGNS[claim.op.name], right)
        steps.append(Step("claim", _told(found), (line,), data={"claim": claim, "finding": found}))
        evidence.append(Verified(" ".join(line.text()), bool(found), f"{found.verdict}: {found}"))
        findings.append(found)
    verdicts = [f.verdict for f in findings]
    counted = Formula.of(", ".join(f"{verdicts.count(v)} {v}" for v in dict.fromkeys(verdicts)))
    return Worked(name, (), verdicts, (counted,), tuple(steps), tuple(evidence), {"findings": findings}, (), source)


def _told(found: Finding) -> str:
    return f"{found.verdict.capitalize()}: {found}."


def refuted(name: str, text: str, source: str = "") -> Worked:
    """Show that a claim is false: the values of a counterexample, and both sides.

    >>> refuted("order matters", "A: n×n; B: n×n; A B = B A").verified
    True
    """
    done = claimed(name, text, source=source)
    (found,), (step,) = done.findings, done.steps
    example = found.counterexample
    lines: list[Formula] = []
    if example is not None:
        lines += [Formula.of(letter, "=", value) for letter, value in example.values.items()]
        claim = step.data["claim"]
        both = zip(claim.args, (example.left, example.right), strict=True)
        lines += [Formula.of(side, "=", value) for side, value in both]
    shown = Step("counterexample", "Values for which the two sides differ.", tuple(lines), data=step.data)
    false = Verified(f"{done.evidence[0].what} does not hold for all", found.verdict == "refuted", "by an example")
    parts: dict[str, Any] = {"values": dict(example.values) if example is not None else {}, "findings": [found]}
    return Worked(name, step.lines, found.verdict, (Formula.of("false"),), (shown,), (false,), parts, (), source)
