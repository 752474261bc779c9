"""From steps to source: one readable function that imports nothing but its backend.

Small steps are written inside others; a step gets a name where it is used twice, where the line would grow too long, or
where (NumPy) a fresh array can be worked on in place.
"""

from __future__ import annotations

import keyword
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agnesi.expr.dims import Dim, show_shape
from agnesi.expr.nodes import Symbol
from agnesi.expr.operation import operations
from agnesi.run.backends import Backend
from agnesi.run.factorise import FACTORISED
from agnesi.run.prelude import needed, preludes, template
from agnesi.run.spell import ATOM, PRODUCT, Speller, Text, added, multiplied, size
from agnesi.run.values import Value, in_order

DOOR = (  # the names of the door in run/compiled.py
    "_run", "_slow", "_missing", "_array", "_double", "_collect", "_number", "_scalars", "_tensors", "_more", "_others",
    "_too_many", "_sparse",
)  # fmt: skip
LONG, LINE, DOC = 72, 100, 240
CHEAP = ("input", "number", "size", "transpose", "expand")
VIEWS = ("transpose", "expand", "reshape", "take", "slice", "diagonal", "broadcast", "input")
FRESH = ("dot", "call", "add", "mul", "pow", "sum", "einsum", "eye", "full", "embed", "adddiag", "addview", "inverse",
         "solve")  # fmt: skip


ENTRYWISE = ("log1p", "expm1")  # careful functions that may write over their argument


@dataclass(frozen=True)
class Source:
    """A program: imports, functions of the prelude, the function itself, the names of its arguments, the sizes that it
    must be told."""

    name: str
    parameters: tuple[str, ...]
    sizes: tuple[str, ...]
    imports: tuple[str, ...]
    pieces: tuple[str, ...]
    function: str

    @property
    def text(self) -> str:
        """The whole program."""
        parts = ["\n".join(self.imports), *self.pieces, self.function]
        return "\n\n\n".join(p.strip("\n") for p in parts if p)


