"""Where letters in a system change the answer: values at which a pivot is 0 or a condition holds, each worked out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from agnesi.linalg.notation import is_zero
from agnesi.worked.pieces import scalar_text
from agnesi.worked.record import Worked

MOST = 6  # special values that are worked out


@dataclass(frozen=True)
class Case:
    """What happens for some values of the letters: `name` tells which ("k = 3"), `worked` is the answer there.

    `answers` tells whether the values are those for which there is a solution at all.
    """

    name: str
    worked: Worked
    answers: bool

    def told(self) -> str:
        """Return the case as a sentence."""
        kind = self.worked.parts["kind"]
        if kind == "none":
            return f"For {self.name} there is no solution."
        entries = ", ".join(scalar_text(v) for v in self.worked.value)
        if kind == "unique":
            return f"For {self.name} the solution is ({entries})."
        return f"For {self.name} there are infinitely many solutions: ({entries})."


def special_cases(
    A: sympy.ImmutableMatrix, b: sympy.ImmutableMatrix, assumed: Sequence[Any], conditions: Sequence[Any],
    solved: Callable[[Any, Any], Worked],
) -> list[Case]:  # fmt: skip
    """Return the answers where a pivot that was assumed not to be 0 is 0, and where the conditions on b hold."""
    wanted = [(values, True) for values in together(conditions)]
    wanted += [(values, False) for f in assumed for values in zeros(f)]
    cases: dict[str, Case] = {}
    for values, answers in wanted[:MOST]:
        name = " and ".join(f"{scalar_text(x)} = {scalar_text(v)}" for x, v in values.items())
        M, r = A.subs(values), b.subs(values)
        if name not in cases and not any(v.has(sympy.zoo, sympy.nan) for v in [*M, *r]):
            cases[name] = Case(name, solved(M, r), answers)
    return list(cases.values())


def zeros(factor: Any) -> list[dict[Any, Any]]:
    """Return the real values of letters at which a factor is 0: all of one letter, or one letter by the others.

    Zeros that no person would put in, as of an irreducible cubic, are left out.

    >>> k, m = sympy.symbols("k m")
    >>> zeros(k**2 - 4), zeros(k + 2*m)
    ([{k: -2}, {k: 2}], [{k: -2*m}])
    """
    letters = sorted(factor.free_symbols, key=str)
    for x in letters:
        if factor.is_polynomial(x) and sympy.degree(factor, x) == 1 and not factor.coeff(x, 1).free_symbols:
            return [{x: sympy.expand(-factor.subs(x, 0) / sympy.expand(factor).coeff(x, 1))}]
    if len(letters) == 1 and factor.is_polynomial(letters[0]) and sympy.degree(factor, letters[0]) == 2:
        found = [r for r in sympy.roots(factor, letters[0]) if r.is_real]
        return [{letters[0]: r} for r in sorted(found)]
    return []


def together(conditions: Sequence[Any]) -> list[dict[Any, Any]]:
    """Return values of letters for which all conditions are 0, one letter after the other solved for; [] for none."""
    found: list[dict[Any, Any]] = [{}] if conditions else []
    for condition in conditions:
        longer = []
        for values in found:
            left = sympy.factor(condition.subs(values))
            if is_zero(left):
                longer.append(values)
                continue
            top = sympy.fraction(left)[0]
            for factor, _ in sympy.factor_list(top)[1] if left.free_symbols else []:
                longer += [{**{x: sympy.expand(v.subs(z)) for x, v in values.items()}, **z} for z in zeros(factor)]
        found = longer
    return found
