"""Which results of the curriculum are reproduced, known without loading the mathematics that computes them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import agnesi
from agnesi.course import Result, curriculum

_REGISTERED = re.compile(r'^@results\.reproduces\("([\w-]+)"\)$', re.MULTILINE)


@cache
def reproduced() -> frozenset[str]:
    """Return the ids that the modules of `agnesi.results` register, read from their text.

    >>> "mml-3-proj-line" in reproduced()
    True
    """
    folder = Path(agnesi.__file__).parent / "results"
    return frozenset(id for file in folder.glob("*.py") for id in _REGISTERED.findall(file.read_text("utf-8")))


def results_about(concept: str) -> list[Result]:
    """Return the results about a concept, those that are reproduced first."""
    about = [r for r in curriculum().results.values() if concept in r.concepts]
    return sorted(about, key=lambda r: r.id not in reproduced())


def results_by_chapter(resource: str) -> dict[str, list[Result]]:
    """Return the results of a resource by chapter, week or section ("4"), in the order of the book."""
    chapters = {c.n.casefold(): c.n for c in curriculum().resources[resource].chapters}
    found: dict[str, list[Result]] = {n: [] for n in chapters.values()}
    for result in curriculum().results.values():
        if result.resource == resource:
            part = result.id.split("-")[1].casefold()
            found.setdefault(chapters.get(part, part[0]), []).append(result)  # 453: 4.5.3, of section 4
    return {n: them for n, them in found.items() if them}
