"""What is told of a planted slip: the words of its record in `agnesi.check`, or those of the family."""

from __future__ import annotations

from agnesi.check.slips import slips
from agnesi.exercises.record import Planted
from agnesi.lessons.prose import begun


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
