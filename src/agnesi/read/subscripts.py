"""Entries, rows and columns: what x_i and X_ij are entries of."""

from __future__ import annotations

from typing import Any

from agnesi.expr.dims import shape_of
from agnesi.read.indices import Indices
from agnesi.read.scene import (
    SCALAR_LETTERS,
    Family,
    Scope,
    base_named,
    names_of,
    plain_item,
    row_owner,
    shifted,
)
from agnesi.read.syntax import Node
from agnesi.read.unify import Type


class Subscripts(Indices):
    """Types what carries subscripts."""

    def entry(self, node: Node, scope: Scope) -> Type:
        """x_i, X_ij, X[i,:], X[:,j], e_i, I_n, δ_ij, and names such as w_t."""
        s = self.s
        base, items = node.args[0], node.args[1:]
        if base.head == "name":
            item = items[0].value if len(items) == 1 and items[0].head in ("name", "num") else ""
            called = f"{base.value}_{item}"  # I_1 = ∫ ... is no identity
            told = called in s.words.definitions or called in s.words.symbols or called in s.words.pending
            special = None if told else self.special(node, base.value, items, scope)
            if special is not None:
                return special
            if base.value in s.free and base.value not in s.words.symbols:
                s.free.pop(base.value, None)
            kind = self.indexed_name(node, base, items, scope)
            if isinstance(kind, str):
                return self.unknown_or_known(node, kind)
        else:
            kind = s.types[base]
        if kind is None:
            return s.types[node]
        return self.positions(node, kind, items, scope)

    def unknown_or_known(self, node: Node, name: str) -> Type:
        """Return the type of a name made of a letter and its subscript."""
        stand_in = Node("name", (), name, node.start, node.stop)
        kind = self.name(stand_in, {})
        self.s.roles[node] = self.s.roles[stand_in]
        return kind

    def special(self, node: Node, name: str, items: tuple[Node, ...], scope: Scope) -> Type | None:
        """𝟏_n, I_n, δ_ij, e_i; None for other names."""
        s, axes = self.s, self.s.axes
        known = name in s.words.symbols
        if name in ("𝟏", "𝟎"):
            dims = [self.dim(i) for i in items if i.head not in ("colon",)]
            s.roles[node] = ("ones" if name == "𝟏" else "zeros", tuple(dims))
            return axes.typed(shape_of(dims))
        if name == "I" and not known and len(items) == 1 and items[0].head in ("name", "num", "add", "mul"):
            side = axes.of(self.dim(items[0]))
            s.roles[node] = ("eye",)
            return (side, side)
        if (name == "δ" or name == "I") and not known and len(items) == 2:
            sides = [self.position(i, scope) for i in items]
            side = axes.fresh()
            for one in sides:
                if one is not None:
                    axes.unify(side, one)
            s.roles[node] = ("delta", side)
            return axes.scalar
        if name == "e" and not known and len(items) == 1 and not (items[0].head == "name" and "e" in s.lettered):
            kind = axes.vector()
            axes.mark(kind[0])
            sized = items[0].head == "rel" and items[0].value == ("le",)  # e_{2≤n}: e_2 of n
            if sized:
                axes.unify(kind[0], axes.of(self.dim(items[0].args[1])))
            one = self.position(items[0].args[0] if sized else items[0], scope)
            if one is not None:
                axes.unify(kind[0], one)
            s.roles[node] = ("basis",)
            return kind
        return None

    def position(self, item: Node, scope: Scope) -> int | None:
        """Return the axis that an index (or an index plus an offset) runs over, if it has one."""
        if item.head == "name":
            one = self.lookup(item.value, scope)
            return one.axis if one else None
        return None

    def along(self, node: Node, place: int, scope: Scope) -> int | None:
        """Return the axis that a subscript stands on: of n for i to n − 1 where x_{i+1} occurs too, else that of i."""
        item, base = node.args[1 + place], node.args[0]
        found = shifted(item)
        one = scope.get(found[0]) if found is not None else None
        if one is None or base.head != "name":
            return self.position(item, scope)
        ahead = self.s.ahead.get((base.value, place, one), 0)
        return self.longer(one.axis, ahead) if ahead > 0 else one.axis

    def longer(self, axis: int, more: int) -> int:
        """Return an axis that is longer by a number; the size of either tells that of the other."""
        axes, result = self.s.axes, self.s.axes.fresh()

        def step() -> bool:
            short, long = axes.size[axes.find(axis)], axes.size[axes.find(result)]
            if short is not None:
                axes.unify(result, axes.of(short + more))
            elif long is not None and (long.number is None or long.number > more):
                axes.unify(axis, axes.of(long - more))
            return short is not None or long is not None

        axes.mark(result)
        axes.require(step, (axis, result))
        return result

    def indexed_name(self, node: Node, base: Node, items: tuple[Node, ...], scope: Scope) -> Any:
        """Return the type of the symbol that is indexed, the name of a symbol (w_t), or None when it is a family."""
        s, axes, name = self.s, self.s.axes, base.value
        zero = node.head == "sub" and len(items) == 1 and items[0].head == "num" and items[0].value == 0
        if zero and name not in s.made and not any(b.start == 0 for bs in s.bound.values() for b in bs):
            return with_subscript(name, "0")
        if name in s.words.symbols:
            s.roles[base] = ("symbol", name)
            s.declared.setdefault(name, s.words.symbols[name])
            s.used.append(name)
            kind = axes.typed(s.words.symbols[name].shape)
            if axes.is_scalar(kind) and len(items) == 1 and node.head == "sub":
                return f"{name}_{plain_item(items[0])}"
            return kind
        if name in s.made:
            s.roles[base] = ("definition", name)
            return s.made[name].type
        if name in s.words.definitions:
            s.roles[base] = ("definition", name)
            return axes.typed(s.words.definitions[name].body.shape)
        owner = s.words.rows.get(name) if len(items) == 1 else None
        upper = row_owner(name)
        if (
            owner is None
            and upper != name
            and name not in s.bare
            and upper in s.words.symbols
            and s.words.symbols[upper].shape
        ):
            owner = upper
        if (
            owner is None
            and upper != name
            and name not in s.bare
            and (upper in s.bare or upper in s.letters)
            and upper not in s.sizes
            and len(items) < 3
        ):
            owner = upper
        if owner in s.words.symbols and len(items) <= 2 and len(s.words.symbols[owner].shape) < 2:
            owner = None
        if owner is not None:
            s.alias.setdefault(name, owner)
            kind = self.name(base_named(base, owner), {}) if owner in s.words.symbols else self.unknown(base, owner)
            s.roles[base] = ("symbol", owner)
            return kind
        indices = [i for i in items if self.is_index(i, scope)]
        if node.head == "sub" and not indices and name not in s.bare and name not in s.entries:
            return with_subscript(name, "_".join(plain_item(i) for i in items))
        if (
            node.head == "sub"
            and len(items) == 1
            and items[0].head == "name"
            and not indices
            and items[0].value not in s.sizes
        ):
            return with_subscript(name, items[0].value)
        sized = name in SCALAR_LETTERS and name not in s.lettered and name not in s.entries
        if node.head == "sub" and not indices and s.words.loose and sized:  # n!/(n_1! n_2!)
            return with_subscript(name, "_".join(plain_item(i) for i in items))
        if len(items) == 1 and name not in s.bare and name not in s.symbols:
            return self.family(node, name, scope)
        if name not in s.symbols:
            fresh = tuple(axes.fresh() for _ in items)
            for axis in fresh:
                axes.mark(axis)
            s.symbols[name] = fresh if len(fresh) > 1 else (fresh[0], axes.one)
            s.used.append(name)
        s.roles[base] = ("symbol", name)
        return s.symbols[name]

    def is_index(self, item: Node, scope: Scope) -> bool:
        """Tell whether a subscript holds an index."""
        return item.head == "colon" or any(self.lookup(n, scope) is not None for n in names_of(item))

    def family(self, node: Node, name: str, scope: Scope) -> None:
        """Type x_i of an undeclared x."""
        s, axes = self.s, self.s.axes
        if name not in s.families:
            s.families[name] = Family(name, axes.fresh(), axes.vector())
            axes.mark(s.families[name].axis)
            s.used.append(name)
        found = s.families[name]
        one = self.along(node, 0, scope)
        if one is not None:
            axes.unify(found.axis, one)
        s.roles[node] = ("family", name)
        s.types[node] = found.item

    def positions(self, node: Node, kind: Type, items: tuple[Node, ...], scope: Scope) -> Type:
        """Return the type of an entry, row or column of something of type `kind`."""
        s, axes = self.s, self.s.axes
        if (
            len(items) == 1
            and len(kind) == 2
            and items[0].head == "num"
            and node.head == "sub"
            and axes.is_many(kind[1])
            and axes.is_many(kind[0])
        ):
            digits = str(items[0].value)
            if len(digits) == 2 and digits.isdigit():
                s.roles[node] = ("digits",)
                return axes.scalar
        if len(items) == 1 and items[0].head != "colon":
            one = self.along(node, 0, scope)
            if len(kind) == 2 and axes.is_one(kind[0]) and axes.is_many(kind[1]):
                axes.unify(one, kind[1]) if one is not None else None
                s.roles[node] = ("entry",)
                return axes.scalar
            if one is not None:
                axes.unify(one, kind[0])
            s.roles[node] = ("line",)
            result = axes.vector()

            def step() -> bool:
                if axes.is_one(kind[1]):
                    axes.same(result, axes.scalar)
                elif axes.is_many(kind[1]):
                    axes.unify(result[0], kind[1])
                else:
                    return False
                return True

            axes.require(step, kind)
            return result
        if len(items) == 2 and len(kind) == 2 and any(i.head == "colon" for i in items):
            row = items[1].head == "colon"
            axis = self.along(node, 0 if row else 1, scope)
            if axis is not None:
                axes.unify(axis, kind[0 if row else 1])
            s.roles[node] = ("row",) if row else ("col",)
            return (kind[1 if row else 0], axes.one)
        for place, axis in zip(range(len(items)), kind, strict=False):
            one = self.along(node, place, scope)
            if one is not None:
                axes.unify(one, axis)
        s.roles[node] = ("entry",)
        return axes.scalar


def with_subscript(name: str, item: str) -> str:
    """Return the name with a subscript: x_1, and x_1_(2) for the name x_(2) with its label."""
    head, bar, label = name.partition("_(")
    return f"{head}_{item}{bar}{label}"
