"""What loose text is cut into: formulas, declarations and facts, each with its place and how it hangs on the others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fragment:
    """A formula, a declaration or a fact in loose text.

    `text` of a formula is text[start:stop] of the source; of a declaration it is one that the strict reader takes.
    `link` is how it hangs on what stands before it: "continues" (it begins with a relation sign), "so", "zero" (set to
    zero), "suppose", "where", "claim", "since" (a reason, not a step), or nothing. `fact` names a fact, of `names`
    (of a mean or covariance, the last is the value). `said` is the prose before it.
    """

    kind: str
    text: str
    start: int
    stop: int
    line: int
    link: str = ""
    names: tuple[str, ...] = ()
    fact: str = ""
    said: str = ""
