"""Indices: which names are bound, over which axes, and the order in which a tree is typed."""

from __future__ import annotations

from agnesi.errors import Place, ReadError, TooLarge
from agnesi.expr.dims import Dim
from agnesi.read.analysis import ENDED, loose_integrals
from agnesi.read.reach import bound_names, outside_sums
from agnesi.read.scene import (
    FREE,
    MAX_BINDERS,
    SIZE_LETTERS,
    Bound,
    Made,
    Scene,
    Scope,
    is_capital,
    names_of,
    shifted,
    subscript_names,
)
from agnesi.read.syntax import Node, postorder
from agnesi.read.unify import Axes, Type
from agnesi.read.vocabulary import MAX_SIZE, Vocabulary, too_large


class Indices:
    """Walks trees, and knows the indices in scope."""

    def __init__(self, words: Vocabulary, text: str) -> None:
        self.s = Scene(Axes(), words, text)
        self.s.sizes.update(words.sizes)
        self.local: dict[str, str] = {}
        self.outside: set[str] = set()  # names in subscripts outside every sum over them

    def define(self, name: str, parameters: tuple[str, ...], root: Node, own: bool) -> Type:
        """Type a definition of the sheet; with `own`, its undeclared parameters are its own."""
        s = self.s
        local = {p: f"{p}@{name}" for p in parameters if own} if own else {}
        for p in parameters:
            key = local.get(p, p)
            if key in s.words.symbols:
                s.declared.setdefault(key, s.words.symbols[key])
            elif key not in s.symbols:
                s.symbols[key] = s.axes.matrix()
                s.used.append(key)
        kind = self.add(root, local)
        s.made[name] = Made(name, parameters, tuple(local.get(p, p) for p in parameters), root, kind)
        return kind

    def look_ahead(self, root: Node) -> None:
        """Note the letters that stand for vectors or matrices somewhere: N in Nᵀ, e in ‖e‖."""
        for node in postorder(root):
            if is_letter_e(node):
                self.s.lettered.add("e")
            if node.head in ("transpose", "prime", "call"):
                self.s.lettered.update(lettered_sizes(node))

    def add(self, root: Node, local: dict[str, str] | None = None) -> Type:
        """Type a tree, with keys for names that are local to it; returns the type of its root."""
        self.local = local or {}
        self.s.sizes.update(self.s.words.sizes)
        self.outside = outside_sums(root)
        self.note_covariances(root)
        self.no_loose_integrals(root)
        order = self.walk(root)
        for node, scope in order:
            self.s.types[node] = self.node(node, scope)
            self.s.axes.settle()
        return self.s.types[root]

    def note_covariances(self, root: Node) -> None:
        """Σ_k of an undeclared Σ is a matrix named so, and k then a label everywhere; under ∑_k it is not read."""
        nodes = list(postorder(root))
        bound = {n for node in nodes if node.head == "big" for n in bound_names(node.args[1:])}
        for node in nodes:
            if node.head != "sub" or len(node.args) != 2 or "Σ" in self.s.words.symbols:
                continue
            base, item = node.args
            if base.value != "Σ" or base.head != "name" or item.head != "name" or len(item.value) > 1:
                continue
            if item.value in bound:
                raise ReadError(
                    f"Σ_{item.value} with a bound index is a family of matrices; these are not read yet.",
                    where=Place(self.s.text, node.start, node.stop),
                    repair="Write ∑ for a sum, or one term with its own Σ.",
                )
            self.s.marks.add(item.value)

    def walk(self, root: Node) -> list[tuple[Node, Scope]]:
        """Return nodes in postorder with the indices in scope, noting bare names and sizes on the way."""
        out: list[tuple[Node, Scope]] = []
        stack: list[tuple[Node, Scope]] = [(root, {})]
        while stack:
            node, scope = stack.pop()
            out.append((node, scope))
            inner = scope
            if node.head in ENDED:
                stack.extend((child, scope) for child in node.args[2:])
                inner = self.variable_scope(node, scope)
                stack.extend((child, inner) for child in node.args[:2])
                continue
            if node.head in ("big", "tensor"):
                inner = self.binders(node, scope)
            elif node.head in ("sub", "index"):
                self.subscripts(node, scope)
            elif node.head == "call" and node.value[0] in ("eye", "identity", "ones", "zeros", "vector", "matrix"):
                for arg in node.args:
                    for name in names_of(arg):
                        self.size(name)
            elif node.head == "name" and node.value not in scope:
                self.s.bare.add(node.value)
            elif node.head == "pow":
                self.s.exponents.update(n for n in names_of(node.args[1]) if n in SIZE_LETTERS)
            if is_letter_e(node):
                self.s.lettered.add("e")
            if node.head in ("transpose", "prime", "call"):
                self.s.lettered.update(lettered_sizes(node))
            if node.head in ("sub", "index") and node.args[0].head == "name":
                self.s.letters.add(node.args[0].value)
                if node.head == "index":
                    self.s.entries.add(node.args[0].value)
                stack.extend((child, inner) for child in node.args[1:])
            else:
                stack.extend((child, inner) for child in node.args)
        out.reverse()
        return out

    def variable_scope(self, node: Node, scope: Scope) -> Scope:
        """Return the scope inside a limit, a series or an integral: its variable is a number there."""
        variable = node.args[1]
        for name in (n for end in node.args[2:] for n in names_of(end)):
            if node.head == "series" and name not in scope and name not in ("∞", "π", "e"):
                self.size(name)
        if variable.head != "name" or variable.value in self.s.words.symbols:
            return scope
        return {**scope, variable.value: Bound(variable.value, self.s.axes.fresh(), variable=True)}

    def no_loose_integrals(self, root: Node) -> None:
        """Refuse ∫ f dx without ends where x stands outside it too: that is an antiderivative, not a number."""
        for node, name in loose_integrals(list(postorder(root))):
            raise ReadError(
                f"An integral without ends is read as over all real numbers, but {name} stands outside it too.",
                where=Place(self.s.text, node.start, node.stop),
                repair="Write its ends; an antiderivative is read in ∫ f(x) dx = F(x) + C.",
            )

    def size(self, name: str) -> None:
        """Return a size as a number, or note a size name."""
        if name not in self.s.words.symbols:
            self.s.sizes.setdefault(name)

    def binders(self, node: Node, scope: Scope) -> Scope:
        """Return the scope inside a big operator or tensor; its ranges give sizes."""
        found: list[Bound] = []
        taken, sizes = node.value if node.head == "tensor" else (self.variables(node, scope), {})
        inner = dict(scope)
        for name in taken:
            one = Bound(name, self.s.axes.fresh())
            found.append(one)
            inner[name] = one
            if name in sizes:
                self.s.axes.unify(one.axis, self.s.axes.of(self.dim(sizes[name])))
        if len(inner) > MAX_BINDERS:
            raise TooLarge(
                f"More than {MAX_BINDERS} indices are nested.", where=Place(self.s.text, node.start, node.stop)
            )
        self.s.bound[node] = found
        for item in node.args[1:] if node.head == "big" else ():
            if item.head == "rel" and item.value == ("ge",) and item.args[1].head == "bracket":
                for name in (n for n in names_of(item.args[1]) if n not in inner):
                    self.size(name)  # ∑_{i=k+1}^n x_i begins at a size
        if node.head == "big":
            self.ranges(node, inner)
        return inner

    def variables(self, node: Node, scope: Scope) -> list[str]:
        """Return the names that a binder binds as indices; min over a symbol binds none."""
        names: list[str] = []
        for item in node.args[1:]:
            if item.head == "upper":
                continue
            first = item.args[0] if item.head in ("rel", "range") else item
            if first.head == "rel":
                first = first.args[0]
            sides = [first]
            if item.head == "rel" and item.value[0] in ("ne", "lt", "gt", "le", "ge"):
                sides = list(item.args)
            fresh = [s.value for s in sides if s.head == "name" and s.value not in scope]
            if fresh[1:] and fresh[0] not in self.outside:  # ∑_{i≠k} A_ik x_i + A_kk x_k: k is fixed
                fresh = [n for n in fresh if n not in self.outside]
            if not fresh and first.head == "name":
                fresh = [first.value]
            names += [n for n in fresh if n not in names and n not in self.s.words.symbols]
        if node.value in ("Max", "Min", "Argmax", "Argmin") and not any(i.head == "range" for i in node.args):
            used = subscript_names(node.args[0])
            names = [n for n in names if n in used]
        return names

    def ranges(self, node: Node, inner: Scope) -> None:
        """Give indices the sizes of their ranges."""
        upper = next((i.args[0] for i in node.args[1:] if i.head == "upper"), None)
        for item in node.args[1:]:
            low: Node | None = None
            high: Node | None = None
            variable = item
            if item.head == "range":
                variable, low = (
                    (item.args[0].args[0], item.args[0].args[1]) if item.args[0].head == "rel" else (item.args[0], None)
                )
                high = item.args[1]
            elif item.head == "rel" and item.value == ("eq",):
                variable, low, high = item.args[0], item.args[1], upper
            elif item.head == "name":
                high = upper
            if variable.head != "name" or variable.value not in inner or high is None:
                continue
            one = inner[variable.value]
            if low is not None and low.head == "num":
                one.start = int(low.value)
            dim = self.dim(high)
            if one.start == 0:
                dim = dim + 1
            self.s.axes.unify(one.axis, self.s.axes.of(dim))

    def dim(self, node: Node) -> Dim:
        """Return the size that a node stands for."""
        match node.head:
            case "num" if isinstance(node.value, int):
                if node.value > MAX_SIZE:
                    raise too_large(node.value, Place(self.s.text, node.start, node.stop))
                return Dim.of(node.value)
            case "name":
                self.size(node.value)
                return Dim.of(node.value)
            case "pow" if all(a.head == "num" and isinstance(a.value, int) and a.value < 20 for a in node.args):
                base, power = (a.value for a in node.args)
                return self.dim(Node("num", (), base**power, node.start, node.stop))
            case "neg":
                return self.dim(node.args[0]) * -1
            case "add" | "mul" if len(node.args) < 50:
                parts = [self.dim(a) for a in node.args]
                total = parts[0]
                for part in parts[1:]:
                    total = total + part if node.head == "add" else total * part
                return total
            case "bracket":
                return self.dim(node.args[0])
        raise ReadError(
            "This is not a size.",
            where=Place(self.s.text, node.start, node.stop),
            expected="a name, a number, or a sum or product of them",
        )

    def subscripts(self, node: Node, scope: Scope) -> None:
        """Note free indices: letters in subscripts that nothing binds and nothing declares."""
        base, items = node.args[0], node.args[1:]
        for name in (n for item in items for n in names_of(item) if n in scope):
            if scope[name].variable:
                raise ReadError(
                    f"{name} is a number here, not a position: a sequence is not read.",
                    where=Place(self.s.text, node.start, node.stop),
                    repair=f"Write the terms of the sequence as a formula in {name}.",
                )
        self.note_reach(base, items, scope)
        for item in items:
            for name in names_of(item):
                if name in self.s.free:
                    self.s.free[name].at = min(self.s.free[name].at, item.start)
                if name in scope or name in self.s.words.symbols or name in self.s.free:
                    continue
                label = name in self.s.words.labels
                if name in self.s.sizes or name in self.s.marks or len(name) > 1 or not (name in FREE or label):
                    continue
                known = base.head != "name" or base.value in self.s.words.symbols or base.value in self.s.symbols
                known = known or label or len(items) > 1 or name in "ijkl" or node.head == "index"
                if known or base.value in ("δ", "e"):
                    self.s.free[name] = Bound(name, self.s.axes.fresh(), free=True, at=item.start)

    def note_reach(self, base: Node, items: tuple[Node, ...], scope: Scope) -> None:
        """Note how far subscripts such as i + 1 reach beyond their bound index."""
        for place, item in enumerate(items if base.head == "name" else ()):
            found = shifted(item)
            one = scope.get(found[0]) if found is not None else None
            if found is not None and one is not None:
                key = (base.value, place, one)
                self.s.ahead[key] = max(self.s.ahead.get(key, 0), found[1] - (one.start == 0))

    def lookup(self, name: str, scope: Scope) -> Bound | None:
        """Return the index of a name, bound or free."""
        return scope.get(name) or self.s.free.get(name)

    # What the parts of inference need of each other; each is defined in its own file.

    def node(self, node: Node, scope: Scope) -> Type:
        """Return the type of a node; see the subclass."""
        raise NotImplementedError

    def name(self, node: Node, scope: Scope) -> Type:
        """Return the type of a name; see the subclass."""
        raise NotImplementedError

    def unknown(self, node: Node, name: str) -> Type:
        """Return the type of an undeclared name; see the subclass."""
        raise NotImplementedError

    def entrywise(self, node: Node, parts: list[Node]) -> Type:
        """Return the type of an entrywise operation; see the subclass."""
        raise NotImplementedError


