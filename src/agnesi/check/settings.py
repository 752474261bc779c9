"""What a claim is judged under, and the findings that are made of it: in the plain reading or in finite worlds."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from agnesi.check.information_gaussian import gaussian_information
from agnesi.check.information_given import by_information
from agnesi.check.integrands import with_logs_open
from agnesi.check.numbers import Given
from agnesi.check.proof import Proof
from agnesi.check.report import Counterexample, Finding
from agnesi.check.small import shown
from agnesi.check.worlds import Chance, World, has_chance, lowered, other_readings
from agnesi.check.worlds_habits import of_numbers
from agnesi.check.worlds_means import modelled
from agnesi.check.worlds_numbers import as_events, events_of
from agnesi.check.worlds_scan import constant_value, follows_from, is_op, letter_of
from agnesi.errors import AgnesiError
from agnesi.expr.clock import over
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, postorder, symbols_of
from agnesi.run.sample import Point

DIMENSIONS = frozenset(("d", "k", "D", "n", "p", "m"))  # the d of (2π)^(d/2), where no vector is said to have d
FEW = 3  # worlds of few values that are tried for a counterexample
WORLDS = 3


class Findings:
    """What was found of claims so far, by what it depends on: a text that is read in several ways keeps it."""

    def __init__(self) -> None:
        self._found: dict[Hashable, Finding] = {}
        self._chances: list[Chance] = []

    def of(self, key: Hashable, chance: Chance, find: Callable[[], Finding]) -> Finding:
        """Return the finding for a claim with what is known of chance: the one kept, or what `find` gives."""
        at = next((k for k, known in enumerate(self._chances) if known is chance or known == chance), None)
        if at is None:
            at = len(self._chances)
            self._chances.append(chance)
        held = self._found.get((key, at))
        if held is None:
            held = find()
            if not over():  # what is cut short says nothing where there is time
                self._found[key, at] = held
        return held


@dataclass(frozen=True)
class Setting:
    """What a claim is judged under.

    - `conditions` hold at the points (relations); `chance` is what is known of random variables.
    - `layout` is the worksheet's convention for derivatives: "column" (the gradient has the shape of its variable, a
      Jacobian the function's axes first) or "row".
    - `moving` are the variables that a statement up to a factor or a constant is about; `small` go to 0 in ≈.
    """

    conditions: tuple[Expr, ...] = ()
    chance: Chance = field(default_factory=Chance)
    layout: str = "column"
    moving: tuple[str, ...] = ()
    small: tuple[str, ...] = ()
    large: tuple[str, ...] = ()
    differentials: frozenset[str] = frozenset()
    instances: frozenset[str] = frozenset()  # constants of functions of which nothing is said: no proof is for all
    constrained: frozenset[str] = frozenset()  # those of functions that the text may restrict: they refute nothing
    sizes: tuple[tuple[str, int], ...] = ()
    layouts: frozenset[str] = frozenset()  # what the lines of the text show of their layout
    loose_sizes: bool = True  # sizes that are not declared may be equal
    sized: frozenset[str] = frozenset()  # the names whose sizes are declared
    found: Findings | None = field(default=None, compare=False)  # in this text so far
    doubtful: Mapping[tuple[int, int], str] = field(default_factory=dict)  # lines with a doubtful reading, by place

    def under(self, *more: Expr) -> Setting:
        """Return the setting with more conditions."""
        return replace(self, conditions=(*self.conditions, *more))

    def key(self) -> Hashable:
        """Return what findings under this setting depend on, save what is known of chance."""
        return (
            self.conditions, self.layout, self.moving, self.small, self.large, self.differentials,
            self.instances, self.sizes, self.layouts, self.loose_sizes, self.sized,
        )


PLAIN = Setting()


def sentence(error: Exception) -> str:
    """Return the text of an error in one line."""
    return str(error).split("\n")[0]


def given(setting: Setting, world: World | None, seed: int = 0) -> Given:
    """Return what the points must satisfy."""
    values = world.values if world else {}
    return Given(setting.conditions, values, dict(setting.sizes), seed, setting.differentials)


def in_worlds(left: Expr, right: Expr, setting: Setting, decide: Any, moving: str = "") -> Finding:
    """Decide in the plain reading, or in finite worlds where chance is involved.

    A claim about chance is wrong only where it is wrong in all readings of its words (a rate or a scale, nats or bits).
    """
    left, right = with_logs_open(left), with_logs_open(right)
    if not has_chance(left, right, *setting.conditions):
        return decide(left, right, setting, None)  # type: ignore[no-any-return]
    numbers = by_information((left, right), setting.chance) if setting.chance is not None else None
    if numbers is None and setting.chance is not None:
        numbers = gaussian_information((left, right), setting.chance)
    if numbers is not None:
        return decide(*numbers, setting, None)  # type: ignore[no-any-return]
    found = in_some_worlds(left, right, setting, decide, moving)
    apart = not has_chance(*of_numbers([left, right], setting.chance))  # divergences of vectors
    loose = untied(left, right, setting) if found.verdict == "refuted" and not apart else set()
    if loose:
        return Finding("not read", f"What ties {', '.join(sorted(loose))} to the random variables is not said.")
    if found.verdict == "refuted" and in_words(left) != in_words(right):
        return Finding("not read", f"What is said in words is not computed: {min(in_words(left) | in_words(right))}.")
    if found.verdict == "refuted":
        open_ = undetermined(left, right, setting.chance) or untold_moment(left, right, setting)
        open_ = open_ or modelled(left, right)
        if open_:
            return Finding("not read", f"What {open_} is, does not follow from what is given.")
        for sentence, other in other_readings(setting.chance, left, right):
            again = in_some_worlds(left, right, replace(setting, chance=other), decide, moving)
            if again:
                return replace(again, notes=(*again.notes, sentence))
    return found


def in_some_worlds(left: Expr, right: Expr, setting: Setting, decide: Any, moving: str) -> Finding:
    """Decide in several finite worlds: one refutation is enough."""
    found: Finding | None = None
    for seed in range(WORLDS):
        world = lowered([left, right, *setting.conditions], setting.chance, seed, moving)
        a, b, *conditions = world.roots
        one: Finding = decide(a, b, replace(setting, conditions=tuple(conditions)), world)
        one = told_by(one, world)
        if one.verdict == "refuted":
            small = _in_few_values(left, right, setting, decide, moving)
            return one if small is None else small
        if one.verdict == "not read":
            return one
        found = one if found is None else joined(found, one)
    assert found is not None
    return found


def _in_few_values(left: Expr, right: Expr, setting: Setting, decide: Any, moving: str) -> Finding | None:
    """Return the clearest refutation in a world in which each variable has two values, if there is one."""
    chance, found = replace(setting.chance, few=True), list[Finding]()
    for seed in range(FEW):
        try:
            world = lowered([left, right, *setting.conditions], chance, seed, moving)
            if sum(t.array.size for t in world.tables.values()) < 2:
                return None
            a, b, *conditions = world.roots
            one: Finding = told_by(decide(a, b, replace(setting, conditions=tuple(conditions)), world), world)
        except AgnesiError:
            break
        found += [one] if one.verdict == "refuted" and one.counterexample is not None else []
    return max(found, key=_gap, default=None)


def _gap(finding: Finding) -> float:
    """Return how far the sides of a counterexample are apart, relative to their size."""
    assert finding.counterexample is not None
    left, right = (np.asarray(v, float) for v in (finding.counterexample.left, finding.counterexample.right))
    if left.shape != right.shape or not left.size:
        return 0.0
    return float(np.max(np.abs(left - right))) / (float(np.max(np.abs(left)) + np.max(np.abs(right))) or 1.0)


def about(head: Expr) -> tuple[str, ...]:
    """Return the names of what a density is of: x in p(x | y)."""
    for node in postorder(head):
        if isinstance(node, Apply) and node.op.name == "probability":
            return tuple(s.name for s in symbols_of(*node.args[: node.attrs[1]]))
        if isinstance(node, Apply) and node.op.name == "density":
            return tuple(s.name for s in symbols_of(node.args[0]))
    return ()


def told_by(finding: Finding, world: World) -> Finding:
    """Return a finding whose counterexample is told in the words of the random variables."""
    counter = finding.counterexample
    if counter is None:
        return finding
    sides = shown(Point({}, {}), counter.left, counter.right).removeprefix("everywhere: ")
    said = (*world.told(counter.values, counter.sizes), sides)
    return replace(finding, counterexample=replace(counter, told=tuple(said)))


def joined(one: Finding, other: Finding) -> Finding:
    """Return the finding of two runs that agree."""
    weaker = one if one.verdict == "tested" else other
    notes = tuple(dict.fromkeys((*one.notes, *other.notes)))
    needed = tuple(dict.fromkeys((*one.assumptions, *other.assumptions)))
    return replace(
        weaker, points=one.points + other.points, worst=max(one.worst, other.worst), sizes=(*one.sizes, *other.sizes),
        notes=notes, assumptions=needed,
    )


def undetermined(left: Expr, right: Expr, known: Chance) -> str:
    """Return a probability of one side that nothing determines, where the other side is made of numbers and letters."""
    if has_chance(left) == has_chance(right):
        return ""
    side, other = (left, right) if has_chance(left) else (right, left)
    number = not symbols_of(other) and constant_value(other) not in (0, 1)
    number = number and not is_op(side, "probability")  # e(A) = −10 is given, as P(A) = 0.1 is
    if not known.numbers and not number:
        return ""
    for node in postorder(side):
        if is_op(node, "probability") and (made := events_of(as_events(node))) is not None and made:
            if not follows_from(known, as_events(node)):
                return str(node)
    return ""


def untold_moment(left: Expr, right: Expr, setting: Setting) -> str:
    """Return a moment that is said to be a number, E[X²] = 4.9, where one other moment is all that is known of X."""
    side, value = (left, right) if has_chance(left) else (right, left)
    if has_chance(value) or symbols_of(value) or not is_op(side, "expectation", "variance"):
        return ""
    known, names = setting.chance, {s.name for s in symbols_of(side)}
    told = {g.variable.name for g in known.laws} | known.copies | {name for name, _ in known.transforms}
    told |= {name for name, moments in known.moments.items() if None not in moments}
    if names & told or known.formulas or known.numbers or known.channel is not None or len(names) != 1:
        return ""
    about = [c for c in setting.conditions if names & {s.name for s in symbols_of(c)}]
    square = is_op(side, "expectation") and not isinstance(side.args[0], Symbol)  # a mean or a variance may be given
    return str(side) if len(about) == 1 or (square and not about) else ""


def untold_probability(left: Expr, right: Expr, setting: Setting) -> str:
    """Return a probability such as P(S = 7) where all that is known of S are moments."""
    side, value = (left, right) if has_chance(left) else (right, left)
    known = setting.chance
    if has_chance(value) or not is_op(side, "probability") or not known.moments:
        return ""
    lawful = {g.variable.name for g in known.laws} | {s.name for f in known.formulas for s in f.left}
    lawful |= {s.name for e in (*known.valued, *(p for p, _ in known.numbers)) for s in symbols_of(e)}
    events = [n for n in side.args if isinstance(n, Apply) and n.op.family == "relation"]
    names = {s.name for n in events for s in symbols_of(n)}
    told = names & known.moments.keys()
    return str(side) if told and not names & lawful and known.channel is None else ""


def in_words(side: Expr) -> set[str]:
    """Return the events of a side that are given in words."""
    return {s.name for s in symbols_of(side) if s.name[0] == "“"}


NUMBERS = frozenset("nNmpkdqBK")  # letters of how many entries, columns and samples there are
MOMENTS = frozenset(("μ", "mu", "θ", "σ", "ρ"))  # letters that are moments or parameters by habit


def untied(left: Expr, right: Expr, setting: Setting) -> set[str]:
    """Return the letters of a claim about chance that nothing ties to its random variables: σ in Var[X] = σ²."""
    nodes = [n for n in postorder(left, right) if isinstance(n, Apply | Bind) and has_chance(n)]
    inside = {s.name for n in nodes if n.op.family == "probability" for s in symbols_of(*n.args)}
    outside = {s.name for side in (left, right) if not has_chance(side) for s in symbols_of(side)} - inside
    known = setting.chance
    outside -= {s.name for _, value in known.numbers for s in symbols_of(value)}
    told = {g.variable.name for g in known.laws} | set(known.moments) | known.copies
    told |= {name.lower() for name, _ in known.transforms}
    told |= known.channel.names if known.channel is not None else set()
    sides = [{s.name for s in symbols_of(side)} for side in (left, right)]
    if not inside & told:
        outside |= (sides[0] ^ sides[1]) & inside & MOMENTS  # the μ of E[(x − μ)²] = Var[x]
    if outside and not (inside & told) and not known.formulas and not between_known(nodes, known):
        return outside
    given = known.parameters() | {s.name for s in symbols_of(*setting.conditions)} | set(setting.chance.random)
    if known.formulas or any(is_op(n, "probability", "density") for n in nodes):
        named = {s.name for s in symbols_of(left, right)} - inside - given
        sizes = named - {s.name for f in known.formulas for s in symbols_of(f.body)} if known.formulas else set()
        sizes = {n for n in sizes if n in DIMENSIONS} if any(s.shape for s in symbols_of(left, right)) else set()
        return sizes | {n for n in named if len(n) > 2 and n.isupper()}  # ELBO, where no line says what it is
    vectors = any(s.shape for s in symbols_of(left, right))
    return {n for n in outside - given if n.partition("_")[0] in MOMENTS or (vectors and n in NUMBERS)}


def between_known(nodes: Sequence[Apply | Bind], known: Chance) -> bool:
    """Tell whether a claim is about divergences and entropies of named distributions alone: KL(p ‖ q), p = N(m, S)."""
    held = [n for n in nodes if is_op(n, "kl", "cross_entropy", "entropy")]
    letters = {g.letter for g in known.laws}
    alone = held and all(is_op(n, "kl", "cross_entropy", "entropy", "probability", "distribution") for n in nodes)
    return bool(alone) and all(
        is_op(a, "distribution") or (is_op(a, "probability") and isinstance(a, Apply) and not a.args
                                     and letter_of(a.attrs[0]) in letters)
        for n in held for a in n.args
    )


def proved(
    proof: Proof, count: int, worst: float, sizes: Sequence[Mapping[str, int]], needed: tuple[str, ...]
) -> Finding:
    """Return the finding of a proof that the numbers agree with."""
    chain = tuple(proof.steps)
    assumed = tuple(dict.fromkeys((*needed, *proof.assumptions)))
    said = "; ".join(dict.fromkeys(step.name for step in chain))
    return Finding("proved", said, count, worst, tuple(sizes), chain, assumed)


def counter(at: Point, x: Any, y: Any) -> Counterexample:
    """Return a counterexample with its words."""
    return Counterexample(at.values, at.sizes, x, y, (shown(at, x, y),))
