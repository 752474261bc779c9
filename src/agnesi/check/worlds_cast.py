"""Which symbols of some expressions are random variables, events, and values of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agnesi.check.worlds_numbers import event_name, events_of
from agnesi.check.worlds_scan import BINDERS, MAIN, Chance, constant_value, has_chance, is_op, letter_of
from agnesi.errors import AgnesiError, NotNumeric
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Expr, Index, Symbol, postorder, symbol, symbols_of

MAX_NODES = 200
_LETTERS = ("XYZUVWTSN", "xyzuvwtsεξ")


@dataclass
class Cast:
    """The random variables of some roots: by name, with the letters that have a distribution over them."""

    variables: dict[str, Symbol] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)  # x -> X: names that stand for values of variables
    letters: dict[str, tuple[dict[str, None], dict[str, None]]] = field(default_factory=dict)  # left names, given names
    labels: dict[str, str] = field(default_factory=dict)  # θ in p_θ(x)
    whole: set[str] = field(default_factory=set)  # letters that stand for a distribution: KL(p ‖ q)
    states: dict[str, Dim] = field(default_factory=dict)  # variables whose values are 1 ... K: z in p(z = k)
    told: dict[str, set[float]] = field(default_factory=dict)  # numbers that are values of a variable: P(X = 1)
    partitions: dict[str, Symbol] = field(default_factory=dict)  # B in P(A | B_i)

    def add(self, one: Symbol) -> None:
        """Note a random variable."""
        self.variables.setdefault(one.name, one)

    def label(self, letter: str) -> None:
        """Note the parameter of p_θ; raises `NotNumeric` where one letter has two, which are two distributions."""
        base, _, label = letter.partition("_")
        if label and not label.isascii() and self.labels.setdefault(base, label) != label:
            raise NotNumeric(f"{base}_{self.labels[base]} and {letter} are two distributions of one letter.")

    def side(self, letter: str, names: Iterable[str], given: bool) -> None:
        """Note that a letter has a distribution over names, or given names."""
        sides = self.letters.setdefault(letter_of(letter), ({}, {}))
        sides[given].update(dict.fromkeys(names))


def cast_of(roots: Sequence[Expr], known: Chance) -> Cast:
    """Return the random variables of roots."""
    out = Cast()
    for given in known.laws:
        out.add(given.variable)
        out.side(given.letter, [given.variable.name], False)
    linked = linked_numbers(roots, known)
    nodes = [n for n in postorder(*roots, *(p for p, _ in linked))]
    if sum(isinstance(n, (Apply, Bind)) and n.op.family == "probability" for n in nodes) > MAX_NODES:
        raise NotNumeric("There is too much said of chance in one claim.", repair="Name its parts with definitions.")
    for node in nodes:
        _note(node, out)
    for one in symbols_of(*roots):
        if one.name in known.random or one.name in known.moments or one.name in known.copies:
            out.add(one)
        if any(one.name in (name, by.name) for name, by, *_ in known.conditional):
            out.add(one)
        if any(one.name in a | b | c for a, b, c in known.independent):
            out.add(one)
        if any(one.name in group for group in known.exhaustive):
            out.add(one)
    for letter, left, below in known.over:  # E_q[...] where the text has q(z)
        held = {s.name: s for s in symbols_of(*roots)}
        if letter in out.whole and letter not in out.letters and {*left, *below} <= held.keys():
            out.side(letter, left, False)
            out.side(letter, below, True)
            for name in (*left, *below):
                out.add(held[name])
    moments = [n for n in nodes if is_op(n, "expectation", "variance", "covariance")]
    for node in moments:
        _bare(node, out)
    for node in moments:
        _by_habit(node, out)
    _partitions(nodes, out)
    _events(nodes, out, known)
    _partners(out)
    for name in known.positive & out.variables.keys() - out.events:
        one = out.variables[name]
        out.variables[name] = symbol(name, one.shape, one.facts | {"positive"})
    return out


def linked_numbers(roots: Sequence[Expr], known: Chance) -> list[tuple[Expr, Expr]]:
    """Return the given probabilities that bear on the roots: those of their events, and of events beside these."""
    held = {s.name for s in symbols_of(*roots)}
    out: list[tuple[Expr, Expr]] = []
    left = list(known.numbers)
    while True:
        near = [one for one in left if (events_of(one[0]) or frozenset()) & held]
        if not near:
            return out
        out += near
        left = [one for one in left if one not in near]
        held |= {n for p, _ in near for n in events_of(p) or ()}


def linked_values(roots: Sequence[Expr], known: Chance) -> tuple[Expr, ...]:
    """Return the given probabilities of values that bear on the roots: those of their variables, and of more beside."""
    held = {s.name for s in symbols_of(*roots)}
    out: dict[Expr, None] = {}
    while True:
        near = [one for one in known.valued if one not in out and held & {s.name for s in symbols_of(one)}]
        if not near:
            return tuple(out)
        out |= dict.fromkeys(near)
        held |= {s.name for s in symbols_of(*near)}


def quantities(node: Apply) -> tuple[tuple[Expr, ...], tuple[Expr, ...], tuple[Expr, ...]]:
    """Return the quantities, the distribution (if any) and the conditions of an expectation, variance or covariance."""
    if not node.attrs:
        return node.args, (), ()
    count, dists = node.attrs
    return node.args[:count], node.args[count : count + dists], node.args[count + dists :]


def _note(node: Expr, out: Cast) -> None:
    """Note the random variables that a node names."""
    if isinstance(node, Bind) and node.op.name in BINDERS:
        for v in node.variables:
            if isinstance(v, Symbol):
                out.add(v)
                lower = next((s for s in symbols_of(node.body) if s.name == v.name.lower() != v.name), None)
                if node.op.name == "Expectation" and lower is not None and lower.shape == v.shape:
                    out.values[lower.name] = v.name  # E_X[x]
        return
    if not isinstance(node, Apply):
        return
    match node.op.name:
        case "probability":
            letter, count = node.attrs
            out.label(letter)
            if not node.args:
                out.whole.add(letter_of(letter))
            for k, arg in enumerate(node.args):
                names = [s.name for s in _variables_in(arg, out)]
                out.side(letter, names, k >= count)
        case "entropy" | "mutual_information" | "independent":
            for arg in node.args:
                for one in _variables_in(arg, out):
                    out.side(MAIN, [one.name], False)


def _variables_in(arg: Expr, out: Cast) -> list[Symbol]:
    """Return the random variables that an argument of P or H names; values such as x in X = x are noted."""
    found: list[Symbol] = []
    stack = [arg]
    while stack:
        one = stack.pop()
        if isinstance(one, Symbol):
            out.add(one)
            found.append(one)
        elif is_op(one, "intersection", "union", "complement"):
            stack.extend(reversed(one.args))
        elif is_op(one, "entry") and isinstance(one.args[0], Symbol) and len(one.args) == 2:
            owner = one.args[0]
            if not owner.name[0].isupper():
                raise NotNumeric(f"What the entries of {owner.name} are, as random variables, is not known.")
            held = symbol(owner.name)
            out.partitions[owner.name] = owner
            out.states[owner.name] = owner.shape[0]
            out.add(held)
            found.append(held)
        elif isinstance(one, Apply) and one.op.family == "relation":
            left, right = one.args
            _value_told(left, right, out)
            inside = [left] if isinstance(left, Symbol) else [s for s in symbols_of(left) if s.name[0].isupper()]
            if isinstance(right, Symbol) and right.name[0].isupper() and isinstance(left, Symbol):
                inside.append(right)
            for s in inside:
                if isinstance(s, Symbol):
                    out.add(s)
                    found.append(s)
            single = isinstance(left, Symbol) and isinstance(right, Symbol) and one.op.name == "eq"
            if single and isinstance(right, Symbol) and isinstance(left, Symbol) and right not in inside:
                if out.values.setdefault(right.name, left.name) != left.name:
                    out.values[right.name] = ""  # the value of two variables: a number of its own
        elif is_op(one, "distribution", "probability"):
            pass
        else:
            raise NotNumeric(f"{one} is no random variable or event that is understood here.")
    return found


def _value_told(left: Expr, right: Expr, out: Cast) -> None:
    """Note that a variable is compared with an index, so that it has the values 1 ... K, or with a number."""
    if not isinstance(left, Symbol):
        return
    number = constant_value(right)
    if isinstance(right, Index):
        out.states[left.name] = right.dim
    elif number is not None:
        out.told.setdefault(left.name, set()).add(number)


def _bare(node: Expr, out: Cast) -> None:
    """Note variables that stand bare in E[X] or after a bar, and those of E_{x~p}."""
    if not isinstance(node, Apply):
        return
    inside, dists, given = quantities(node)
    for arg in (*inside, *given):
        if isinstance(arg, Symbol):
            out.add(arg)
    for arg in given:
        if not isinstance(arg, Symbol):
            _variables_in(arg, out)
    for one in dists:
        if is_op(one, "density") and isinstance(one.args[0], Symbol):
            out.add(one.args[0])


def _by_habit(node: Expr, out: Cast) -> None:
    """Where an expectation holds no random variable yet, take those of the usual letters."""
    assert isinstance(node, Apply)
    inside, _, _ = quantities(node)
    held = [s for s in symbols_of(*inside) if s.name not in out.values]
    for s in held if any(s.name in out.variables for s in held) else ():
        if _looks_random(s, out):
            out.add(s)
    if any(s.name in out.variables for s in held) or any(s.name in out.values for s in symbols_of(*inside)):
        return
    for letters in _LETTERS:
        found = [s for s in held if s.name[0] in letters and s.ndim < 2]
        for s in found:
            out.add(s)
        if found:
            return
    if held and not any(has_chance(a) for a in inside):
        raise NotNumeric(f"Which of {', '.join(s.name for s in held)} is random is not said.")


def _looks_random(one: Symbol, out: Cast) -> bool:
    """Tell whether a symbol beside a random capital is random too: Y in Var[X + Y], X_2 beside X_1."""
    capitals = [n for n in out.variables if n[0].isupper()]
    bare = one.name.partition("_")[0]
    usual = bare[0] in _LETTERS[0] and len(bare) == 1 and one.ndim < 2
    return usual and bool(capitals) and (not one.shape or any(out.variables[n].shape for n in capitals))


def _partitions(nodes: Sequence[Expr], out: Cast) -> None:
    """Events B_i are taken for a partition where they stand right of a bar, and for nothing else."""
    given: set[str] = set()
    for node in nodes:
        if is_op(node, "probability") and isinstance(node, Apply):
            for arg in node.args[node.attrs[1] :]:
                given |= {s.name for s in symbols_of(arg)} & out.partitions.keys()
    lost = sorted(out.partitions.keys() - given)
    if lost:
        raise NotNumeric(f"Whether the events {lost[0]}_i exclude one another is not known.")


def roles_of(roots: Sequence[Expr], known: Chance) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of events and of random variables, where they can be told."""
    if not any(isinstance(n, Apply | Bind) and n.op.family == "probability" for n in postorder(*roots)):
        return frozenset(), frozenset()
    try:
        found = cast_of(roots, known)
    except AgnesiError:
        return frozenset(), frozenset()
    return frozenset(found.events), frozenset(found.variables) - found.events


