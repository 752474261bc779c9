"""Search: concepts, results, books and starting points by words, as they are typed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agnesi.study.kept import kept_page
from agnesi.study.mine import extended, mine
from agnesi.study.own_lessons import lesson_folders
from agnesi.study.verbs.lesson_texts import Stamp, stamps
from agnesi.study.verbs.search import KINDS, Entry, Index, entries_of, index
from agnesi.study.web import fragment, is_fragment, page

FEW, MANY, LONGEST = 6, 100, 200


@kept_page
def search(request: Request) -> Response:
    """Answer with what was found: `q` the words, `kind` one kind of things; to htmx only the list."""
    query = request.query_params.get("q", "")[:LONGEST].strip()
    kind = request.query_params.get("kind", "")
    folders = lesson_folders(request)
    groups = list(_groups(known(mine(request).text, folders, stamps(folders)).search(query, 500), kind))
    context: dict[str, Any] = {"query": query, "kind": kind, "groups": groups, "total": sum(g["count"] for g in groups)}
    if is_fragment(request) and request.headers.get("hx-target", "").endswith("found"):
        return fragment(request, "search_found.html", **context)
    return page(request, "search.html", **context)


def _groups(found: list[Entry], kind: str) -> Iterator[dict[str, Any]]:
    """Yield the kinds in the order of their best entries; one kind in full where it is asked for."""
    for name in sorted(KINDS, key=lambda k: next((n for n, e in enumerate(found) if e.kind == k), len(found))):
        them = [e for e in found if e.kind == name]
        if them and kind in ("", name):
            shown = them[: MANY if kind else FEW]
            yield {"kind": name, "entries": shown, "count": len(them), "more": len(them) - len(shown)}


@lru_cache(maxsize=4)
def known(own: str, folders: tuple[Path, ...] = (), changed: tuple[Stamp, ...] = ()) -> Index:
    """Return the index of the curriculum with what a person added in their own file, and of the starting points.

    It has the lessons of the folders too; `changed` are the times of their files.
    """
    return index(entries_of(*extended(own), folders))


ROUTES = [Route("/search", search, name="search")]
