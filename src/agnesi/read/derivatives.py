"""Derivatives as people write them: ∇f of the function's own variables, f'(0) at a point, ∂f/∂x beside x(t)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from agnesi.errors import Ambiguous, ReadError
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Const,
    Expr,
    Symbol,
    apply,
    free_indices,
    operations_in,
    postorder,
    replace,
    symbol,
    symbols_of,
)
from agnesi.read.apply import call_definition
from agnesi.read.build_arithmetic import Arithmetic
from agnesi.read.implicit import single
from agnesi.read.scene import names_of, symbol_of
from agnesi.read.slopes import by_entries, expects, slope_under
from agnesi.read.syntax import Node
from agnesi.read.vocabulary import Definition
from agnesi.rules.derive import derivative as derived
from agnesi.rules.derive import resolved

VARIABLES = "wθβWxzuvμXπpλqhyab"  # the letters that functions are differentiated in, the likeliest first
SCALAR_FUNCTIONS = frozenset("fghuvwzφψFGHVT")  # names of functions of the coordinates
COORDINATES, CONSTANTS = "xyz", "abckn"


class Derivatives(Arithmetic):
    """Builds ∂f/∂x, ∇f, f'(x) and functions that are named without their arguments."""

    def definition(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """Return the body of a definition; of f(x, y) where x and y are defined too, the body at them."""
        made = self.s.words.definitions.get(role[1])
        if made is None:
            raise ReadError(
                f"{role[1]} is defined by a line that could not be read.", where=self.place(node),
                repair=f"Write the definition of {role[1]} in another way.",
            )
        if not made.parameters:
            return made.body
        body, _, places = self.fitted(made, self.places(made))
        return replace(body, places)

    def turned(self, node: Node, factors: list[Expr]) -> list[Expr]:
        """Return the factors of ∂L/∂y ∂y/∂x in notes: the gradient is a row, or the Jacobian is turned."""
        for k, (a, b) in enumerate(pairwise(factors) if self.s.words.loose else ()):
            left, right = (is_slope(n) for n in node.args[k : k + 2])
            if left and not a.ndim and node.args[k + 1].head == "blocks" and self.text[node.args[k + 1].start] == "(":
                shown, at = (self.text[n.start : n.stop] for n in node.args[k : k + 2])
                raise ReadError(f"Whether {shown}{at} is a value at a place or a product is not said.",
                                where=self.place(node), repair="Write it with |_{x=a, y=b}.")
            if left and a.ndim == 1 and b.ndim == 2 and a.shape[0] == b.shape[0] and b.shape[0] != 1:
                factors[k] = apply("transpose", a)
                self.note(f"{self.text[node.start : node.stop]} is read with gradients as rows")
            elif left and not right and a.ndim == 1 and b.ndim == 2 and a.shape[0] == b.shape[0] != 1:
                factors[k] = apply("transpose", a)  # (∂L/∂y) W
                self.note(f"{self.text[node.start : node.stop]} is read with gradients as rows")
            elif right and not left and a.ndim == b.ndim == 1:
                factors[k + 1] = apply("transpose", b)  # x (dr/dx)
                self.note(f"{self.text[node.start : node.stop]} is read with gradients as rows")
            elif left and right and a.ndim == 2 and b.ndim == 1 and a.shape[1] != b.shape[0] == a.shape[0]:
                factors[k] = apply("transpose", a)
                self.note(f"{self.text[node.start : node.stop]} is read in the denominator layout")
        return factors

    def transpose(self, node: Node) -> Expr:
        """Return the transpose; in notes (x²)' and u' of a number are derivatives."""
        base = self.arg(node)
        if node.head == "prime" and self.s.words.primes and self.s.words.flows and base.ndim:
            return apply("d", base)
        if node.head == "prime" and self.s.words.primes and base.ndim == 2:
            shown = self.text[node.start : node.stop]
            what = f"{shown} is the derivative of a matrix function that is not given."
            raise ReadError(what, where=self.place(node), repair="Write the function out.")
        if node.head != "prime" or not self.s.words.loose or base.shape or isinstance(base, Const):
            return super().transpose(node)
        held = symbols_of(base)
        if not held or any(s.shape for s in held if "constant" not in s.facts):
            return super().transpose(node)
        return apply("derivative", base, self.variable_primed(node, base), attrs=("total",))

    def variable_primed(self, node: Node, base: Expr) -> Symbol:
        """Return the variable that a prime differentiates a number in."""
        free = [s for s in symbols_of(base) if "constant" not in s.facts]
        known = {p for d in self.s.words.definitions.values() for p in d.symbols}
        likely = [s for s in free if s in known] or [s for s in free if s.name in ("x", "t")] or free
        shown = self.text[node.start : node.stop]
        defined = self.s.roles.get(node.args[0], ("",))[0] in ("definition", "function")
        x = self.s.words.symbols.get("x") or (symbol_of(self.s, "x") if "x" in self.s.symbols else None)
        if isinstance(base, Symbol) and not defined and base.name == "y" and x is not None and not x.shape:
            self.note(f"{shown} is read as a derivative in x")  # along a curve F(x, y) = 0
            return x
        if len(likely) != 1 or (isinstance(base, Symbol) and not defined):
            raise ReadError(f"In which variable {shown} is a derivative is not said.", repair="Write d/dx (…).")
        self.note(f"{shown} is read as a derivative in {likely[0].name}")
        return likely[0]

    def places(self, made: Definition) -> dict[Expr, Expr]:
        """Return what is defined of the parameters of a function: x = t − 1 beside f(x, y)."""
        known = self.s.words.definitions
        found: dict[Expr, Expr] = {}
        for name, one in zip(made.parameters, made.symbols, strict=False):
            other = known.get(name)
            if other is not None and name != made.name and one not in symbols_of(other.body):
                if other.body.ndim == one.ndim:
                    found[one] = other.body
        return found

    def fitted(self, made: Definition, places: dict[Expr, Expr]) -> tuple[Expr, dict[str, Symbol], dict[Expr, Expr]]:
        """Return the body of a function with parameters of the shapes of what stands at them, and what that is."""
        own = [symbol(s.name, places[s].shape, s.facts) if s in places else s for s in made.symbols]
        body = call_definition(made, list(own))
        named = dict(zip(made.parameters, own, strict=False))
        return body, named, {n: places[s] for n, s in zip(own, made.symbols, strict=True) if s in places}

    def function_at(self, node: Node) -> Definition | None:
        """Return the function that a name without arguments stands for."""
        role = self.s.roles.get(node)
        made = self.s.words.definitions.get(node.value) if role is not None and node.head == "name" else None
        return made if made is not None and made.parameters else None

    def derivative(self, node: Node) -> Expr:
        """Return a derivative: as written, or from ∂f over ∂x."""
        body, *wrt = self.args(node)
        if node.args[0].head == "hole":
            raise ReadError("The derivative of what?", repair="Write ∂f/∂x, or ∂/∂x (…).")
        body = self.holding(node.args[0], body, wrt)
        implied = self.implied(node, body, wrt)
        if implied is not None:
            return implied
        made = self.function_at(node.args[0])
        names = [a.value if a.head == "name" else "" for a in node.args[1:]]
        if made is not None and set(names) <= set(made.parameters):
            plain, own, places = self.fitted(made, self.places(made))
            if places and any(own[n] in places for n in names):
                return replace(derived(plain, [own[n] for n in names]), places)
            if any(w is not own[n] for w, n in zip(wrt, names, strict=True)):
                return apply("derivative", made.body, *(own[n] for n in names), attrs=(node.value,))
        return self.in_entries(body, wrt, node.value) or apply("derivative", body, *wrt, attrs=(node.value,))

    def holding(self, name: Node, body: Expr, wrt: list[Expr]) -> Expr:
        """Return the form of a definition that has the variables in it: y = w · x = sum(w ⊙ x) in u = w ⊙ x."""
        owners = [v.args[0] if isinstance(v, Apply) and v.op.name == "entry" else v for v in wrt]
        made = [o for o in owners if not isinstance(o, Symbol)]
        others = self.s.words.other_forms.get(name.value, ()) if made and name.head == "name" else ()
        return next((b for b in (body, *others) if set(made) <= set(postorder(b))), body)

    def implied(self, node: Node, body: Expr, wrt: list[Expr]) -> Expr | None:
        """Return a derivative that means more than is written: along a path, or of a loss whose slope is told."""
        words = self.s.words
        told = self.seeded(body)
        if told is not body:
            return apply("derivative", told, *wrt, attrs=(node.value,))
        name = single(node)
        if not name or any(isinstance(w, Symbol) and w in symbols_of(body) for w in wrt):
            return None
        if name in words.flows and "d" not in operations_in(body):
            self.note(f"d/d{name} is read as the differential along any path")
            return apply("d", body)
        along = {s: words.paths[s.name] for s in symbols_of(body) if s.name in words.paths}
        places: dict[Expr, Expr] = {s: self.along(tree) for s, tree in along.items() if name in names_of(tree)}
        if node.value != "total" or not places or any(s.shape != p.shape for s, p in places.items()):
            return None
        shown = ", ".join(f"{s} = {p}" for s, p in places.items())
        self.note(f"d/d{name} is taken along {shown}")
        return apply("derivative", replace(body, places), *wrt, attrs=("total",))

    def along(self, tree: Node) -> Expr:
        """Return the expression of a path, built by itself."""
        return self.built[tree] if tree in self.built else self.build(tree)

    def seeded(self, body: Expr) -> Expr:
        """Return ⟨G, h⟩ for a loss L of which only the slope in h is told, and other expressions as they are."""
        if not isinstance(body, Symbol) or body.name not in self.s.words.seeds:
            return body
        top = self.s.words.seeds[body.name]
        made = self.s.words.definitions.get(top)
        held = made.body if made is not None and not made.parameters else None
        if held is None:
            kinds = {**self.s.words.symbols}
            held = kinds[top] if top in kinds else symbol_of(self.s, top) if top in self.s.symbols else None
        if held is None:
            return body
        slope = symbol(f"∂{body.name}/∂{top}", held.shape, ("constant",))
        self.note(f"{body.name} is any function of {top}: of it only its slope in {top} is used")
        return apply("sum", apply("hadamard", slope, held)) if held.shape else apply("mul", slope, held)

    def in_entries(self, body: Expr, wrt: list[Expr], kind: str) -> Expr | None:
        """Return ∂f/∂x_k as entry k of the gradient, where notes are read: f may hold x as a whole."""
        owners = [v.args[0] for v in wrt if isinstance(v, Apply) and v.op.name == "entry"]
        held = set(postorder(body))
        if not self.s.words.loose or len(owners) < len(wrt) or not all(o in held for o in owners):
            return None
        places = [p for v in wrt for p in v.args[1:]]
        whole = all(len(o.shape) + 1 == len(v.args) for o, v in zip(owners, wrt, strict=True))
        if body.shape or len(places) > 2 or not whole:
            return None
        return apply("entry", apply("derivative", body, *owners, attrs=(kind,)), *places)

    def nabla(self, node: Node) -> Expr:
        """∇f, ∇²f: the variable is the one given, or the only one of f; of f(x, y) in numbers, both."""
        body, kind = self.arg(node), node.value[0]
        times = 2 if kind == "hessian" else 1
        if len(node.args) > 1:
            return apply("derivative", body, *([self.arg(node, 1)] * times), attrs=(kind,))
        at_point = self.gradient_at(node.args[0], times, kind)
        if at_point is not None:
            return at_point
        several = self.variables_of(node.args[0]) or self.coordinates_of(node.args[0], body)
        if len(several) > 1:
            return self.by_parts(body, several, times, kind)
        return apply("derivative", body, *([self.variable_of(node.args[0], body)] * times), attrs=(kind,))

    def gradient_at(self, body: Node, times: int, kind: str) -> Expr | None:
        """Return ∇f at a point, for ∇f(x + d) and ∇f(y) in notes; None where f stands at its own variable."""
        made = self.s.words.definitions.get(body.value[0]) if body.head == "call" else None
        if made is not None and len(made.symbols) > 1:
            return self.parts_at(made, body, times)
        if made is None or not self.s.words.loose or len(made.symbols) != 1 or len(body.args) != 1 or body.value[1]:
            return None
        own, point = made.symbols[0], self.built[body.args[0]]
        if isinstance(point, Symbol) or point.ndim != own.ndim:
            return None
        terms = point.args if isinstance(point, Apply) and point.op.name == "add" else (point,)
        moving = [t for t in terms if own in symbols_of(t)]
        shown = self.text[body.start : body.stop]
        if moving and moving != [own]:
            raise Ambiguous(
                f"∇{shown} has two readings: the gradient of {made.name} at a point, and that of the whole.",
                repair=f"Write ∇_{own.name} ({shown}) for that of the whole.",
            )
        free = symbol(own.name, point.shape, own.facts)
        return replace(derived(call_definition(made, [free]), [free] * times), {free: point})

    def parts_at(self, made: Definition, body: Node, times: int) -> Expr | None:
        """Return the gradient or Hessian of f(x, y) at a point, ∇f(1, 2); None where it stands at its own variables."""
        own, points = list(made.symbols), [self.built.get(a) for a in body.args]
        able = len(own) == len(points) and not body.value[1] and not any(s.shape for s in own) and self.s.words.loose
        if not able or points == own or not all(p is not None and not p.shape for p in points):
            return None
        whole = resolved(self.by_parts(call_definition(made, list(own)), own, times, ""))
        return replace(whole, {s: p for s, p in zip(own, points, strict=True) if p is not None})

    def at_place(self, node: Node) -> Expr:
        """Return F |_{x=a}: its derivatives are carried out, and then x is a."""
        body, *places = self.args(node)
        names, values = places[::2], places[1::2]
        if not all(isinstance(n, Symbol) for n in names):
            shown = self.text[node.start : node.stop]
            raise ReadError(f"{shown} is no value at a variable.", where=self.place(node), repair="Write the value.")
        if any(n in symbols_of(v) for n in names for v in values) or any(free_indices(v) & bound(body) for v in values):
            raise ReadError("What stands behind the bar moves with it.", where=self.place(node), repair="Name it.")
        return replace(resolved(body), dict(zip(names, values, strict=True)))

    def by_parts(self, body: Expr, variables: list[Symbol], times: int, kind: str) -> Expr:
        """Return the gradient or Hessian in several scalar variables as blocks of partial derivatives."""
        count = len(variables)
        if times == 1:
            parts = [apply("derivative", body, v, attrs=("partial",)) for v in variables]
            if kind == "jacobian" and body.ndim == 1:
                return apply("blocks", *parts, attrs=(1, count))
            return apply("blocks", *parts, attrs=(count, 1))
        pairs = [(u, v) for u in variables for v in variables]
        parts = [apply("derivative", body, u, v, attrs=("partial",)) for u, v in pairs]
        return apply("blocks", *parts, attrs=(count, count))

    def variables_of(self, body: Node) -> list[Symbol]:
        """Return the parameters of a function of several numbers."""
        name = body.value if body.head == "name" else body.value[0] if body.head == "call" else None
        known = self.s.words.definitions.get(name) if isinstance(name, str) else None
        if known is None or len(known.symbols) < 2 or any(s.shape for s in known.symbols):
            return []
        if body.head == "call" and [a.value for a in body.args if a.head == "name"] != list(known.parameters):
            return []
        return list(known.symbols)

    def coordinates_of(self, body: Node, made: Expr) -> list[Symbol]:
        """Return x, y and z in an expression that has a name of calculus, f = x² y, and no other variables."""
        known = self.s.words.definitions.get(body.value) if body.head == "name" else None
        if known is None or known.symbols or body.value not in SCALAR_FUNCTIONS or made.shape or not self.s.words.loose:
            return []
        free = {s.name: s for s in symbols_of(made) if "constant" not in s.facts}
        held = [free[name] for name in COORDINATES if name in free]
        plain = set(free) <= {*COORDINATES, *CONSTANTS} and not any(s.shape for s in free.values())
        return held if plain and len(held) > 1 else []

    def variable_of(self, body: Node, made: Expr) -> Expr:
        """Return the variable of f in ∇f: the one of its definition, the only one there is, or the likeliest."""
        name = body.value if body.head == "name" else body.value[0] if body.head == "call" else None
        known = self.s.words.definitions.get(name) if isinstance(name, str) else None
        if body.head == "call" and known and len(body.args) == 1 and isinstance(self.built[body.args[0]], Symbol):
            return self.built[body.args[0]]
        if known and len(known.symbols) == 1:
            return known.symbols[0]
        shown = self.text[body.start : body.stop]
        free = [s for s in symbols_of(made) if "constant" not in s.facts]
        vectors = [s for s in free if s.ndim == 1]
        few = bool(free) and 1 in (len(free), len(vectors))
        if few and not known and not isinstance(made, Symbol) and self.s.words.loose:
            only = free[0] if len(free) == 1 else vectors[0]
            self.note(f"∇{shown} is taken in {only.name}")
            return only
        if known and self.s.words.loose and free:
            likely = [s for s in sorted(free, key=lambda s: VARIABLES.find(s.name[0]) % 99) if s.shape] or free
            if len(likely) == 1 or VARIABLES.find(likely[0].name[0]) >= 0:
                self.note(f"∇{shown} is taken in {likely[0].name}")
                return likely[0]
        raise ReadError(
            f"∇{shown} does not say in which variable.",
            expected="∇_w",
            repair=f"Write ∇_w {shown}, or define it as f(w) = ...",
        )

    def primed(self, made: Definition, name: str, primes: int, arg: Expr) -> Expr:
        """Return f'(x), or f' at a point: f'(0), f'(x_n)."""
        own = made.symbols[0]
        told = arg is not own or own.name in self.s.words.symbols  # else x of f'(x) may well be a number
        if told and primes == 1 and arg.ndim == own.ndim == 1 and by_entries(made.body, own):  # g(z) = tanh z
            slope = Definition(made.name, made.parameters, derived(apply("sum", made.body), [own]), (own,))
            return call_definition(slope, [arg])
        if isinstance(arg, Symbol) and arg.shape == own.shape:
            body = replace(made.body, {own: arg})
            for _ in range(primes):
                body = apply("derivative", body, arg, attrs=("total",))
            return body
        if arg.shape and not own.shape and not made.body.shape:  # σ'(Xw), entry by entry
            slope = Definition(made.name, made.parameters, derived(made.body, [own] * primes), (own,))
            return call_definition(slope, [arg])
        if arg.shape != own.shape or free_indices(arg) & bound(made.body):
            raise ReadError(
                f"{name}' is read at a variable.",
                repair=f"Write {name}'(x), or differentiate first and substitute then.",
            )
        if isinstance(arg, Const) and expects(made.body, own):
            return replace(slope_under(made.body, own, primes), {own: arg})
        return replace(derived(made.body, [own] * primes), {own: arg})


def is_slope(node: Node) -> bool:
    """Tell whether a factor is a derivative."""
    while node.head == "bracket":
        node = node.args[0]
    return node.head in ("derivative", "nabla")


def bound(body: Expr) -> set[Expr]:
    """Return the variables that binders inside hold."""
    return {v for n in postorder(body) if isinstance(n, Bind) for v in n.variables}


