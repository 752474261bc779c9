"""What inference finds: types, roles of names, indices, families of entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agnesi.errors import ReadError
from agnesi.expr.dims import ONE, Shape, shape_of
from agnesi.expr.nodes import Symbol, symbol
from agnesi.ops import operations
from agnesi.read.syntax import Node, postorder
from agnesi.read.unify import Axes, Type
from agnesi.read.vocabulary import GREEK_FUNCTIONS, Vocabulary

VECTOR_GREEK = frozenset("μθβξηωφ")
SCALAR_LETTERS = frozenset("nN")
SIZE_LETTERS = frozenset("nmdkNDKM")
ORDER = "xwyzuvrhgpqabfeocdijklmst"
SIZES = ("n", "d", "m", "k", "p", "q", "r", "h", "c", "l", "s", "t")
ANY = "_I"  # ends the name of the size of an identity that nothing fixes
FREE = frozenset("ijklmnpqrstabcd")
ELEMENTWISE = frozenset(op.name for op in operations if op.family == "elementwise")
SCALARS = frozenset(("sum", "mean", "prod", "max", "min", "logsumexp", "norm", "norm1", "norminf", "normnuc"))
SQUARE_SCALAR = frozenset(("tr", "det", "logdet", "lammax", "lammin"))
SQUARE_SAME = frozenset(("inv", "expm", "logm", "sqrtm", "chol", "eigvecs", "toeplitz", "dexpm", "dlogm", "dsqrtm"))
SQUARE_VECTOR = frozenset(("eigvals", "eigvecmax", "eigvecmin"))
VECTOR_SAME = frozenset(("softmax", "cumsum"))
MAX_BINDERS = 64


@dataclass(eq=False)
class Bound:
    """An index: its name, its axis, where it starts, and whether a binder holds it."""

    name: str
    axis: int
    start: int = 1
    free: bool = False
    at: int = 0
    variable: bool = False  # of a limit, a series or an integral: a number, not a position on an axis


@dataclass(eq=False)
class Family:
    """An undeclared letter with one subscript: the entries of a vector, or the rows of a matrix."""

    name: str
    axis: int
    item: Type


@dataclass
class Scene:
    """What inference found: a type for each node, a role for each name, and the axes."""

    axes: Axes
    words: Vocabulary
    text: str
    types: dict[Node, Type] = field(default_factory=dict)
    roles: dict[Node, tuple[Any, ...]] = field(default_factory=dict)
    symbols: dict[str, Type] = field(default_factory=dict)  # undeclared, in order of appearance
    families: dict[str, Family] = field(default_factory=dict)
    declared: dict[str, Symbol] = field(default_factory=dict)
    sizes: dict[str, None] = field(default_factory=dict)
    bare: set[str] = field(default_factory=set)
    lettered: set[str] = field(default_factory=set)  # names of constants that must be vectors here: eᵀe, ‖e‖
    marks: set[str] = field(default_factory=set)  # subscripts that are part of names: Σ_k with its μ_k
    exponents: set[str] = field(default_factory=set)  # letters of sizes that stand in an exponent
    free: dict[str, Bound] = field(default_factory=dict)
    bound: dict[Node, list[Bound]] = field(default_factory=dict)
    ahead: dict[tuple[str, int, Bound], int] = field(default_factory=dict)  # the largest k of x_{i+k}, by place and i
    notes: list[str] = field(default_factory=list)
    copies: dict[Node, dict[str, int]] = field(default_factory=dict)
    late: list[tuple[Node, Any]] = field(default_factory=list)
    numbers: list[Type] = field(default_factory=list)  # parameters that take a number somewhere: f(0)
    prefer: list[Type] = field(default_factory=list)  # types that are vectors when nothing says otherwise
    sums: list[tuple[list[Node], Type]] = field(default_factory=list)
    letters: set[str] = field(default_factory=set)
    used: list[str] = field(default_factory=list)
    squares: list[Type] = field(default_factory=list)  # bases of powers
    products: list[tuple[Type, Type, Type]] = field(default_factory=list)  # products without a transpose in them
    vecs: list[tuple[Type, Type]] = field(default_factory=list)
    krons: list[tuple[Type, Type, Type]] = field(default_factory=list)
    grids: list[list[Type]] = field(default_factory=list)  # the entries of blocks that may be numbers
    fills: list[Type] = field(default_factory=list)  # of a 0 or 1 in a column of blocks
    entries: set[str] = field(default_factory=set)  # names that are indexed with letters or brackets
    chance: list[Node] = field(default_factory=list)  # what is said of random quantities
    made: dict[str, Made] = field(default_factory=dict)
    alias: dict[str, str] = field(default_factory=dict)  # x -> X for rows, found at the end


Scope = dict[str, Bound]
_OTHER = {
    "Tr": "tr",
    "trigamma": "polygamma",
    "norm_bare": "norm",  # bars, whose meaning for a matrix is said
    "norm_two": "norm",
    "norm_one": "norm1",
    "norm_inf": "norminf",
}


@dataclass(eq=False)
class Made:
    """A definition of the sheet: its parameters (keys of symbols), its tree, and the type of its body."""

    name: str
    parameters: tuple[str, ...]
    keys: tuple[str, ...]
    root: Node
    type: Type


def shape_of_type(axes: Axes, kind: Type) -> Shape:
    """Return the shape that a type stands for."""
    dims = [axes.size[axes.find(a)] or ONE for a in kind]
    return tuple(dims) if len(dims) > 2 else shape_of(dims)


def symbol_of(scene: Scene, name: str) -> Symbol:
    """Return the symbol for a name: as declared, or as inferred."""
    if name in scene.words.symbols:
        return scene.words.symbols[name]
    plain_name = name.split("@")[0]
    if name not in scene.symbols:
        raise ReadError(f"{plain_name} is the size of something and an argument too.", repair="Use two letters.")
    return symbol(plain_name, shape_of_type(scene.axes, scene.symbols[name]), scene.words.facts.get(name, frozenset()))


def function_name(name: str) -> str:
    """Return the operation that a function name stands for."""
    if name in GREEK_FUNCTIONS:
        return GREEK_FUNCTIONS[name]
    record = operations.functions.get(name)
    return record.name if record else _OTHER.get(name, name)


def primed_name(node: Node) -> str:
    """Return the name with its primes, as in x'."""
    primes = ""
    while node.head == "prime":
        node, primes = node.args[0], primes + "'"
    return f"{node.value}{primes}" if node.head == "name" else ""


