"""Claims and derivations judged line by line: `ag.check` as plain data with MathML, and repairs that were confirmed."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import agnesi.show_report  # noqa: F401  (reports show themselves)
from agnesi.check.judge import SIGNS
from agnesi.check.report import Judged, Report
from agnesi.checking import check
from agnesi.errors import TooLarge
from agnesi.server.location import Placed
from agnesi.server.plain import check_plain
from agnesi.server.repairs import mended
from agnesi.show_report import details_of, evidence_of, summary
from agnesi.study.verbs.formulas import concepts_at, inner, name_of, relation, whole
from agnesi.study.verbs.sheets import LONGEST

MARKS = {"proved": "✓", "tested": "✓", "refuted": "✗", "not read": "?"}
WORDS = {"proved": "proved", "tested": "tested", "refuted": "wrong", "not read": "not read"}
DEFINED = re.compile(r"([^\W\d_]\w*(?:\([^()=]*\))?)\s*(:?=)")
SIGNED = re.compile(r"\s*&?\s*(?:[=≤≥<>≈∝≠]|\\(?:le|ge|approx|propto|ne|iff|equiv)|~=)")


def judged(text: str, dialect: str = "agnesi") -> dict[str, Any]:
    """Judge a text line by line: verdict, evidence, counterexample, diagnosis, and the repair where one is known.

    >>> judged("d log det X = tr(X dX)")["first_wrong"]
    1
    """
    if len(text) > LONGEST:
        raise TooLarge(f"The text has {len(text)} characters; at most {LONGEST} are judged here.")
    return judged_data(check(text, dialect=dialect), dialect)


def judged_data(report: Report, dialect: str = "agnesi") -> dict[str, Any]:
    """Return a report as plain data with MathML."""
    return {
        "kind": "report", "statements": [_row(one, k, dialect) for k, one in enumerate(report.statements)],
        "summary": summary(report), "first_wrong": report.first_wrong, "verdict": report.verdict,
        "read_as": list(report.read_as), "notes": list(report.notes), "counts": dict(report.counts),
    }  # fmt: skip


def _row(one: Judged, number: int, dialect: str) -> dict[str, Any]:
    found, diagnosis = one.evidence, one.diagnosis
    chain = found.chain if found is not None else ()
    rules = [{"rule": s.name, "source": s.source, "concepts": list(concepts_at(s.source))} for s in chain]
    return {
        "number": number, "line": one.line, "role": one.role, "text": one.text.strip(), "verdict": one.verdict,
        "mark": "~" if one.carries else MARKS.get(one.verdict or "", ""),
        "word": f"carries on line {one.carries}" if one.carries else WORDS.get(one.verdict or "", one.role),
        "mathml": _formula(one, dialect), "evidence": evidence_of(one),
        "details": _details(one), "rules": rules,
        "diagnosis": None if diagnosis is None else {
            "words": diagnosis.words, "explanation": diagnosis.explanation, "source": diagnosis.source,
            "slip": diagnosis.slip, "repaired": diagnosis.repaired, "concepts": list(concepts_at(diagnosis.source)),
        },
        "mends": bool(diagnosis is not None and diagnosis.repaired and not one.carries),
        "carries": one.carries, "recovers": one.recovers, "start": one.place[0], "stop": one.place[1],
    }  # fmt: skip


def _details(one: Judged) -> list[str]:
    """The counterexample and what was noted; the diagnosis stands by itself."""
    if one.diagnosis is None:
        return details_of(one)
    told = f"{one.diagnosis.words} {one.diagnosis.explanation}".split()
    lines, joined = details_of(one), " ".join(told)
    return [line for line in lines if line.strip() and " ".join(line.split()) not in joined]


def _formula(one: Judged, dialect: str) -> str:
    """A line as it was read; nothing where it says nothing that can be set."""
    signs = [SIGNS.get(op, op) for op in one.relations]
    if one.sides and signs:
        return relation(one.sides, signs, dialect, goes_on=one.role == "step" and SIGNED.match(one.text) is not None)
    defined = DEFINED.match(one.text.strip()) if one.role == "definition" and len(one.sides) == 1 else None
    if defined:
        return whole(f"{name_of(defined[1])}<mo>{escape(defined[2])}</mo>{inner(one.sides[0], dialect)}")
    return ""


def repaired(text: str, number: int, dialect: str = "agnesi") -> dict[str, Any]:
    """Return the text with a wrong statement repaired, if the repair was confirmed by judging the whole again.

    >>> repaired("d log det X = tr(X dX)", 0)["text"]
    'd log det X = tr(inv(X)*dX)'
    """
    before = placed(text, dialect)
    one, place = before.report.statements[number], before.places[number]
    edits = mended(text, (), one, place, lambda changed: placed(changed, dialect)) if place is not None else ()
    if not edits:
        return {"text": text, "done": False, "said": "The repair is not confirmed in this text: write it by hand."}
    edit = edits[0]
    changed = text[: edit.start] + edit.text + text[edit.stop :]
    return {"text": changed, "done": True, "said": f"Now it reads {edit.line}."}


def placed(text: str, dialect: str) -> Placed:
    """Judge a text as an editor does: with the place of each statement."""
    report = check_plain("", text, dialect)
    return Placed(report, tuple((s.where.offset, s.end.offset) for s in report.statements))


def report_of(text: str, dialect: str = "agnesi") -> Report:
    """Return the report itself, for what is written from it."""
    return check(text, dialect=dialect)
