"""The registry of results that are reproduced: an id of the curriculum, and the function that computes it.

    @results.reproduces("mml-3-proj-line")
    def projection_on_a_line() -> Found: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from agnesi.course import Result, curriculum
from agnesi.errors import IncompleteRecord, UnknownName
from agnesi.results.code import code_of
from agnesi.results.record import Found, Reproduced

Compute = Callable[[], Found]


class Results(Mapping[str, Reproduced]):
    """All results that are reproduced, by id; each is computed when it is asked for, and kept.

    >>> from agnesi.results import results
    >>> results["mml-3-proj-line"].verified
    True
    """

    def __init__(self) -> None:
        self._computed_by: dict[str, Compute] = {}
        self._run = cache(self.run)

    def reproduces(self, id: str) -> Callable[[Compute], Compute]:
        """Register the function below as the computation of a result.

        Raises `IncompleteRecord` for an id that the curriculum does not have, and for one that is registered already.
        """

        def register(compute: Compute) -> Compute:
            if id not in curriculum().results:
                raise IncompleteRecord(f"The curriculum has no result {id}.", repair="Add it to course/results.toml.")
            if id in self._computed_by:
                raise IncompleteRecord(f"The result {id} is computed twice.")
            self._computed_by[id] = compute
            return compute

        return register

    def run(self, id: str) -> Reproduced:
        """Compute a result anew; raises `UnknownName` for an id that is not reproduced, with the nearest ids."""
        if id not in self._computed_by:
            raise self._unknown(id)
        compute = self._computed_by[id]
        return Reproduced(curriculum().results[id], compute(), code_of(compute))

    def _unknown(self, id: str) -> UnknownName:
        ids = list(self)
        near = get_close_matches(id, ids, n=5, cutoff=0.4) or [i for i in ids if i.startswith(id.partition("-")[0])][:5]
        known = curriculum().results.get(id)
        what = f"The result {id} ({known.what}) is not reproduced yet." if known else f"There is no result {id}."
        such = f"an id such as {', '.join(near or ids[:5])}"
        return UnknownName(what, expected=such, repair="`agnesi results` lists all.")

    def __getitem__(self, id: str) -> Reproduced:
        return self._run(id)

    def __iter__(self) -> Iterator[str]:
        """Go over the ids: book by book, chapter by chapter."""
        return (r.id for r in sorted(curriculum().results.values(), key=_place) if r.id in self._computed_by)

    def __len__(self) -> int:
        return len(self._computed_by)

    def __contains__(self, id: object) -> bool:
        return id in self._computed_by

    def __repr__(self) -> str:
        return f"{len(self)} results: {', '.join(self)}"

    def entries(self) -> list[Result]:
        """Return the records of the results that are reproduced, without computing them."""
        return [curriculum().results[id] for id in self]


def _place(result: Result) -> tuple[int, str]:
    """Return the place of a result: its book or course, and the chapter, week or section that its id names."""
    resource, part = curriculum().resources[result.resource], result.id.split("-")[1]
    return list(curriculum().resources).index(result.resource), part if resource.unit == "section" else f"{part:>9}"


results = Results()
