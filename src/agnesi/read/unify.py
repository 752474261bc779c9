"""Unification of sizes: a union-find over axes, and constraints that wake when an axis they watch becomes known.

Every value is taken as rows × columns (a vector has one column, a scalar one row and one column); tensors of
order 3 and more have as many axes as they have.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from agnesi.expr.dims import ONE, Dim

Type = tuple[int, ...]
Constraint = Callable[[], bool]


class Axes:
    """Classes of equal axes; a class may have a size, or be known only not to be 1 (`many`)."""

    def __init__(self) -> None:
        self.parent: list[int] = []
        self.size: list[Dim | None] = []
        self.many: list[bool] = []
        self.watchers: list[list[int]] = []
        self.constraints: list[Constraint] = []
        self.solved: list[bool] = []
        self.queue: deque[int] = deque()
        self.conflicts = 0
        self.known: dict[Dim, int] = {}
        self.one = self.of(ONE)
        self.scalar: Type = (self.one, self.one)

    def fresh(self) -> int:
        """Return a new axis of unknown size."""
        self.parent.append(len(self.parent))
        self.size.append(None)
        self.many.append(False)
        self.watchers.append([])
        return len(self.parent) - 1

    def of(self, dim: Dim) -> int:
        """Return the axis of a known size."""
        if dim not in self.known:
            axis = self.fresh()
            self.size[axis], self.many[axis] = dim, dim != ONE
            self.known[dim] = axis
        return self.find(self.known[dim])

    def find(self, axis: int) -> int:
        """Return the representative of an axis."""
        while self.parent[axis] != axis:
            self.parent[axis] = self.parent[self.parent[axis]]
            axis = self.parent[axis]
        return axis

    def unify(self, a: int, b: int) -> bool:
        """Make two axes equal; returns whether they can be."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return True
        if self.apart(a, b):
            self.conflicts += 1
            return False
        if len(self.watchers[a]) < len(self.watchers[b]):
            a, b = b, a
        self.parent[b] = a
        before, moved = (self.size[a], self.many[a]), self.watchers[b]
        told = (self.size[b], self.many[b])
        self.size[a] = self.size[a] if self.size[a] is not None else self.size[b]
        self.many[a] = self.many[a] or self.many[b]
        after = (self.size[a], self.many[a])
        if after != before:
            self.wake(a)
        if after != told:
            self.queue.extend(c for c in moved if not self.solved[c])
        self.watchers[a] += moved
        self.watchers[b] = []
        return True

    def apart(self, a: int, b: int) -> bool:
        """Tell whether two axes cannot be equal."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        left, right = self.size[a], self.size[b]
        if left is not None and right is not None:
            return left != right
        return (left == ONE and self.many[b]) or (right == ONE and self.many[a])

    def mark(self, axis: int) -> None:
        """Say that an axis is not 1."""
        axis = self.find(axis)
        if self.size[axis] is None and not self.many[axis]:
            self.many[axis] = True
            self.wake(axis)

    def wake(self, axis: int) -> None:
        """Queue the constraints that watch an axis; solved ones are dropped."""
        left = [c for c in self.watchers[axis] if not self.solved[c]]
        self.watchers[axis] = left
        self.queue.extend(left)

    def require(self, constraint: Constraint, *types: Type) -> None:
        """Add a constraint over types; it is called until it returns True."""
        if constraint():
            return
        number = len(self.constraints)
        self.constraints.append(constraint)
        self.solved.append(False)
        for axis in dict.fromkeys(self.find(a) for kind in types for a in kind):
            self.watchers[axis].append(number)

    def settle(self) -> None:
        """Run the constraints that were woken, until none is left."""
        while self.queue:
            number = self.queue.popleft()
            if not self.solved[number] and self.constraints[number]():
                self.solved[number] = True

    # -- types --------------------------------------------------------------------------------------------------

    def matrix(self) -> Type:
        """Return a type of which nothing is known."""
        return (self.fresh(), self.fresh())

    def vector(self) -> Type:
        """Return the type of a vector (or a scalar) of unknown size."""
        return (self.fresh(), self.one)

    def typed(self, shape: tuple[Dim, ...]) -> Type:
        """Return the type of a shape."""
        if len(shape) > 2:
            return tuple(self.of(d) for d in shape)
        padded = (*shape, ONE, ONE)[:2]
        return (self.of(padded[0]), self.of(padded[1]))

    def same(self, a: Type, b: Type) -> bool:
        """Make two types equal."""
        if len(a) != len(b):
            self.conflicts += 1
            return False
        return all([self.unify(x, y) for x, y in zip(a, b, strict=True)])

    def is_one(self, axis: int) -> bool:
        """Tell whether an axis has size 1."""
        return self.size[self.find(axis)] == ONE

    def is_many(self, axis: int) -> bool:
        """Tell whether an axis is known not to be 1."""
        return self.many[self.find(axis)]

    def is_scalar(self, kind: Type) -> bool:
        """Tell whether a type is a scalar."""
        return len(kind) == 2 and all(self.is_one(a) for a in kind)

    def not_scalar(self, kind: Type) -> bool:
        """Tell whether a type cannot be a scalar."""
        return len(kind) > 2 or any(self.is_many(a) for a in kind)

    def can_be(self, a: Type, b: Type) -> bool:
        """Tell whether two types can be equal."""
        return len(a) == len(b) and not any(self.apart(x, y) for x, y in zip(a, b, strict=True))

    # -- the two constraints with a choice in them ----------------------------------------------------------------

    def add(self, parts: list[Type], result: Type) -> None:
        """Every part is a scalar or has the type of the result."""
        waiting = dict.fromkeys(parts)
        joined = False

        def last() -> None:
            """Where one part is left and none was joined, it is the sum; where none is left, the sum is a scalar."""
            if not joined and len(waiting) == 1:
                self.same(next(iter(waiting)), result)
            elif not joined and not waiting:
                self.same(result, self.scalar)

        def part_step(part: Type) -> bool:
            nonlocal joined
            if self.is_scalar(part):
                pass
            elif self.is_scalar(result) or not self.can_be(part, result):
                self.same(part, self.scalar)
            elif self.not_scalar(part) or not self.can_be(part, self.scalar):
                joined = True
                self.same(part, result)
            else:
                return False
            waiting.pop(part, None)
            last()
            return True

        if len(waiting) == 1:
            last()
            return
        for part in list(waiting):
            self.require(lambda part=part: part_step(part), result, part)  # type: ignore[misc]

    def multiply(self, a: Type, b: Type) -> Type:
        """Return the type of a product: one side is a scalar, or the inner sizes agree."""
        if len(a) != 2 or len(b) != 2:
            return b if self.is_scalar(a) else a
        result = self.matrix()

        def chained() -> bool:
            return not (self.apart(a[1], b[0]) or self.apart(a[0], result[0]) or self.apart(b[1], result[1]))

        def step() -> bool:
            if self.not_scalar(a):
                self.unify(a[0], result[0])  # also where b is a number
            if self.not_scalar(b):
                self.unify(b[1], result[1])
            if self.not_scalar(a) and self.is_one(a[1]):
                self.unify(b[0], self.one)
            if self.not_scalar(b) and self.is_one(b[0]):
                self.unify(a[1], self.one)
                if self.is_one(result[0]):
                    self.unify(a[0], self.one)
            if self.not_scalar(a) and self.is_one(a[1]) and self.is_one(result[1]):
                self.unify(b[1], self.one)
            if self.is_scalar(a):
                self.same(result, b)
            elif self.is_scalar(b):
                self.same(result, a)
            elif not chained() and not self.not_scalar(a) and self.can_be(result, b):
                self.same(a, self.scalar)
                self.same(result, b)
            elif not chained() and not self.not_scalar(b) and self.can_be(result, a):
                self.same(b, self.scalar)
                self.same(result, a)
            elif (self.not_scalar(a) or not self.can_be(result, b)) and (
                self.not_scalar(b) or not self.can_be(result, a)
            ):
                self.unify(a[1], b[0])
                self.unify(a[0], result[0])
                self.unify(b[1], result[1])
            else:
                return False
            return True

        self.require(step, a, b, result)
        return result