def subscript_names(body: Node) -> set[str]:
    """Return the names that stand in subscripts of a body."""
    found: set[str] = set()
    stack = [body]
    while stack:
        node = stack.pop()
        if node.head in ("sub", "index"):
            for item in node.args[1:]:
                found.update(names_of(item))
        stack.extend(node.args)
    return found


def base_named(base: Node, name: str) -> Node:
    """Return a name node with another name."""
    return Node("name", (), name, base.start, base.stop)


def plain_item(item: Node) -> str:
    """Return the text of a subscript in a name."""
    if item.head in ("name", "num"):
        return str(item.value)
    return "".join(str(n.value) if n.head in ("name", "num") else "+" for n in item.args) or "x"


def is_greek(name: str) -> bool:
    """Tell whether a name is a lower case Greek letter (perhaps with a subscript)."""
    return "α" <= name[0] <= "ω" or name[0] in "ℓϵ"


def is_capital(name: str) -> bool:
    """Tell whether a name is a capital (perhaps with a subscript), so a matrix unless something says otherwise."""
    return (name[0].isupper() and name[0].isascii()) or name[0] in "ΣΛΦΘΨΓΔΩΞΠ"


def row_owner(name: str) -> str:
    """Return the matrix whose rows x_i are: X; a letter whose capital looks like a Latin one (μ) keeps its name."""
    upper = name.upper()
    return upper if len(name) == 1 and (upper.isascii() or upper in "ΣΛΦΘΨΓΔΩΞΠΥ") else name


def names_of(node: Node) -> list[str]:
    """Return the names in a tree."""
    found: list[str] = []
    stack = [node]
    while stack:
        one = stack.pop()
        if one.head == "name":
            found.append(one.value)
        stack.extend(reversed(one.args))
    return found


def shifted(item: Node) -> tuple[str, int] | None:
    """Return ("i", k) for the subscripts i, i + k and i − k; None for others."""
    if item.head == "name":
        return item.value, 0
    names = [part.value for part in item.args if part.head == "name"]
    if item.head != "add" or len(names) != 1:
        return None
    total = 0
    for part in (part for part in item.args if part.head != "name"):
        number = part.args[0] if part.head == "neg" else part
        if number.head != "num" or not isinstance(number.value, int):
            return None
        total += number.value if number is part else -number.value
    return names[0], total


def computed(node: Node) -> bool:
    """Tell whether a term is a computed number rather than a bare name or literal."""
    while node.head in ("neg", "bracket"):
        node = node.args[0]
    return node.head not in ("num", "name")


def of_small_letters(node: Node) -> bool:
    """Tell whether a part is made of numbers and small letters by arithmetic: t, 1 + t, a² − 2b."""
    arithmetic = ("num", "neg", "div", "bracket", "pow", "add", "mul")
    return all(
        n.head in arithmetic or (n.head == "name" and not n.value[0].isupper()) for n in postorder(node)
    )


def is_number(node: Node) -> bool:
    """Tell whether a part is a number: 2, −1, 1/2, 3¹⁰, √2 + 1."""
    return all(n.head in ("num", "neg", "div", "bracket", "pow", "add", "mul") for n in postorder(node))
