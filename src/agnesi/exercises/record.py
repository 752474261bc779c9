"""What an exercise is: a family draws instances; an instance has a question, an answer and planted slips.

The kinds of answer are records too. Each says how what a learner types is compared: a formula up to equality, a vector
up to scale, a set in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from agnesi.errors import IncompleteRecord

KINDS = (
    "differentiate", "shape", "missing line", "wrong line", "prove", "compute", "picture", "translate", "update rule",
)  # fmt: skip
State = Literal["right", "unsimplified", "question back", "wrong", "not read"]


@dataclass(frozen=True)
class Formula:
    """An answer that is a formula: what stands left of the equals sign, and a right side.

    - `claim`: the left side, in the words of the given text: "f'(x)", "∇f(w)", "w − η ∇f(w)". It is never shown carried
      out; the engine finds it out.
    - `value`: a right side, from the engine. Every right side that equals it is right.
    - `of`: the function and the variable whose derivative is asked, for steps and hints; () where it is none.
    - `bare`: operations that must not be left in the answer, by name, besides derivatives.
    - `vector`: it is a list of entries, so that [2x cos(y); 3] has two and not three.
    - `layout`: the slip of who gives a row for a column, or the reverse; "" where both count.
    """

    claim: str
    value: str
    of: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    vector: bool = False
    layout: str = ""


@dataclass(frozen=True)
class Exact:
    """An answer of numbers: one, a vector, a matrix, or a set of them; `value` is exact (sympy).

    - `same`: what counts as the same: "" equal, "scale" up to a factor that is not 0 (eigenvectors), "sign" up to ±1,
      "span" columns that span the same space, "pattern" an echelon form of the same matrix.
    - `near`: how far a decimal may be away, absolute; 0: it must be exact.
    - `lines`: what lines before the last keep: "value" (equal to the answer), "rows" (row equivalent to it), "" (as
      they are: each equation in them is judged on its own).
    - `again`: works a matrix that a learner came to further, for the next hint.
    - `claim`: a formula of the given letters that has this value ("A⁻¹ b"): in it the engine looks for slips.
    """

    value: Any
    form: Literal["number", "vector", "matrix", "set"] = "number"
    same: Literal["", "scale", "sign", "span", "pattern"] = ""
    near: float = 0.0
    lines: Literal["", "value", "rows"] = ""
    again: Callable[[Any], Any] | None = field(default=None, compare=False, repr=False)
    claim: str = ""


@dataclass(frozen=True)
class Shape:
    """An answer that is a shape: its sizes, () for a number, ("n",) for a column, ("n", "d") for a matrix."""

    dims: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """One of the options of the instance, by its number from 0."""

    right: int


@dataclass(frozen=True)
class WrongLine:
    """The number, from 1, of the line of a derivation that does not follow; `repaired` is what it should have been."""

    lines: tuple[str, ...]
    wrong: int
    repaired: str


@dataclass(frozen=True)
class Gap:
    """A line that is missing: the lines of the derivation, each with its left side, and which is left out (from 0)."""

    lines: tuple[str, ...]
    missing: int
    rule: str = ""


@dataclass(frozen=True)
class Proof:
    """A chain from `left` to `right` with at least `least` lines between; `model` is one, with its reasons."""

    left: str
    right: str
    model: tuple[tuple[str, str], ...]
    least: int = 1


Answer = Formula | Exact | Shape | Choice | WrongLine | Gap | Proof


@dataclass(frozen=True)
class Planted:
    """A wrong answer, and the slip that makes it.

    `slip` names a record of `agnesi.check` (docs/slips.md), or is a name of the family's own; then `words` say what was
    done, as a clause ("the rows were scaled, not the columns"), and `why` what is right.
    """

    text: str
    slip: str
    words: str = ""
    why: str = ""


@dataclass(frozen=True)
class Option:
    """One thing to choose: a text with `$…$`, or a picture (a function that draws it) with words for it."""

    text: str
    picture: Callable[[], Any] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Instance:
    """One exercise: what is asked, and what is right. Family, level and seed make it again.

    `question` is Markdown with `$…$` in book notation; `given` are the declarations and definitions in force, as a
    worksheet; `asks` says the form of the answer in words; `work` does it by the engine (a `Derivation` or `Worked`).
    """

    question: str
    answer: Answer
    asks: str
    given: str = ""
    choices: tuple[Option, ...] = ()
    slips: tuple[Planted, ...] = ()
    work: Callable[[], Any] | None = field(default=None, compare=False, repr=False)
    picture: Callable[[], Any] | None = field(default=None, compare=False, repr=False)
    family: str = ""
    level: int = 1
    seed: int = 0

    @property
    def id(self) -> str:
        """The identity: family/level/seed."""
        return f"{self.family}/{self.level}/{self.seed}"


@dataclass(frozen=True)
class Family:
    """A source of exercises on the same thing: `draw` makes one of a level (from 1 to `levels`) with what is random.

    `concepts` are ids of the curriculum, the one that is trained first; `where` are (resource, section) where it is
    taught. An incomplete record is refused with `IncompleteRecord`.
    """

    id: str
    title: str
    kind: str
    concepts: tuple[str, ...]
    draw: Callable[[Random, int], Instance] = field(compare=False, repr=False)
    levels: int = 3
    where: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        lacks = [name for name in ("id", "title", "concepts", "where") if not getattr(self, name)]
        if lacks:
            raise IncompleteRecord(f"The exercise family {self.id or '?'} lacks: {', '.join(lacks)}.")
        if self.kind not in KINDS:
            raise IncompleteRecord(
                f"The exercise family {self.id} is of the kind {self.kind}.", expected=f"one of {', '.join(KINDS)}"
            )
        if self.levels < 1:
            raise IncompleteRecord(f"The exercise family {self.id} has {self.levels} levels.", expected="at least 1")

    @property
    def resources(self) -> tuple[str, ...]:
        """The resources in which it is taught."""
        return tuple(dict.fromkeys(resource for resource, _ in self.where))


@dataclass(frozen=True)
class LineVerdict:
    """What was found of one line: right, wrong, not read, or "" where there is nothing to judge."""

    text: str
    verdict: Literal["right", "wrong", "not read", ""]
    says: str = ""


@dataclass(frozen=True)
class Verdict:
    """What was found of an answer.

    `says` is for the learner and gives nothing away; `repair` does, and is shown when it is asked for. `diagnosis`
    is the name of the slip, `explanation` why the right rule is so; `counterexample` shows where it fails.
    """

    right: bool
    state: State
    says: str
    lines: tuple[LineVerdict, ...] = ()
    diagnosis: str | None = None
    explanation: str = ""
    counterexample: str | None = None
    repair: str = ""


@dataclass(frozen=True)
class Hint:
    """One hint: its number, its grade (1 names the rule, 2 says where, 3 gives the line), its words, the line.

    The line is text, and HTML with MathML where the engine has set it in type.
    """

    number: int
    grade: int
    says: str
    line: str = ""
    html: str = ""


@dataclass(frozen=True)
class SolutionStep:
    """One step of a solution: what is done, the formulas as text and as HTML with MathML, why, and a source."""

    said: str
    text: str = ""
    html: str = ""
    why: str = ""
    source: str = ""


@dataclass(frozen=True)
class Solution:
    """The answer as text and as HTML, the steps, code where there is some, and the picture or None."""

    answer: str
    html: str
    steps: tuple[SolutionStep, ...] = ()
    code: str = ""
    picture: Any = None
