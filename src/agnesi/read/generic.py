"""Functions of which nothing is said: f in d/dx f(g(x)) = f'(g(x)) g'(x) stands for every smooth function.

Such a letter gets an instance with symbols of its own, f(x) = a sin(b x + c) + d x², so that a claim about all f is
tested on random ones. An equation that f may have to satisfy (f(x + y) = f(x) + f(y), f' = 2f) is no such claim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from agnesi.expr.nodes import Symbol, apply, symbol, symbols_of
from agnesi.read.cursor import partners
from agnesi.read.scene import names_of
from agnesi.read.syntax import Node, postorder
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Definition, Vocabulary

PRIMES = 40  # in one line; of more, no derivative of an instance says anything
APPLIED = frozenset("fgh")  # letters that are functions where they stand before a bracket
PRIMED = frozenset("fghuv")  # and where they have a prime in a rule such as (uv)' = u'v + uv'
SAID = re.compile(
    r"\b(?:densit|lipschitz|monoton|increas|decreas|homogen|linear|affine|even|odd|periodic|bounded|"
    r"positive|negative|invers|minim|maxim|mode|optim|stationary|eigen|harmonic|satisf|solv|root|zero|constant|"
    r"distribut|constraint|subject|invertib|bijecti|inject|polynom|quadratic|coercive|integra|probab|random|submodular|"
    r"kernel|norm|metric|symmetric|additive|subadditive|multiplicative|contraction|fixed)", re.IGNORECASE
)
OF_CHANCE = re.compile(r"(?i)\b(?:random|distribut|probab)\w*|\bpositive (?:probab|weight)\w*")
BENT = re.compile(r"(?i)\b(?:strictly )?(convex|concave)\b")
_MEANS = frozenset(("expectation", "Expectation"))
INEQUALITIES = frozenset(("le", "lt", "ge", "gt"))
BARE = frozenset(("name", "num", "sub", "bracket"))


def generic_functions(lines: Sequence[Sequence[Token]], words: Vocabulary, source: str) -> list[Definition]:
    """Return an instance for each letter that is used as a function and of which the text says nothing."""
    tokens = [t for line in lines for t in line]
    weighed = averaged(lines) if words.chance else frozenset[str]()
    if (words.chance and not weighed) or (not weighed and any(t.text in ("∫", "int") for t in tokens)):
        return []
    called: dict[str, Counter[str]] = {}
    vectors: set[str] = set()
    bent = BENT.search(source) is not None
    for line in lines:
        for opened, closed in partners(list(line)).items():
            name = letter_called(line, opened)
            able = name in APPLIED or in_step(line, opened)
            if not able or name in words or (words.chance and name not in weighed):
                continue
            inner = line[opened + 1 : closed]
            called.setdefault(name, Counter()).update(
                t.text for t in inner if len(inner) == len(t.text) == 1 and t.text.isalpha()
            )
            if any(t.text in words.symbols and words.symbols[t.text].shape for t in inner) or graded(line, opened):
                vectors.add(name)
    for a, b in pairwise(tokens):  # f_1 and f_2 are functions or numbers of their own
        if b.text == "_":
            called.pop(a.text, None)
    for name in primed_rules(lines):
        if name not in words and name not in called:
            called[name] = Counter()
    own = Counter(x for found in called.values() for x in found.elements() if x.isalpha())
    usual = own.most_common(1)[0][0] if own else "x"
    if set(called) & vectors:
        vectors = set(called)
    bends = {name: bend_of(name, source) for name in called} if bent else {}
    if bent and not all(bends.values()):
        return []
    return [instance(name, one.most_common(1)[0][0] if one else usual, name in vectors, words, bends.get(name, ""))
            for name, one in called.items()]


def restricted(source: str, chance: bool) -> bool:
    """Tell whether words of a text may restrict its functions: f is linear, a root of f."""
    return SAID.search(OF_CHANCE.sub("", source) if chance else source) is not None


def compared(tree: Node, names: frozenset[str]) -> bool:
    """Tell whether a tree is an inequality with unknown functions in it."""
    return tree.head == "rel" and bool(INEQUALITIES & set(tree.value) and names & set(mentioned(tree)))


def bend_of(name: str, source: str) -> str:
    """Return "convex" or "concave" where that is said of a function: f is convex, a convex function f."""
    bare = rf"(?<![\w\\]){name}(?:\(\w\))?(?!\w)"
    kind = r"(?:strictly )?(convex|concave)\b"
    verb = r"(?: and (?!\w\b)\w+)?\W{1,3}(?:is |be |are |: ?)?(?:(?:an?|any|some|\w+ and) )*"
    after = re.search(bare + verb + kind, source, re.IGNORECASE)
    before = re.search(kind + r" (?:\w+ )?(?:functions? )?\$?" + bare, source, re.IGNORECASE)
    found = after or before
    return found[1].lower() if found else ""


def averaged(lines: Sequence[Sequence[Token]]) -> frozenset[str]:
    """Return the letters of functions that stand in an expectation: f in E[f(x)]."""
    found: set[str] = set()
    for line in lines:
        for opened, closed in partners(list(line)).items():
            at = opened - 1
            while at > 0 and line[at].text != "_" and line[at].kind in ("word", "name", "close", "open"):
                at -= 1
            before = line[at - 1].text if line[at].text == "_" else line[opened - 1].text
            if before in ("E", "𝔼") and line[opened].text in ("[", "("):
                inner = line[opened : closed + 1]
                found |= {letter_called(inner, k) for k, t in enumerate(inner) if t.kind == "open" and k} & APPLIED
    return frozenset(found)


def introduced(lines: Sequence[Sequence[Token]], words: Vocabulary, source: str) -> tuple[frozenset[str], set[str]]:
    """Put an instance of each unknown function in force; return the functions, and the constants of the instances."""
    constants: set[str] = set()
    primes = max((sum(t.text == "'" for t in line) for line in lines), default=0)
    found = generic_functions(lines, words, source) if primes <= PRIMES else []
    for one in found:
        own = {s.name: s for s in symbols_of(one.body) if s is not one.symbols[0]}
        words.definitions[one.name] = one
        words.symbols.update(own)
        constants |= set(own)
    return frozenset(one.name for one in found), constants


def letter_called(line: Sequence[Token], opened: int) -> str:
    """Return the letter, perhaps with primes, that a bracket follows at once: f(, g'(."""
    at = opened - 1
    if at < 0 or line[opened].text != "(" or line[opened].spaced:
        return ""
    while at > 0 and line[at].text == "'":
        at -= 1
    return line[at].text if line[at].kind in ("word", "name") else ""


def graded(line: Sequence[Token], opened: int) -> bool:
    """Tell whether ∇ stands before the letter that is called."""
    return opened > 1 and line[opened - 2].text in ("∇", "grad", "Hess", "hess", "gradient", "hessian")


def in_step(line: Sequence[Token], opened: int) -> bool:
    """Tell whether a bracket is that of J in a step θ := θ − α∇J(θ), or ∇_θ J(θ), of which J is the loss."""
    if len(line) < 3 or line[1].text != ":=" or [t.text for t in line[opened + 1 : opened + 3]] != [line[0].text, ")"]:
        return False
    named = [t.text for t in line[opened - 4 : opened - 1]] == ["∇", "_", line[0].text]
    return bool(letter_called(line, opened)) and (named or graded(line, opened))


def primed_rules(lines: Iterable[Sequence[Token]]) -> set[str]:
    """Return the letters with primes of rules that have a bracket with a prime: (uv)' = u'v + uv'."""
    found: set[str] = set()
    for line in lines:
        rule = any(a.text == ")" and b.text == "'" and not b.spaced for a, b in pairwise(line))
        if rule and not any(t.text == "ᵀ" for t in line):
            found |= {a.text[-1] for a, b in pairwise(line) if b.text == "'" and a.kind in ("word", "name")}
    return found & PRIMED


def instance(name: str, parameter: str, vector: bool, words: Vocabulary, bend: str = "") -> Definition:
    """Return f(x) = a sin(b x + c) + d x² for a number x, a sin(bᵀx + c) + xᵀD x for a vector, with letters of f.

    A convex one is exp(b x + c) + d x with d x² for d ≥ 0, a concave one the negative of that.
    """
    known = words.symbols.get(parameter)
    shape = known.shape if known is not None else ()
    if vector and not shape:
        shape = symbol("x", ["n"]).shape
    own = symbol(parameter, shape, known.facts if known is not None else ())
    a, b, c, d = (letter_of(name, k, s) for k, s in enumerate(((), shape, (), (*shape, *shape)), 1))
    along = apply("mul", apply("transpose", b), own) if shape else apply("mul", b, own)
    wave = apply("mul", a, apply("sin", apply("add", along, c)))
    square = apply("mul", apply("transpose", own), d, own) if shape else apply("mul", d, apply("pow", own, 2))
    if bend:
        d = letter_of(name, 4, (*shape, *shape), "psd" if shape else "nonnegative")
        square = apply("mul", apply("transpose", own), d, own) if shape else apply("mul", d, apply("pow", own, 2))
        wave = apply("exp", apply("add", along, c))
    body = apply("add", wave, square)
    return Definition(name, (parameter,), apply("neg", body) if bend == "concave" else body, (own,))


def letter_of(name: str, number: int, shape: Sequence[object], *more: str) -> Symbol:
    """Return a constant of a function: f₁."""
    return symbol(f"{name}_{number}", shape, ("constant", *more))  # type: ignore[arg-type]


def may_be_condition(
    tree: Node, names: frozenset[str], made: Mapping[str, Node], bent: bool = False
) -> bool:
    """Tell whether an equation between values of unknown functions may be one that they have to satisfy.

    It is a claim for all functions where a derivative of something made of them is taken, or where it says ≈, and an
    inequality where they are said to be `bent`, convex or concave. `made` has the bodies of the definitions: an
    equation for y alone, where y = f(x), may be a condition too.
    """
    through = names | dependent(names, made)
    said = set(mentioned(tree))
    if tree.head != "rel" or not said & through or (bent and INEQUALITIES & set(tree.value)):
        return False
    calls = [a for a in tree.args if a.head == "call" and len(a.args) == 1 and a.value[0] in names]
    if len(calls) == len(tree.args) and len({a.value for a in calls}) == 1:  # f(x_new) = f(x − ηg)
        return not any(a.args[0].head == "name" and a.args[0].value in made for a in calls)
    if apart(tree, names):  # E[f(z)] = E[f(μ + σε)], E[f(x')] = E[f(x)]: z is said to be μ + σε
        return True
    if sum(bool(names & set(mentioned(a))) for a in tree.args) > 1 and averages(tree, names):
        return False  # E[f(x)] = ∑_x p(x) f(x)
    if not said & names:
        return True
    return "approx" not in tree.value and not any(claims(node, through, made) for node in postorder(tree))


def apart(tree: Node, names: frozenset[str]) -> bool:
    """Tell whether two sides average unknown functions of different variables, or different unknown functions."""
    sides = [a for a in tree.args if any(n.head == "chance" and n.value[0] in _MEANS for n in postorder(a))]
    calls = [[n for n in postorder(a) if n.head == "call" and n.value[0] in names] for a in sides]
    for left, right in pairwise(calls):
        shared = {n.value[0] for n in left} & {n.value[0] for n in right}
        inner = [{x for n in side for a in n.args for x in names_of(a)} for side in (left, right)]
        if left and right and not (shared and inner[0] & inner[1]):
            return True
    return False


def averages(tree: Node, names: frozenset[str]) -> bool:
    """Tell whether a tree has an expectation of unknown functions in it."""
    found = [n for n in postorder(tree) if n.head == "chance" and n.value[0] == "expectation"]
    return any(names & set(mentioned(n)) for n in found)


def dependent(names: frozenset[str], made: Mapping[str, Node]) -> frozenset[str]:
    """Return the names that are defined by unknown functions, themselves or through others."""
    found: set[str] = set()
    for _ in made:
        found |= {name for name, body in made.items() if (names | found) & set(mentioned(body))}
    return frozenset(found)


def claims(node: Node, through: frozenset[str], made: Mapping[str, Node]) -> bool:
    """Tell whether a node is a derivative of something made of unknown functions, or an order of magnitude."""
    if node.head == "call" and node.value[0] in ("big_o", "little_o"):
        return True
    if node.head == "call" and node.value[1] and node.value[0] in made:
        return made_of(made[node.value[0]], through)
    primed = node.head == "prime" and node.args[0].head not in ("name", "prime")
    if node.head in ("derivative", "nabla") or primed:
        body = node.args[0]
        body = made.get(body.value, body) if body.head == "name" else body
        return made_of(body, through)
    return False


def mentioned(tree: Node) -> list[str]:
    """Return the names and the functions of a tree."""
    return [*names_of(tree), *(n.value[0] for n in postorder(tree) if n.head == "call")]


def made_of(body: Node, names: frozenset[str]) -> bool:
    """Tell whether a body is more than f or f(x), and has f in it."""
    while body.head in ("bracket", "del"):
        body = body.args[0]
    plain = body.head == "name" or (body.head == "call" and all(a.head in BARE for a in body.args))
    return not plain and bool(names & set(mentioned(body)))