class Emitter:
    """Writes the body of one function."""

    def __init__(self, backend: Backend, symbols: Sequence[Symbol], taken: Iterable[str], hints: Mapping[int, str],
                 sparse: Collection[int] = ()) -> None:  # fmt: skip
        self.sparse = sparse
        self.backend, self.symbols, self.hints = backend, symbols, hints
        reserved = {*backend.imports, *FACTORISED, *(p.name for p in preludes), "float", "len", *DOOR}
        self.names: dict[str, str] = {}
        for s in symbols:
            own = identifier(s.name)
            while own in reserved or own in self.names.values():
                own += "_"
            self.names[s.name] = own
        arrays = [s for s in symbols if s.shape]
        like = self.names[(arrays or symbols)[0].name] if arrays or (symbols and backend.name != "numpy") else ""
        self.bare_values: dict[int, bool] = {}
        self.speller = Speller(backend, like, self.bare, sparse)
        self.taken = {*self.names.values(), *taken, *reserved}
        self.sizes = {n: self._free(f"size_{n}") for n in sorted(taken) if n in self.names.values() or n in reserved}
        self.speller.size_names = self.sizes
        self.texts: dict[int, Text] = {}
        self.owned: set[int] = set()
        self.lines: list[tuple[str, str]] = []
        self.shown: dict[int, frozenset[str]] = {}  # the arrays that a piece of code not yet in a line refers to
        self.pending: dict[int, Value] = {}

    def _free(self, name: str) -> str:
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def bare(self, value: Value) -> bool:
        """Tell whether a value is a plain Python number: made of sizes and constants only."""
        found = self.bare_values.get(id(value))
        if found is None:
            simple = value.kind in ("number", "size")
            inner = value.kind in ("add", "mul", "pow", "call") and not value.dims
            found = simple or (inner and all(self.bare(a) for a in value.args))
            self.bare_values[id(value)] = found
        return found

    def body(self, outputs: Sequence[Value]) -> list[tuple[str, str]]:
        """Return the lines of the function (code, comment), the last one returning the outputs."""
        order = list(in_order(outputs))
        self.uses = Counter(id(a) for v in order for a in v.args) + Counter(map(id, outputs))
        for value in reversed(order):  # what is seen through a view that is used twice is used twice
            if value.kind in CHEAP and value.args and self.uses[id(value)] > 1:
                self.uses[id(value.args[0])] += self.uses[id(value)] - 1
        self.left = Counter(self.uses)
        self.wanted = {id(v) for v in outputs}
        self.viewed = {id(a) for v in order if v.kind in VIEWS for a in v.args}
        for value in order:
            self._emit(value)
        results = [self._result(v) for v in outputs]
        self.lines.append((f"return {', '.join(results)}", ""))
        return self.lines

    def _result(self, value: Value) -> str:
        """Return an output as code; an argument is never given back itself, nor a view of one."""
        text = self.texts[id(value)]
        if self.bare(value):
            return self.backend.templates["whole"].format(text.code, like=self.speller.like)
        if id(value) in self.sparse:
            return f"{text.within(ATOM)}.toarray()"
        source = value
        while source.kind in VIEWS and source.args:
            source = source.args[0]
        view = value.kind == "diagonal" or (value.kind == "broadcast" and value.args[0].dims)
        shared = value.dims or (self.backend.name == "torch" and not self.bare(value))  # an entry of a tensor is a view
        if shared and (source.kind == "input" or view):
            return self.backend.templates["copy"].format(text.within(ATOM))
        return text.code

    # -- one value ---------------------------------------------------------------------------------------------------

    def _emit(self, value: Value) -> None:
        if value.kind == "input":
            self.texts[id(value)] = Text(self.names[value.attrs[0]])
            return
        if self.backend.in_place and self._in_place(value):
            return
        text = self.speller.spell(value, [self.texts[id(a)] for a in value.args])
        if self._wants_name(value, text):
            if not self._in_pieces(value, text):
                self._assign(value, text)
        else:
            self.texts[id(value)] = text
            self.shown[id(value)] = frozenset().union(*(self._refers(a) for a in value.args))
            self.pending[id(value)] = value
        self._used(value)

    def _refers(self, value: Value) -> frozenset[str]:
        """The names of arrays made here that the code of a value refers to."""
        if id(value) in self.owned:
            return frozenset((self.texts[id(value)].code,))
        return self.shown.get(id(value), frozenset())

    def _used(self, value: Value) -> None:
        for arg in value.args:
            self.left[id(arg)] -= 1
            if not self.left[id(arg)] and id(arg) not in self.wanted:
                self.pending.pop(id(arg), None)

    def _flush(self, name: str, besides: Value) -> None:
        """Give names to all pieces of code that refer to an array, before it is overwritten."""
        for value in list(self.pending.values()):
            if name in self.shown[id(value)] and value is not besides:
                self._assign(value, self.texts[id(value)])

    def _wants_name(self, value: Value, text: Text) -> bool:
        if value.kind == "factor":
            return True
        if value.kind in CHEAP and len(text.code) < 24:
            return False
        if value.kind in ("reshape", "slice", "take") and text.code.isidentifier():
            return False
        last = self.uses[id(value)] == 1 and id(value) in self.wanted
        return self.uses[id(value)] > 1 or (len(text.code) > LONG and not last) or (last and len(text.code) > LINE)

    def _assign(self, value: Value, text: Text, name: str = "") -> str:
        name = name or self._name(value)
        self.lines.append((f"{name} = {text.code}", show_shape(value.dims)))
        self._named(value, name)
        return name

    def _named(self, value: Value, name: str) -> None:
        self.texts[id(value)] = Text(name)
        self.owned.add(id(value))
        self.pending.pop(id(value), None)

    def _in_pieces(self, value: Value, text: Text) -> bool:
        """Write a long sum as several statements, `r = a + b`, then `r += c`. Tells whether that was done."""
        if value.kind != "add" or len(text.code) <= LINE or len(value.args) < 3:
            return False
        parts = [(c, self.texts[id(a)], a.dims == value.dims) for c, a in zip(value.attrs, value.args, strict=True)]
        parts.sort(key=lambda p: (not p[2], p[0] < 0))  # the first makes the whole array
        if not parts[0][2] or id(value.args[0]) in self.sparse:
            return False
        rows: list[list[tuple[Any, Text]]] = [[]]
        for coef, piece, _ in parts:
            if rows[-1] and len(added(*zip(*rows[-1], (coef, piece), strict=True)).code) > LONG:
                rows.append([])
            rows[-1].append((coef, piece))
        if len(rows[0]) == 1 and rows[0][0][0] == 1 and len(rows) > 1:
            rows[1:2] = [[*rows[0], *rows[1]]]  # a copy of an argument is not what is added to
            rows.pop(0)
        name = self._name(value)
        for k, row in enumerate(rows):
            piece = added(*zip(*row, strict=True))
            minus = k and all(c < 0 for c, _ in row)
            if minus:
                piece = added([-c for c, _ in row], [t for _, t in row])
            sign = "=" if not k else "-=" if minus else "+="
            self.lines.append((f"{name} {sign} {piece.code}", "" if k else show_shape(value.dims)))
        self._named(value, name)
        return True

    def _name(self, value: Value) -> str:
        for wish in self._wishes(value):
            if wish not in self.taken:
                self.taken.add(wish)
                return wish
        stem = self._stem(value)
        count = next(k for k in range(1, 10_000) if f"{stem}{k}" not in self.taken)
        self.taken.add(f"{stem}{count}")
        return f"{stem}{count}"

    def _wishes(self, value: Value) -> Iterable[str]:
        hint = self.hints.get(id(value), "")
        if hint:
            yield identifier(hint)
        if value.kind == "dot":
            parts = [self.texts[id(a)].code.replace(".T", "t") for a in value.args]
            if all(p.isidentifier() for p in parts) and sum(map(len, parts)) <= 6:
                yield "".join(parts)
        yield self._stem(value)

    def _stem(self, value: Value) -> str:
        """The usual letter of what a value is: r for a residual, L for a factor, s for a sigmoid."""
        if value.kind == "call":
            return _LETTERS.get(value.attrs[0], value.attrs[0][:1] if value.attrs[0][:1].isalpha() else "t")
        if value.ndim == 2 and value.kind in ("add", "adddiag", "dot", "mul", "einsum", "embed"):
            return {"dot": "M", "adddiag": "H", "add": "R"}.get(value.kind, "Z")
        return {"dot": "t", "add": "r", "factor": "L", "solve": "z", "mul": "u", "inverse": "inv"}.get(value.kind, "t")

    # -- in place ----------------------------------------------------------------------------------------------------

    def _in_place(self, value: Value) -> bool:
        """Write a step on a fresh matrix in place: `R = X @ W`, then `R -= Y`. Tells whether that was done."""
        if value.kind in ("adddiag", "addview"):
            self._diagonal_in_place(value)
            return True
        if value.ndim < 2 or value.kind not in ("add", "mul", "call") or id(value) in self.sparse:
            return False
        at = self._reusable(value)
        if at is None:
            return False
        code = self._update(value, at)
        if code is None:
            return False
        base = value.args[at]
        if id(base) in self.owned:
            name = self.texts[id(base)].code
            self._flush(name, value)
            code = self._update(value, at)
            assert code is not None
        else:
            name = self._name(value)
            self.lines.append((f"{name} = {self.texts[id(base)].code}", show_shape(value.dims)))
        for line in code:
            self.lines.append((line.replace("\0", name), ""))
        self._named(value, name)
        self._used(value)
        return True

    def _reusable(self, value: Value) -> int | None:
        """Return the argument whose array may be overwritten: fresh, of the same axes, and used nowhere else."""
        for at, arg in enumerate(value.args):
            once = sum(a is arg for a in value.args) == 1
            free = self.left[id(arg)] == 1 and id(arg) not in self.wanted
            heavy = (arg.kind in FRESH and arg.kind not in ("add", "mul")) or id(arg) in self.owned
            if once and free and heavy and arg.dims == value.dims and self._own_array(arg):
                return at
        return None

    def _own_array(self, value: Value) -> bool:
        """Tell whether a value is an array that this function made and that no other name shows."""
        return value.kind in FRESH and id(value) not in self.viewed

    def _update(self, value: Value, at: int) -> list[str] | None:
        """Return the statements that turn the array (written \\0) into the value."""
        others = [(k, self.texts[id(a)]) for k, a in enumerate(value.args) if k != at]
        if value.kind == "call":
            code = template(value.attrs[0], "numpy")
            name = value.attrs[0]
            entrywise = name in ENTRYWISE or (name in operations and operations[name].core == (0,))
            single = code.startswith(("np.", "special.")) and code.endswith("({0})")
            if not entrywise or not single or len(value.args) != 1:
                return None
            return [code.replace("({0})", "(\0, out=\0)")]
        if value.kind == "mul":
            coef, powers = value.attrs
            if powers[at] != 1:
                return None
            above = [t for k, t in others if powers[k] == 1]
            under = [t for k, t in others if powers[k] == -1]
            if not above and coef == 1:
                return [f"\0 /= {t.code}" for t in under]
            if not above and under and coef != 1:
                return [f"\0 *= {multiplied(coef, [], under).code}"]
            return [f"\0 *= {multiplied(coef, above, under).code}"]
        coefs = value.attrs
        rest = [(coefs[k], t) for k, t in others]
        if coefs[at] == -1 and len(rest) == 1 and rest[0][0] == 1 and value.args[others[0][0]].dims == value.dims:
            return [f"np.subtract({rest[0][1].code}, \0, out=\0)"]
        lines = [] if coefs[at] == 1 else [f"\0 *= {multiplied(coefs[at], [], []).code}"]
        if len(rest) == 1 and rest[0][0] < 0:
            return [*lines, f"\0 -= {multiplied(-rest[0][0], [rest[0][1]], []).code}"]
        while rest:
            taken = 1
            while taken < len(rest) and len(added(*zip(*rest[: taken + 1], strict=True)).code) <= LONG:
                taken += 1
            lines.append(f"\0 += {added(*zip(*rest[:taken], strict=True)).code}")
            rest = rest[taken:]
        return lines

    def _diagonal_in_place(self, value: Value) -> None:
        matrix, diagonal = value.args
        text = self.texts[id(matrix)]
        free = self.left[id(matrix)] == 1 and id(matrix) not in self.wanted and self._own_array(matrix)
        if free and id(matrix) in self.owned:
            name = text.code
            self._flush(name, value)
        else:
            name = self._name(value)
            fresh = free or (matrix.kind in FRESH and id(matrix) not in self.owned)
            code = text.code if fresh else f"{text.within(ATOM)}.copy()"
            self.lines.append((f"{name} = {code}", show_shape(value.dims)))
        added_text = self.texts[id(diagonal)].code
        if value.kind == "adddiag":
            self.lines.append((f"{name}.flat[:: {self.speller.size(value.dims[0] + 1).code}] += {added_text}", ""))
        else:
            where, kept = value.attrs
            self.lines.append((f'np.einsum("{where}->{kept}", {name})[...] += {added_text}', f"a view of {where}"))
        self._named(value, name)
        self._used(value)