def _events(nodes: Sequence[Expr], out: Cast, known: Chance) -> None:
    """Events are the capitals that stand in P(...) and nowhere else."""
    plain: set[str] = set()
    able: set[str] = set()
    for node in nodes:
        if is_op(node, "probability") and isinstance(node, Apply):
            for arg in node.args:
                able |= {s.name for s in event_symbols(arg)}
        elif isinstance(node, Bind) and node.op.name in BINDERS:
            plain |= {v.name for v in node.variables if isinstance(v, Symbol)}
        if isinstance(node, Apply) and not is_op(node, "probability", "intersection", "union", "complement"):
            event_given = quantities(node)[2] if is_op(node, "expectation", "variance", "covariance") else ()
            plain |= {a.name for a in node.args if isinstance(a, Symbol) and a not in event_given}
    out.events = {n for n in able - plain if event_name(n) and not out.variables[n].shape} - out.states.keys()
    out.events |= able & {n for p, _ in known.numbers for n in events_of(p) or ()}
    out.events -= out.told.keys()


def event_symbols(arg: Expr) -> list[Symbol]:
    """Return the symbols that stand as events in an argument of P."""
    found: list[Symbol] = []
    stack = [arg]
    while stack:
        one = stack.pop()
        if isinstance(one, Symbol):
            found.append(one)
        elif is_op(one, "intersection", "union", "complement"):
            stack.extend(one.args)
    return found


def _partners(out: Cast) -> None:
    """The small letter is a value of the capital: x of X, where both are random here."""
    out.values = {k: v for k, v in out.values.items() if v}
    for name in list(out.variables):
        lower = name.lower()
        if lower != name and lower in out.variables and name not in out.events and lower not in out.values:
            if out.variables[lower].shape == out.variables[name].shape:
                out.values[lower] = name
    for lower, name in out.values.items():
        out.variables.pop(lower, None)
        for left, given in out.letters.values():
            for side in (left, given):
                if lower in side:
                    side.pop(lower)
                    side[name] = None


def small_sizes(symbols: Iterable[Symbol], sizes: Mapping[str, int]) -> dict[str, int]:
    """Return sizes for the axes of random vectors: 2 and 3 in turn."""
    out = dict(sizes)
    for one in symbols:
        for dim in one.shape:
            for name in sorted(dim.names):
                out.setdefault(name, 2 + len(out) % 2)
    return out
