"""The families of exercises that come with Agnesi, read from their sources: nothing of their mathematics is loaded.

To import them takes seconds, with all that they work with; what a page needs of them is a title and a few ids.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

_alone = Lock()  # as in agnesi.expr.python_text, which would load the mathematics
ARGUMENTS = ("id", "title", "kind", "concepts", "draw", "levels", "where")  # of a Family, in their order


def told(folder: Path) -> list[dict[str, Any]] | None:
    """Return the families in the modules of a folder as plain data, in the order of the registry.

    None where one of them is not written out: `FAMILIES = (Family("id", "title", …), …)` with constants alone.
    """
    found: list[dict[str, Any]] = []
    try:
        for path in sorted(folder.glob("[!_]*.py")):
            with _alone:
                tree = ast.parse(path.read_text("utf-8"))
            names = {n.targets[0].id: n.value for n in tree.body if _named(n)}  # type: ignore[attr-defined]
            found += _families(names)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError):
        return None
    return found


def _named(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)


def _families(names: Mapping[str, ast.expr]) -> Iterator[dict[str, Any]]:
    """Yield the families of a module; raises where they are not written out."""
    several = names["FAMILIES"]
    if not isinstance(several, ast.Tuple):
        raise TypeError("FAMILIES is no tuple")
    for call in several.elts:
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "Family":
            raise TypeError("there is something else among the families")
        given = {**dict(zip(ARGUMENTS, call.args, strict=False)), **{k.arg: k.value for k in call.keywords if k.arg}}
        plain = {k: _value(v, names) for k, v in given.items() if k != "draw"}
        where = [list(w) for w in plain.get("where", ())]
        yield {
            "id": plain["id"], "title": plain["title"], "kind": plain["kind"], "concepts": list(plain["concepts"]),
            "levels": plain.get("levels", 3), "resources": list(dict.fromkeys(r for r, _ in where)), "where": where,
        }  # fmt: skip


def _value(node: ast.expr, names: Mapping[str, ast.expr]) -> Any:
    """Return a constant, written out or by the name that the module gives it."""
    return ast.literal_eval(names[node.id] if isinstance(node, ast.Name) else node)