_LETTERS = {
    "sigmoid": "s", "log_sigmoid": "ls", "dsigmoid": "ds", "softplus": "sp", "exp": "e", "log": "logs", "tanh": "th",
    "softmax": "p", "log_softmax": "logp", "relu": "h", "step": "on", "logsumexp": "lse", "nrm2": "norm",
}  # fmt: skip


def program(
    backend: Backend, name: str, symbols: Sequence[Symbol], outputs: Sequence[Value], formulas: Sequence[str],
    hints: Mapping[int, str], x64: bool, sparse: Collection[int] = (),
) -> Source:
    """Return the source of a function of the symbols that returns the outputs."""
    names = {d for v in in_order(outputs) for d in _sizes_of(v)}
    emitter = Emitter(backend, symbols, names, hints, sparse)
    body = emitter.body(outputs)
    words = {w for line, _ in body for w in _names(line)}
    wanted = {n for n in names if emitter.sizes.get(n, n) in words}
    shapes, told = _shape_lines(symbols, emitter.names, wanted, emitter.sizes)
    parameters = [emitter.names[s.name] for s in symbols]
    lines = [f"def {name}({', '.join([*parameters, *told])}):", *_docstring(formulas, symbols, emitter.names)]
    lines += [f"    {line}" for line in shapes]
    width = max((len(code) for code, note in body if note), default=0)
    for code, note in body:
        lines.append(f"    {code:<{min(width, 60)}}  # {note}" if note else f"    {code}")
    pieces = [p.source for p in needed("\n".join(code for code, _ in body).replace("return ", ""), backend.name)]
    decorator = backend.decorator
    if decorator and told:  # JAX compiles anew for each size
        decorator = f"@functools.partial({decorator[1:]}, static_argnames={tuple(told)!r})"
    used = words | {w for p in pieces for w in _names(p)} | set(_names(decorator))
    imports = [line for key, line in backend.imports.items() if key in used]
    if backend.first and x64:
        imports += ["", backend.first]
    function = "\n".join([*([decorator] if decorator else []), *lines])
    return Source(name, tuple(parameters), tuple(told), tuple(imports), tuple(pieces), function)


