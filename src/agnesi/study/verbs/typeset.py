"""Formulas typeset, for pages that show a text of mathematics."""

from __future__ import annotations

import agnesi as ag


def ready() -> bool:
    """Load what most questions need, so that the first one is answered at once."""
    ag.write(ag.read("a b").expr, "mathml")
    return True


def mathml(text: str, dialect: str = "agnesi") -> str:
    """Return a formula as MathML.

    >>> mathml("a + b").startswith("<math")
    True
    """
    return ag.write(ag.read(text).expr, "mathml", dialect=dialect)
