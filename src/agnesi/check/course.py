"""The course of a derivation: its chains, its equations, and small questions about relations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replaced

import numpy as np

from agnesi.check.constrained import points_on
from agnesi.check.coordinates import systems, with_slopes
from agnesi.check.judge import judge, relation
from agnesi.check.settings import Setting
from agnesi.check.sides import sizes_in
from agnesi.check.upto import CONSTANTS
from agnesi.check.worlds import has_chance
from agnesi.errors import AgnesiError
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, apply, postorder, replace, symbols_of
from agnesi.read.lines import Group, Line

EQUAL = ("eq", "equiv", "define")
ONE_WAY = frozenset(("le", "lt", "ge", "gt", "ne", "succeq", "succ", "preceq", "prec"))  # no side stands for the other


@dataclass(frozen=True)
class Entry:
    """A line as it was read, its number, and its link to what stands before: "so", "zero", "suppose", "where", ..."""

    line: Line
    number: int
    link: str = ""
    said: str = ""  # the words before it
    sentence: int = 0  # how many sentences ended before it


@dataclass
class Chain:
    """Sides that are said to be equal one after the other.

    `wrong` is the line of the first error in it; `given` says that a link was taken as given, so that the head and the
    last side need not be equal as expressions.
    """

    head: Expr
    last: Expr
    line: int
    op: str = "eq"
    wrong: int | None = None
    given: bool = False


@dataclass(frozen=True)
class Equation:
    """An equation that holds for some values: as it should be (`start`) and as it was written (`above`), with its line.

    A `derived` one follows from those before it; `wrong` is the line of the error that it has or carries. What is
    `kept` is true at the start whatever went wrong later.
    """

    start: Expr
    above: Expr
    line: int
    derived: bool = False
    wrong: int | None = None
    kept: bool = False
    local: bool = False  # a place such as x = 2, for its line only


@dataclass
class Course:
    """The state of a derivation as its lines go by."""

    setting: Setting
    chain: Chain | None = None
    chains: dict[Expr, Chain] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)  # letters of the lines before
    declared: set[str] = field(default_factory=set)  # letters whose shapes are declared
    line: int = 0  # the number of the line before
    current: int = 0  # the number of this line
    told_on: int = 0  # the line of the last condition
    told_at: int = -1  # where it stands
    judged: int = 0  # how many lines have a verdict
    placed: int = -1  # how many had one where a place was said last
    function: tuple[Expr, tuple[Symbol, ...]] | None = None  # the function that was defined or differentiated last
    marked: dict[Expr, Expr] = field(default_factory=dict)  # ŵ as w, in which a derivative was set to zero
    functions: int = 0  # how many scalar functions were defined
    unsure: set[str] = field(default_factory=set)  # letters that a line which was not read seems to explain

    def begin(self, chain: Chain, lasting: bool = True) -> None:
        """Make this chain the current one; a line that begins with its head again goes on from it, if it is lasting."""
        self.chain = chain
        if lasting and not isinstance(chain.head, Symbol):  # a letter may be given several values: λ = 1 or λ = 2
            self.chains[chain.head] = chain

    def resume(self, side: Expr) -> None:
        """Make the chain that ends in this side the current one again, where definitions came between."""
        if self.chain is not None and self.chain.last is not side and not isinstance(side, Symbol):
            self.chain = next((c for c in reversed(list(self.chains.values())) if c.last is side), self.chain)

    def given(self, values: bool = False) -> list[Expr]:
        """Return the conditions that hold from the start; with the `values` that letters were given last."""
        above = self.line if self.placed == self.judged else self.current  # for x = 1: and the next line goes on
        here = [e for e in self.equations if values or not e.local or e.line in (self.current, above)]
        able = [e.start for e in here if not e.derived and (e.wrong is None or e.kept)]
        able = [c for c in able if not (isinstance(c, Apply) and c.op.name == "approx")]
        return [c for c in able if not {s.name for s in symbols_of(c)} & CONSTANTS]

    def forget(self, group: Group) -> None:
        """Drop the number that a letter or a size had before it gets another one: for x = 2 ..., for x = 3 ...."""
        if not is_place(group) and not gives_size(group):
            return
        names = letters(*group.sides) or size_names(*group.sides)
        held = [(e, letters(e.start) or size_names(e.start)) for e in self.equations]
        valued = [e for e, own in held if own & names and (e.local or len(own) == 1)]
        if valued:
            self.equations = [e for e in self.equations if e not in valued]
            anew = {h: replaced(c, last=h, wrong=None) for h, c in self.chains.items() if letters(h) & names}
            self.chains |= anew
            self.chain = anew.get(self.chain.head, self.chain) if self.chain is not None else None

    def case_anew(self, group: Group, least: int = 2) -> bool:
        """Tell whether letters that had a number are given another one, a = b = 2 after a = b = 1: the old is dropped.

        Only what gave these letters numbers, and nothing else, counts as the old; fewer letters than `least` do not.
        """
        *names, last = group.sides
        held = letters(*names)
        plain = len(names) >= least and all(isinstance(s, Symbol) for s in names) and set(group.ops) == {"eq"}
        if not plain or not held or letters(last):
            return False
        old = [e for e in self.equations if letters(e.start) and letters(e.start) <= held and _plainly(e.start)]
        if not any(len(letters(e.start)) == 1 and not e.derived for e in old):
            return False
        self.equations = [e for e in self.equations if e not in old]
        return True

    def told(self) -> Iterator[Chain]:
        """Yield the chains whose last side is not simply equal to their head: an error or a given link lies between."""
        for chain in reversed(list(self.chains.values())):
            between = chain.wrong is not None or chain.given
            if chain.last is not chain.head and between and chain.op not in ONE_WAY:
                yield chain

    def restated(self, group: Group) -> Chain | None:
        """Return the chain of what a line begins with, if its last side may stand for it: not f ≤ b for f ≥ c."""
        chain = self.chains.get(group.sides[0])
        apart = chain is not None and chain.op in ONE_WAY and group.ops[0] != chain.op
        return None if apart else chain


def letters(*exprs: Expr) -> set[str]:
    """Return the names of the free symbols; "const" is none."""
    return {s.name for s in symbols_of(*exprs)} - CONSTANTS


def unknowns(*exprs: Expr) -> int:
    """Return the number of letters; a vector of which only entries with numbers occur counts as so many letters."""
    nodes = list(postorder(*exprs))
    numbered = {n for n in nodes if isinstance(n, Apply) and n.op.name == "entry" and not letters(*n.args[1:])}
    whole = {a for n in nodes if n not in numbered for a in n.args}
    apart = [n for n in numbered if isinstance(n.args[0], Symbol) and n.args[0] not in whole]
    return len(letters(*exprs) - letters(*(n.args[0] for n in apart))) + len(apart)


def relations_of(group: Group) -> list[Expr]:
    """Return the relations of a group as conditions; none where sides cannot be compared."""
    out = []
    for op, a, b in zip(group.ops, group.sides, group.sides[1:], strict=False):
        try:
            out.append(relation(op, a, b))
        except AgnesiError:
            return []
    return out


def connected(group: Group, conditions: Sequence[Expr]) -> list[Expr]:
    """Return the conditions that share letters with a group, directly or through others."""
    chance = has_chance(*group.sides)
    known, left, out = letters(*group.sides), [c for c in conditions if chance or not has_chance(c)], list[Expr]()
    while left:
        near = [c for c in left if letters(c) & known]
        if not near:
            break
        out += near
        left = [c for c in left if c not in near]
        known |= letters(*near)
    sizes = size_names(*group.sides, *out) | ends_of(*group.sides)
    out += [c for c in left if not letters(c) and size_names(c) & sizes]
    return [c for c in conditions if c in out]


def size_names(*exprs: Expr) -> set[str]:
    """Return the names of the sizes of the symbols, and of those that stand as numbers."""
    numbers = (n for n in postorder(*exprs) if isinstance(n, Apply) and n.op.name == "size")
    dims = [*(d for s in symbols_of(*exprs) for d in s.shape), *(Dim.of(n.attrs[0]) for n in numbers)]
    return {name for d in dims for name in d.names}


def ends_of(*exprs: Expr) -> set[str]:
    """Return the names of the sizes to which sums and products run, and of identities and vectors of ones."""
    over = {v.dim for n in postorder(*exprs) if isinstance(n, Bind) for v in n.variables if isinstance(v, Index)}
    return {name for d in over for name in d.names} | {name for e in exprs for name in sizes_in(e)}


def bounds_sizes(group: Group) -> bool:
    """Tell whether a line is about sizes alone, and says how large they are: n > p, m ≥ n + 1, n ≥ 2."""
    if set(group.ops) & {*EQUAL, "ne", "propto", "approx"}:
        return False
    held = symbols_of(*group.sides)
    if held and all("integer" in s.facts for s in held) and all(is_plain(s) for s in group.sides):
        return True  # 0 < k < n of whole numbers
    if letters(*group.sides) or not size_names(*group.sides):
        return False
    able = ("size", "add", "neg")
    return all(not isinstance(n, Apply) or n.op.name in able for n in postorder(*group.sides))


def bare_letters(group: Group) -> set[str]:
    """Return the letters that stand alone on one side and not on another."""
    out = set()
    for k, one in enumerate(group.sides):
        others = [s for j, s in enumerate(group.sides) if j != k]
        if isinstance(one, Symbol) and one.name not in letters(*others):
            out.add(one.name)
    return out


def is_derivative(expr: Expr) -> bool:
    """Tell whether an expression is a derivative or a differential as such."""
    return isinstance(expr, Apply) and expr.op.family == "derivative"


def is_slope(expr: Expr) -> bool:
    """Tell whether an expression is a derivative in a variable, or all of those in its entries: ∂Q/∂λ_k."""
    inner = expr.body if isinstance(expr, Bind) else expr
    inner = inner.args[0] if isinstance(inner, Apply) and inner.op.name == "entry" else inner
    return isinstance(inner, Apply) and inner.op.name == "derivative"


def is_first(slope: Expr) -> bool:
    """Tell whether a slope is a first derivative: ∂²f/∂x² is not set to zero where an optimum is sought."""
    inner = slope.body if isinstance(slope, Bind) else slope
    inner = inner.args[0] if isinstance(inner, Apply) and inner.op.name == "entry" else inner
    return isinstance(inner, Apply) and len(inner.args) == 2 and not is_slope(inner.args[0])


def may_come_of(group: Group, slope: Expr, found: Expr) -> bool:
    """Tell whether an equation may say where a slope, which was found to be so, is zero.

    It holds the variable (or one named after it, μ_ML), unless what was found does not either: 1 − ∑ p_i of ∂L/∂λ.
    """
    inner = slope.body if isinstance(slope, Bind) else slope
    inner = inner.args[0] if isinstance(inner, Apply) and inner.op.name == "entry" else inner
    names = letters(*inner.args[1:]) if isinstance(inner, Apply) else set()
    named = {name.partition("_")[0] for name in letters(*group.sides)}
    return bool(names & (letters(*group.sides) | named)) or not names & letters(found)


def is_place(group: Group) -> bool:
    """Tell whether a line gives a letter a number: x = 2; f′(x) = x does not."""
    bare = [s for s in group.sides if isinstance(s, Symbol)]
    if any(is_derivative(s) for s in group.sides):
        return False
    return len(group.sides) == 2 and len(bare) == 1 and group.ops[0] in EQUAL and len(letters(*group.sides)) == 1


def _plainly(relation: Expr) -> bool:
    """Tell whether a relation is one of letters and numbers: a = b, b = 1."""
    return isinstance(relation, Apply) and relation.op.name == "eq" and not any(a.args for a in relation.args)


def gives_size(group: Group) -> bool:
    """Tell whether a line gives sizes a number: n = 1, m = n = 2."""
    sized = [s for s in group.sides if isinstance(s, Apply) and s.op.name == "size"]
    rest = [s for s in group.sides if s not in sized]
    return bool(sized) and len(rest) == 1 and isinstance(rest[0], Const) and set(group.ops) <= set(EQUAL)


def is_plain(expr: Expr) -> bool:
    """Tell whether a side is a letter, its absolute value, or a number: what a condition such as |r| < 1 is made of."""
    inner = expr.args[0] if isinstance(expr, Apply) and expr.op.name in ("abs", "neg", "norm", "det") else expr
    return isinstance(inner, Symbol) or not letters(expr)


def is_zero(expr: Expr) -> bool:
    """Tell whether this is the number 0."""
    return isinstance(expr, Const) and expr.value == 0


def zero_last(group: Group) -> Group:
    """Return 0 = dL/dw = −∑ x_i (y_i − w x_i) with its 0 at the end."""
    sides = group.sides
    if len(sides) > 2 and is_zero(sides[0]) and is_derivative(sides[1]) and not set(group.ops) - set(EQUAL):
        return Group((*sides[1:], sides[0]), (*group.ops[1:], group.ops[0]))
    return group


def joined_op(ops: Sequence[str]) -> str | None:
    """Return the relation between the ends of a chain, or None where nothing follows."""
    kinds = {"eq" if op in EQUAL else op for op in ops}
    kinds.discard("eq")
    if not kinds:
        return "eq"
    if kinds <= {"le", "lt"}:
        return "lt" if "lt" in kinds else "le"
    if kinds <= {"ge", "gt"}:
        return "gt" if "gt" in kinds else "ge"
    return "propto" if kinds == {"propto"} else None


def satisfiable(group: Group, course: Course) -> bool:
    """Tell whether a point was found where the relations of a group hold, with what is given."""
    conditions = relations_of(group)
    if conditions and has_chance(*conditions):
        known = course.setting.chance
        told = known.laws or known.numbers or known.moments or known.formulas or letters(*group.sides) <= course.seen
        told = told or _several_given(conditions)
        return not told
    if not conditions:
        return False
    conditions += [c for c in connected(group, course.given()) if not has_chance(c)]
    try:
        rng = np.random.default_rng(5)
        return bool(list(points_on(conditions, list(group.sides), rng, 1)))
    except AgnesiError:
        return False


def _several_given(sides: Sequence[Expr]) -> bool:
    """Tell whether an equation has several probabilities, some under conditions: P(A|B) + P(A|C) = 1 is a claim."""
    nodes = [n for n in postorder(*sides) if isinstance(n, Apply) and n.op.name == "probability"]
    return len(nodes) > 1 and any(len(n.args) > n.attrs[1] for n in nodes)


def with_variable(group: Group, head: Expr, course: Course) -> Group:
    """Return the group with w* or ŵ as the variable w in which the derivative was taken; the course keeps that."""
    if not isinstance(head, Apply) or not is_derivative(head):
        return group
    variables = {v.name: v for v in head.args[1:] if isinstance(v, Symbol)}
    held = letters(head)
    names: dict[Expr, Expr] = {}
    for s in symbols_of(*group.sides):
        letter = s.name.split("_")[0]
        if s.name not in held and letter in variables and s.shape == variables[letter].shape:
            names[s] = variables[letter]
    course.marked |= names
    return Group(tuple(replace(s, names) for s in group.sides), group.ops) if names else group


def with_marked(group: Group, course: Course) -> Group:
    """Return a group with ŵ as w where a derivative in w was set to zero at ŵ."""
    if not course.marked or has_chance(*group.sides):
        return group
    held = letters(*group.sides)
    told = {s: v for s, v in course.marked.items() if isinstance(v, Symbol) and v.name not in held}
    return Group(tuple(replace(s, told) for s in group.sides), group.ops) if told else group


def solves(group: Group, conditions: Sequence[Expr], setting: Setting) -> bool:
    """Tell whether a line such as λ = 2 gives a solution: with it the conditions hold for all values of the rest."""
    one = next((s for s in group.sides if isinstance(s, Symbol) and s.name in bare_letters(group)), None)
    if one is None or not conditions or set(group.ops) - set(EQUAL):
        return False
    value = next(s for s in reversed(group.sides) if s is not one)
    told = [c for c in conditions if one in symbols_of(c)]
    try:
        held = [replace(c, {one: value}) for c in told]
        return bool(held) and all(
            isinstance(c, Apply) and bool(judge(c.op.name, c.args[0], c.args[1], setting, deep=False)) for c in held
        )
    except AgnesiError:
        return False


_EXPLAINS = re.compile(r"^\W*([^\W\d_][^\W_]{0,2}'?)(?:_\{?\w{1,3}\}?)?\s*(?:\([^=]*\))?\s*:?&?=")


def explained_in(text: str) -> set[str]:
    """Return the letter that a text which could not be read seems to define: L in L := −Σ_k ..."""
    found = _EXPLAINS.match(text.strip())
    return {found.group(1)} if found else set()


def with_implicit(group: Group, course: Course) -> Group:
    """Return a group with dy/dx as −F_x/F_y where an equation F(x, y) = 0 was given: y is a function of x then."""
    group = with_slopes(group, systems(_coordinates(course)))
    nodes = [n for n in postorder(*group.sides) if is_derivative(n) and len(n.args) == 2]
    told: dict[Expr, Expr] = {}
    for node in nodes:
        y, x = node.args
        if not (isinstance(y, Symbol) and isinstance(x, Symbol)) or y is x or y.shape or x.shape:
            continue
        for start in (e.start for e in course.equations if not e.local):
            of_numbers = isinstance(start, Apply) and start.op.name == "eq" and not any(a.shape for a in start.args)
            if of_numbers and {x, y} <= set(symbols_of(start)):
                f = start.args[0] - start.args[1]
                by_x, by_y = (apply("derivative", f, v, attrs=("partial",)) for v in (x, y))
                told[node] = apply("neg", apply("div", by_x, by_y))
                break
    return Group(tuple(replace(s, told) for s in group.sides), group.ops) if told else group


def _coordinates(course: Course) -> Iterator[tuple[Expr, Expr]]:
    """Yield u and x + y of each equation u = x + y that was given."""
    for start in (e.start for e in course.equations if not e.local):
        if isinstance(start, Apply) and start.op.name == "eq" and isinstance(start.args[0], Symbol):
            yield start.args[0], start.args[1]


def restates(slope: Expr, group: Group) -> bool:
    """Tell whether a line gives the function itself in its variable, after its slope: F(x) = (ln x)²/2."""
    inner = slope.body if isinstance(slope, Bind) else slope
    if not isinstance(inner, Apply) or not is_derivative(inner) or inner.args[0] not in group.sides:
        return False
    rest = [s for s in group.sides if s is not inner.args[0]]
    return bool(letters(*rest) & letters(*inner.args[1:]))


def proportional_to_nothing_known(group: Group, course: Course) -> bool:
    """Tell whether a new letter is given up to a factor, which is a definition: posterior ∝ likelihood · prior."""
    left = group.sides[0]
    if not isinstance(left, Symbol) or group.ops != ("propto",):
        return False
    return left.name not in course.seen | course.declared | letters(*group.sides[1:])


def differentiated_ahead(later: Sequence[Entry], group: Group) -> bool:
    """Tell whether dy/dx comes after F(x, y) = 0: y is a function of x along that curve."""
    held = {s for s in symbols_of(*group.sides) if not s.shape}
    if len(held) < 2 or set(group.ops) - set(EQUAL) or any(is_derivative(n) for n in postorder(*group.sides)):
        return False
    roots = [side for e in later if e.line.error is None for g in e.line.groups for side in g.sides]
    slopes = [n for n in postorder(*roots) if isinstance(n, Apply) and is_derivative(n) and len(n.args) == 2]
    return any(set(n.args) <= held and n.args[0] is not n.args[1] for n in slopes)
