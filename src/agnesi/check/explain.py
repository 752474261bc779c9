"""Wrong lines explained: each refuted one gets the simplest slip that accounts for it, and the repaired line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from agnesi.check.candidates import Diagnosis
from agnesi.check.course import is_slope
from agnesi.check.diagnosis import EQUAL, diagnose
from agnesi.check.judge import judge
from agnesi.check.numbers import SOLVED, carried_out, points
from agnesi.check.probe import SEVERAL, UNTOLD, Fingerprint, PointProbe
from agnesi.check.probe_upto import UptoProbe, variable_of
from agnesi.check.report import Diagnosed, Judged
from agnesi.check.settings import Setting, given
from agnesi.check.slip_places import Place, name_of, size_of
from agnesi.check.slip_solving import wrongly_solved
from agnesi.check.slips import slips
from agnesi.check.upto import without_constant
from agnesi.check.worlds import has_chance, lowered
from agnesi.errors import AgnesiError, OutOfTime
from agnesi.expr.clock import now, within
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, constant, operations_in, postorder, symbols_of
from agnesi.expr.nodes import replace as replaced
from agnesi.write import write

BUDGET = 0.3  # seconds for one wrong line
IN_WORLDS = 0.45  # seconds where each candidate must be translated
BOUNDS = frozenset(  # operations of which inequalities are taught that people take for equalities
    ("norm", "norm1", "norminf", "abs", "expectation", "kl", "entropy", "mutual_information", "max", "Max", "inner")
)
COMPOUND = ("add", "mul", "hadamard", "div", "neg")
BRIEF = 30  # places of both sides together, past which nobody takes an inequality for an equality
SUPPOSED = 2  # conditions that are tried for a step of solving
APART = 4  # points of which the first one is taken where the sides differ
LARGE = 80  # places of all sides of two equations
BEFORE = 6  # lines before of which one may have been changed into a wrong one
DEAR = 1.05  # the cost of an explanation past which another one is looked for
SLOWLY, FEW = 1.0, ("volume element", "sign", "factor 2 lost", "factor 2 too much")  # what is tried then
SLOW = 0.1  # seconds for one pair of sides above which no slip is searched
COUNTED = frozenset(("rank", "cardinality"))
LINE = 4.0  # seconds of processor time for one wrong line, with all that is tried
ALL = 6.0  # seconds for all wrong lines of a text


def explained(statements: Sequence[Judged], setting: Setting) -> list[Judged]:
    """Return the statements, the refuted ones with their diagnosis."""
    out: list[Judged] = []
    left = ALL
    for one in statements:
        if one.verdict != "refuted" or len(one.sides) < 2 or left <= 0:
            out.append(one)
            continue
        context = [side for s in statements for side in s.sides if s.line <= one.line and s is not one][-8:]
        before = [s for s in statements if s.line < one.line]
        found = _diagnosed_in_time(one, setting, context, before)
        left -= BUDGET if not found else BUDGET / 4
        told = tuple(_told(d) for d in found)
        out.append(replace(one, diagnosis=told[0] if told else None, others=told[1:], sought=True))
    return out


def _diagnosed_in_time(
    one: Judged, setting: Setting, context: Sequence[Expr], before: Sequence[Judged]
) -> tuple[Diagnosis, ...]:
    """Return what is found while there is time for it."""
    try:
        with within(LINE):
            return _diagnosed(one, setting, context, before)
    except OutOfTime:
        return ()
    except (AgnesiError, ArithmeticError, ValueError, TypeError, LookupError):  # it must not cost the verdicts
        if os.environ.get("AGNESI_DEBUG"):
            raise
        return ()


def _told(found: Diagnosis) -> Diagnosed:
    latex, plain = (write(found.repaired, form) for form in ("latex", "ascii"))
    return Diagnosed(found.slip, found.words, str(found.repaired), found.explanation, found.source, latex, plain)


def _diagnosed(
    one: Judged, setting: Setting, context: Sequence[Expr], before: Sequence[Judged]
) -> tuple[Diagnosis, ...]:
    """Return what was probably done; where nothing is found as it stands, under what held for the lines before."""
    upto = variable_of(one.evidence.reason) if one.evidence is not None else None
    if upto is not None and len(one.sides) == 2 and not has_chance(*one.sides):
        return _searched_upto(one, replace(setting, conditions=one.conditions), upto)
    op, above, line = _failing(one, replace(setting, conditions=one.conditions))
    if _counts(above, line):
        return ()
    held = replace(setting, conditions=one.conditions)
    return tuple(d for d in _likely(one, op, above, line, held, context, before) if not _held(d, above, line, held))


def _counts(*sides: Expr) -> bool:
    """Tell whether sides are a rank and a number that is given or known: slips would fit by chance."""
    return not symbols_of(*sides) and any(name_of(n) in COUNTED for n in postorder(*sides))


def _held(found: Diagnosis, above: Expr, line: Expr, setting: Setting) -> bool:
    """Tell whether the repaired line only says again what is given."""
    told = [set(c.args) for c in setting.conditions if isinstance(c, Apply) and c.op.name == "eq"]
    return {above, found.repaired} in told or {found.repaired, line} in told


def _likely(
    one: Judged, op: str, above: Expr, line: Expr, held: Setting, context: Sequence[Expr], before: Sequence[Judged]
) -> tuple[Diagnosis, ...]:
    found = _solved(op, above, line, held, before) or _one_of_several(op, above, line, held)
    if found:
        return found
    found = _searched(op, above, line, held, context, _solves(one))
    if not found and len(one.sides) > 2:
        op, above, line = one.relations[-1], one.sides[0], one.sides[-1]
        found = _searched(op, above, line, held, context, False)
    if not found or found[0].cost > DEAR:
        found = _from_before(op, above, line, held, before) or found
    if found or one.conditions or is_slope(above) or op not in EQUAL:
        return found
    for conditions in islice(_supposed(before, above, line), SUPPOSED):
        found = _searched(op, above, line, replace(held, conditions=conditions), context, True)
        if found:
            return found
    return ()


def _solved(
    op: str, above: Expr, line: Expr, setting: Setting, before: Sequence[Judged]
) -> tuple[Diagnosis, ...]:
    """Return what was probably done wrongly on the way from the last equation to this one."""
    last = next((apply("eq", *s.sides) for s in reversed(before) if _is_equation(s) and s.sides[0] is not above), None)
    told = [last] if last is not None else []
    free = replace(setting, conditions=())
    for equation in told if op in EQUAL and not has_chance(above, line) else ():
        if size_of(equation) + size_of(above) + size_of(line) > LARGE:
            continue
        try:
            probe = SettingProbe(apply("eq", *equation.args), apply("eq", above, line), free)
            for one in wrongly_solved((equation.args[0], equation.args[1]), (above, line), probe.values):
                whole = apply("eq", *one.right)
                slip, place = one.slip, (apply("eq", above, line), whole)
                words = f"{equation} gives {whole}. Probably {slip.words}."
                return (Diagnosis(slip.name, words, whole, place, slip.explanation, slip.source, slip.cost),)
        except (AgnesiError, ArithmeticError):
            continue
    return ()


def _one_of_several(op: str, above: Expr, line: Expr, setting: Setting) -> tuple[Diagnosis, ...]:
    """Return the turned conclusion, where the line is enough for the equation above but does not follow from it."""
    equations = [c for c in setting.conditions if isinstance(c, Apply) and c.op.name == "eq"]
    if op not in EQUAL or len(equations) != 1 or has_chance(above, line, *equations):
        return ()
    premise, claim = equations[0], apply("eq", above, line)
    others = tuple(claim if c is premise else c for c in setting.conditions)
    if not judge("eq", premise.args[0], premise.args[1], replace(setting, conditions=others), deep=False):
        return ()
    slip = slips["one solution of several"]
    words = f"This gives {premise}, but does not follow from it. Probably {slip.words}."
    return (Diagnosis(slip.name, words, premise, (claim, premise), slip.explanation, slip.source, slip.cost),)


def _is_equation(one: Judged) -> bool:
    fits = len(one.sides) == 2 and one.sides[0].shape == one.sides[1].shape  # not 1ᵀ for a gradient
    return fits and one.relations[:1] == ("eq",) and one.verdict in (None, "proved", "tested")


def _from_before(
    op: str, above: Expr, line: Expr, setting: Setting, before: Sequence[Judged]
) -> tuple[Diagnosis, ...]:
    """Return what was probably done to a line before that has one side in common with this one."""
    right = [s for s in before if len(s.sides) > 1 and s.verdict in ("proved", "tested")]
    for one in islice(reversed(right), BEFORE):
        first, last = one.sides[0], one.sides[-1]
        if set(one.relations) - set(EQUAL) - {op} or (first is above and last is line):
            continue
        if last is line:
            old, new = first, above
        elif first is above and set(one.relations) <= set(EQUAL):
            old, new = last, line
        else:
            continue
        if old.shape == new.shape and old is not new:
            found = _searched("eq", old, new, setting, (), False)
            if found and found[0].cost <= DEAR:
                return found
    return ()


def _searched_upto(one: Judged, setting: Setting, upto: tuple[str, bool]) -> tuple[Diagnosis, ...]:
    """Search where the sides are equal up to a factor or a constant only."""
    above, line = without_constant(*one.sides) or one.sides
    try:
        probe = UptoProbe(above, line, setting, *upto)
        return diagnose("eq", above, line, probe, budget=BUDGET, ordered=False)
    except (AgnesiError, RecursionError, ArithmeticError):
        return ()


def _searched(
    op: str, above: Expr, line: Expr, setting: Setting, context: Sequence[Expr], either: bool
) -> tuple[Diagnosis, ...]:
    try:
        probe = probe_of(above, line, setting)
        begun = now()
        probe.values([above, line])
        nested = sum(name_of(n) == "Integral" for n in postorder(line)) > 1
        if nested or now() - begun > SLOW:  # integrals and optima: hundreds of candidates would take minutes
            return diagnose(op, above, line, probe, budget=SLOWLY, few=FEW) if op in EQUAL else ()
        either = either and not is_slope(above) and name_of(above) in COMPOUND
        bounded = _bounded(above, line)
        found = diagnose(
            op, above, line, probe, context=context, either=either, ordered=bounded,
            budget=IN_WORLDS if isinstance(probe, WorldProbe) else BUDGET,
            given=setting.conditions,
        )
        return tuple(d for d in found if not d.slip.startswith("equality for") or bounded)
    except (AgnesiError, RecursionError, ArithmeticError):
        return ()


def _bounded(above: Expr, line: Expr) -> bool:
    """Tell whether an inequality between such short sides is taught."""
    first, second = operations_in(above), operations_in(line)
    both = "expectation" not in first ^ second  # of a mean and something else no inequality is taught
    return bool(BOUNDS & (first | second)) and both and size_of(above) + size_of(line) <= BRIEF


def _solves(one: Judged) -> bool:
    """Tell whether a statement is an equation for unknowns, both sides of which are its own."""
    return bool(one.conditions) and one.text.lstrip()[:1] not in tuple("=≤≥<>∝≈&\\")


def _supposed(before: Sequence[Judged], *sides: Expr) -> Iterator[tuple[Expr, ...]]:
    """Yield what may hold at a step of solving: the conditions of a step before, a derivative above that is zero."""
    names = {s.name: s for s in symbols_of(*sides)}
    for one in reversed(before):
        conditions = one.conditions
        if not conditions and len(one.sides) > 1 and is_slope(one.sides[0]) and one.verdict in ("proved", "tested"):
            conditions = (apply("eq", one.sides[0], constant(0)),)
        if any(s.name in names for c in conditions for s in symbols_of(c)):
            told = {s: names[s.name] for c in conditions for s in symbols_of(c) if s.name in names}
            try:
                yield tuple(replaced(c, {s: t for s, t in told.items() if s is not t}) for c in conditions)
            except AgnesiError:
                continue


def _same(values: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    """Tell whether two worlds have the same numbers."""
    return values.keys() == others.keys() and all(np.array_equal(v, others[n]) for n, v in values.items())


def _failing(one: Judged, setting: Setting) -> tuple[str, Expr, Expr]:
    """Return the relation that fails, of a line with several."""
    links = list(zip(one.relations, one.sides, one.sides[1:], strict=False))
    for op, above, line in links[:-1]:
        if judge(op, above, line, setting, deep=False).verdict == "refuted":
            return op, above, line
    return links[-1]


def probe_of(above: Expr, line: Expr, setting: Setting) -> PointProbe:
    """Return the probe for two sides: at a point that satisfies the conditions, in a finite world where chance is."""
    if has_chance(above, line, *setting.conditions):
        return WorldProbe(above, line, setting)
    return SettingProbe(above, line, setting)


def _differ(left: Any, right: Any) -> bool:
    """Tell whether sides differ at a point: where they do not, nothing can be learnt from it."""
    a, b = np.ravel(left), np.ravel(right)
    return a.shape != b.shape or not np.allclose(a, b, rtol=1e-6)


class SettingProbe(PointProbe):
    """Numbers at a point that satisfies the conditions; equality as the judge sees it."""

    def __init__(self, above: Expr, line: Expr, setting: Setting) -> None:
        self.setting = setting
        solved = any(isinstance(c, Apply) and c.op.name == "eq" for c in setting.conditions)
        most = SOLVED if solved else APART
        found = list(points([carried_out(above), carried_out(line)], given(setting, None, 3), most))
        found = found if solved else found[: 1 + next((k for k, (_, sides) in enumerate(found) if _differ(*sides)), 0)]
        *others, last = [at for at, _ in found]  # the first ones are small numbers, at which much is equal
        others = others if solved else []
        self._others = [PointProbe.at(at.values, at.sizes) for at in others]
        self._roots = [carried_out(above), carried_out(line)]
        self._env, self._sizes = {**last.sizes, **last.values}, last.sizes
        self._prepare()

    def around(self) -> list[PointProbe]:
        """Return the probe at other points."""
        if not self._others:
            found = points(self._roots, given(self.setting, None, 5), SEVERAL)
            return [PointProbe.at(at.values, at.sizes) for at, _ in found]
        return self._others

    def agree(self, a: Expr, b: Expr) -> bool:
        """Tell whether expressions with symbols of their own agree under the conditions, as the judge sees it."""
        return bool(judge("eq", a, b, self.setting, deep=False))

    def _tested(self, a: Expr, b: Expr) -> bool:
        for other in self._others:
            one, two = other.values([a, b])
            if one is None or not one.agrees(two):
                return False
        varied = len({tuple(sorted(other.sizes.items())) for other in self._others}) > 1
        counted = any(name_of(n) == "size" for n in postorder(a, b)) or any(
            s.name in self._sizes for s in symbols_of(a, b)
        )
        # to solve the equations again for each candidate would take long
        enough = len(self._others) > 1 and (varied or not counted)
        return enough or bool(judge("eq", a, b, self.setting, deep=False))

    def holds(self, relation: str, a: Expr, b: Expr) -> bool:
        """Tell whether an inequality holds, as the judge sees it."""
        return not self.fails(relation, a, b) and bool(judge(relation, a, b, self.setting, deep=False))


def _sizes_seen(symbols: Sequence[Symbol], values: Mapping[str, Any]) -> dict[str, int]:
    """Return the sizes that the arrays of some symbols have."""
    shapes = [(s.shape, np.shape(values[s.name])) for s in symbols if s.name in values]
    fitting = [zip(dims, shape, strict=True) for dims, shape in shapes if len(dims) == len(shape)]
    return {min(d.names): k for pairs in fitting for d, k in pairs if d.names and d == Dim.of(min(d.names))}


class WorldProbe(PointProbe):
    """Numbers in one finite world, the same for all candidates; equality in several."""

    def around(self) -> list[PointProbe]:
        """Return nothing: another point is another world."""
        return []

    def __init__(self, above: Expr, line: Expr, setting: Setting) -> None:
        self.setting, self.sides = setting, (above, line)
        world = lowered([above, line, *setting.conditions], setting.chance, 1)
        a, b, *conditions = world.roots
        held = replace(setting, conditions=tuple(conditions))
        at, _ = next(iter(points([a, b], given(held, world, 3), 1)))
        self._sizes = {**_sizes_seen(symbols_of(above, line), at.values), **at.sizes}
        self._env = {**self._sizes, **at.values}
        self._last: Mapping[str, Any] = world.values  # the world of the batch before, and the numbers in it
        self._inside = self._first = PointProbe.at(self._env, self._sizes)
        self._known: tuple[Fingerprint | None, ...] = ()
        self._prepare()

    def values(self, exprs: Sequence[Expr]) -> list[Fingerprint | None]:
        """Return the fingerprints of expressions, translated together; where one has no meaning, in halves.

        What says nothing of chance has its numbers without a translation.
        """
        found: dict[int, Fingerprint | None] = {}
        parts = [tuple(k for k, e in enumerate(exprs) if not self._known or not self._plain(e))]
        while parts:
            part = parts.pop()
            held = self._in_world([exprs[k] for k in part]) if part else []
            if held is None and len(part) > 1:
                half = len(part) // 2
                parts += [part[:half], part[half:]]
            else:
                found.update(zip(part, held or [None], strict=False))
        rest = [k for k in range(len(exprs)) if k not in found] if self._known else []
        found.update(zip(rest, self._first.values([exprs[k] for k in rest]), strict=True))
        return [found.get(k) for k in range(len(exprs))]

    def placed(self, parts: Sequence[tuple[Place, Expr]]) -> list[Any]:
        """Return the values of what says nothing of chance, and UNTOLD for what is translated as a whole."""
        told = [bool(self._known) and self._plain(p.root) and self._plain(new) for p, new in parts]
        plain = iter(self._first.placed([part for part, tell in zip(parts, told, strict=True) if tell]))
        return [next(plain) if tell else UNTOLD for tell in told]

    def _plain(self, expr: Expr) -> bool:
        """Tell whether an expression says nothing of chance, and has a value in the first world."""
        return not has_chance(expr) and all(s.name in self._env for s in symbols_of(expr))

    def _in_world(self, exprs: Sequence[Expr]) -> list[Fingerprint | None] | None:
        """Return the fingerprints in one world, or None where not all can be translated together."""
        try:
            world = lowered([*self.sides, *exprs, *self.setting.conditions], self.setting.chance, 1)
        except (AgnesiError, KeyError, ValueError, IndexError):
            return None
        if not _same(world.values, self._last):
            self._last, self._inside = world.values, PointProbe.at({**self._env, **world.values}, self._sizes)
        above, line, *made = self._inside.values(world.roots[: len(self.sides) + len(exprs)])
        if not self._known:
            self._known, self._first = (above, line), self._inside
        return [self._compared(one, above, line) for one in made]

    def _compared(
        self, one: Fingerprint | None, above: Fingerprint | None, line: Fingerprint | None
    ) -> Fingerprint | None:
        """Return the numbers as they are in the first world: a candidate may need a larger one."""
        for here, there in zip((above, line), self._known, strict=True):
            if one is not None and here is not None and here.agrees(one):
                return there
        first = self._known[1]
        return one if first is None or (line is not None and first.agrees(line)) else None

    def _tested(self, a: Expr, b: Expr) -> bool:
        return bool(judge("eq", a, b, self.setting, deep=False))

    def holds(self, relation: str, a: Expr, b: Expr) -> bool:
        """Tell whether an inequality holds, as the judge sees it."""
        return not self.fails(relation, a, b) and bool(judge(relation, a, b, self.setting, deep=False))
