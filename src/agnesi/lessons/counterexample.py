"""What stands below a wrong line on a page: the point where its sides differ, and the diagnosis, set in type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

import numpy as np

from agnesi.check.point_text import LARGEST, both, number
from agnesi.check.report import Counterexample, Judged
from agnesi.lessons.prose import begun, kept_together

Typeset = Callable[[str], str]  # of a short formula, as MathML
_SMALL = re.compile(r"(?P<front>−?[\d.]+)e(?P<sign>[+−])0*(?P<power>\d+)")
_RAW = re.compile(  # what a line of text cannot show: integrals with their limits, indices, small matrices
    r"[∫∑∏](?:_(?:\{[^{}]*\}|\w))?(?:\^(?:\{[^{}]*\}|\w))?(?<=[\w}])|[∇\w]+_(?:\{[^{}]*\}|\w)(?!\w)|\[[^\[\]]*;[^\[\]]*\]"
)


def counterexample(one: Judged, typeset: Typeset) -> tuple[str, ...]:
    """Return why a refuted line is wrong, as sentences of HTML: the reason, the point and both sides, what was noted.

    Returns nothing for a line that is not refuted, or that only carries on an error from above.
    """
    found = one.evidence
    if found is None or one.verdict != "refuted" or one.carries:
        return ()
    follows = "⇒" in one.text or "=>" in one.text
    shown = _shown(found.counterexample, typeset, follows) if found.counterexample is not None else ()
    reason, *notes = (spoken(said, typeset) for said in (found.reason, *found.notes, one.note))
    return tuple(kept_together(f"{begun(said).rstrip('.')}.") for said in (reason, *shown, *notes) if said)


def spoken(words: str, typeset: Typeset) -> str:
    """Return words as HTML, in which integrals, indices and matrices that were typed in a line are set in type.

    >>> spoken("with ∇_w f in place of f", lambda formula: f"<math>{formula}</math>")
    'with <math>∇_w</math> f in place of f'
    """
    out, at = [], 0
    for found in _RAW.finditer(words):
        out += [escape(words[at : found.start()]), typeset(found[0])]
        at = found.end()
    return "".join([*out, escape(words[at:])])


def _shown(point: Counterexample, typeset: Typeset, follows: bool) -> Iterator[str]:
    """Yield the point with both sides (of what follows, in an implication), or the lines in which the check told it."""
    values = (*point.values.values(), point.left, point.right)
    if len(point.told) > 1 or any(np.ndim(v) > 2 or max(np.shape(v), default=0) > LARGEST for v in values):
        yield from (spoken(line, typeset) for line in point.told)
        return
    left, right = both(point.left, point.right, _typed)
    after = " after the arrow" if follows else ""
    sides = f"the left side{after} is {typeset(left)} and the right side is {typeset(right)}"
    places = [f"{name} = {size}" for name, size in point.sizes.items()]
    places += [f"{name} = {_typed(value)}" for name, value in point.values.items()]
    shown = [typeset(place) for place in places]
    if not shown:
        yield sides
        return
    yield f"with {', '.join(shown[:-1])}{' and ' * (len(shown) > 1)}{shown[-1]}, {sides}"


def _typed(value: Any, digits: int = 4) -> str:
    """Return a number, (1, 2) or [1, 2; 3, 4] as it is typed in a formula; one entry is a number."""
    x = np.asarray(value)
    if x.size == 1 or not x.ndim:
        return _SMALL.sub(_power, number(x.reshape(-1)[0], digits))
    rows = [", ".join(_typed(v, digits) for v in row) for row in np.atleast_2d(x)]
    return f"({rows[0]})" if x.ndim == 1 else f"[{'; '.join(rows)}{';' * (len(rows) == 1)}]"


def _power(found: re.Match[str]) -> str:
    """Return 1e−05 as 1 · 10^{−5}."""
    return f"{found['front']} · 10^{{{'−' * (found['sign'] == '−')}{found['power']}}}"
