"""Equations broken over two lines after "setting it to zero gives" or "suppose that": they are one condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agnesi.read.fragment import Fragment
from agnesi.read.loose_tokens import RELATIONS

_GIVEN = ("zero", "suppose", "where", "since")


def with_broken_lines(source: str, found: Sequence[Fragment]) -> list[Fragment]:
    """Return the fragments with "(XᵀX + λI)w" and "= Xᵀy" below it as one, where words make the first no claim."""
    out: list[Fragment] = []
    for one in found:
        before = out[-1] if out else None
        goes_on = one.kind == "formula" and one.link == "continues" and RELATIONS.match(one.text)
        if goes_on and before is not None and _opens(before) and not source[before.stop : one.start].strip(" \n\t&\\>"):
            text = source[before.start : one.stop].replace("\n", " ").replace("\\\\", "  ").replace("&", " ")
            out[-1] = replace(before, text=text, stop=one.stop)
        else:
            out.append(one)
    return out


def _opens(one: Fragment) -> bool:
    """Tell whether a fragment is an expression that words before it make part of a condition."""
    return one.kind == "formula" and one.link in _GIVEN and not RELATIONS.search(one.text)
