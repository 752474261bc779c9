"""Quantities in words that a formula goes on from: `the derivative of x^2 = 2x` is one claim, not x^2 = 2x."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.english import words
from agnesi.read.loose_tokens import RELATIONS
from agnesi.read.names import Item

_QUANTITIES = words(
    """derivative derivatives gradient hessian jacobian differential integral trace determinant norm mean average value
    expectation variance covariance inverse transpose square root log logarithm exponential sum product rank maximum
    minimum max min entropy probability divergence limit length negative cosine sine sin cos exp det magnitude deviation
    sqrt second-derivative log-determinant antiderivative"""
)
_SLOPES = words("derivative derivatives gradient hessian differential jacobian second-derivative")
_ARTICLES = words("the a an each any every this our")
_ASKED = words("find compute calculate determine evaluate derive want minimise minimize maximise maximize consider")
_GOES_ON = words("is are gives equals becomes with wrt w.r.t. w.r.t at by using as where was be reads vanishes")
_NAMED = re.compile(r"\s*\\?[^\W\d_]\w{0,3}\s*(?:\([^()=]{1,40}\))?\s*:?=")
_CALLED = re.compile(r"\s*\\?[^\W\d_]\w{0,12}\s*\([^()=]{1,40}\)\s*:?=")
_HEAD = re.compile(r"\s*(\\?[^\W\d_]\w{0,2})\s*(?:\([^()=]{1,20}\))?\s*=")
_LONE = re.compile(r"\s*\\?[^\W\d_]\w{0,6}(?:_\{?\w+\}?)?\s*=")
_ZERO = re.compile(r"[^=]{1,60}=\s*0\s*$")
_OPEN = re.compile(r"(?:[-+−*/·×=≤≥<>∝≈]|\\(?:leq?|geq?|cdot|times|approx|propto))\s*$")
_JOINING = re.compile(r"\s*(?:[+*/·×^]|\\(?:cdot|times|frac))")
MAX_BACK = 8  # items between the name of a quantity and the formula


def with_quantities(text: str, items: list[Item]) -> list[Item]:
    """Join the name of a quantity with the formula that says what it is; what sets a slope to zero becomes words."""
    out: list[Item] = []
    k = 0
    while k < len(items):
        item = items[k]
        begin = _quantity(out, items, k) if item.kind == "M" and (item.related or _opens(text, items, k)) else -1
        begin = len(out) - 1 if begin < 0 and _of_function(text, out, item) else begin
        zero = begin >= 0 and out[begin].text in _SLOPES and _ZERO.match(item.text)
        if zero or begin < 0 or (begin < len(out) - 1 and _defines(out, begin, items, k)):
            out.append(item._replace(kind="W", text="zero") if zero else item)
            k += 1
            continue
        stop = _ending(text, items, k)
        start = out[begin].start
        del out[begin:]
        whole = text[start : items[stop].stop]
        out.append(Item("M", whole, start, items[stop].stop, True))
        k = stop + 1
    return out


def _of_function(text: str, out: Sequence[Item], item: Item) -> bool:
    """Tell whether a slope is named before a function of the text: `Gradient f = ...`, `Hessian f = ...`."""
    name = _HEAD.match(item.text)
    if name is None or not out or out[-1].kind != "W" or out[-1].text not in ("gradient", "hessian"):
        return False
    return re.search(rf"(?<![\w\\]){re.escape(name[1])}\s*\([^()=\n]{{1,20}}\)\s*:?=", text[: item.start]) is not None


def _opens(text: str, items: Sequence[Item], k: int) -> bool:
    """Tell whether a piece ends in a relation that words follow: of AB = trace of BA."""
    after = items[k + 1] if k + 1 < len(items) else None
    return after is not None and after.kind == "W" and bool(_OPEN.search(text[items[k].start : items[k].stop]))


def _quantity(out: Sequence[Item], items: Sequence[Item], k: int) -> int:
    """Return the place in `out` of the quantity that the piece at k goes on from, or −1."""
    at = len(out) - 1
    if at >= 0 and out[at].kind == "W" and out[at].text in _ARTICLES:
        at -= 1
    if at > 0 and out[at].text == "of" and out[at - 1].kind == "W" and out[at - 1].text in _QUANTITIES:
        return at - 1
    by = bool(out) and (out[-1].text in ("wrt", "w.r.t.", "w.r.t") or [i.text for i in out[-2:]] == ["respect", "to"])
    if by and _LONE.match(items[k].text):
        for back in range(len(out) - 1, max(-1, len(out) - 1 - MAX_BACK), -1):
            if out[back].kind == "P":
                return -1
            if out[back].kind == "W" and out[back].text in _QUANTITIES:
                return back
    return -1


def _defines(out: Sequence[Item], begin: int, items: Sequence[Item], k: int) -> bool:
    """Tell whether the piece says what a name means: the derivative of f(x) = x^2 is ..., find the trace of A = ..."""
    if not _NAMED.match(items[k].text):
        return False
    after = items[k + 1] if k + 1 < len(items) else None
    if after is not None and (after.text in _GOES_ON or after.text == ":"):
        return True
    before = {i.text for i in out[max(0, begin - 3) : begin] if i.kind == "W"}
    if before & _ASKED:
        return True
    return bool(_CALLED.match(items[k].text)) and not before and not RELATIONS.match(items[k].text)


def _ending(text: str, items: Sequence[Item], k: int) -> int:
    """Return the last item of a formula that goes on in words: AB = trace of BA."""
    stop = k
    while stop + 1 < len(items) and items[stop + 1].kind == "W":
        if not _OPEN.search(text[items[stop].start : items[stop].stop]):
            break
        at = stop + 1
        while at + 1 < len(items) and items[at].kind == "W":
            at += 1
        if items[at].kind == "P":
            return at - 1
        stop = at
    return stop


def interruptions(text: str, items: Sequence[Item]) -> list[Item]:
    """Return the remarks in brackets after which a formula goes on: f(x) (by symmetry) = f(-x)."""
    out: list[Item] = []
    for before, item, after in zip(items, items[1:], items[2:], strict=False):
        shown = text[after.start : after.stop]
        goes = RELATIONS.match(shown) or _JOINING.match(shown)
        if item.kind == "A" and before.kind == after.kind == "M" and goes and not _ARROW.match(shown):
            out.append(item)
    return out


_ARROW = re.compile(r"\s*(?:⇒|=>|→|->|⟹|∴|\\(?:Rightarrow|implies|to)(?![A-Za-z]))")
