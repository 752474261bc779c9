"""Algorithms of linear algebra and calculus, worked with their steps; the records are in algorithms.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from agnesi.errors import IncompleteRecord, NotNumeric, TooLarge, UnknownName
from agnesi.study.verbs.working import worked_data

RECORDS = Path(__file__).with_suffix(".toml")
KINDS = ("matrix", "formula", "formulas", "number", "numbers", "text")
LONGEST = 2_000  # characters of one argument
ENTRIES = 400  # of a matrix


@dataclass(frozen=True)
class Ask:
    """One argument of an algorithm: its name, what it is called on the page, its kind, and an example."""

    name: str
    label: str
    kind: str
    example: str


@dataclass(frozen=True)
class Algorithm:
    """An algorithm that a page offers: `function` is its place below agnesi, as in "linalg.solve"."""

    id: str
    title: str
    group: str
    function: str
    asks: tuple[Ask, ...]

    def __post_init__(self) -> None:
        wrong = [a.kind for a in self.asks if a.kind not in KINDS]
        if wrong or not self.asks or not (self.id and self.title and self.group and self.function):
            raise IncompleteRecord(f"The algorithm {self.id or '?'} lacks something, or asks for {', '.join(wrong)}.")


@cache
def algorithms() -> Mapping[str, Algorithm]:
    """Return all algorithms by id, in the order of the file.

    >>> algorithms()["solve"].function
    'linalg.solve'
    """
    found: dict[str, Algorithm] = {}
    for row in tomllib.loads(RECORDS.read_text(encoding="utf-8"))["algorithm"]:
        one = Algorithm(**{**row, "asks": tuple(Ask(**ask) for ask in row["asks"])})
        if one.id in found:
            raise IncompleteRecord(f"There are two algorithms {one.id}.")
        found[one.id] = one
    return found


def groups() -> dict[str, list[Algorithm]]:
    """Return the algorithms by their group."""
    out: dict[str, list[Algorithm]] = {}
    for one in algorithms().values():
        out.setdefault(one.group, []).append(one)
    return out


def worked(id: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Work an algorithm for texts by the names of its arguments, and return it as plain data.

    >>> worked("determinant", {"A": "[1 2; 3 4]"})["answer"][0]["latex"]
    '\\\\operatorname{det} A = -2'
    """
    found = work(id, given)
    return {**worked_data(found), "text": str(found), "tex": found.show("latex")}


def work(id: str, given: Mapping[str, str]) -> Any:
    """Return the worked result itself. Raises `UnknownName` for an algorithm that is none."""
    if id not in algorithms():
        raise UnknownName(f"There is no algorithm {id}.")
    one = algorithms()[id]
    arguments = [argument(ask, given.get(ask.name, "").strip() or ask.example) for ask in one.asks]
    package, _, name = one.function.partition(".")
    return getattr(import_module(f"agnesi.{package}"), name)(*arguments)


def argument(ask: Ask, text: str) -> Any:
    """Return an argument from its text. Raises `NotNumeric` where it is not of its kind."""
    if len(text) > LONGEST:
        raise TooLarge(f"{ask.label} has {len(text)} characters; at most {LONGEST} are read.")
    if ask.kind == "number":
        return number(ask, text)
    if ask.kind == "numbers":
        found = [number(ask, part) for part in re.split(r"[,;\s]+", text.strip(" ()[]")) if part]
        return found[0] if len(found) == 1 else found
    if ask.kind == "formulas":
        return [line.strip() for line in re.split(r"[\n;]", text) if line.strip()]
    if ask.kind == "matrix" and len(re.findall(r"[^\s,;\[\]]+", text)) > ENTRIES:
        raise TooLarge(f"{ask.label} has more than {ENTRIES} entries; so many steps nobody reads.")
    return text


def number(ask: Ask, text: str) -> Any:
    """Return a number from its text: whole, a fraction, or a decimal."""
    try:
        found = Fraction(text.strip().replace("−", "-"))
    except (ValueError, ZeroDivisionError):
        raise NotNumeric(f"{ask.label} is {text.strip()!r}.", expected="a number such as 2, 1/2 or 0.1") from None
    if abs(found) > 10**9:
        raise TooLarge(f"{ask.label} is past a thousand million.")
    return int(found) if found.denominator == 1 else float(found)
