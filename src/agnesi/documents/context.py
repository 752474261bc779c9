"""What a document has said so far: declarations, facts, definitions, each in its scope, the later one in force.

What is told in a section holds in it and in its subsections; what is told before the first section holds everywhere.
A symbol that is told anew loses what was told of it before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agnesi.documents.records import Document
from agnesi.read.words import GREEK

MAX_TOLD = 40  # statements that are handed on to one paragraph
_NAME = re.compile(r"\\[A-Za-z]+|[^\W\d_]+")
_GREEK_COMMAND = re.compile(r"\\([A-Za-z]+)")
_SHORT = 4  # letters written together that are a product


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


@dataclass
class Context:
    """The statements told so far, by section."""

    document: Document
    told: dict[int, list[Told]] = field(default_factory=dict)

    def add(self, section: int, fresh: Iterable[Told]) -> None:
        """Take statements in; what they say anew replaces what was said of the same names in this section."""
        for one in fresh:
            held = self.told.setdefault(section, [])
            held[:] = [old for old in held if not replaces(one, old)]
            held.append(one)

    def in_scope(self, section: int, text: str, without: Iterable[str] = ()) -> list[Told]:
        """Return what holds in a section and is about names of the text, directly or through each other."""
        scopes = list(self.document.scopes(section))[::-1]
        return relevant([self.told.get(s, []) for s in scopes], text, frozenset(without))

    def anywhere(self, section: int, text: str, without: Iterable[str] = ()) -> list[Told]:
        """Return what was said anywhere before, also in sections that ended; what is in scope comes last."""
        scopes = list(self.document.scopes(section))[::-1]
        ended = [s for s in self.told if s not in scopes]
        return relevant([self.told.get(s, []) for s in (*ended, *scopes)], text, frozenset(without))


def relevant(layers: Sequence[Sequence[Told]], text: str, without: frozenset[str]) -> list[Told]:
    """Return what is in force after all layers, as far as the text has to do with it."""
    held: list[Told] = []
    for layer in layers:
        for one in layer:
            held = [old for old in held if not replaces(one, old)]
            held.append(one)
    held = [one for one in held if not without.intersection(one.names)]
    wanted, chosen = names_in(text), set[int]()
    while True:
        more = [k for k, one in enumerate(held) if k not in chosen and wanted.intersection(one.names)]
        if not more or len(chosen) + len(more) > MAX_TOLD:
            return [held[k] for k in sorted(chosen)]
        chosen.update(more)
        wanted = wanted.union(*(names_in(held[k].text) for k in more))


def replaces(new: Told, old: Told) -> bool:
    """Tell whether a statement makes an earlier one void: the same again, a new definition or a new size."""
    if new.text == old.text:
        return True
    if not set(new.names) & set(old.names):
        return False
    if new.kind == "definition":
        return old.kind in ("definition", "model", "condition") and new.names[0] in old.names
    if new.kind == "declaration":
        return old.kind == "declaration" and _sized(new.text) and _sized(old.text)
    return new.kind == "model" and old.kind in ("model", "definition") and new.names[0] in old.names


def _sized(text: str) -> bool:
    """Tell whether a declaration gives a shape."""
    return re.search(r"[×∈ℝℕ\d]|scalar|vector|matrix|: *[a-zA-Z]\b", text.partition(" ")[2]) is not None


def names_in(text: str) -> frozenset[str]:
    """Return the names that stand in a text, LaTeX and Unicode alike; letters written together count one by one."""
    found: set[str] = set()
    for name in _NAME.findall(text):
        plain = plain_name(name)
        found.add(plain)
        if len(name) <= _SHORT and not name.startswith("\\"):
            found.update(name)
    return frozenset(found)


def plain_name(name: str) -> str:
    r"""Return a name without decoration: \theta and theta are θ, x_n is x."""
    name = name.strip().partition("_")[0].strip(" {}()'")
    command = _GREEK_COMMAND.fullmatch(name)
    if command is not None:
        return GREEK.get(command[1], command[1])
    return GREEK.get(name, name) if len(name) > 1 else name
