"""What `agnesi result` and `agnesi results` print; loaded only by them, since it brings all the mathematics."""

from __future__ import annotations

import json
from pathlib import Path

from agnesi.course import curriculum
from agnesi.errors import AgnesiError, UnknownName
from agnesi.results import results
from agnesi.results.show import listing


def result(
    id: str, as_json: bool = False, picture: Path | None = None, code: bool = False
) -> tuple[str, bool]:
    """Return a result as text and whether all of it holds; write its picture where a file is named.

    With `code` the text is the Python that computes it. Raises `UnknownName` for an id that is not reproduced, and
    `AgnesiError` where there is no picture to write.
    """
    found = results[id]
    if picture is not None:
        if found.picture is None:
            raise AgnesiError(f"The result {id} has no picture.", repair="Leave out -o.")
        found.picture.save(picture)
    if code:
        return found.code.rstrip("\n"), found.verified
    text = json.dumps(found.data(), ensure_ascii=False, indent=2) if as_json else str(found)
    return text, found.verified


def listed(resource: str | None = None, as_json: bool = False) -> str:
    """Return the list of results, of one resource or of all; raises `UnknownName` for an unknown resource."""
    known = [r for r in curriculum().resources if any(e.resource == r for e in results.entries())]
    if resource is not None and resource not in known:
        raise UnknownName(f"There are no results of {resource}.", expected=f"one of {', '.join(known)}")
    entries = [e for e in results.entries() if resource in (None, e.resource)]
    if as_json:
        rows = [{"id": e.id, "resource": e.resource, "where": e.where, "statement": e.what} for e in entries]
        return json.dumps(rows, ensure_ascii=False, indent=2)
    return listing(entries)
