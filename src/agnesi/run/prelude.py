"""The functions that generated programs bring along: what a backend lacks, or has only in a form that loses digits.

Each is a record: its name, its backend, and its source, which a program contains word for word when it uses the
function. `needed` tells which a text uses; `template` finds the code of an operation or of a careful form (`CAREFUL`),
and `filled` puts arguments into it. `ops/code.py` tells how templates are written.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agnesi.errors import IncompleteRecord, NotCompiled
from agnesi.expr.operation import BACKENDS, operations
from agnesi.expr.python_text import parsed
from agnesi.ops.code import HOMES, NAMES, code
from agnesi.run import prelude_entries, prelude_matrices


@dataclass(frozen=True)
class Prelude:
    """A function `name` of generated programs for a backend, and its `source`: one function with its formula.

    Raises `IncompleteRecord` where the source is not that.
    """

    name: str
    backend: str
    source: str

    def __post_init__(self) -> None:
        if self.backend not in BACKENDS:
            raise IncompleteRecord(f"The prelude function {self.name} is for {self.backend}: no such backend.")
        body = parsed(self.source).body
        if len(body) != 1 or not isinstance(body[0], ast.FunctionDef) or body[0].name != self.name:
            raise IncompleteRecord(f"The prelude of {self.name} for {self.backend} must be one function of that name.")
        if not ast.get_docstring(body[0]):
            raise IncompleteRecord(f"The prelude function {self.name} for {self.backend} lacks: its formula in words.")

    @property
    def uses(self) -> frozenset[str]:
        """The names that the source takes from outside."""
        nodes = list(ast.walk(parsed(self.source)))
        own = {n.arg for n in nodes if isinstance(n, ast.arg)} | {self.name}
        own |= {n.name for n in nodes if isinstance(n, ast.FunctionDef)}
        own |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        return frozenset(n.id for n in nodes if isinstance(n, ast.Name)) - own - set(dir(builtins))


class Preludes:
    """All prelude functions by backend and name; a duplicate is refused, and one that uses what is not there."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], Prelude] = {}

    def add(self, record: Prelude) -> Prelude:
        """Register a record and return it; the functions that it uses must be there already."""
        key = (record.backend, record.name)
        if key in self._records:
            raise IncompleteRecord(f"There are two prelude functions {record.name} for {record.backend}.")
        known = {*NAMES[record.backend], *(name for backend, name in self._records if backend == record.backend)}
        if record.uses - known:
            unknown = ", ".join(sorted(record.uses - known))
            raise IncompleteRecord(f"The prelude function {record.name} for {record.backend} uses unknown: {unknown}.")
        self._records[key] = record
        return record

    def __getitem__(self, key: tuple[str, str]) -> Prelude:
        return self._records[key]

    def __iter__(self) -> Iterator[Prelude]:
        return iter(self._records.values())

    def __contains__(self, key: object) -> bool:
        return key in self._records


preludes = Preludes()


def needed(text: str, backend: str) -> list[Prelude]:
    """Return the prelude functions that a program text uses, each after those that it uses itself.

        >>> [p.name for p in needed("y = frechet(sqrtm, X, E)", "numpy")]
        ['by_eigenvalues', 'sqrtm', 'frechet']
    """
    wanted = {n.id for n in ast.walk(parsed(text)) if isinstance(n, ast.Name)}
    found = []
    for record in reversed([p for p in preludes if p.backend == backend]):  # what is used stands before
        if record.name in wanted:
            found.append(record)
            wanted |= record.uses
    return found[::-1]


def template(name: str, backend: str) -> str:
    """Return the code of an operation or a careful form; raises `NotCompiled` with the reason where there is none."""
    if name in CAREFUL:
        return CAREFUL[name][backend]
    if name in LAYOUTS and backend in LAYOUTS[name]:
        return LAYOUTS[name][backend]
    record = operations[name]
    record = record.extra.get("of", record)
    if backend in record.code:
        return str(record.code[backend])
    reason = record.extra.get("no_code", {}).get(backend, f"the record of {record.name} gives none")
    raise NotCompiled(f"There is no {backend} code for {record.name}: {reason}.")


def filled(
    text: str, args: Sequence[str], attrs: Sequence[object] = (), *, dtype: str = "", shape: Iterable[object] = (),
) -> str:
    """Return a template with its places filled by texts; the signs "lt", "le", "gt", "ge" of a mask are spelled out.

        >>> filled(template("mask", "numpy"), [], ["le", "n", "d"], dtype="X.dtype")
        '(np.arange(n)[:, None] <= np.arange(d)).astype(X.dtype)'
    """
    sizes = "".join(f"{s}, " for s in shape)
    named = {f"a{k}": _SIGNS.get(str(a), str(a)) for k, a in enumerate(attrs)}
    return text.format(*args, **named, dtype=dtype, shape=f"({sizes.strip()})")


_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}

DISTANCES, STACKED = "squared distances", "solve of a stack"
LAYOUTS: Mapping[str, Mapping[str, str]] = {
    "softmax of columns": {"numpy": "softmax_columns({0})"},
    "logsumexp of columns": {"numpy": "logsumexp_columns({0})"},
    STACKED: {
        "numpy": "np.linalg.solve({0}, {1}[..., None])[..., 0]", "jax": "jnp.linalg.solve({0}, {1}[..., None])[..., 0]",
        "torch": "torch.linalg.solve({0}, {1}[..., None])[..., 0]",
    },
    DISTANCES: dict.fromkeys(BACKENDS, "squared_distances({0}, {1})"),
}
"""Forms that are much faster: for another layout of the argument, or by a matrix product."""

CAREFUL: Mapping[str, Mapping[str, str]] = {
    "log1p": code("log1p"),
    "expm1": code("expm1"),
    "log_sigmoid": code("log_sigmoid({0})", "jax.nn.log_sigmoid", "torch.nn.functional.logsigmoid"),
    "dsigmoid": code("dsigmoid({0})"),
    "log_softmax": code("log_softmax({0})", "jax.nn.log_softmax({0}, axis=-1)", "torch.log_softmax({0}, -1)"),
    "log_normcdf": code("special.log_ndtr", "special.log_ndtr({0}, series_order=10)", "torch.special.log_ndtr"),
    "log1mexp": code("log1mexp({0})"),
    "nrm2": code("nrm2({0})"),
    "logaddexp": code("logaddexp", args=2),
    "hypot": code("hypot", args=2),
    "log_cosh": code("log_cosh({0})"),
    "hazard": code("hazard({0})"),
    "log of det": {
        "numpy": "log_of_det({0})", "jax": "log_of_det({0})", "torch": "log_of_det({0})",
    },
    "xlogx": code("xlogx({0})"),
    "sech2": code("sech2({0})"),
}
"""Forms of special arguments that lose no digits: log(1 + x), eˣ − 1, log σ(x), σ(x)(1 − σ(x)), log softmax and log Φ,
log(1 − eˣ) for x < 0, ‖x‖ of all entries without overflow, x log x (0 at 0), 1/cosh² x."""


for _where, _source in (*prelude_entries.SOURCES, *prelude_matrices.SOURCES):
    for _backend in _where.split():
        _text = re.sub(r"(?<![\w.])np\.", HOMES[_backend] + ".", _source.strip() + "\n")
        preludes.add(Prelude(_text.partition("(")[0].removeprefix("def "), _backend, _text))
