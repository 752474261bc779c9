"""All families of exercises: every module in `families/` that has `FAMILIES`, and those of a teacher's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib import import_module
from pkgutil import iter_modules
from random import Random
from types import MappingProxyType

import agnesi.exercises.families as built_in
from agnesi.course import curriculum
from agnesi.errors import AgnesiError, IncompleteRecord, UnknownName
from agnesi.exercises.record import Family, Instance

_own: dict[str, Family] = {}


@cache
def _built_in() -> Mapping[str, Family]:
    """Return the families that come with Agnesi, by id; raises `IncompleteRecord` for two of one id."""
    found: dict[str, Family] = {}
    for module in sorted(m.name for m in iter_modules(built_in.__path__)):
        for family in import_module(f"{built_in.__name__}.{module}").FAMILIES:
            if family.id in found:
                raise IncompleteRecord(f"There are two exercise families {family.id}.", repair="Rename one.")
            found[family.id] = family
    return MappingProxyType(found)


def families() -> Mapping[str, Family]:
    """Return all families by id: those that come with Agnesi, then those that were added."""
    return MappingProxyType({**_built_in(), **_own}) if _own else _built_in()


def add(more: Iterable[Family]) -> None:
    """Add a teacher's own families; raises `IncompleteRecord` for an id that is taken."""
    for family in more:
        if family.id in families():
            raise IncompleteRecord(f"There are two exercise families {family.id}.", repair="Rename one.")
        _own[family.id] = family


def remove(ids: Iterable[str]) -> None:
    """Take away families that were added."""
    for one in ids:
        _own.pop(one, None)


def family(id: str) -> Family:
    """Return a family by its id; raises `UnknownName` with what is like it."""
    known = families()
    if id not in known:
        near = sorted(k for k in known if any(part in k for part in id.split("-")[1:] if len(part) > 3))[:6]
        raise UnknownName(
            f"There is no exercise family {id}.", expected=", ".join(near) if near else "an id that `agnesi "
                                                            "exercise` lists"
        )  # fmt: skip
    return known[id]


def for_concept(concept: str) -> tuple[Family, ...]:
    """Return the families that train a concept, those first whose main concept it is."""
    found = [f for f in families().values() if concept in f.concepts]
    return tuple(sorted(found, key=lambda f: f.concepts.index(concept)))


def instance(family_id: str, level: int = 1, seed: int = 0) -> Instance:
    """Return one exercise; the same family, level and seed always give the same one.

    Raises `UnknownName` for a family, `AgnesiError` for a level that it does not have.
    """
    found = family(family_id)
    if not 1 <= level <= found.levels:
        raise AgnesiError(
            f"The exercise family {family_id} has no level {level}.", expected=f"1 to {found.levels}", got=str(level)
        )
    return drawn(found.draw, family_id, level, seed)


@lru_cache(maxsize=256)
def drawn(draw: Callable[[Random, int], Instance], family_id: str, level: int, seed: int) -> Instance:
    """Return what a family draws; those that were asked for last are kept, with what was worked out of them."""
    made = draw(Random(f"{family_id}/{level}/{seed}"), level)
    return replace(made, family=family_id, level=level, seed=seed)


def of_id(id: str) -> Instance:
    """Return the exercise of an identity such as "matcalc-sum-rule/2/17"; raises `UnknownName` where it is none."""
    name, *rest = id.split("/")
    numbers = [r for r in rest if r.isdecimal()]
    if len(rest) != 2 or len(numbers) != 2:
        raise UnknownName(f"{id} is no exercise.", expected="family/level/seed, such as matcalc-power-rule/1/0")
    return instance(name, int(rest[0]), int(rest[1]))


def unknown_concepts(found: Iterable[Family]) -> list[str]:
    """Return the concepts of families that the curriculum does not have."""
    known = curriculum().concepts
    return sorted({c for f in found for c in f.concepts if c not in known})
