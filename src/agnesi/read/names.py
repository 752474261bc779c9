"""Names, sizes and sets as people write them between words; the pieces that declarations are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from agnesi.errors import AgnesiError
from agnesi.read.declare import Declare
from agnesi.read.lex import lex
from agnesi.read.vocabulary import Vocabulary
from agnesi.read.words import GREEK

MAX_OPENERS = 12  # words before and within a declaration
MAX_NAMES = 40
MAX_SIZES = 40  # characters of n×d
MAX_FORMAL = 80  # characters of a formal declaration

NAME = re.compile(
    r"(?:\\(?:mathbf|boldsymbol|bm|mathrm|mathcal|vec|hat|bar|tilde|mathsf)\s*\{\s*\\?[A-Za-z]+\s*\}|\\[A-Za-z]+"
    r"|" + "|".join(sorted((g for g in GREEK if g.isascii()), key=len, reverse=True)) + r"|[^\W\d_]\w{0,2}̂?)"
    r"(?:_(?:\{[^{}]{1,12}\}|\\?\w+)|[₀-₉ᵢⱼₖₙₘₗₜ]+)?(?:\^\{?\((?:\w)\)\}?|⁽.⁾)?'{0,2}$"
)
SIZE = re.compile(r"(?:\d{1,9}|[A-Za-wyz][0-9]?(?:_\{?\w\}?)?|\d[A-Za-z]|\\ell|ℓ)(?:\s*[-+−]\s*\d)?")
TIMES = re.compile(r"\s*(?:×|\\times|\*|·)\s*|\s+x\s+|(?<=[0-9A-Za-z])x(?=[0-9A-Za-z])")
SET = re.compile(
    r"(?:ℝ|R|\\mathbb\s*\{?R\}?|\\R|\\Re|ℕ|N|\\mathbb\s*\{?[NZ]\}?|ℤ|Z|\\?\{[^{}]{1,12}\\?\}|[\[(]\s*0\s*,\s*1\s*[\])])"
    r"(?:[⁺₊]|[_^]\s*(?:\{[^{}]{1,30}\}|\+?\+|\w+)|[ⁿᵐᵈᵏᵖᴺᴰᴷᴹˣ⁰-⁹\u00b9\u00b2\u00b3⁺]+)*$"
)
CONE = re.compile(
    r"(?:\\mathbb\s*\{?S\}?|S|𝕊|\\mathcal\s*\{?S\}?)(?:_\{?(\+\+?)\}?)?\^\{?(\w)\}?(?:_\{?(\+\+?)\}?)?$"
)
INDEXED = re.compile(r"(?:_\{?[ijknmltN]{1,2}\}?|[ᵢⱼₖₙₘₗₜ])(?:'|$)")
LIST = re.compile(r"([^\s,]+)\s*,(?:[^,]+,)?\s*(?:\.\.\.?|…|\\[lc]?dots)\s*,?\s*([^\s,]+)$")
MODELLED = re.compile(
    r"(\S+?)\s*(?:[~∼]|\\sim(?![a-z]))\s*((?:\\(?:mathcal|mathrm|text|operatorname)\s*\{\s*)?[A-Za-z𝒩]{1,12}\s*\}?\s*"
    r"(?:\\left\s*)?\(.*\))$"
)
ARROW = re.compile(r"->|→|\\to(?![a-z])|\\rightarrow|↦")
MEMBER = re.compile(r"\s*(?:∈|\\in(?![a-z]))\s*")



class Item(NamedTuple):
    """A piece of a line: `kind` is "M" (mathematics), "W" (a word), "P" (a mark), "A" (an aside in brackets)."""

    kind: str
    text: str
    start: int
    stop: int
    related: bool = False  # it has a relation outside brackets
    first: int = 0
    last: int = 0


@dataclass(frozen=True)
class Said:
    """What words declare: a declaration for the strict reader, or a fact about names."""

    kind: str
    text: str
    names: tuple[str, ...] = ()
    fact: str = ""


@dataclass
class Found:
    """What has been gathered of one declaration."""

    names: list[str] = field(default_factory=list)
    shape: str = ""
    facts: list[str] = field(default_factory=list)
    said: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    scalar: bool = False
    noun: str = ""
    formal: tuple[str, ...] = ()  # the names of a declaration that is formal already

    def begin(self, before: Found) -> None:
        """Take over what was said before the names."""
        self.shape, self.facts, self.said = before.shape, before.facts, before.said
        self.scalar, self.noun = before.scalar, before.noun

    def take(self, kind: str, value: str) -> None:
        """Add what a phrase says."""
        if kind == "fact":
            self.facts.append(value)
        elif kind == "said":
            self.said.append((value, ()))
        elif kind in ("zero", "one"):
            self.said.append((value, ("0" if kind == "zero" else "1",)))
        elif kind == "scalar":
            self.scalar = True
        elif kind == "maybe":
            self.scalar = bool(self.names) and all(n[0].islower() or n[0] == "\\" for n in self.names)
        elif kind == "count":
            self.noun = "count"
        elif kind == "noun":
            self.noun = value

    @property
    def empty(self) -> bool:
        """Tell whether nothing has been said."""
        return not (self.shape or self.facts or self.said or self.scalar)


def declared_names(text: str) -> list[str] | None:
    """Return the names that the strict reader takes `text` to declare; None when it is no declaration."""
    try:
        tokens = [t for t in lex(text) if t.kind != "end"]
        names, stop = Declare(Vocabulary(), text).read(tokens)
    except AgnesiError:
        return None
    return names if names and stop == len(tokens) else None


def is_size(text: str) -> bool:
    """Tell whether text is a size or several: n, n×d, (n, d)."""
    bare = text.strip()
    if bare[:1] == "(" and bare[-1:] == ")":
        bare = bare[1:-1].strip().rstrip(",")
    parts = [p for piece in bare.split(",") for p in TIMES.split(piece)] if len(bare) < MAX_SIZES else []
    return 0 < len(parts) < 5 and all(SIZE.fullmatch(p.strip()) for p in parts)


def is_table(text: str) -> bool:
    """Tell whether text is a size with several axes: n×d, n x d, 2x3."""
    return is_size(text) and len(TIMES.split(text.strip(" ()"))) > 1


def with_table(text: str) -> tuple[str, str]:
    """Return (name, size) of `X (N x d)`, and (text, "") of all else."""
    found = re.match(r"(\S+)\s+\((.*)\)$", text)
    return (found[1], found[2].strip()) if found and is_table(found[2]) else (text, "")


def member_of(text: str) -> tuple[str, str] | None:
    """Return (name, set) of `x ∈ ℝⁿ`."""
    parts = MEMBER.split(text, maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 and NAME.match(parts[0]) else None


def size_in(word: str) -> str:
    """Return the size in `n-dimensional`, `d-vector`."""
    by = re.fullmatch(r"([a-z]|\d{1,3})-by-([a-z]|\d{1,3})", word)
    if by:
        return f"{by[1]}×{by[2]}"
    found = re.fullmatch(r"([a-z]|\d{1,3})-(?:dimensional|vector|vectors|dim|d|component)", word)
    return found[1] if found else ""


def untransposed(text: str) -> str:
    """Return a name without its sign of transposition."""
    return re.sub(r"(?:\^\{?(?:T|\\top|\\intercal)\}?|ᵀ|'|\^⊤)$", "", text)


def index_of(name: str) -> str:
    """Return the index letter of a name such as x_i."""
    found = re.fullmatch(r"(?:\\?[^\W\d_]+|\\mathbf\{\w\})_\{?([a-zN])\}?", name)
    if found:
        return found[1]
    small = re.fullmatch(r"[^\W\d_]([ᵢⱼₖₙₘₗₜ])", name)
    return "ijknmlt"["ᵢⱼₖₙₘₗₜ".index(small[1])] if small else ""


def in_greek(name: str) -> str:
    """Return a name with its letters in Greek: phi_n is φ_n."""
    return re.sub(r"\\?([A-Za-z]+)", lambda f: GREEK.get(f[1], f[0]), name)
