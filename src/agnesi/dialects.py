"""Dialects: how each of the eight resources writes the same mathematics, one record each.

A dialect changes what is printed, never what is true: the name of the logarithm, bold letters, the transpose sign. The
layout of gradients is kept for the surfaces, which show a row where the book has rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

from agnesi.errors import IncompleteRecord, UnknownName

ROLES = ("data", "features", "weights", "targets", "noise")


@dataclass(frozen=True)
class Dialect:
    """The habits of one book or course.

    - `gradient_layout`: "column" where ∇f has the shape of x, "row" where it is written as a row.
    - `letters`: what the `data` matrix, the matrix of `features`, the `weights`, the `targets` and the `noise`
      parameter are called.
    - `bold_vectors`, `bold_matrices`: whether their letters are bold.
    - `log`: how the natural logarithm is written; `log_base`: the base of a plain `log` in this book.
    - `probability`: the letter of probability. `information`: the unit of information.
    - `transpose`: the LaTeX of the transpose sign. `source`: where the book says so.
    """

    name: str
    title: str
    gradient_layout: Literal["column", "row"]
    letters: tuple[tuple[str, str], ...]
    bold_vectors: bool
    bold_matrices: bool
    log: Literal["log", "ln"]
    log_base: Literal["e", "2"]
    probability: Literal["p", "P", "Pr"]
    information: Literal["nats", "bits", "decibels"]
    transpose: str
    source: str

    def __post_init__(self) -> None:
        missing = [f.name for f in fields(self) if getattr(self, f.name) in ("", ())]
        missing += [f"a letter for the {role}" for role in ROLES if not self.letter(role)]
        if missing:
            raise IncompleteRecord(f"The dialect {self.name or '?'} lacks: {', '.join(missing)}.")

    def letter(self, role: str) -> str:
        """Return the book's letter for a role such as "weights", or "" where it has none."""
        return dict(self.letters).get(role, "")


class Dialects:
    """All dialects by name; a duplicate is refused."""

    def __init__(self) -> None:
        self._records: dict[str, Dialect] = {}

    def add(self, record: Dialect) -> Dialect:
        """Register `record` and return it."""
        if record.name in self._records:
            raise IncompleteRecord(f"There are two dialects named {record.name}.")
        self._records[record.name] = record
        return record

    def __getitem__(self, name: str) -> Dialect:
        if name not in self._records:
            raise UnknownName(f"There is no dialect {name}.", expected=", ".join(sorted(self._records)))
        return self._records[name]

    def __iter__(self) -> Iterator[Dialect]:
        return iter(self._records.values())

    def __contains__(self, name: object) -> bool:
        return name in self._records


dialects = Dialects()


def _letters(data: str, features: str, weights: str, targets: str, noise: str) -> tuple[tuple[str, str], ...]:
    return tuple(zip(ROLES, (data, features, weights, targets, noise), strict=True))


AGNESI = dialects.add(Dialect(
    name="agnesi", title="Agnesi's own", gradient_layout="column", letters=_letters("X", "Φ", "w", "y", "σ"),
    bold_vectors=False, bold_matrices=False, log="log", log_base="e", probability="p", information="nats",
    transpose=r"\top",
    source="DESIGN 6: the gradient has the shape of the variable; logarithms are natural, information in nats.",
))
for _record in (
    Dialect(
        name="mml", title="Mathematics for Machine Learning", gradient_layout="row",
        letters=_letters("X", "Φ", "θ", "y", "σ"), bold_vectors=True, bold_matrices=True, log="log", log_base="e",
        probability="p", information="nats", transpose=r"\top",
        source="MML, table of symbols; section 5.2: the gradient is a row vector. The unit of information is Agnesi's.",
    ),
    Dialect(
        name="prml", title="Pattern Recognition and Machine Learning", gradient_layout="column",
        letters=_letters("X", "Φ", "w", "t", "β"), bold_vectors=True, bold_matrices=True, log="ln", log_base="e",
        probability="p", information="nats", transpose=r"\mathrm{T}",
        source="PRML, Mathematical notation; section 1.2.5: β is a precision; section 1.6: ln and nats.",
    ),
    Dialect(
        name="esl",
        title="The Elements of Statistical Learning: Data Mining, Inference, and Prediction (second edition)",
        gradient_layout="column", letters=_letters("X", "H", "β", "y", "σ"), bold_vectors=False, bold_matrices=True,
        log="log", log_base="e", probability="Pr", information="nats", transpose="T",
        source="ESL 2.2: matrices bold, vectors only where they have N components. The unit is Agnesi's.",
    ),
    Dialect(
        name="jaynes", title="Probability Theory: The Logic of Science", gradient_layout="column",
        letters=_letters("D", "F", "θ", "y", "σ"), bold_vectors=False, bold_matrices=False, log="log", log_base="e",
        probability="P", information="decibels", transpose="T",
        source="Jaynes 4.2: evidence in decibels; appendix B: P of claims. The rest is our own.",
    ),
    Dialect(
        name="impcalc",
        title="Mathematics for Machine Learning: Multivariate Calculus (Imperial College London)",
        gradient_layout="row", letters=_letters("X", "Φ", "a", "y", "σ"), bold_vectors=True, bold_matrices=False,
        log="ln", log_base="e", probability="P", information="nats", transpose="T",
        source="Week 2: the Jacobian of a scalar function is a row. Logarithm, unit and letters are Agnesi's.",
    ),
    Dialect(
        name="matcalc", title="The Matrix Calculus You Need For Deep Learning", gradient_layout="row",
        letters=_letters("X", "Z", "w", "y", "σ"), bold_vectors=True, bold_matrices=False, log="log", log_base="e",
        probability="p", information="nats", transpose="T",
        source="Sections 3 and 4: gradients are rows; section 9: vectors bold. The unit is Agnesi's.",
    ),
    Dialect(
        name="impla", title="Mathematics for Machine Learning: Linear Algebra (Imperial College London)",
        gradient_layout="column", letters=_letters("A", "T", "v", "b", "σ"), bold_vectors=True, bold_matrices=False,
        log="log", log_base="e", probability="P", information="nats", transpose="T",
        source="Weeks 1 to 4: vectors bold, matrices plain. It has no gradients or logarithms: those are Agnesi's.",
    ),
    Dialect(
        name="itila", title="Information Theory, Inference, and Learning Algorithms", gradient_layout="column",
        letters=_letters("X", "R", "w", "t", "β"), bold_vectors=True, bold_matrices=True, log="ln", log_base="2",
        probability="P", information="bits", transpose=r"\mathsf{T}",
        source="ITILA 2.4: bits, log to base 2, ln for the natural one; chapter 39: weights w and targets t.",
    ),
):
    dialects.add(_record)
