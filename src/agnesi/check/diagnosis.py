"""Diagnosis: what was probably done where a line does not follow from the one above, and the repaired line.

Two searches by the numbers at a fixed point. A part of the wrong line is mended by each slip in turn, until the line
equals the one above; or a slip is applied to a part of the line above, until it gives the wrong line. What agrees is
judged with care, and the simplest is told first.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from itertools import chain, islice

from agnesi.check import slips_algebra, slips_calculus, slips_chance, slips_general, slips_matrices  # noqa: F401
from agnesi.check.candidates import (
    Candidate,
    Diagnosis,
    Mends,
    Trial,
    by_cost,
    edits,
    length,
    looks_around,
    until,
)
from agnesi.check.probe import ORDERS, UNTOLD, Fingerprint, Placing, PointProbe, Probe, Several, probe_for
from agnesi.check.slip_edits_numbers import scaled
from agnesi.check.slip_forms import forms, in_arrays, moving_symbols, pool_of, put_in
from agnesi.check.slip_orders import other_bound, other_relation
from agnesi.check.slip_patterns import mended, shifts, spoiled
from agnesi.check.slip_places import Place, flat, minus, name_of, places, put, size_of, windows
from agnesi.check.slip_wholes import TERMS, everywhere, lacking, pairs, plain_fraction, recombined
from agnesi.check.slip_words import changed, difference
from agnesi.check.slips import Slip, slips
from agnesi.check.slips_calculus import derived, differentiated
from agnesi.check.special import plain, special, worked_out
from agnesi.expr.clock import now
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, operations_in, postorder, replace, symbol, symbols_of

BATCH = 12, 96  # candidates to begin with and at most; doubled while a batch takes less than BRIEF seconds
BRIEF = 0.03
MOST = 3
JUDGED, TWICE = 16, 3  # candidates that fail when judged, of all slips and of one
FEW, FAR = 4, 0.4  # places and cost by which another explanation may be longer and dearer than the first
DEAR = 1.05  # the cost of an explanation from which a special case is looked for
RULES = 0.75  # the most that a rule costs that does not exist, such as (a + b)² = a² + b²
_NUMBERS = {
    Fraction(-1): "sign", Fraction(2): "factor 2 lost", Fraction(1, 2): "factor 2 too much",
}
SMALL = frozenset((  # what a repair may be that changes little
    "sign", "factor 2 lost", "factor 2 too much", "exponent", "square lost", "square too much", "transpose lost",
    "transpose too much", "factors swapped", "inverse lost", "inverse too much", "term too much", "coefficient",
    "factor too much", "denominator too much", "root lost", "root too much", "complement lost",
))
SMALLEST = 1.25  # the most that it costs
SHORT = 16  # places of a number that may be lost in a term
LONG = 300  # places in a line past which nobody finds a slip by trying
EQUAL = ("eq", "equiv", "define", "=", "≡", ":=", "approx")


def diagnose(
    relation: str, above: Expr, line: Expr, probe: Probe | None = None, *, context: Sequence[Expr] = (),
    budget: float = 0.4, either: bool = False, ordered: bool = True, given: Sequence[Expr] = (),
    few: Sequence[str] = (),
) -> tuple[Diagnosis, ...]:
    """Return what was probably done where "above relation line" is wrong, simplest first; () where nothing is found.

    `context` are other lines and definitions, in which a lost part may stand. `budget` is in seconds. With `either`
    the error may be in the left side too: of an equation that both sides of are new. Without `ordered` no inequality
    is thought of where an equation was written. `given` are equations that hold, such as S = LLᵀ.
    With `few` only the slips of these names are tried, one place at a time, for sides that take long.
    """
    if size_of(above, LONG + 1) > LONG or size_of(line, LONG + 1) > LONG:
        return ()
    probe = probe or probe_for([above, line])
    if probe is None:
        return ()
    if relation not in EQUAL:
        return _of_order(relation, above, line, probe, context, budget)
    search = _Search(above, line, probe, context, budget, ordered=ordered, given=given)
    if few:
        return search.found_among([slips[name] for name in few])
    found = search.found()
    if either and all(d.repaired in (above, line) for d in found):
        found = (*_Search(line, above, probe, context, budget, turned=True, ordered=False).found(), *found)[:MOST]
    return found


ALGEBRA = frozenset(("add", "neg", "mul", "div", "pow", "hadamard", "inner", "transpose"))


def _of_order(
    relation: str, above: Expr, line: Expr, probe: Probe, context: Sequence[Expr], budget: float
) -> tuple[Diagnosis, ...]:
    """Return what was probably done in a wrong inequality: its direction, a rule that does not exist, the bound."""
    found = other_relation(relation, above, line, probe)
    if found or relation not in ORDERS:
        return found
    end = now() + budget
    found = _Search(above, line, probe, context, budget / 2, ordered=False).found()
    known = operations_in(above) | operations_in(line)
    found = tuple(
        d for d in found
        if d.cost <= RULES and d.repaired.shape == line.shape and d.repaired is not above
        and operations_in(d.repaired) <= known | ALGEBRA
    )
    return found or other_bound(relation, above, line, probe, context, end - now())


def _squared_root(whole: Expr) -> bool:
    """Tell whether a root is squared in an expression, which nobody writes."""
    powers = (n for n in postorder(whole) if name_of(n) == "pow")
    return any(name_of(n.args[0]) == "sqrt" and isinstance(n.args[1], Const) and n.args[1].value == 2 for n in powers)


class _Search:
    """One search: the two sides with their fingerprints, the pool of lost parts, and the time when it ends."""

    def __init__(
        self, above: Expr, line: Expr, probe: Probe, context: Sequence[Expr], budget: float, turned: bool = False,
        ordered: bool = True, given: Sequence[Expr] = (),
    ) -> None:
        self.above, self.line, self.probe, self.turned, self.ordered = above, line, probe, turned, ordered
        self.opened, self.forms = forms(above, line, given)
        self.given = tuple(given)
        self.near = (self.opened, *put_in(above, given))
        self.shifts = shifts(frozenset(name_of(n) for n in postorder(*self.forms, line)))
        self.told = tuple(dict.fromkeys(n for c in (line, *context) for n in postorder(c)))
        self.around = frozenset(postorder(*self.forms, *context))
        self.pool = pool_of((*self.forms, line, *context))
        held = probe.values([above, line])
        self.of_above, self.of_line = held[0], held[1]
        self.sign = probe.upto or "=" if isinstance(probe, PointProbe) else "="
        self.budget, self.end = budget, now() + budget
        self.seen: dict[tuple[Expr, bool], float] = {}
        self.mends = Mends(self.pool, not any(looks_around(n) for n in postorder(line)))
        self.batch = BATCH[0]
        self.most = BATCH[1] if plain((above, line)) else 2 * BATCH[0]
        self.hits: list[Candidate] = []

    def found(self) -> tuple[Diagnosis, ...]:
        """Run the searches in turn and return what they found, simplest first."""
        if self.of_line is not None:
            self._try(self._named(), self.of_line, last=0.25)
            self._try(self._derived(), self.of_line, last=0.45)
        if self.of_above is not None:
            self._try(self._termwise(), self.of_above, last=0.5)
            self._try(self._mended(), self.of_above, last=0.8)
            self._try(self._scaled(), self.of_above, last=0.85)
        if self.of_line is not None:
            self._try(self._spoiled(), self.of_line, last=0.95)
        confirmed = self._confirmed()
        if isinstance(self.line, Const):  # a number that stands alone was worked out
            confirmed = [c for c in confirmed if c.cost <= SMALLEST and not _from_nothing(c.whole)]
        if not confirmed and self.of_above is not None and not isinstance(self.line, Const):
            self._try(self._twice(), self.of_above, last=1.0)
            confirmed = self._confirmed()
        if not confirmed and self._may_be_ordered():
            return other_relation("eq", self.above, self.line, self.probe)
        repair = self._repair(confirmed[0]) if confirmed else None
        if isinstance(self.line, Const) and confirmed and (repair or confirmed[0].slip.name == "coefficient"):
            plainly = worked_out(self.above, self.line, self.of_above, self.probe, bool(self.given))
            if plainly:
                return plainly
        told = [self._told(c, repair) for c in self._apt(confirmed)]
        if (not confirmed or confirmed[0].cost > DEAR) and self.budget > 0:
            told[:0] = special(self.above, self.line, self.forms, self.probe) if self.sign == "=" else ()
        return tuple(told[:MOST]) or worked_out(self.above, self.line, self.of_above, self.probe, bool(self.given))

    def found_among(self, few: Sequence[Slip]) -> tuple[Diagnosis, ...]:
        """Try few slips, one place at a time."""
        self.batch = self.most = 1
        if self.of_above is not None:
            self._try(self._mended(few), self.of_above, last=1.0)
        return tuple(self._told(c) for c in self._confirmed()[:1])

    def _repair(self, first: Candidate) -> Candidate | None:
        """Return the repair that changes least, where the explanation came with the line above in another form."""
        if first.trial is first.whole or self.of_above is None:
            return None
        few = [s for s in by_cost() if s.name in SMALL]
        self._try(self._mended(few), self.of_above, last=0.95, most=SMALLEST)
        found = sorted((h for h in self.hits if h.trial is h.whole and h.whole is not self.above), key=lambda h: h.cost)
        near = [h for h in found if h.cost <= SMALLEST and size_of(h.whole) <= size_of(self.line) + FEW]
        near = [h for h in near if not _squared_root(h.whole)]
        return next((h for h in near[:FEW] if self._holds(h)), None)

    def _apt(self, confirmed: Sequence[Candidate]) -> list[Candidate]:
        """Return the candidates without those that say the same again, or much more than the first."""
        out: list[Candidate] = []
        for one in confirmed:
            again = any(one.slip is o.slip for o in out)
            idle = bool(out) and one.whole in self.forms and one.trial is not one.whole
            longer = bool(out) and size_of(one.whole) > max(size_of(out[0].whole), size_of(self.line)) + FEW
            if not (again or idle or longer or (out and one.cost > out[0].cost + FAR)):
                out.append(one)
        return out

    # candidates, the cheap ones first

    def _mended(self, few: Sequence[Slip] = ()) -> Iterator[Candidate | Trial]:
        """Mend one place of the line: by the patterns, then by every edit, then everywhere at once."""
        here = places(self.line)
        for place in here if not few else ():
            for part in (place, *windows(place)):
                for slip, right, sure in mended(part.node, self.around, self.shifts):
                    yield Trial(slip, part, right, self._put, slip.cost + (0.05 if sure else 0.6))
        for slip in few or by_cost():
            for place in here if slip.mend else ():
                for right in self.mends(slip, place):
                    yield Trial(slip, place, right, self._put, slip.cost)
            for wrong, right, new in everywhere(self.line, here, partial(self.mends, slip)) if slip.mend else ():
                yield Candidate(slip, slip.cost + 0.35, new, wrong, right, new)
        for place in _repeated(here) if not few else ():
            for slip in (s for s in by_cost() if s.mend and s.cost <= 1.1):
                for right in edits(slip, Place(place.node, (), place.node), self.pool):
                    if right.shape == place.node.shape:
                        whole = replace(self.line, {place.node: right})
                        yield Candidate(slip, slip.cost + 0.3, whole, place.node, right, whole)

    def _ratios(self) -> Iterator[tuple[Place, Fraction]]:
        """Yield the line and its terms, each with the number by which it must be multiplied to fit."""
        terms = self.line.args if name_of(self.line) == "add" else (self.line,)
        if self.of_above is None or self.of_line is None or not self.of_above.fits(self.of_line) or self.sign != "=":
            return
        if isinstance(self.line, Const):  # a number that stands alone was worked out
            return
        gap = self.of_above.numbers - self.of_line.numbers
        here = places(self.line)[: len(terms) + 1]
        for place, numbers in zip(here, self.probe.values([p.node for p in here]), strict=True):
            ratio = numbers.ratio(gap) if numbers is not None and numbers.fits(self.of_line) else None
            if ratio is not None:
                yield place, 1 + ratio

    def _termwise(self) -> Iterator[Candidate | Trial]:
        """Turn the sign of a term, or double, halve or drop it, where its numbers say so."""
        for place, number in self._ratios():
            slip = slips[_NUMBERS[number]] if number in _NUMBERS else None
            if slip is not None and slip.mend is not None:
                right = scaled(place.node, number) if number > 0 else minus(place.node)
                yield Trial(slip, place, right, self._put, slip.cost)
            elif number == 0 and place.path:
                rest = tuple(t for k, t in enumerate(self.line.args) if k != place.path[-1])
                whole = flat("add", rest)
                yield Candidate(slips["term too much"], slips["term too much"].cost, whole, self.line, whole, whole)

    def _scaled(self) -> Iterator[Candidate | Trial]:
        """Give the line, or one of its terms, the number in front with which it fits."""
        if self.of_above is None or self.of_line is None or not self.of_above.fits(self.of_line) or self.sign != "=":
            return
        for place, number in self._ratios():
            if number not in (0, -1) and plain_fraction(float(number)):
                yield Trial(slips["coefficient"], place, scaled(place.node, number), self._put, 1.6)
        for slip, whole in self._fitted(self.of_above, self.of_line):
            if whole.shape == self.line.shape:
                yield Candidate(slip, 1.7 + length(self.line, whole), whole, self.line, whole, whole)

    def _fitted(self, above: Fingerprint, held: Fingerprint) -> Iterator[tuple[Slip, Expr]]:
        """Give the line what it lacks by its numbers: a term, a factor, the numbers in front of its terms."""
        parts = (*self.pool.terms, *self.pool.arrays, *self.pool.scalars, *self.pool.sizes)
        for name, whole in lacking(self.line, above, held, parts, self.probe.values):
            yield slips[name], whole
        around = [n for n in self.told if not n.shape and size_of(n) <= SHORT and n not in self.forms]
        for whole in pairs(self.line, above, held, (*self.pool.scalars, *around), self.probe.values):
            yield slips["term lost"], whole
        if isinstance(self.probe, Several) and name_of(self.line) == "add" and len(self.line.args) <= TERMS:
            numbers = self.probe.several([self.above, *self.line.args])
            yield from ((slips["coefficients"], w) for w in recombined(self.line, numbers[0], numbers[1:]))

    def _put(self, trial: Trial) -> Candidate | None:
        """Write a line with one part mended."""
        slip, place, right = trial[:3]
        whole = put(place, right)
        if whole is None or whole is self.line:
            return None
        cost = trial.cost + 0.01 * len(place.path) + length(place.node, right)
        return Candidate(slip, cost, whole, place.node, right, whole)

    def _put_second(self, trial: Trial) -> Candidate | None:
        """Write a line with a second part mended."""
        slip, place, right = trial[:3]
        whole, first = put(place, right), trial.before
        if whole is None or whole is self.line or first is None:
            return None
        return Candidate(first.slip, first.cost + slip.cost, whole, self.line, whole, whole, slip)

    def _put_wrong(self, trial: Trial) -> Candidate | None:
        """Write what a slip makes of one part of the line above."""
        slip, place, wrong = trial[:3]
        whole, form = put(place, wrong), trial.form
        if whole is None or form is None:
            return None
        cost = slip.cost + 0.15 + self.far(form) + length(wrong, place.node)
        return Candidate(slip, cost, self.right_of(form), wrong, place.node, whole)

    def _named(self) -> Iterator[Candidate]:
        """Apply the patterns to one place of the line above, in each of its forms."""
        for form in self.forms:
            for place in places(form, 60):
                for part in (place, *windows(place)):
                    for slip, right, wrong in spoiled(part.node, self.shifts):
                        trial, whole = put(part, wrong), put(part, right)
                        if trial is not None and whole is not None:
                            longer = 0.004 * max(0, size_of(right) - size_of(wrong))
                            cost = slip.cost + longer + (0.1 if whole is self.above else self.far(form))
                            yield Candidate(slip, cost, whole, wrong, right, trial)

    def _spoiled(self) -> Iterator[Trial]:
        """Apply an edit to one place of the line above, in each of its forms."""
        found = [(form, places(form, 60)) for form in self.forms]
        for slip in by_cost():
            for form, here in found if slip.spoil else ():
                for place in here:
                    for wrong in edits(slip, place, self.pool, spoil=True):
                        yield Trial(slip, place, wrong, self._put_wrong, form=form)

    def far(self, form: Expr) -> float:
        """Return how far a form is from what was written: the one that is multiplied out is the farthest."""
        return 0.0 if form is self.above else 0.05 if form in self.near else 0.7

    def right_of(self, form: Expr) -> Expr:
        """Return a form of the line above that says something new: with its derivatives carried out."""
        return self.opened if form is self.above else form

    def _derived(self) -> Iterator[Candidate]:
        """Take the derivatives in the line above wrongly."""
        opened = self.right_of(self.above)
        for place in places(self.above):
            node = place.node
            if name_of(node) not in ("derivative", "d"):
                continue
            for slip in by_cost():
                for wrong in self._wrong(slip, node) if slip.derive else ():
                    trial = put(place, wrong)
                    if trial is not None:
                        yield Candidate(slip, slip.cost, opened, self.line, opened, trial)

    def _wrong(self, slip: Slip, node: Expr) -> Iterable[Expr]:
        """Return wrong derivatives for a derivative; for a differential, those along the variables that move."""
        assert slip.derive is not None
        if name_of(node) == "derivative":
            whole = [v for v in node.args[1:] if not isinstance(v, Symbol) and v.args]  # ∂L/∂(Wx): Wx as a letter
            letters: dict[Expr, Expr] = {v: symbol(f"\0whole {k}", v.shape) for k, v in enumerate(whole)}
            f, variables = replace(node.args[0], letters), tuple(letters.get(v, v) for v in node.args[1:])
            back = {letter: v for v, letter in letters.items()}
            if len(variables) > 1:  # of a second derivative, the last step is the one that goes wrong
                f, variables = derived(f, variables[:-1]), variables[-1:]
            made = chain.from_iterable(slip.derive(form, variables, derived) for form in in_arrays(f))
            return (replace(d, back) if back else d for d in made)
        moving = tuple(s for s in moving_symbols(node, self.line) if s in symbols_of(node))
        return slip.derive(node.args[0], moving, differentiated)

    def _twice(self) -> Iterator[Trial]:
        """Mend two places of the line, by the slips that are most frequent."""
        few = [s for s in by_cost() if s.mend and s.cost <= 1.0]
        firsts: list[tuple[int, Candidate]] = []
        made: set[Expr] = set()
        for rank, slip in enumerate(few):
            for place in places(self.line, 40):
                for right in self.mends(slip, place):
                    first = self._put(Trial(slip, place, right, self._put, slip.cost))
                    if first is not None and first.whole not in made:
                        firsts.append((rank, first))
                        made.add(first.whole)
        held: dict[Expr, dict[Slip, list[tuple[Place, tuple[Expr, ...]]]]] = {}
        for total in range(2, 2 * len(few)):
            for rank, first in firsts:
                if 0 <= total - rank < len(few):
                    if first.whole not in held:
                        held[first.whole] = self.mends.all(few, places(first.whole, 40))
                    slip = few[total - rank]
                    for place, rights in held[first.whole].get(slip, ()):
                        for right in rights:
                            yield Trial(slip, place, right, self._put_second, before=first)

    def _may_be_ordered(self) -> bool:
        """Tell whether an inequality may have been meant: between numbers that vary, none of them a derivative."""
        if not self.ordered:
            return False
        both = list(postorder(self.above, self.line))
        varies = not self.above.shape and bool(symbols_of(self.above, self.line))
        return varies and not any(name_of(n) in ("derivative", "d") for n in both)

    # numbers and judgement

    def _try(
        self, candidates: Iterator[Candidate | Trial], target: Fingerprint, last: float, most: float = 0.0
    ) -> None:
        """Keep the candidates whose numbers are those of the target, until the share `last` of the time is over.

        Slips that cost more than what was found, and more than `most`, are not tried.
        """
        end = self.end - (1 - last) * self.budget
        while now() < end:
            drawn = list(until(end, islice(candidates, self.batch)))
            if not drawn:
                return
            best = min((h.cost for h in self.hits), default=9.0)
            if min(c.weight for c in drawn) > max(best + 0.25, most):
                return
            begun = time.monotonic()
            self._weigh(drawn, target)
            brief = time.monotonic() - begun < BRIEF
            self.batch = min(2 * self.batch, self.most) if brief else max(self.batch // 2, BATCH[0] // 2)

    def _weigh(self, drawn: Sequence[Candidate | Trial], target: Fingerprint) -> None:
        """Keep those of the candidates whose numbers are those of the target; write the others only where they must."""
        made: list[Candidate | None] = [c for c in drawn if isinstance(c, Candidate)]
        trials = [c for c in drawn if isinstance(c, Trial)]
        placed = self.probe.placed([(t.place, t.new) for t in trials]) if isinstance(self.probe, Placing) else None
        for trial, value in zip(trials, placed or [UNTOLD] * len(trials), strict=True):
            if value is UNTOLD:
                made.append(trial.write(trial))
            elif target.meets(value):
                candidate = trial.write(trial)
                if candidate is not None and self._new(candidate):
                    self.hits.append(candidate)
        batch = [c for c in made if c is not None and self._new(c)]
        for candidate, numbers in zip(batch, self.probe.values([c.trial for c in batch]), strict=True):
            if numbers is not None and target.agrees(numbers):
                self.hits.append(candidate)

    def _new(self, candidate: Candidate) -> bool:
        """Tell whether this trial was not made before by a slip as simple."""
        key = (candidate.trial, candidate.trial is candidate.whole)
        if self.seen.get(key, 9.0) <= candidate.cost:
            return False
        self.seen[key] = candidate.cost
        return True

    def _confirmed(self) -> list[Candidate]:
        """Return the simplest candidates that hold at other points too, with different repaired lines."""
        good, tried = list[Candidate](), set[tuple[Expr, Expr]]()
        failed: Counter[Slip] = Counter()  # at one point much is equal by chance: log 2 and log K for K = 2
        for hit in sorted(self.hits, key=lambda c: c.cost):
            late = now() > self.end + self.budget
            if len(good) == MOST or failed.total() >= JUDGED or (late and (good or failed.total() > JUDGED // 3)):
                break
            if failed[hit.slip] >= TWICE or any(hit.whole is g.whole for g in good) or (hit.whole, hit.trial) in tried:
                continue
            tried.add((hit.whole, hit.trial))
            if self._holds(hit):
                good.append(hit)
            else:
                failed[hit.slip] += 1
        return good

    def _holds(self, hit: Candidate) -> bool:
        if hit.trial is hit.whole:
            return self.probe.equal(self.above, hit.whole)
        if hit.whole in self.forms:
            return self.probe.equal(hit.trial, self.line)
        return self.probe.equal(hit.trial, self.line) and self.probe.equal(self.above, hit.whole)

    def _named_for(self, slip: Slip) -> Slip:
        """Return what a lost factor is of a density: that of a change of variable."""
        lost = slip.name in ("denominator lost", "factor lost", "coefficient", "factor 2 lost", "factor 2 too much")
        head = self.above
        dense = isinstance(head, Apply) and head.op.name == "probability" and str(head.attrs[0])[:2] in ("f_", "p_")
        return slips["Jacobian lost"] if lost and dense else slip

    def _told(self, hit: Candidate, repair: Candidate | None = None) -> Diagnosis:
        slip, more, cost = self._named_for(hit.slip), hit.second, hit.cost
        if repair is not None and hit.trial is not hit.whole:
            hit, more = repair, repair.slip
        wrong, right = difference(self.line, hit.whole)
        if hit.whole is self.above and hit.trial is not hit.whole:
            wrong, right = hit.wrong, hit.right
            words = f"{right} is not {wrong}."
        else:
            first, last = (hit.whole, self.above) if self.turned else (self.above, hit.whole)
            repaired = f"{first} {self.sign} {last}"
            how = changed(wrong, right)
            long = wrong is self.line and size_of(wrong) > 3 and "in place of" in how
            words = f"It would be right as {repaired}." if long else f"It would be right {how}: {repaired}."
            if hit.whole is self.above:  # the line above itself is no news
                words = f"It would be right {how}."
        also = f"{', and' if hit is not repair else ':'} {more.words}" if more is not None and more is not slip else ""
        said = f"{words} Probably {slip.words}{also}."
        return Diagnosis(slip.name, said, hit.whole, (wrong, right), slip.explanation, slip.source, cost)


def _from_nothing(node: Expr) -> bool:
    """Tell whether a node is a sum with 0: 0 + 3 explains no 3."""
    return name_of(node) == "add" and any(isinstance(n, Const) and n.value == 0 for n in node.args)


def _repeated(here: Sequence[Place]) -> list[Place]:
    """Return one place of each short part that occurs several times."""
    counts = Counter(p.node for p in here)
    first = {p.node: p for p in reversed(here)}
    return [first[n] for n, count in counts.items() if count > 1 and n.args[1:] == () and not isinstance(n, Const)]