def _shape_lines(
    symbols: Sequence[Symbol], names: Mapping[str, str], needed: set[str], called: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Return the lines that read sizes off the arguments, and the sizes that none tells."""
    lines: list[str] = []
    left = set(needed)
    for s in symbols:
        plain = {str(d): k for k, d in reversed(list(enumerate(s.shape))) if d.names == {str(d)}}
        here = {n: k for n, k in plain.items() if n in left}
        if len(here) == s.ndim > 1:
            lines.append(f"{', '.join(called.get(str(d), str(d)) for d in s.shape)} = {names[s.name]}.shape")
        else:
            found = sorted(here.items(), key=lambda p: p[1])
            lines += [f"{called.get(n, n)} = {names[s.name]}.shape[{k}]" for n, k in found]
        left -= set(here)
    for s in symbols:
        for k, d in enumerate(s.shape):
            unknown = d.names & left
            if len(unknown) == 1:
                text = _solved(d, min(unknown), f"{names[s.name]}.shape[{k}]", called)
                if text:
                    lines.append(f"{called.get(min(unknown), min(unknown))} = {text}")
                    left -= unknown
    return lines, sorted(left)


def _solved(dim: Dim, name: str, text: str, called: Mapping[str, str]) -> str:
    """Return the size `name` from a size that is linear in it: n + 1, 2n, n·m with m known."""
    own = [(names, c) for names, c in dim.terms if name in names]
    rest = [(names, c) for names, c in dim.terms if name not in names]
    if len(own) != 1 or own[0][0].count(name) != 1:
        return ""
    (names, count), others = own[0], Dim(dict(rest))
    if others.terms:
        less = others.number is not None and others.number < 0
        minus = size(others * -1 if less else others, called).within(PRODUCT)
        text = f"({text} {'+' if less else '-'} {minus})"
    by = Dim({tuple(n for n in names if n != name): count})
    if by != Dim.of(1):
        return f"{text} // {size(by, called).within(ATOM)}"
    return text[1:-1] if others.terms else text


def _sizes_of(value: Value) -> set[str]:
    found = {n for d in value.dims for n in d.names}
    for attr in value.attrs:
        parts = attr if isinstance(attr, tuple) else (attr,)
        found |= {n for p in parts if isinstance(p, Dim) for n in p.names}
    return found


def _docstring(formulas: Sequence[str], symbols: Sequence[Symbol], names: Mapping[str, str]) -> list[str]:
    """The formulas; then, as a comment, the shapes of the arguments."""
    shapes = ", ".join(f"{names[s.name]}: {show_shape(s.shape)}" for s in symbols)
    shown = [f if len(f) <= DOC else f"{f[:DOC]} ..." for f in formulas]
    clean = [f.replace("\\", "\\\\").replace('"""', "'''") for f in shown]
    doc = [f'    """{clean[0]}', *(f"    {f}" for f in clean[1:])]
    doc = [*doc, '    """'] if clean[1:] else [f'{doc[0]}"""']
    return [*doc, f"    # {shapes}"] if shapes else doc


def _names(code: str) -> list[str]:
    """Return the identifiers in a piece of code, without those that stand behind a dot."""
    out, word, before = [], "", ""
    for sign in code + " ":
        if sign.isidentifier() or (word and (word + sign).isidentifier()):
            word += sign
        else:
            if word and before != ".":
                out.append(word)
            word, before = "", sign
    return out


def identifier(name: str) -> str:
    """Return a name that Python accepts: λ stays λ, x′ is x_prime, lambda is lambda_."""
    text = unicodedata.normalize("NFKC", name.replace("′", "_prime").replace("'", "_prime").replace("*", "_star"))
    text = "".join(c if (c.isidentifier() or ("a" + c).isidentifier()) else "_" for c in text) or "x"
    text = text if text[0].isidentifier() else f"x{text}"
    return f"{text}_" if keyword.iskeyword(text) else text
