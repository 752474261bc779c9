"""What is told of a planted slip: the words of its record in `agnesi.check`, or those of the family."""

from __future__ import annotations

from collections.abc import Mapping

from agnesi.check.slips import slips
from agnesi.exercises.record import Planted
from agnesi.lessons.prose import begun

LIKE: Mapping[str, tuple[str, ...]] = {
    # slips that give the same answer, or nearly: who sees the answer alone may name either
    "sign": ("derivative of the sine", "derivative of the cosine", "sign of a sum", "derivative of a reciprocal",
             "minus lost in a bracket", "entries exchanged", "Woodbury sign"),
    "sign of a sum": ("sign",),
    "power rule": ("coefficient", "exponent"),
    "number lost": ("coefficient", "factor lost"),
    "term lost": ("held constant",),
    "derivative of 1/x": ("sign", "exponent"),
    "derivative of a reciprocal": ("sign",),
    "factor lost": ("outer derivative lost", "factor 2 lost", "factor 3 or 4", "term lost", "number lost"),
    "transposed as a whole": ("transpose lost",),
    "inner derivative lost": ("coefficients", "coefficient", "factor lost", "number lost", "factor 2 lost"),
    "norm of a sum": ("term lost", "sign", "square of a sum without cross terms", "cross term of a square"),
    "factor 2 too much": ("number lost",),
    "1/n lost": ("factor 2 too much", "factor 3 or 4"),
    "root lost": ("square too much", "square lost"),
    "square lost": ("factor lost",),
    "other variable": ("sign", "other symbol"),
    "transpose too much": ("factors swapped", "sign"),
    # names of families
    "diagonal only": ("off-diagonal part lost",),
    "mixed derivatives left out": ("off-diagonal part lost",),
    "path left out": ("held constant", "term lost"),
    "constant taken as a variable": ("term too much",),
    "formula changed": ("coefficients", "coefficient"),
    "slope in x": ("other variable",),
    "learning rate lost": ("factor lost", "term lost"),
    "sign of the trace": ("sign",),
    "sign of the determinant": ("sign",),
    "sign of the second product": ("sign",),
    "lengths left out": ("denominator lost",),
    "direction not of unit length": ("denominator lost",),
    "not divided by the step": ("denominator lost",),
    "not divided by the length": ("denominator lost", "factor 2 too much", "factor 3 or 4", "sign"),
    "slope left out": ("denominator lost",),
    "value at the place": ("term lost", "factor 2 too much", "coefficient", "n − 1 for n", "number lost"),
}  # fmt: skip


def told(planted: Planted) -> tuple[str, str]:
    """Return the sentence that a learner reads, and why the right rule is so."""
    record = next((slips[name] for name in (planted.slip,) if name in slips), None)
    words = planted.words or (record.words if record else planted.slip)
    general = record is not None and record.mend is not None and planted.words  # its reason is about other lines
    why = planted.why or (record.explanation if record and not general else "")
    return f"Probably {words}.", why


def stated(planted: Planted) -> tuple[str, str]:
    """Return the same where it is no guess, for an option that was chosen or a line that was spoiled: as a fact."""
    words, why = told(planted)
    words = words.removeprefix("Probably ")
    return begun(words), why


def known(planted: Planted) -> bool:
    """Tell whether a slip is a record of `agnesi.check`, or has words of its own."""
    return planted.slip in slips or bool(planted.words)
