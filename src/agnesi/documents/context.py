"""What a document has said so far: declarations, facts, definitions, each in its scope, the later one in force.

What is told in a section holds in it and in its subsections; what is told before the first section holds everywhere.
Exercises, problems and examples that only their first words set apart are scopes of their own within a section. A
symbol that is told anew loses what was told of it before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agnesi.documents.names import names_in, names_of
from agnesi.documents.records import Document

MAX_TOLD = 40  # statements that are handed on to one paragraph
_DENSITY = re.compile(r"\s*[pq]\s*\(")  # a density of another chapter: the letter says nothing of this one
Place = tuple[int, int]  # a section, and the number of the exercise in it (0: none)


@dataclass(frozen=True)
class Told:
    """One statement that later paragraphs may stand on.

    `kind` is declaration, fact, definition, model or condition; `names` are what it is about, `text` is how it is said
    to the checker.
    """

    kind: str
    text: str
    names: tuple[str, ...]

    def data(self) -> list[object]:
        """Return plain data."""
        return [self.kind, self.text, list(self.names)]

    @property
    def about(self) -> frozenset[str]:
        """Return the names that stand in it."""
        said = self.text if self.kind != "fact" else " ".join(re.findall(r"\$([^$]*)\$", self.text))
        return names_in(said).union(self.names)

    @property
    def may_be_size(self) -> bool:
        """Tell whether it may say how large something is: n : ℕ, n = 3, and not d = √c."""
        return self.kind == "declaration" or re.fullmatch(r"\s*\w+\s*(?::?=)\s*\d+\s*", self.text) is not None


@dataclass
class Context:
    """The statements told so far, by section and exercise."""

    document: Document
    told: dict[Place, list[Told]] = field(default_factory=dict)

    def add(self, place: Place, fresh: Iterable[Told]) -> None:
        """Take statements in; what they say anew replaces what was said of the same names in this scope."""
        for one in fresh:
            held = self.told.setdefault(place, [])
            held[:] = [old for old in held if not replaces(one, old)]
            held.append(one)

    def scopes(self, place: Place) -> list[Place]:
        """Return the scopes that a place stands in, from the outside in."""
        section, exercise = place
        around: list[Place] = [(s, 0) for s in self.document.scopes(section)][::-1]
        return [*around, place] if exercise else around

    def in_scope(self, place: Place, names: frozenset[str], without: Iterable[str] = ()) -> list[Told]:
        """Return what holds in a place and is about some of the names, directly or through each other."""
        return relevant([self.told.get(s, []) for s in self.scopes(place)], names, frozenset(without))

    def anywhere(self, place: Place, names: frozenset[str], without: Iterable[str] = ()) -> list[Told]:
        """Return what was said anywhere before, also in scopes that ended; what is in scope comes last."""
        scopes = self.scopes(place)
        ended = [[t for t in told if not _DENSITY.match(t.text)] for s, told in self.told.items() if s not in scopes]
        within = [self.told.get(s, []) for s in scopes]
        return relevant([*_latest(ended, within), *within], names, frozenset(without))


def _latest(ended: Sequence[Sequence[Told]], within: Sequence[Sequence[Told]]) -> list[list[Told]]:
    """Return what was told in scopes that ended, of each name only what the last one says that tells of it.

    Letters are used again and again in a book: what two chapters say of A is about two matrices.
    """
    out = list[list[Told]]()
    later = {name for layer in within for one in layer for name in one.names}
    for layer in reversed(ended):
        out.append([one for one in layer if not later.intersection(one.names)])
        later |= {name for one in layer for name in one.names}
    return out[::-1]


def relevant(layers: Sequence[Sequence[Told]], names: frozenset[str], without: frozenset[str]) -> list[Told]:
    """Return what is in force after all layers, as far as it has to do with the names."""
    held = [one for one in in_force(layers) if not without.intersection(one.names)]
    wanted, sizes, chosen = names, frozenset[str](), set[int]()
    while True:
        about = [wanted | sizes if one.may_be_size else wanted for one in held]
        more = [k for k, one in enumerate(held) if k not in chosen and about[k].intersection(one.names)]
        if not more or len(chosen) + len(more) > MAX_TOLD:
            return [held[k] for k in sorted(chosen)]
        chosen.update(more)
        sizes = sizes.union(*(held[k].about for k in more if held[k].kind == "declaration"))
        wanted = wanted.union(*(held[k].about for k in more if held[k].kind != "declaration"))


def in_force(layers: Sequence[Sequence[Told]]) -> list[Told]:
    """Return what no later statement makes void, in order."""
    held: dict[int, Told] = {}
    by: dict[str, list[int]] = {}  # where a name or a text stands
    for layer in layers:
        begun = len(by.get("", ()))
        for one in layer:
            for k in {k for key in (*one.names, one.text) for k in by.get(key, ()) if k in held}:
                if replaces(one, held[k]) or (k < begun and renews(one, held[k])):
                    del held[k]
            number = len(by.setdefault("", []))
            held[number] = one
            for key in ("", *one.names, one.text):
                by.setdefault(key, []).append(number)
    return list(held.values())


def replaces(new: Told, old: Told) -> bool:
    """Tell whether a statement makes an earlier one void: the same again, a new definition or a new size."""
    if new.text == old.text:
        return True
    if not set(new.names) & set(old.names):
        return False
    if new.kind == "definition":
        return old.kind in ("definition", "model", "condition") and new.names[0] in old.names
    if new.kind == old.kind == "condition":  # another mean of the same variable
        return "=" in new.text and new.text.partition("=")[0].split() == old.text.partition("=")[0].split()
    if new.kind == "declaration":
        return old.kind == "declaration" and _sized(new.text) and _sized(old.text)
    return new.kind == "model" and old.kind in ("model", "definition") and new.names[0] in old.names


def renews(new: Told, old: Told) -> bool:
    """Tell whether a size given in an inner scope is that of another letter: A = [2 1; 1 2] above, any A here."""
    sized = new.kind == "declaration" and _sized(new.text)
    return sized and old.kind != "declaration" and bool(set(new.names) & set(old.names))


def defined_names(left: str) -> tuple[str, ...]:
    """Return what a left side gives a meaning to: q_1 of q_1 = ..., f of f(x) = ..."""
    found = names_of(left)
    return (found[0],) if found else ()


def _sized(text: str) -> bool:
    """Tell whether a declaration gives a shape."""
    return re.search(r"[×∈ℝℕ\d]|scalar|vector|matrix|: *[a-zA-Z]\b", text.partition(" ")[2]) is not None