def lettered_sizes(node: Node) -> list[str]:
    """Return the letters of sizes that must be vectors here: nᵀ, ‖n‖, ‖a − n‖."""
    if node.head in ("transpose", "prime"):
        held = [node.args[0]]
    elif node.value[0].startswith("norm") and node.args:
        inner = node.args[0]
        held = [a.args[0] if a.head == "neg" else a for a in (inner.args if inner.head == "add" else (inner,))]
        if any(h.head != "name" for h in held):
            return []
    else:
        return []
    return [h.value for h in held if h.head == "name" and h.value in SIZE_LETTERS]


def is_letter_e(node: Node) -> bool:
    """Tell whether e cannot be Euler's number here: eᵀe, ‖e‖, e_i², a − e, X e."""

    def is_e(one: Node) -> bool:
        return one.head == "name" and one.value == "e"

    match node.head:
        case "transpose" | "prime":
            return is_e(node.args[0])
        case "call":
            return node.value[0].startswith("norm") and any(is_e(a) for a in node.args)
        case "pow":
            return node.args[0].head == "sub" and is_e(node.args[0].args[0])
        case "add":
            terms = [a.args[0] if a.head == "neg" else a for a in node.args]
            others = {t.value for t in terms if t.head == "name"} - {"e", "π"}  # e − e and π + e are numbers
            return any(is_e(t) for t in terms) and all(t.head == "name" for t in terms) and bool(others)
        case "mul":
            pairs = zip(node.args, node.args[1:], strict=False)
            return any(is_e(b) and a.head == "name" and is_capital(a.value) for a, b in pairs)
    return False
